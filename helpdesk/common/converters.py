"""URL converters that match only what a row can have, so that other addresses are 404 before a view runs.

A `urls.py` that uses them calls `register()` first.
"""

from __future__ import annotations

from typing import Any

from django.urls import register_converter
from django.urls.converters import StringConverter, get_converters

from .picture_names import NAME


class PublicIdConverter(StringConverter):
    """Random id of `helpdesk.common.ids`: at most 32 letters, digits, `-` and `_`."""

    regex = r"[0-9A-Za-z_-]{1,32}"


class PictureConverter(StringConverter):
    """Name of a stored picture."""

    regex = NAME


class RefConverter(StringConverter):
    """Ref of an entry, or another text in one part of a path; no NUL, which PostgreSQL refuses."""

    regex = r"[^/\x00]+"


class RowIdConverter:
    """Primary key from 0 to 2**63 - 1, in at most 19 digits."""

    regex = r"[0-9]{1,19}"
    MOST = 2**63 - 1

    def to_python(self, value: str) -> int:
        """Returns the key; raises ValueError above what a column holds, which Django takes for no match."""
        key = int(value)
        if key > self.MOST:
            raise ValueError(value)
        return key

    def to_url(self, value: int) -> str:
        return str(value)


CONVERTERS: dict[str, type[Any]] = {
    "public_id": PublicIdConverter,
    "picture": PictureConverter,
    "ref": RefConverter,
    "row_id": RowIdConverter,
}


def register() -> None:
    """Makes the converters known to `path()`; a second call changes nothing."""
    known = get_converters()
    for name, converter in CONVERTERS.items():
        if name not in known:
            register_converter(converter, name)

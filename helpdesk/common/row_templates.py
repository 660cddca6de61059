"""Templates of rows: read once, and filled in for each row of a long list.

To render a template for each of a hundred rows takes longer than all else that a page does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

#: Stand around a field's name in the template as it is kept; no text of ours has these characters.
_BEGIN, _END = "\ue000", "\ue001"
_FIELD = re.compile(f"{_BEGIN}(.*?){_END}")


class RowTemplate:
    """A template that only writes the values of these fields: nothing in it depends on what they are."""

    def __init__(self, name: str, *fields: str) -> None:
        self._name = name
        self._fields = fields
        self._kept: list[str] = []

    def rows(self, values: Iterable[Mapping[str, str]], between: str = "") -> SafeString:
        """Returns a row for each of the values, which are escaped as everywhere, with `between` between the rows."""
        parts = self._parts()
        texts, fields = parts[::2], parts[1::2]
        rows = []
        for row in values:
            pieces = [texts[0]]
            for field, text in zip(fields, texts[1:], strict=True):
                value = row[field]
                pieces += (value if isinstance(value, SafeString) else escape(value), text)
            rows.append("".join(pieces))
        return mark_safe(between.join(rows))  # noqa: S308  the texts are a template's, the values are escaped above

    def _parts(self) -> list[str]:
        """Returns the template's text, and between its pieces the names of the fields that stand there."""
        if not self._kept or settings.DEBUG:  # a developer sees a changed template at once
            marks = {field: f"{_BEGIN}{field}{_END}" for field in self._fields}
            self._kept = _FIELD.split(render_to_string(self._name, marks).strip("\n"))
        return self._kept

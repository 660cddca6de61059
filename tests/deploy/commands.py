"""Commands that the files for production may name."""

from __future__ import annotations

from django.core.management import get_commands

#: Commands that are being written; a test says when they are here and this can go.
COMING = {"backup", "restore", "doctor", "housekeeping"}


def known_commands() -> set[str]:
    """Names that `manage.py` takes, or will."""
    return set(get_commands()) | COMING

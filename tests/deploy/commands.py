"""Commands that the files for production may name."""

from __future__ import annotations

from django.core.management import get_commands


def known_commands() -> set[str]:
    """Returns the names that `manage.py` takes."""
    return set(get_commands())

"""Commands of ours in sentences, named as the reader has just called one."""

from __future__ import annotations

import os


def as_called(words: str) -> str:
    """Puts `peixun` in the place of `manage.py` where deploy/peixun has been called, which says so."""
    return words.replace("manage.py ", f"{os.environ.get('PORTAL_COMMAND', 'manage.py')} ")

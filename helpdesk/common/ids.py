"""Random ids that stand in addresses in place of primary keys."""

from __future__ import annotations

import secrets


def new_public_id() -> str:
    """Returns a random id of 16 characters, which cannot be guessed, for the address of a person or a job."""
    return secrets.token_urlsafe(12)

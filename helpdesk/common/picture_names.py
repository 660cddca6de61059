"""Names of stored pictures: random, so that nobody finds one by trying, and never the name of the file sent."""

from __future__ import annotations

import re
import secrets

#: Kind as stored → how its name ends, and its media type.
KINDS = {"JPEG": "jpg", "PNG": "png"}
MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png"}
NAME = r"[0-9a-f]{32}\.(?:jpg|png)"
_ADDRESS = re.compile(rf"/media/{NAME}", re.ASCII)


def new_name(kind: str) -> str:
    """Returns a new random name for a picture of a kind in KINDS."""
    return f"{secrets.token_hex(16)}.{KINDS[kind]}"


def address_of(name: str) -> str:
    """Returns the address of a stored picture: root-relative, so the same on every host."""
    return f"/media/{name}"


def is_own_picture(address: str) -> bool:
    """Returns True for an address that `address_of` could have made."""
    return bool(_ADDRESS.fullmatch(address))

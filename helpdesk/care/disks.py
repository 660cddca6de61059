"""Room on the disks that the portal writes to, with the one bound that `doctor`, `/readyz` and `/metrics` share."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from helpdesk.common.database_file import database_file

#: Bytes below which a disk counts as nearly full.
LEAST_FREE = 1024**3


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk on which a folder of ours stands, or will stand once it is made, and its free bytes."""

    name: str
    folder: Path
    free: int

    @property
    def is_nearly_full(self) -> bool:
        return self.free < LEAST_FREE


def disks() -> list[Disk]:
    """Returns a disk for each folder, so that one which holds several is there several times. Raises OSError."""
    folders = {"media": Path(settings.MEDIA_ROOT), "index": settings.SEARCH_INDEX_DIR, "var": settings.VAR_DIR}
    folders["temporary"] = Path(tempfile.gettempdir())
    if connection.vendor == "sqlite":
        folders["database"] = database_file().parent
    nearest_ones = {name: nearest(folder) for name, folder in folders.items()}
    return [Disk(name, folder, shutil.disk_usage(folder).free) for name, folder in nearest_ones.items()]


def nearest(folder: Path) -> Path:
    """Returns the folder, or the nearest one above it that exists."""
    folder = folder.absolute()
    return next(path for path in (folder, *folder.parents) if path.is_dir())

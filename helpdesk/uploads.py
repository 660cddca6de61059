"""The folder in which uploaded files wait while they are read, and what dead processes left there."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

#: A request is answered long before a file of its own is so old, in seconds.
LEFT_BEHIND = 15 * 60
SWEEP_EVERY = 5 * 60


def folder() -> Path:
    """The folder, which exists when this returns."""
    path = Path(settings.FILE_UPLOAD_TEMP_DIR)
    path.mkdir(parents=True, exist_ok=True)
    return path


def sweep(older_than: float = LEFT_BEHIND) -> int:
    """Deletes files nobody has written to for `older_than` seconds; returns how many there were."""
    before = time.time() - older_than
    old = [path for path in folder().iterdir() if path.is_file() and path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def keep_swept() -> None:
    """Starts a thread that sweeps now and every few minutes, as long as this process lives."""
    threading.Thread(target=_sweep_on, name="upload-sweeper", daemon=True).start()


def _sweep_on() -> None:
    while True:
        try:
            sweep()
        except OSError:
            logger.exception("uploads were not swept")
        time.sleep(SWEEP_EVERY)

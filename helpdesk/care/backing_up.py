"""A backup: every row and every stored file in one file, of one moment, made while the portal serves."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.utils import timezone

from . import tables
from .archive import Writer
from .encryption import LEAST_SIGNS
from .snapshot import applied_migrations, is_ahead, snapshot

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
BEHIND = "数据库还不是这一版程序的，没有备份。请先用原来那一版程序备份，再更新；或者先运行 manage.py bootstrap。"
AHEAD = (
    "数据库已经是较新一版程序的，用这一版备份会漏掉内容，所以没有备份。以前的备份没有动。请换回较新的那一版，再备份。"
)
SHORT_KEY = (
    f"BACKUP_KEY 不到 {LEAST_SIGNS} 个字符，太容易猜，没有备份。以前的备份没有动。"
    "请换成随机的一串，例如 openssl rand -hex 32 给出的。"
)


class NotBackedUp(Exception):
    """No backup was made, for the reason that is said in Chinese."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made: rows and files in it, its bytes, and whether it is encrypted."""

    rows: int
    files: int
    size: int
    encrypted: bool


def back_up(target: Path) -> Backup:
    """Writes a backup in the place of `target`, which stays as it was until the new one is whole and on disk.

    It is encrypted where BACKUP_KEY is set. Raises NotBackedUp where it cannot be made.
    """
    if 0 < len(settings.BACKUP_KEY) < LEAST_SIGNS:
        raise NotBackedUp(SHORT_KEY)
    try:
        with _replacing(target) as file, snapshot():
            rows, files = _write(file)
            size = file.tell()
    except OSError as error:
        raise NotBackedUp(_reason(target, error)) from error
    except DatabaseError as error:
        raise NotBackedUp(f"数据库出错，没有备份成：{error}。以前的备份没有动。") from error
    return Backup(rows, files, size, bool(settings.BACKUP_KEY))


def _write(file: IO[bytes]) -> tuple[int, int]:
    """Writes files and rows; returns how many. Files come first, since a row that is kept here may lose its file."""
    migrations = applied_migrations()
    if migrations is None:
        raise NotBackedUp(BEHIND)
    if is_ahead():
        raise NotBackedUp(AHEAD)
    kept = tables.kept()
    head = {
        "made_at": timezone.now().isoformat(),
        "database": connection.vendor,
        "migrations": migrations,
        "tables": {label: tables.columns(model) for label, model in kept.items()},
    }
    writer = Writer(file, head, settings.BACKUP_KEY)
    try:
        files = sum(_add_file(writer, path) for path in stored_files())
        rows = sum(_add_table(writer, label) for label in kept)
        writer.add("keys.json", json.dumps(tables.last_keys()).encode())
        writer.finish()
    except BaseException:
        writer.abandon()
        raise
    return rows, files


def stored_files() -> Iterator[Path]:
    """Yields the files below MEDIA_ROOT, and below folders there that lead to another disk.

    A name with a dot in front is one that is being written, or left half.
    """
    root = Path(settings.MEDIA_ROOT)
    seen = set()
    for folder, folders, names in os.walk(root, followlinks=True):
        status = os.stat(folder)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()  # a link that leads back
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder) / name
            if not name.startswith(".") and path.is_file():
                yield path


def _add_file(writer: Writer, path: Path) -> bool:
    """Adds a stored file; False for one that was deleted at this moment."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return False
    with file:
        name = path.relative_to(settings.MEDIA_ROOT).as_posix()
        writer.add_file(f"media/{name}", file, os.fstat(file.fileno()).st_size)
    return True


def _add_table(writer: Writer, label: str) -> int:
    """Adds the rows of a table, and returns how many."""
    total = 0
    for number, (rows, content) in enumerate(tables.pieces(tables.kept()[label])):
        writer.add(f"tables/{label}/{number:06}.jsonl", content)
        total += rows
    return total


# --- the file on disk --------------------------------------------------------------------------------------------


@contextmanager
def _replacing(target: Path) -> Iterator[IO[bytes]]:
    """Gives a new file beside `target`, for its owner's eyes only, and puts it in its place once it is on disk.

    What a killed backup of the same name left there is removed. Raises OSError.
    """
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    _remove_left_by_killed(target)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
            file.flush()
            os.fsync(file.fileno())
            Path(name).replace(target)
        _put_on_disk(target.parent)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _remove_left_by_killed(target: Path) -> None:
    for path in target.parent.glob(f".{_without_signs(target.name)}.*.part"):
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # another backup writes it
            path.unlink(missing_ok=True)


def _without_signs(name: str) -> str:
    """Returns a name in which no sign means more than itself to `glob`."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)


def _put_on_disk(folder: Path) -> None:
    """Makes the new name of a file survive a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(target: Path, error: OSError) -> str:
    if error.errno in NO_ROOM:
        return (
            f"磁盘满了，没有备份成：{target.parent.resolve()} 放不下。请腾出地方，或者换到别的磁盘，再备份一次。"
            "以前的备份没有动。"
        )
    reason = error.strerror or str(error)
    return f"写不了 {target}（{reason}），没有备份成。请检查路径和权限。以前的备份没有动。"

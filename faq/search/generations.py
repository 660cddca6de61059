"""The index on disk: one folder for each generation, and a file CURRENT that names the one to use.

A new process loads these files into memory instead of building the index. No search reads them, so whatever happens
to them, search goes on from memory and the next check writes them anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.conf import settings

from . import memory
from .content import Version
from .index import ABOUT, Index
from .segment import Buffer

logger = logging.getLogger(__name__)

# The modules that decide what an index holds. Files that another version of them wrote are not read.
_CODE = ("content.py", "document.py", "index.py", "segment.py", "text.py", "vocabulary.py")
OLDER_KEPT = 2
# Bytes of a file that are read at once.
_CHUNK = 1 << 20
# Seconds after which a file is read again although its size and time say that nobody wrote it.
READ_ANEW = 600.0
# Seconds after which the time of a file would tell another write.
_SETTLED = 2.0
_NAME = re.compile(r"\d{10}-[0-9a-f]{8}")
_MANIFEST = "manifest.json"


class Unusable(Exception):
    """No generation on disk can be used; the message says why."""


class Missing(Unusable):
    """No generation was written yet, or all files are gone."""


class Generation(NamedTuple):
    """A generation as its manifest describes it: SHA-256 sums and sizes in bytes by file name."""

    path: Path
    version: Version
    entries: int
    sums: dict[str, str]
    sizes: dict[str, int]


def current() -> Generation:
    """Return the generation that CURRENT names, after checking that all its files have their full size.

    Raises Unusable.
    """
    try:
        generation = _read_current()
    except FileNotFoundError as error:
        raise Missing(str(error)) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unusable(f"{type(error).__name__}: {error}") from error
    return generation


def is_whole(version: Version) -> bool:
    """Tell whether the current generation has this version and every byte as it was written."""
    try:
        generation = current()
        return generation.version == version and all(_is_intact(generation, file) for file in generation.sums)
    except (Unusable, OSError):
        return False


def load(generation: Generation) -> Index:
    """Return the index of a generation, every byte of it checked against the manifest's SHA-256 sums.

    Raises Unusable.
    """
    try:
        files = {file: _content(generation, file) for file in generation.sums}
        index = Index.from_files(generation.version, files)
    except Unusable:
        raise
    except Exception as error:  # Whoosh raises many kinds of errors for files that it cannot read
        raise Unusable(f"{type(error).__name__}: {error}") from error
    memory.note(generation.path, files)
    return index


def publish(index: Index) -> None:
    """Write `index` as the current generation; to be called only inside `alone`.

    Raises OSError if the files cannot be written; the generation before stays current then.
    """
    folder = _private_folder()
    name = f"{index.version.number:010d}-{secrets.token_hex(4)}"
    _remove_unfinished(folder)
    _write(index, folder, name)
    _swap(folder, name)
    _remove_old(folder, name)


@contextmanager
def alone(wait: float) -> Iterator[bool]:
    """Wait up to `wait` seconds to be the only builder of this host, and yield whether this process is.

    The file lock lies beside the generations and is released when its process ends. Where there is no place for
    files, there is nothing to share either, and every process is alone.
    """
    try:
        lock = (_private_folder() / "lock").open("a")
    except OSError:
        yield True
        return
    with lock:
        deadline = time.monotonic() + wait
        while not (locked := _lock(lock)) and time.monotonic() < deadline:
            time.sleep(0.05)
        yield locked


@contextmanager
def apart() -> Iterator[int | None]:
    """Yield the handle of the lock for having an index built by another process; None where one is built already.

    The process that builds is given the handle and keeps the lock until it ends, also where the one that began it ends
    before. Raises OSError where there is no place for files.
    """
    with (_private_folder() / "apart").open("a") as lock:
        yield lock.fileno() if _lock(lock) else None


def _lock(file: IO[str]) -> bool:
    """Lock the file without waiting, and return whether that was possible."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read_current() -> Generation:
    """Return the generation that CURRENT names.

    Raises Unusable where a file is not as it should be, and the usual errors where one cannot be read.
    """
    folder = _folder()
    name = (folder / "CURRENT").read_text(encoding="ascii")
    if not _NAME.fullmatch(name):
        raise Unusable("CURRENT names no generation")
    path = folder / name
    # Stored documents are pickles, so files that another user could write are not read.
    if not (_is_private(folder) and _is_private(path)):
        raise Unusable(f"{path} is not private to this user")
    manifest = json.loads((path / _MANIFEST).read_bytes())
    generation = _from_manifest(path, manifest)
    for file, size in generation.sizes.items():
        if (path / file).stat().st_size != size:
            raise Unusable(f"{path / file} has not its full size")
    return generation


def _is_private(folder: Path) -> bool:
    """Tell whether only this user can read and write the folder."""
    status = folder.stat()
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _content(generation: Generation, file: str) -> Buffer:
    """Return the content of a file, in memory that the host shares where it is large.

    Raises Unusable where it is not as it was written, OSError if unreadable.
    """
    path, wanted, size = generation.path / file, generation.sums[file], generation.sizes[file]
    name = f"search-{wanted[:32]}"
    if size >= memory.LARGE and (held := memory.shared(generation.path, file, name, size)):
        return held
    digest = hashlib.sha256()
    chunks = _read(path, digest)
    content: Buffer = memory.seal(name, chunks) if size >= memory.LARGE else b"".join(chunks)
    if digest.hexdigest() != wanted:
        raise Unusable(f"{path} is damaged")
    return content


def _read(path: Path, digest: Any) -> Iterator[bytes]:
    """Yield the content of a file in chunks, and let the digest have each. Raises OSError."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            yield chunk


class _Read(NamedTuple):
    """Size, time in nanoseconds and SHA-256 sum of a file, all of which was read."""

    size: int
    written: int
    sum: str


#: Files that were read as a whole, by device and inode, and the moment, which is not read again soon.
_read_before: dict[tuple[int, int], tuple[_Read, float]] = {}


def _is_intact(generation: Generation, file: str) -> bool:
    """Tell whether a file is as it was written.

    It is read only if its size or time changed since it was read last, or if that was long ago. Raises OSError.
    """
    path, wanted = generation.path / file, generation.sums[file]
    status = path.stat()
    key = (status.st_dev, status.st_ino)
    now = _Read(status.st_size, status.st_mtime_ns, wanted)
    before, at = _read_before.get(key, (None, 0.0))
    if before == now and time.monotonic() - at < READ_ANEW:
        return True
    digest = hashlib.sha256()
    for _ in _read(path, digest):
        pass
    intact = digest.hexdigest() == wanted
    # The time of a file that was written just now would not tell a further write.
    if intact and time.time() - status.st_mtime > _SETTLED:
        if len(_read_before) > 1000:
            _read_before.clear()
        _read_before[key] = (now, time.monotonic())
    return intact


def _checksum(content: Buffer) -> str:
    return hashlib.sha256(content).hexdigest()


def _private_folder() -> Path:
    """Return the folder of all generations, made where it is missing and closed to other users. Raises OSError."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def _folder() -> Path:
    return Path(settings.SEARCH_INDEX_DIR)


@cache
def _code_digest() -> str:
    """Return the checksum of the modules that decide what an index holds."""
    here = Path(__file__)
    digest = hashlib.sha256()
    for name in _CODE:
        source = here.with_name(name).read_bytes()
        digest.update(source)
    return digest.hexdigest()


def _from_manifest(path: Path, manifest: dict[str, Any]) -> Generation:
    """Return what a manifest describes. Raises Unusable, and KeyError, TypeError or ValueError if it is malformed."""
    if manifest["code"] != _code_digest():
        raise Unusable(f"{path} was written by other code")
    number, stamp = manifest["version"]
    files: dict[str, dict[str, Any]] = manifest["files"]
    if any(Path(file).name != file for file in files):
        raise Unusable(f"{path} lists files outside its folder")
    return Generation(
        path=path,
        version=Version(int(number), int(stamp)),
        entries=int(manifest["entries"]),
        sums={file: str(about["sha256"]) for file, about in files.items()},
        sizes={file: int(about["size"]) for file, about in files.items()},
    )


def _write(index: Index, folder: Path, name: str) -> None:
    """Write a whole generation under its final name, or nothing. Raises OSError."""
    unfinished = folder / f"{name}.new"
    unfinished.mkdir(mode=0o700)
    before = _before()
    try:
        about: dict[str, dict[str, Any]] = {}
        for file, content in index.files.items():
            about[file] = _linked(before, file, unfinished) or _written(content, unfinished / file)
        manifest = {"code": _code_digest(), "version": index.version, "entries": index.size, "files": about}
        _write_file(unfinished / _MANIFEST, json.dumps(manifest, indent=1).encode())
        _sync_folder(unfinished)
        unfinished.rename(folder / name)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    _sync_folder(folder)


def _before() -> Generation | None:
    """Return the generation in use, if any."""
    try:
        return current()
    except Unusable:
        return None


def _linked(before: Generation | None, file: str, folder: Path) -> dict[str, Any] | None:
    """Return what the manifest says of a file that the generation before has too, and which is now in `folder` as well.

    Files of a segment never change, and their names are random, so the large ones need not be written with every save.
    Returns None where the file is to be written.
    """
    if before is None or file == ABOUT or file not in before.sums:
        return None
    try:
        if not _is_intact(before, file):
            return None
        os.link(before.path / file, folder / file)
    except OSError:
        return None
    return {"size": before.sizes[file], "sha256": before.sums[file]}


def _written(content: Buffer, path: Path) -> dict[str, Any]:
    """Write a file and return what the manifest says of it. Raises OSError."""
    _write_file(path, content)
    return {"size": len(content), "sha256": _checksum(content)}


def _swap(folder: Path, name: str) -> None:
    """Let CURRENT name this generation, in one step. Raises OSError."""
    _write_file(folder / "CURRENT.new", name.encode("ascii"))
    os.replace(folder / "CURRENT.new", folder / "CURRENT")
    _sync_folder(folder)


def _remove_unfinished(folder: Path) -> None:
    """Remove what killed builders left, which may fill the disk."""
    for path in folder.glob("*.new"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


def _remove_old(folder: Path, name: str) -> None:
    """Remove all generations but this one and the OLDER_KEPT latest others. Raises OSError."""
    others = [path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.name != name]
    oldest_first = sorted(others, key=lambda path: path.stat().st_mtime)
    for path in oldest_first[:-OLDER_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _write_file(path: Path, content: Buffer) -> None:
    """Write a file so that it survives a power cut. Raises OSError."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The index on disk: one folder a generation, and a file CURRENT that names the one to use.

It only saves a new process the building. Nothing is ever served from these files, and whatever happens to
them, search goes on from memory and the next check writes them anew.
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

from .index import Index, Version

logger = logging.getLogger(__name__)

# The code that decides what an index holds; files that other code wrote are not read.
_CODE = ("index.py", "text.py", "vocabulary.py")
OLDER_KEPT = 2
_NAME = re.compile(r"\d{10}-[0-9a-f]{8}")
_MANIFEST = "manifest.json"


class Unusable(Exception):
    """There is no generation on disk that could be used; says why."""


class Missing(Unusable):
    """None was written yet, or all are gone."""


class Generation(NamedTuple):
    """A generation as its manifest describes it."""

    path: Path
    version: Version
    entries: int
    sums: dict[str, str]
    sizes: dict[str, int]


def current() -> Generation:
    """The generation that CURRENT names, its files all there in their full size.

    Raises Unusable.
    """
    folder = _folder()
    try:
        name = (folder / "CURRENT").read_text(encoding="ascii")
        if not _NAME.fullmatch(name):
            raise Unusable("CURRENT names no generation")
        path = folder / name
        # Whoosh's table of contents is a pickle: files that somebody else could write are not read.
        if any(place.stat().st_uid != os.geteuid() or place.stat().st_mode & 0o077 for place in (folder, path)):
            raise Unusable(f"{path} is not private to this user")
        generation = _from_manifest(path, json.loads((path / _MANIFEST).read_bytes()))
        for file, size in generation.sizes.items():
            if (path / file).stat().st_size != size:
                raise Unusable(f"{path / file} has not its full size")
    except FileNotFoundError as error:
        raise Missing(str(error)) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unusable(f"{type(error).__name__}: {error}") from error
    return generation


def is_whole(version: Version) -> bool:
    """Whether the files of this very version are there, every byte as it was written."""
    try:
        generation = current()
        return generation.version == version and bool(_verified(generation))
    except (Unusable, OSError):
        return False


def load(generation: Generation) -> Index:
    """The generation in memory, every byte of it checked against the manifest's SHA-256 sums.

    Raises Unusable.
    """
    try:
        return Index.from_files(generation.version, _verified(generation))
    except Unusable:
        raise
    except Exception as error:  # whatever Whoosh makes of files it cannot read
        raise Unusable(f"{type(error).__name__}: {error}") from error


def publish(index: Index) -> None:
    """Writes `index` as the current generation; only for who is `alone`.

    Raises OSError; what was there before stays then.
    """
    folder = _private_folder()
    name = f"{index.version.number:010d}-{secrets.token_hex(4)}"
    _remove_unfinished(folder)
    _write(index, folder, name)
    _swap(folder, name)
    _remove_old(folder, name)


@contextmanager
def alone(wait: float) -> Iterator[bool]:
    """Whether this process is, after `wait` seconds at most, the only builder of this host.

    The lock lies beside the generations and goes with the process that holds it. Where there is no place for files,
    there is nothing to share either, and everyone is alone.
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


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _verified(generation: Generation) -> dict[str, bytes]:
    """The files' contents; raises Unusable where one is not as it was written."""
    files = {file: (generation.path / file).read_bytes() for file in generation.sums}
    for file, content in files.items():
        if hashlib.sha256(content).hexdigest() != generation.sums[file]:
            raise Unusable(f"{generation.path / file} is damaged")
    return files


def _private_folder() -> Path:
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
    return folder


def _folder() -> Path:
    return Path(settings.SEARCH_INDEX_DIR)


@cache
def _code_digest() -> str:
    digest = hashlib.sha256()
    for name in _CODE:
        digest.update(Path(__file__).with_name(name).read_bytes())
    return digest.hexdigest()


def _from_manifest(path: Path, manifest: dict[str, Any]) -> Generation:
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
    """A whole generation under its final name, or nothing."""
    files = index.files
    manifest = {
        "code": _code_digest(),
        "version": index.version,
        "entries": index.size,
        "files": {
            file: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for file, content in files.items()
        },
    }
    unfinished = folder / f"{name}.new"
    unfinished.mkdir(mode=0o700)
    try:
        for file, content in {**files, _MANIFEST: json.dumps(manifest, indent=1).encode()}.items():
            _write_file(unfinished / file, content)
        _sync_folder(unfinished)
        unfinished.rename(folder / name)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    _sync_folder(folder)


def _swap(folder: Path, name: str) -> None:
    _write_file(folder / "CURRENT.new", name.encode("ascii"))
    os.replace(folder / "CURRENT.new", folder / "CURRENT")
    _sync_folder(folder)


def _remove_unfinished(folder: Path) -> None:
    """Clears away what a killed builder left; the disk may be full of it."""
    for path in folder.glob("*.new"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


def _remove_old(folder: Path, name: str) -> None:
    """Keeps this generation and the latest others."""
    others = [path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.name != name]
    for path in sorted(others, key=lambda path: path.stat().st_mtime)[:-OLDER_KEPT]:
        shutil.rmtree(path, ignore_errors=True)


def _write_file(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Makes names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

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
from typing import Any, NamedTuple

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
    digest: str
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


def is_current(version: Version) -> bool:
    try:
        return current().version == version
    except Unusable:
        return False


def load(generation: Generation) -> Index:
    """The generation in memory, every byte of it checked against the manifest's SHA-256 sums.

    Raises Unusable.
    """
    try:
        files = {file: (generation.path / file).read_bytes() for file in generation.sums}
        for file, content in files.items():
            if hashlib.sha256(content).hexdigest() != generation.sums[file]:
                raise Unusable(f"{generation.path / file} is damaged")
        return Index(generation.version, generation.digest, files)
    except Unusable:
        raise
    except Exception as error:  # whatever Whoosh makes of files it cannot read
        raise Unusable(f"{type(error).__name__}: {error}") from error


def publish(index: Index, *, wait: float = 0.0) -> bool:
    """Writes `index` as the current generation; another process that is at it is waited for `wait` seconds.

    Returns whether it stands there now. A failure is logged, never raised: search does not depend on it.
    """
    try:
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        with _locked(folder, wait) as locked:
            if not locked:
                return False
            name = f"{index.version.number:010d}-{secrets.token_hex(4)}"
            _write(index, folder, name)
            _swap(folder, name)
            _remove_old(folder, name)
    except OSError as error:
        logger.warning("search index not written, search goes on from memory: %s", error)
        return False
    return True


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
    number, saved_at = manifest["version"]
    files: dict[str, dict[str, Any]] = manifest["files"]
    if any(Path(file).name != file for file in files):
        raise Unusable(f"{path} lists files outside its folder")
    return Generation(
        path=path,
        version=Version(int(number), str(saved_at)),
        digest=str(manifest["digest"]),
        entries=int(manifest["entries"]),
        sums={file: str(about["sha256"]) for file, about in files.items()},
        sizes={file: int(about["size"]) for file, about in files.items()},
    )


def _write(index: Index, folder: Path, name: str) -> None:
    """A whole generation under its final name, or nothing."""
    manifest = {
        "code": _code_digest(),
        "version": index.version,
        "digest": index.digest,
        "entries": index.size,
        "files": {
            file: {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for file, content in index.files.items()
        },
    }
    unfinished = folder / f"{name}.new"
    unfinished.mkdir(mode=0o700)
    try:
        for file, content in {**index.files, _MANIFEST: json.dumps(manifest, indent=1).encode()}.items():
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


def _remove_old(folder: Path, name: str) -> None:
    """Keeps this generation and the latest others; clears away what a killed builder left."""
    others = [path for path in folder.iterdir() if path.is_dir() and _NAME.match(path.name) and path.name != name]
    finished = sorted((path for path in others if _NAME.fullmatch(path.name)), key=lambda path: path.stat().st_mtime)
    kept = set(finished[-OLDER_KEPT:])
    for path in others:
        if path not in kept:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _locked(folder: Path, wait: float) -> Iterator[bool]:
    """One builder per host. The lock lies beside the generations and goes with the process that holds it."""
    deadline = time.monotonic() + wait
    with (folder / "lock").open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    yield False
                    return
                time.sleep(0.05)
        yield True


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

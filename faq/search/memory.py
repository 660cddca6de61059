"""Large files of the index in memory that the processes of a host share, and that nobody can change or cut.

A mapped file that somebody truncates kills the process that reads it (SIGBUS). So the content is copied once into
memory that is sealed: the kernel refuses to write, cut or grow it, whatever happens to the file. Other processes of
the same user open the same memory through /proc. Where the system has no such memory, each process has its own copy.
"""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import weakref
from collections.abc import Iterable, Mapping
from pathlib import Path

#: Files of at least this size, in bytes, are shared.
LARGE = 1 << 20
_NOTE = "shared.json"


class Sealed(mmap.mmap):
    """Content in sealed memory, with the descriptor by which other processes open it."""

    descriptor: int


def seal(name: str, chunks: Iterable[bytes]) -> Sealed | bytes:
    """Return the content in sealed memory of that name, or as bytes where there is no such memory."""
    try:
        descriptor = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except (AttributeError, OSError):
        return b"".join(chunks)
    with open(descriptor, "wb", buffering=0, closefd=False) as file:
        for chunk in chunks:
            written = 0
            while written < len(chunk):
                written += file.write(chunk[written:])
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, _all_seals())
    return _mapped(descriptor)


def note(folder: Path, files: Mapping[str, object]) -> None:
    """Tell the other processes of this host where the sealed ones of these files are. Nothing depends on it."""
    sealed = {name: content.descriptor for name, content in files.items() if isinstance(content, Sealed)}
    if not sealed:
        return
    unfinished = folder / f"{_NOTE}.{os.getpid()}"
    try:
        unfinished.write_text(json.dumps({"process": os.getpid(), "files": sealed}))
        unfinished.replace(folder / _NOTE)
    except OSError:
        unfinished.unlink(missing_ok=True)


def shared(folder: Path, file: str, name: str, size: int) -> Sealed | None:
    """Return the content of a file that another process has in sealed memory of that name; None where none has.

    Only memory of this user counts: nobody else can have put anything else there, and nobody can change it.
    """
    try:
        noted = json.loads((folder / _NOTE).read_bytes())
        path = f"/proc/{int(noted['process'])}/fd/{int(noted['files'][file])}"
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    try:
        status = os.fstat(descriptor)
        own = status.st_uid == os.geteuid() and status.st_size == size
        named = os.readlink(f"/proc/self/fd/{descriptor}") == f"/memfd:{name} (deleted)"
        if own and named and fcntl.fcntl(descriptor, fcntl.F_GET_SEALS) == _all_seals():
            return _mapped(descriptor)
    except OSError:
        pass
    os.close(descriptor)
    return None


def _mapped(descriptor: int) -> Sealed:
    """Return the memory behind a descriptor, which stays open as long as that is used."""
    mapped = Sealed(descriptor, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ)
    mapped.descriptor = descriptor
    weakref.finalize(mapped, os.close, descriptor)
    return mapped


def _all_seals() -> int:
    return fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE

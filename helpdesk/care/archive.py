"""The file of a backup: members in an order, in a gzipped tar that other programs open too.

The first member says what the file is, the last one holds a digest over the names and contents of all others. A file
that was cut, changed or put in another order is noticed before anything it holds is taken for good. Both ways go
through the file once, a piece at a time, so that its size does not matter. With a passphrase the tar is encrypted.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from typing import IO, Any

from .encryption import MAGIC, Broken, Decrypting, Encrypting

GZIP = b"\x1f\x8b"
#: Stands in the first member, so that no other archive is taken for a backup.
PORTAL = "helpdesk-backup"
FORMAT = 1
FIRST, LAST = "backup.json", "end.json"
#: Bytes of a member that is read whole; a row with the largest document that may be imported is smaller.
MOST_BYTES = 256 * 1024 * 1024
PIECE = 1024 * 1024
#: Pictures do not get smaller, and text does at any level.
LEVEL = 3
#: Errors of reading that nothing but a backup which was cut or changed brings.
CUT_OR_CHANGED = (EOFError, zlib.error, Broken)


class Foreign(Exception):
    """The file is no backup of this portal."""


class Damaged(Exception):
    """The file was cut or changed since it was written."""


class Locked(Exception):
    """The file is encrypted, and no passphrase was given."""


class _Digest:
    """Digest over members: their names, lengths and contents, in order."""

    def __init__(self) -> None:
        self.members = 0
        self._sum = hashlib.sha256()

    def begin(self, name: str, size: int) -> None:
        self.members += 1
        self._sum.update(f"{name}\n{size}\n".encode("utf-8", "surrogateescape"))

    def update(self, content: bytes) -> None:
        self._sum.update(content)

    def as_json(self) -> dict[str, Any]:
        return {"members": self.members, "sha256": self._sum.hexdigest()}


class _Digesting(io.RawIOBase):
    """A file whose content is added to a digest while it is read."""

    def __init__(self, file: IO[bytes], digest: _Digest) -> None:
        self._file = file
        self._digest = digest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._digest.update(content)
        return content


class _Stored(_Digesting):
    """The content of a member, read by whoever asked for it; Damaged where the backup was cut or changed there."""

    def read(self, size: int = -1) -> bytes:
        try:
            return super().read(size)
        except (*CUT_OR_CHANGED, gzip.BadGzipFile, tarfile.TarError) as error:
            raise Damaged from error


class Writer:
    """Writes members to a file that is open for writing; `finish` must be the last call."""

    def __init__(self, file: IO[bytes], head: dict[str, Any], passphrase: str = "") -> None:
        """Writes the head, encrypted as all that follows where there is a passphrase. Raises OSError."""
        self._encrypting = Encrypting(file, passphrase) if passphrase else None
        self._gzip = gzip.GzipFile(filename="", fileobj=self._encrypting or file, mode="wb", compresslevel=LEVEL)
        self._tar = tarfile.open(fileobj=self._gzip, mode="w|", bufsize=PIECE)  # noqa: SIM115  closed by `finish`
        self._digest = _Digest()
        self.add(FIRST, _json({"portal": PORTAL, "format": FORMAT, **head}))

    def add(self, name: str, content: bytes) -> None:
        """Adds a member that is at hand. Raises OSError where the disk is full."""
        self.add_file(name, io.BytesIO(content), len(content))

    def add_file(self, name: str, file: IO[bytes], size: int) -> None:
        """Adds `size` bytes of an open file. Raises OSError where the disk is full, or the file holds less."""
        self._digest.begin(name, size)
        self._put(name, _Digesting(file, self._digest), size)

    def finish(self) -> None:
        """Adds the digest and writes what waits in memory. Raises OSError where the disk is full."""
        content = _json(self._digest.as_json())
        self._put(LAST, io.BytesIO(content), len(content))
        self._tar.close()
        self._gzip.close()
        if self._encrypting:
            self._encrypting.finish()

    def abandon(self) -> None:
        """Gives up after a failure: tarfile would try to write its last bytes whenever it is forgotten."""
        self._tar.fileobj.closed = True  # type: ignore[attr-defined]

    def _put(self, name: str, file: Any, size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size = size
        member.mode = 0o600
        self._tar.addfile(member, file)
        # It would keep one for each file that was ever added.
        self._tar.members.clear()  # type: ignore[attr-defined]


class Reader:
    """Reads the members of a backup once, in their order: `head` first, then `members`."""

    def __init__(self, file: IO[bytes], passphrase: str = "") -> None:
        """Reads the head; the passphrase is not looked at where the file is not encrypted.

        Raises Foreign where this is no backup, Damaged where not even the head is whole, Locked where a passphrase is
        missing, WrongKey where it is another one.
        """
        self._digest = _Digest()
        plain = _plain(file, passphrase)
        self.encrypted = plain is not file
        self._raw = self._members(gzip.GzipFile(fileobj=plain, mode="rb"))
        name, content = next(self._raw, ("", b""))
        self.head = _head(name, content if isinstance(content, bytes) else b"")

    def members(self) -> Iterator[tuple[str, Any]]:
        """Yields the name of each member with its content: bytes, or for media an open file to be read at once.

        Raises Damaged where the file was cut or changed, at the end at the latest: until then nothing is certain.
        """
        last: bytes = b""
        for name, content in self._raw:
            if last:
                raise Damaged
            if name == LAST:
                last = content
            else:
                yield name, content
        if not last or _parsed(last) != self._digest.as_json():
            raise Damaged

    def _members(self, file: gzip.GzipFile) -> Iterator[tuple[str, Any]]:
        try:
            with tarfile.open(fileobj=file, mode="r|") as tar:
                for member in tar:
                    yield from self._member(tar, member)
                    tar.members.clear()  # type: ignore[attr-defined]
            _read_to_the_end(file)
        except CUT_OR_CHANGED as error:
            raise Damaged from error
        except (gzip.BadGzipFile, tarfile.TarError) as error:
            raise (Damaged if self._digest.members else Foreign) from error

    def _member(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> Iterator[tuple[str, Any]]:
        found = tar.extractfile(member) if member.isreg() else None
        if found is None:
            raise Damaged
        if member.name != LAST:
            self._digest.begin(member.name, member.size)
        if member.name.startswith("media/"):
            content = _Stored(found, self._digest)
            yield member.name, content
            _read_to_the_end(content)
            return
        if member.size > MOST_BYTES:
            raise Damaged
        whole = found.read()
        if member.name != LAST:
            self._digest.update(whole)
        yield member.name, whole


def _plain(file: IO[bytes], passphrase: str) -> IO[bytes]:
    """Returns the gzipped tar of a file, encrypted or not. Raises Foreign, Locked, WrongKey or Damaged."""
    begins = file.read(len(MAGIC))
    file.seek(0)
    if begins.startswith(GZIP):
        return file
    if begins != MAGIC:
        raise Foreign
    if not passphrase:
        raise Locked
    try:
        return io.BufferedReader(Decrypting(file, passphrase), PIECE)
    except Broken as error:
        raise Damaged from error


def _read_to_the_end(file: Any) -> None:
    """Reads what nobody wanted, so that its digest is taken and the checksum at the end of the file is compared."""
    while file.read(PIECE):
        pass


def _head(name: str, content: bytes) -> dict[str, Any]:
    head = _parsed(content) if name == FIRST else {}
    if head.get("portal") != PORTAL:
        raise Foreign
    return head


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _parsed(content: bytes) -> dict[str, Any]:
    """Returns the object that a member holds; an empty one where it holds something else."""
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}

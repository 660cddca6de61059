"""A stream encrypted with a passphrase, a chunk at a time, so that its size does not matter.

The file begins with a head: MAGIC, a random salt, and a seal by which a wrong passphrase is told from damage. scrypt
makes the key from passphrase and salt, so no two files share a key. Then come chunks of CHUNK bytes and a last one that
may be shorter, each encrypted with AES-256-GCM. The nonce is the number of the chunk. Authenticated with each are the
head and whether it is the last one. A chunk that was changed, or that belongs to another place or file, is refused.
"""

from __future__ import annotations

import hashlib
import io
import secrets
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"helpdesk-backup encrypted 1\n"
SALT_BYTES = 16
#: Bytes that encrypting adds to each chunk.
TAG_BYTES = 16
HEAD_BYTES = len(MAGIC) + SALT_BYTES + TAG_BYTES
CHUNK = 1024 * 1024
#: Signs that a passphrase has at least.
LEAST_SIGNS = 20
#: scrypt with 128 MB for half a second, as OWASP's Password Storage Cheat Sheet asks at least.
COST, BLOCK, PARALLEL, MOST_MEMORY = 2**17, 8, 1, 256 * 1024 * 1024
#: The number of the seal; the first chunk is number 1.
SEAL = 0
MORE, LAST = b"more", b"last"


class WrongKey(Exception):
    """The passphrase is not the one that the stream was encrypted with, or the head was changed."""


class Broken(Exception):
    """The encrypted stream was cut or changed."""


class Encrypting(io.RawIOBase):
    """A file to write to, whose content goes encrypted into another; `finish` must be the last call."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        """Writes the head. Raises OSError where the disk is full."""
        salt = secrets.token_bytes(SALT_BYTES)
        self._file = file
        self._chunks = _Chunks(passphrase, salt)
        self._waiting = bytearray()
        file.write(MAGIC + salt + self._chunks.seal())

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]
        """Takes all of the content. Raises OSError where the disk is full."""
        self._waiting += content
        # The last chunk is marked, so a whole one waits until more is known to follow.
        while len(self._waiting) > CHUNK:
            self._file.write(self._chunks.encrypt(bytes(self._waiting[:CHUNK]), MORE))
            del self._waiting[:CHUNK]
        return len(content)

    def finish(self) -> None:
        """Writes the last chunk. Raises OSError where the disk is full."""
        self._file.write(self._chunks.encrypt(bytes(self._waiting), LAST))
        self._waiting.clear()


class Decrypting(io.RawIOBase):
    """A file to read from, once, whose content is decrypted from another; every byte it gives is authentic."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        """Reads the head. Raises Broken where it is cut, WrongKey where the passphrase is not the right one."""
        head = file.read(HEAD_BYTES)
        if len(head) < HEAD_BYTES or not head.startswith(MAGIC):
            raise Broken
        self._file = file
        self._chunks = _Chunks(passphrase, head[len(MAGIC) : -TAG_BYTES])
        self._chunks.check_seal(head[-TAG_BYTES:])
        self._given = memoryview(b"")
        self._next = self._read()
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        """Fills the target, with a chunk at most; 0 at the end. Raises Broken where the next chunk is not authentic."""
        if not self._given and not self._is_over:
            self._given = memoryview(self._decrypt_next())
        size = min(len(target), len(self._given))
        target[:size] = self._given[:size]
        self._given = self._given[size:]
        return size

    def _decrypt_next(self) -> bytes:
        """Decrypts the chunk that was read ahead: it is the last one where none follows."""
        chunk, self._next = self._next, self._read()
        self._is_over = not self._next
        return self._chunks.decrypt(chunk, LAST if self._is_over else MORE)

    def _read(self) -> bytes:
        return self._file.read(CHUNK + TAG_BYTES)


class _Chunks:
    """The cipher of one stream and the number of its next chunk."""

    def __init__(self, passphrase: str, salt: bytes) -> None:
        self._cipher = _cipher(_key(passphrase, salt))
        self._salt = salt
        self._number = SEAL

    def seal(self) -> bytes:
        """Returns the seal of the head: an empty chunk before all others."""
        return self.encrypt(b"", b"head")

    def check_seal(self, seal: bytes) -> None:
        """Raises WrongKey where another passphrase, or none, made this seal."""
        try:
            self.decrypt(seal, b"head")
        except Broken as error:
            raise WrongKey from error

    def encrypt(self, chunk: bytes, place: bytes) -> bytes:
        return self._cipher.encrypt(self._nonce(), chunk, self._authenticated(place))

    def decrypt(self, chunk: bytes, place: bytes) -> bytes:
        """Returns the content of a chunk. Raises Broken where it is not the one that stood at this place."""
        from cryptography.exceptions import InvalidTag

        try:
            return self._cipher.decrypt(self._nonce(), chunk, self._authenticated(place))
        except InvalidTag as error:
            raise Broken from error

    def _nonce(self) -> bytes:
        """Returns the number of the chunk as AES-GCM takes it, 12 bytes, and counts on."""
        self._number += 1
        return (self._number - 1).to_bytes(12, "big")

    def _authenticated(self, place: bytes) -> bytes:
        return MAGIC + self._salt + place


def _key(passphrase: str, salt: bytes) -> bytes:
    """Returns the 32 bytes of the key."""
    secret = passphrase.encode("utf-8", "surrogateescape")
    return hashlib.scrypt(secret, salt=salt, n=COST, r=BLOCK, p=PARALLEL, maxmem=MOST_MEMORY, dklen=32)


def _cipher(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)

"""Encrypted streams: what comes out is what went in, and nothing where a byte, a chunk or the passphrase is another."""

from __future__ import annotations

import io
import os
import tracemalloc
from functools import cache

import pytest

from helpdesk.care import encryption
from helpdesk.care.encryption import CHUNK, HEAD_BYTES, TAG_BYTES, Broken, Decrypting, Encrypting, WrongKey

KEY = "a passphrase of many signs 密码"
STORED = CHUNK + TAG_BYTES
CONTENT = os.urandom(2 * CHUNK + 1000)
#: What making a key costs outside the tests.
REAL_COST = encryption.COST
#: Orders of the head and the chunks of which none is the one that was written.
MOVED = [(0,), (0, 1), (0, 1, 2), (0, 2, 1, 3), (0, 1, 3), (0, 2, 3), (0, 1, 1, 2, 3), (0, 3)]


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes keys in no time; how hard a passphrase is to guess is not looked at here."""
    monkeypatch.setattr(encryption, "COST", 2**4)


def encrypted(content: bytes, piece: int = 300_000) -> bytes:
    """Encrypts what is written a piece at a time."""
    file = io.BytesIO()
    stream = Encrypting(file, KEY)
    for start in range(0, len(content), piece):
        stream.write(content[start : start + piece])
    stream.finish()
    return file.getvalue()


@cache
def chunks(name: str = "one") -> tuple[bytes, ...]:
    """Returns the head and the three chunks of an encrypted CONTENT, each name's with a salt of its own."""
    stored = encrypted(CONTENT)
    starts = range(HEAD_BYTES, len(stored), STORED)
    return stored[:HEAD_BYTES], *(stored[start : start + STORED] for start in starts)


def decrypted(stored: bytes, key: str = KEY) -> bytes:
    return Decrypting(io.BytesIO(stored), key).readall()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK])
def test_content_of_any_size_comes_back(size: int) -> None:
    stored = encrypted(CONTENT[:size])
    assert decrypted(stored) == CONTENT[:size]
    assert len(stored) == HEAD_BYTES + size + TAG_BYTES * max(1, -(-size // CHUNK))


def test_keys_that_are_hard_to_guess_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encryption, "COST", REAL_COST)
    assert decrypted(encrypted(b"x")) == b"x"


def test_nothing_of_the_content_is_legible() -> None:
    stored = encrypted("张老师".encode() * 1000)
    assert "张老师".encode() not in stored


def test_equal_contents_are_encrypted_differently() -> None:
    assert chunks("one")[1] != chunks("other")[1]


@pytest.mark.parametrize("key", [KEY + " ", KEY.upper(), "another passphrase of many signs"])
def test_another_passphrase_is_told_from_damage(key: str) -> None:
    with pytest.raises(WrongKey):
        decrypted(b"".join(chunks()), key)


@pytest.mark.parametrize("order", MOVED)
def test_chunks_that_are_missing_or_moved_are_noticed(order: tuple[int, ...]) -> None:
    with pytest.raises(Broken):
        decrypted(b"".join(chunks()[at] for at in order))


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_chunk_of_another_file_is_noticed(at: int) -> None:
    mixed = list(chunks())
    mixed[at] = chunks("other")[at]
    with pytest.raises(Broken):
        decrypted(b"".join(mixed))


@pytest.mark.parametrize("size", [0, 1, HEAD_BYTES - 1, HEAD_BYTES + 1, HEAD_BYTES + STORED + 1, -1])
def test_a_cut_anywhere_is_noticed(size: int) -> None:
    with pytest.raises(Broken):
        decrypted(b"".join(chunks())[:size])


@pytest.mark.parametrize("more", [b"\0", b"x" * TAG_BYTES, bytes(STORED)])
def test_what_was_added_is_noticed(more: bytes) -> None:
    with pytest.raises(Broken):
        decrypted(b"".join(chunks()) + more)


@pytest.mark.parametrize("at", [HEAD_BYTES, HEAD_BYTES + CHUNK, HEAD_BYTES + STORED, HEAD_BYTES + 2 * STORED, -1])
def test_a_wrong_bit_in_a_chunk_is_noticed(at: int) -> None:
    stored = bytearray(b"".join(chunks()))
    stored[at] ^= 1
    with pytest.raises(Broken):
        decrypted(bytes(stored))


@pytest.mark.parametrize("at", range(HEAD_BYTES - TAG_BYTES - 1, HEAD_BYTES, 8))
def test_a_wrong_bit_in_the_head_is_noticed(at: int) -> None:
    stored = bytearray(b"".join(chunks()))
    stored[at] ^= 1
    with pytest.raises(WrongKey):
        decrypted(bytes(stored))


def test_memory_does_not_grow_with_the_file(tmp_path: os.PathLike[str]) -> None:
    path = os.path.join(tmp_path, "large")
    tracemalloc.start()
    with open(path, "wb") as file:
        stream = Encrypting(file, KEY)
        for _ in range(40):
            stream.write(bytes(CHUNK))
        stream.finish()
    with open(path, "rb") as file:
        reader = io.BufferedReader(Decrypting(file, KEY))
        read = sum(len(piece) for piece in iter(lambda: reader.read(CHUNK), b""))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == 40 * CHUNK
    assert most < 8 * CHUNK

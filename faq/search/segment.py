"""A segment: the documents of some entries, and for each term the documents that have it. It never changes.

The table of terms and the column of stored documents are Whoosh's; the posting lists between them are ours, because
Whoosh writes and reads them one posting at a time. All files are read where they lie in memory, without a copy and
without a position, so any number of threads may look things up at once.
"""

from __future__ import annotations

import mmap
import secrets
import struct
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import accumulate, takewhile
from operator import sub
from typing import Any

from whoosh.columns import CompressedBytesColumn, PickleColumn
from whoosh.filedb.filetables import OrderedHashReader, OrderedHashWriter
from whoosh.filedb.structfile import BufferFile, StructFile

from .cache import LeastRecentlyUsed
from .document import Record, stored_of, terms_of

Buffer = bytes | mmap.mmap

# Fields in which terms are looked up, each with the byte that its keys begin with.
_FIELDS = {"asked": b"a", "answered": b"n", "characters": b"c", "sound": b"s"}
# Value of a term: number of documents that have it, offset of its postings, and the code of the array they form.
_VALUE = struct.Struct("<IQc")
# Arrays that posting lists are written as, with the largest gap between two documents that each can hold.
_GAPS = {"B": 0xFF, "H": 0xFFFF, "I": 0xFFFFFFFF}
_STORED = PickleColumn(CompressedBytesColumn())
_DIGEST = 12
# Document numbers that a segment keeps decoded, four bytes each.
_NUMBERS_KEPT = 2_000_000


class Segment:
    """Documents numbered from 0, in the order of their entries' ids, and the terms they have."""

    def __init__(self, name: str, files: Mapping[str, Buffer]) -> None:
        """Open the files of a segment. Raises KeyError, ValueError, or what Whoosh raises, if they are not whole."""
        self.name = name
        self.files = dict(files)
        records = self.files[f"{name}.entries"]
        count, rest = divmod(len(records), 16 + _DIGEST)
        if rest:
            raise ValueError(f"{name}.entries has no whole number of entries")
        self.ids = array("q", records[: 8 * count])
        self._stamps = array("q", records[8 * count : 16 * count])
        self._digests = bytes(records[16 * count :])
        self._terms = OrderedHashReader(_Window(self.files[f"{name}.terms"]), len(self.files[f"{name}.terms"]))
        self._postings = memoryview(self.files[f"{name}.postings"])
        column = self.files[f"{name}.stored"]
        self._stored = _STORED.reader(_Window(column), 0, len(column), count)
        self._decoded = LeastRecentlyUsed(_NUMBERS_KEPT, weigh=len)

    def __len__(self) -> int:
        return len(self.ids)

    def record(self, number: int) -> Record:
        """Return the identity of the entry of a document."""
        digest = self._digests[_DIGEST * number : _DIGEST * (number + 1)]
        return Record(self.ids[number], self._stamps[number], digest.hex())

    def number_of(self, entry_id: int) -> int | None:
        """Return the number of the document of an entry, None where the segment has none."""
        number = bisect_left(self.ids, entry_id)
        return number if number < len(self.ids) and self.ids[number] == entry_id else None

    def count(self, field: str, term: str) -> int:
        """Return the number of documents with this term in this field."""
        value = self._terms.get(_FIELDS[field] + term.encode())
        return _VALUE.unpack(value)[0] if value else 0

    def numbers(self, field: str, term: str) -> array[int]:
        """Return the numbers of the documents with this term in this field, ascending. Do not change the array."""
        numbers: array[int] = self._decoded.value((field, term), lambda: self._decode(field, term))
        return numbers

    def terms_beginning(self, field: str, letters: str) -> Iterator[str]:
        """Yield the terms of a field that begin with these letters, in the order of their bytes."""
        wanted = _FIELDS[field] + letters.encode()
        keys: Iterator[bytes] = takewhile(lambda key: key.startswith(wanted), self._terms.keys_from(wanted))
        return (key[1:].decode() for key in keys)

    def stored(self, number: int) -> dict[str, Any]:
        """Return what is stored of a document, as `document.stored_of` made it."""
        stored: dict[str, Any] = self._stored[number]
        return stored

    def _decode(self, field: str, term: str) -> array[int]:
        value = self._terms.get(_FIELDS[field] + term.encode())
        if not value:
            return array("I")
        count, offset, code = _VALUE.unpack(value)
        gaps = array(code.decode())
        gaps.frombytes(self._postings[offset : offset + count * gaps.itemsize])
        return array("I", accumulate(gaps))


class SegmentWriter:
    """Makes a segment of documents that are added in the order of their entries' ids."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._stamps = array("q")
        self._digests = bytearray()
        self._numbers: dict[str, defaultdict[str, array[int]]] = {
            field: defaultdict(lambda: array("I")) for field in _FIELDS
        }
        self._stored_file = BytesIO()
        self._stored = _STORED.writer(StructFile(self._stored_file))

    def add(self, record: Record, fields: Mapping[str, Any]) -> None:
        """Add the document of an entry, as `document.fields_of` made it."""
        self._add(record, stored_of(fields), fields)

    def copy(self, record: Record, stored: Mapping[str, Any]) -> None:
        """Add a document of another segment; its text need not be read again."""
        self._add(record, stored, terms_of(stored))

    def finish(self) -> Segment:
        """Return the segment of all documents added."""
        terms: list[bytes] = []
        postings = BytesIO()
        # The memory is freed when Whoosh closes the file.
        table = OrderedHashWriter(StructFile(BytesIO(), onclose=lambda file: terms.append(file.file.getvalue())))
        for field, key in sorted(_FIELDS.items(), key=lambda item: item[1]):
            lists = self._numbers.pop(field)
            for term, encoded in sorted((term.encode(), term) for term in lists):
                table.add(key + term, _write_numbers(postings, lists.pop(encoded)))
        table.close()
        self._stored.finish(len(self._ids))
        name = secrets.token_hex(8)
        files = {
            f"{name}.entries": self._ids.tobytes() + self._stamps.tobytes() + bytes(self._digests),
            f"{name}.terms": terms[0],
            f"{name}.postings": postings.getvalue(),
            f"{name}.stored": self._stored_file.getvalue(),
        }
        return Segment(name, files)

    def _add(self, record: Record, stored: Mapping[str, Any], terms_by_field: Mapping[str, str]) -> None:
        number = len(self._ids)
        self._ids.append(record.entry_id)
        self._stamps.append(record.stamp)
        self._digests += bytes.fromhex(record.digest)
        self._stored.add(number, dict(stored))
        for field, lists in self._numbers.items():
            for term in set(terms_by_field[field].split()):
                lists[term].append(number)


class _Window(BufferFile):
    """A file in memory as Whoosh reads it; Whoosh's own class copies it."""

    def __init__(self, content: Buffer) -> None:
        super().__init__(b"")
        self._buf = memoryview(content)
        self.file = content if isinstance(content, mmap.mmap) else BytesIO(content)


def _write_numbers(postings: BytesIO, numbers: array[int]) -> bytes:
    """Write a posting list as the gaps between its numbers, and return its value in the table of terms."""
    gaps = [numbers[0], *map(sub, numbers[1:], numbers)]
    widest = max(gaps)
    code = next(code for code, most in _GAPS.items() if widest <= most)
    offset = postings.tell()
    postings.write(array(code, gaps))
    return _VALUE.pack(len(numbers), offset, code.encode())

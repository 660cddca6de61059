"""The index: the published entries in the shape that Whoosh searches, made from what the database holds.

Whoosh finds candidates; how they rank is decided in `ranking.py`. An index lives in memory and never changes; one
that is a few changes newer is made from it in milliseconds (`updated`), without touching what stays.
"""

from __future__ import annotations

import hashlib
import heapq
import json
import math
import threading
from array import array
from bisect import bisect_left
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from whoosh import fields, formats
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import RamStorage

from faq import html
from faq.models import Entry, Phrasing, SearchState, SynonymGroup

from . import text

# Postings are short; compressing them one by one takes longer than it saves.
_CODEC = W3Codec(compression=0)
# A term of more entries than this adds no candidates where rarer ones gave enough.
_COMMON = 1000
# How many beginnings of sounds are looked through while someone types.
_EXPANDED = 300
# How many entries each process keeps as ranking reads them, about 20 kB each; the others are read when needed.
_DOCUMENTS_KEPT = 2000
_ANSWERS_KEPT = 500
_FREQUENCIES_KEPT = 50_000
_IDS_AT_ONCE = 500
# Each change since the base was made is written again with every further one. Beyond the first bound a new base
# should be made when nobody waits, beyond the second one must; each is so many entries or that share of them.
_SOME_CHANGES = (16, 0.01)
_MANY_CHANGES = (64, 0.03)
_ABOUT = "about.json"
# How much less a term in the answer counts among candidates than one in question or phrasings.
_ANSWERED = 0.6
_POSTINGS_KEPT = 2000


class _Terms(fields.FieldType):
    """Terms apart by spaces, each once. Whether an entry has one is all that is asked; the rest is `ranking.py`'s."""

    def __init__(self) -> None:
        self.format = formats.Existence()
        self.analyzer = self.vector = None
        self.indexed, self.stored, self.scorable, self.unique = True, False, False, False

    def index(self, value: str) -> Iterator[tuple[bytes, int, float, bytes]]:
        return ((term.encode(), 1, 1.0, b"") for term in set(value.split()))


# `asked` holds the bigrams of question, heading and phrasings, and their numbers and words in letters, `answered`
# those that only answer and category have: whatever word is asked for, its bigrams find it. `characters` holds the
# single characters of questions and phrasings, `sound` pinyin and initials. The stored fields make a Document.
SCHEMA = fields.Schema(
    heading=fields.STORED,
    question=fields.STORED,
    phrasings=fields.STORED,
    answer=fields.STORED,
    category=fields.STORED,
    heading_words=fields.STORED,
    phrasing_words=fields.STORED,
    question_length=fields.STORED,
    question_sounds=fields.STORED,
    said_sounds=fields.STORED,
    answer_sounds=fields.STORED,
    asked=_Terms(),
    answered=_Terms(),
    characters=_Terms(),
    sound=_Terms(),
)


_AS_STORED = "heading question answer category heading_words question_length question_sounds said_sounds answer_sounds"


def rarity(frequency: int, size: int) -> float:
    """The usual inverse document frequency: about 0 for a word that all of `size` entries have."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


class Version(NamedTuple):
    """Names a state of the database's content: `SearchState`'s number, and the random stamp of its own."""

    number: int
    stamp: int


class Row(NamedTuple):
    """What is indexed of one published entry, as written."""

    id: int
    stamp: int
    short_question: str
    question: str
    answer: str
    category: str
    phrasings: tuple[str, ...]

    @property
    def digest(self) -> str:
        """A short sum of the content, whatever its stamp."""
        content = json.dumps([self.id, *self[2:]], ensure_ascii=True).encode()
        return hashlib.blake2b(content, digest_size=12).hexdigest()


class Record(NamedTuple):
    """What an index holds of an entry: which, in what state, and the sum of its content."""

    entry_id: int
    stamp: int
    digest: str


NO_RECORD = Record(0, 0, "")


class Snapshot(NamedTuple):
    """All published entries, and the synonym groups, as they stood at one moment."""

    version: Version
    rows: tuple[Row, ...]
    synonyms: tuple[str, ...]


class Changes(NamedTuple):
    """What leads from an index to what the database holds: entries to forget, rows to add."""

    version: Version
    stale: frozenset[int]
    rows: tuple[Row, ...]
    synonyms: tuple[str, ...]


class Unnoticed(NamedTuple):
    """Entries that were changed, added or removed past the models; none, where only synonyms were."""

    entry_ids: frozenset[int]


class TooManyChanges(Exception):
    """A new index is cheaper than bringing the old one up to date."""


@dataclass(frozen=True, slots=True)
class Document:
    """One entry as the ranking sees it, in normal form. Words and sounds stand in one string, each between spaces."""

    entry_id: int
    # What the entry is called: its short question where it has one.
    heading: str
    question: str
    # Heading and question.
    asked: str
    phrasings: tuple[str, ...]
    # All of them, for a first look.
    said: str
    answer: str
    category: str
    # The informative words of the heading, and of each phrasing.
    heading_words: str
    phrasing_words: tuple[str, ...]
    # How many informative words the whole question has.
    question_length: int
    # How words of question and heading, of the phrasings, and of the answer may be typed in letters.
    question_sounds: str
    said_sounds: str
    answer_sounds: str


class _Kept(OrderedDict[Any, Any]):
    """The values used last, at most `most` of them. Threads may share it: a value made twice does no harm."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most
        self._lock = threading.Lock()

    def value(self, key: Any, make: Callable[[], Any]) -> Any:
        with self._lock:
            if key in self:
                self.move_to_end(key)
                return self[key]
        made = make()
        with self._lock:
            self[key] = made
            while len(self) > self._most:
                self.popitem(last=False)
        return made


class _Storage(RamStorage):
    """Whoosh's own RamStorage puts temporary files into /tmp while it writes; a full disk must not stop us."""

    def temp_storage(self, name: str | None = None) -> _Storage:
        return _Storage()

    def destroy(self) -> None:
        """Nothing to destroy: memory is given back with the object."""


class Index:
    """One index in memory. Any number of threads may search it at once, each in a session of its own.

    Its Whoosh files are one large segment, the base, and perhaps a small one of what changed since. `records`
    tells for each of Whoosh's documents, in their order, which entry it is; None: it is so no longer.
    """

    def __init__(
        self,
        version: Version,
        files: Mapping[str, bytes],
        *,
        records: Iterable[Record | None],
        base: int,
        synonyms: Iterable[str],
        documents: _Kept | None = None,
    ) -> None:
        self.version = version
        self.records = tuple(records)
        # How many of them are the base's.
        self.base = base
        self.synonyms = tuple(synonyms)
        self.same_meaning = text.synonym_table(self.synonyms)
        self.answers = _Kept(_ANSWERS_KEPT)
        self.size = sum(record is not None for record in self.records)
        self._files = dict(files)
        self._documents = _Kept(_DOCUMENTS_KEPT) if documents is None else documents
        self._whoosh = _storage(self._files).open_index()
        self._gone = self._count_gone()
        self._sessions = threading.local()
        if self._whoosh.doc_count_all() != len(self.records):
            raise ValueError("the records are not those of the index")

    @classmethod
    def from_files(cls, version: Version, files: Mapping[str, bytes]) -> Index:
        """The inverse of `files`."""
        about = json.loads(files[_ABOUT])
        records = [None if one is None else Record(*one) for one in about["records"]]
        whoosh = {name: content for name, content in files.items() if name != _ABOUT}
        return cls(version, whoosh, records=records, base=about["base"], synonyms=about["synonyms"])

    @property
    def files(self) -> dict[str, bytes]:
        """Everything that makes up the index, as it may lie in a folder."""
        about = {"records": self.records, "base": self.base, "synonyms": self.synonyms}
        return {**self._files, _ABOUT: json.dumps(about).encode()}

    def session(self) -> Session:
        """This thread's session. Whoosh's readers keep a place in their files, so threads must not share them."""
        session: Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = Session(self, self._whoosh.reader(), self._gone, self._documents)
        return session

    def updated(self, changes: Changes) -> Index:
        """An index that is `changes` newer: the base as it is, and one new segment of all that changed since."""
        storage = _storage(self._files)
        keep = 1 if self.base else 0
        writer = _writer(storage.open_index())
        for row in changes.rows:
            writer.add_document(**_fields(row))
        writer.commit(mergetype=lambda writer, segments: segments[:keep])
        kept = (record if record and record.entry_id not in changes.stale else None for record in self.base_records)
        return Index(
            changes.version,
            storage.files,
            records=[*kept, *map(_record, changes.rows)],
            base=self.base,
            synonyms=changes.synonyms,
            documents=self._documents,
        )

    @property
    def base_records(self) -> tuple[Record | None, ...]:
        return self.records[: self.base]

    @property
    def worn(self) -> bool:
        """Whether so much changed since the base was made that a new one is worth making."""
        changed = max(len(self.records) - self.base, self.base_records.count(None))
        return changed > _bound(_SOME_CHANGES, self.size)

    def _count_gone(self) -> Counter[tuple[str, str]]:
        """How many of the base's entries that are such no longer have each term; Whoosh still counts them."""
        gone: Counter[tuple[str, str]] = Counter()
        if None in self.base_records:
            reader = self._whoosh.reader()
            for number, record in enumerate(self.base_records):
                if record is None:
                    terms = _terms(reader.stored_fields(number))
                    gone.update((field, term) for field, several in terms.items() for term in set(several.split()))
        return gone


class Session:
    """A view of one index to search with, for one thread."""

    def __init__(self, index: Index, reader: Any, gone: Mapping[tuple[str, str], int], documents: _Kept) -> None:
        self.size = index.size
        self.answers = index.answers
        self.same_meaning = index.same_meaning
        self._records = index.records
        self._base = index.base
        self._reader = reader
        self._gone = gone
        self._documents = documents
        self._postings = _Kept(_POSTINGS_KEPT)
        self._frequencies: dict[tuple[str, str], int] = {}
        self._weights: dict[str, float] = {}

    def weight(self, word: str) -> float:
        """How much a word tells: its rarity."""
        weight = self._weights.get(word)
        if weight is None:
            if len(self._weights) > _FREQUENCIES_KEPT:
                self._weights.clear()
            weight = self._weights[word] = rarity(self.frequency(word), self.size)
        return weight

    def frequency(self, word: str) -> int:
        """In how many entries `word` occurs, a single character in how many questions; for a longer word the upper
        bound that its bigrams give."""
        if not text.is_cjk(word):
            return self._term_frequency(word)
        if len(word) == 1:
            return self._count("characters", word)
        return min(self._term_frequency(pair) for pair in text.bigrams(word))

    def sound_frequency(self, sound: str) -> int:
        """In how many entries some word sounds like this."""
        return self._count("sound", sound)

    def sounds_beginning(self, letters: str, limit: int) -> list[str]:
        """The most frequent sounds that begin with these letters."""
        sounds = [sound.decode() for sound in islice(self._reader.expand_prefix("sound", letters), _EXPANDED)]
        known = filter(self.sound_frequency, sounds)
        return sorted(known, key=lambda sound: (-self.sound_frequency(sound), sound))[:limit]

    def _term_frequency(self, term: str) -> int:
        return self._count("asked", term) + self._count("answered", term)

    def _count(self, field: str, term: str) -> int:
        count = self._frequencies.get((field, term))
        if count is None:
            if len(self._frequencies) > _FREQUENCIES_KEPT:
                self._frequencies.clear()
            count = int(self._reader.doc_frequency(field, term)) - self._gone.get((field, term), 0)
            self._frequencies[field, term] = count
        return count

    def candidates(
        self, terms: Collection[str], characters: Collection[str], sounds: Collection[str], limit: int
    ) -> list[Document]:
        """At most `limit` entries in which any of these occurs, those first that have the rarest.

        What is asked for goes to the posting lists as it is. There is no query language in between: Whoosh's parser
        takes seconds for `???…` and falls over nested brackets. Its scoring of such an OR reads every posting;
        here the rarest terms come first, and once there are enough entries the commonest are left out.
        """
        wanted: list[tuple[int, str, tuple[str, ...]]]
        wanted = [(self._term_frequency(term), term, ("asked", "answered")) for term in terms]
        wanted += [(self._count("characters", character), character, ("characters",)) for character in characters]
        wanted += [(self._count("sound", sound), sound, ("sound",)) for sound in sounds]
        weights: defaultdict[int, float] = defaultdict(float)
        for count, term, places in sorted(wanted):
            if count and (count <= _COMMON or len(weights) < limit):
                weight = rarity(count, self.size)
                for place in places:
                    worth = weight * _ANSWERED if place == "answered" else weight
                    for number in self._numbers(place, term):
                        weights[number] += worth
        return [self._document(number) for number in self._best(weights, limit)]

    def _best(self, weights: Mapping[int, float], limit: int) -> list[int]:
        """The `limit` heaviest, equal ones in the order of their entries; thousands may weigh the same."""
        if len(weights) > limit:
            least = heapq.nlargest(limit, weights.values())[-1]
            equal = sorted(number for number, weight in weights.items() if weight == least)
            tail = bisect_left(equal, self._base)
            best = [number for number, weight in weights.items() if weight > least]
            best += [*equal[: min(tail, limit)], *equal[tail:]]
        else:
            best = list(weights)
        return sorted(best, key=lambda number: (-weights[number], self._records[number]))[:limit]

    def _numbers(self, field: str, term: str) -> array[int]:
        """The numbers of those of Whoosh's documents that have a term and still are an entry."""
        numbers: array[int] = self._postings.value((field, term), lambda: self._read_numbers(field, term))
        return numbers

    def _read_numbers(self, field: str, term: str) -> array[int]:
        if not self._reader.doc_frequency(field, term):
            return array("I")
        return array("I", filter(self._records.__getitem__, self._reader.postings(field, term).all_ids()))

    def _document(self, number: int) -> Document:
        record = self._records[number]
        document: Document = self._documents.value(record, lambda: self._read(number))
        return document

    def _read(self, number: int) -> Document:
        stored = self._reader.stored_fields(number)
        record = self._records[number] or NO_RECORD
        return Document(
            entry_id=record.entry_id,
            asked=_asked(stored["heading"], stored["question"]),
            said="\n".join(stored["phrasings"]),
            phrasings=tuple(stored["phrasings"]),
            phrasing_words=tuple(stored["phrasing_words"]),
            **{name: stored[name] for name in _AS_STORED.split()},
        )


def current_version() -> Version:
    """The version of the database's content, in one cheap query."""
    return Version(*(SearchState.objects.filter(id=1).values_list("version", "stamp").first() or (0, 0)))


def published() -> int:
    """How many entries an index would hold."""
    return _published().count()


def take_snapshot() -> Snapshot:
    with _one_moment():
        return Snapshot(current_version(), _rows(None), _synonyms())


def changes_since(index: Index) -> Changes:
    """What leads from `index` to what the database holds now, whatever changed, how often and in what order.

    Which entries changed is read off their ids and stamps: no history has to be kept, and none can be missed.
    Raises TooManyChanges where a new index is to be built instead.
    """
    with _one_moment():
        version = current_version()
        stamps = dict(_published().values_list("id", "stamp"))
        held = {record.entry_id: record.stamp for record in index.base_records if record}
        fresh = {entry_id for entry_id, stamp in held.items() if stamps.get(entry_id) == stamp}
        wanted = stamps.keys() - fresh
        stale = held.keys() - fresh
        if max(len(wanted), len(stale)) > _bound(_MANY_CHANGES, index.size):
            raise TooManyChanges
        return Changes(version, frozenset(stale), _rows(wanted), _synonyms())


def unnoticed(index: Index) -> Unnoticed | None:
    """What `index` holds otherwise than the database although both say they are of the same version: something wrote
    past the models. None where they are of different versions, or agree."""
    snapshot = take_snapshot()
    if snapshot.version != index.version:
        return None
    held = {record.entry_id: record.digest for record in index.records if record}
    found = {row.id: row.digest for row in snapshot.rows}
    differing = {entry_id for entry_id in held.keys() | found.keys() if held.get(entry_id) != found.get(entry_id)}
    if not differing and snapshot.synonyms == index.synonyms:
        return None
    return Unnoticed(frozenset(differing))


def build(snapshot: Snapshot, progress: Callable[[int, int], None] | None = None) -> Index:
    """A new index of `snapshot`, in memory. It touches neither disk nor database.

    `progress` is told how many rows of how many are read.
    """
    storage = _Storage()
    writer = _writer(storage.create_index(SCHEMA))
    for number, row in enumerate(snapshot.rows):
        if progress and number % 100 == 0:
            progress(number, len(snapshot.rows))
        writer.add_document(**_fields(row))
    writer.commit(optimize=True)
    return Index(
        snapshot.version,
        storage.files,
        records=map(_record, snapshot.rows),
        base=len(snapshot.rows),
        synonyms=snapshot.synonyms,
    )


def _storage(files: Mapping[str, bytes]) -> _Storage:
    storage = _Storage()
    storage.files = dict(files)
    return storage


def _writer(index: Any) -> Any:
    # No limit: beyond it Whoosh sorts by way of temporary files, which it cannot do in memory.
    return index.writer(limitmb=1 << 20, codec=_CODEC)


def _record(row: Row) -> Record:
    return Record(row.id, row.stamp, row.digest)


def _bound(bound: tuple[int, float], size: int) -> int:
    return max(bound[0], int(bound[1] * size))


def _published() -> Any:
    """Search is public: an index holds what a visitor may see."""
    return Entry.objects.visible_to(AnonymousUser())


def _rows(ids: Collection[int] | None) -> tuple[Row, ...]:
    """The published entries of these ids, or all, in the order of their ids."""
    if ids is None:
        return _rows_where({}, {})
    wanted = sorted(ids)
    parts = [wanted[at : at + _IDS_AT_ONCE] for at in range(0, len(wanted), _IDS_AT_ONCE)]
    return tuple(row for part in parts for row in _rows_where({"id__in": part}, {"entry_id__in": part}))


def _rows_where(of_entries: dict[str, Any], of_phrasings: dict[str, Any]) -> tuple[Row, ...]:
    phrasings: defaultdict[int, list[str]] = defaultdict(list)
    for entry_id, phrasing in Phrasing.objects.filter(**of_phrasings).order_by("id").values_list("entry_id", "text"):
        phrasings[entry_id].append(phrasing)
    entries = _published().filter(**of_entries).order_by("id")
    columns = ("id", "stamp", "short_question", "question", "answer", "category__name")
    rows: Iterable[Any] = entries.values_list(*columns)
    return tuple(Row._make([*row, tuple(phrasings[row[0]])]) for row in rows)


def _synonyms() -> tuple[str, ...]:
    return tuple(SynonymGroup.objects.order_by("id").values_list("words", flat=True))


# The rows that changed since the base was made are written again with each further change, but read only once.
@lru_cache(maxsize=512)
def _fields(row: Row) -> dict[str, Any]:
    """What Whoosh gets of one entry: the fields of SCHEMA."""
    question = text.normalize(row.question)
    heading = text.normalize(row.short_question) or question
    answer = text.normalize(html.to_text(row.answer))
    category = text.normalize(row.category)
    phrasings = [text.normalize(phrasing) for phrasing in row.phrasings]
    asked = _asked(heading, question)
    stored = {
        "heading": heading,
        "question": question,
        "phrasings": phrasings,
        "answer": answer,
        "category": category,
        "heading_words": _distinct(heading),
        "phrasing_words": [_distinct(phrasing) for phrasing in phrasings],
        "question_length": len(set(text.informative(text.words(question)))),
        "question_sounds": _sounds(asked, every=True),
        "said_sounds": _sounds(" ".join(phrasings), every=True),
        "answer_sounds": _sounds(answer, every=False),
    }
    return stored | _terms(stored)


def _terms(stored: Mapping[str, Any]) -> dict[str, str]:
    """The terms of an entry, from what is stored of it."""
    said = " ".join([_asked(stored["heading"], stored["question"]), *stored["phrasings"]])
    answered = f"{stored['answer']} {stored['category']}"
    asked_terms = {*text.bigrams(said), *text.plain_tokens(said)}
    return {
        "asked": " ".join(asked_terms),
        "answered": " ".join({*text.bigrams(answered), *text.plain_tokens(answered)} - asked_terms),
        "characters": " ".join({char for char in said if text.is_cjk(char)}),
        "sound": f"{stored['question_sounds']}{stored['said_sounds']}{stored['answer_sounds']}",
    }


def _asked(heading: str, question: str) -> str:
    return question if heading == question else f"{heading} {question}"


def _sounds(normal: str, *, every: bool) -> str:
    return _between_spaces(text.sound_keys(text.informative(text.words(normal)), every=every))


def _distinct(normal: str) -> str:
    return _between_spaces(dict.fromkeys(text.informative(text.words(normal))))


def _between_spaces(words: Iterable[str]) -> str:
    return "".join(f" {word} " for word in words)


@contextmanager
def _one_moment() -> Iterator[None]:
    """The queries inside see the database as it stands at one moment, and nobody has to wait for them.

    Inside a transaction of the caller that is the caller's business.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # `atomic` would begin with IMMEDIATE (see settings) and queue every reader behind the editors who save.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield

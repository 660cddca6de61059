"""The index: the published entries in the shape that Whoosh searches, made from one snapshot of the database.

Whoosh finds candidates; how they rank is decided in `ranking.py`. An index lives in memory and never changes.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import Subquery
from whoosh import fields
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.codec.whoosh3 import W3Codec
from whoosh.filedb.filestore import RamStorage

from faq import html
from faq.models import Entry, SearchState

from . import text

# Postings are short; compressing them one by one takes longer than it saves.
_CODEC = W3Codec(compression=0)
# A term of more entries than this adds no candidates where rarer ones gave enough.
_COMMON = 1000
# How many beginnings of sounds are looked through while someone types.
_EXPANDED = 300
_TOKENS = fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False)
# `terms` holds the bigrams of the whole entry, and its numbers and words in letters: whatever word is asked for,
# its bigrams find it. `characters` holds the single characters of the question, `sound` pinyin and initials. The
# stored fields are what a Document is made of.
SCHEMA = fields.Schema(
    entry_id=fields.STORED,
    heading=fields.STORED,
    question=fields.STORED,
    answer=fields.STORED,
    category=fields.STORED,
    heading_words=fields.STORED,
    question_length=fields.STORED,
    question_sounds=fields.STORED,
    answer_sounds=fields.STORED,
    terms=_TOKENS,
    characters=_TOKENS,
    sound=_TOKENS,
)


def rarity(frequency: int, size: int) -> float:
    """The usual inverse document frequency: about 0 for a word that all of `size` entries have."""
    return math.log(1 + (size - frequency + 0.5) / (frequency + 0.5))


class Version(NamedTuple):
    """Names a state of the database's content.

    The number is `SearchState.current()`. It could come twice, after a restored backup or in another database,
    so the moment at which the entry changed last was saved goes with it.
    """

    number: int
    saved_at: str


class Row(NamedTuple):
    """What is indexed of one published entry, as written."""

    id: int
    short_question: str
    question: str
    answer: str
    category: str


class Snapshot(NamedTuple):
    """All published entries as they stood at one moment."""

    version: Version
    rows: tuple[Row, ...]

    @property
    def digest(self) -> str:
        """A SHA-256 sum of the content alone, whatever its version is called."""
        return hashlib.sha256(json.dumps(self.rows, ensure_ascii=True).encode()).hexdigest()


@dataclass(frozen=True)
class Document:
    """One entry as the ranking sees it: in normal form, and what can be read off that once and for all."""

    entry_id: int
    # What the entry is called: its short question where it has one.
    heading: str
    question: str
    answer: str
    category: str
    # The informative words of the heading, and in how many entries each occurs.
    heading_words: tuple[str, ...]
    heading_frequencies: tuple[int, ...]
    # How many informative words the whole question has.
    question_length: int
    # How words of question and heading, and of the answer, may be typed in letters.
    question_sounds: frozenset[str]
    answer_sounds: frozenset[str]

    @cached_property
    def heading_tokens(self) -> frozenset[str]:
        return frozenset(text.plain_tokens(self.heading))

    @cached_property
    def question_tokens(self) -> frozenset[str]:
        return frozenset(text.plain_tokens(f"{self.heading} {self.question}"))

    @cached_property
    def answer_tokens(self) -> frozenset[str]:
        return frozenset(text.plain_tokens(self.answer))

    @cached_property
    def question_bigrams(self) -> frozenset[str]:
        return frozenset(text.bigrams(f"{self.heading} {self.question}"))

    @cached_property
    def answer_bigrams(self) -> frozenset[str]:
        return frozenset(text.bigrams(self.answer))


class _Storage(RamStorage):
    """Whoosh's own RamStorage puts temporary files into /tmp while it writes; a full disk must not stop us."""

    def temp_storage(self, name: str | None = None) -> _Storage:
        return _Storage()

    def destroy(self) -> None:
        """Nothing to destroy: memory is given back with the object."""


class Index:
    """One index in memory. Any number of threads may search it at once, each in a session of its own."""

    def __init__(self, version: Version, digest: str, files: Mapping[str, bytes]) -> None:
        storage = _Storage()
        storage.files = dict(files)
        self.version = version
        self.digest = digest
        self.files = files
        self._whoosh = storage.open_index()
        self._documents: dict[int, Document] = {}
        self._sessions = threading.local()
        self.size: int = self._whoosh.doc_count()

    def session(self) -> Session:
        """This thread's session. Whoosh's readers keep a place in their files, so threads must not share them."""
        session: Session | None = getattr(self._sessions, "session", None)
        if session is None:
            session = self._sessions.session = Session(self._whoosh.searcher(), self.size, self._documents)
        return session


class Session:
    """A view of one index to search with, for one thread."""

    def __init__(self, searcher: Any, size: int, documents: dict[int, Document]) -> None:
        self.size = size
        self._searcher = searcher
        self._reader = searcher.reader()
        self._documents = documents

    def frequency(self, word: str) -> int:
        """In how many entries `word` occurs, a single character in how many questions; for a longer word the upper
        bound that its bigrams give."""
        if not text.is_cjk(word):
            return self._count("terms", word)
        if len(word) == 1:
            return self._count("characters", word)
        return min(self._count("terms", pair) for pair in text.bigrams(word))

    def sound_frequency(self, sound: str) -> int:
        """In how many entries some word sounds like this."""
        return self._count("sound", sound)

    def sounds_beginning(self, letters: str, limit: int) -> list[str]:
        """The most frequent sounds that begin with these letters."""
        sounds = [sound.decode() for sound in islice(self._reader.expand_prefix("sound", letters), _EXPANDED)]
        return sorted(sounds, key=lambda sound: (-self.sound_frequency(sound), sound))[:limit]

    def _count(self, field: str, term: str) -> int:
        return int(self._reader.doc_frequency(field, term))

    def candidates(
        self, terms: Collection[str], characters: Collection[str], sounds: Collection[str], limit: int
    ) -> list[Document]:
        """At most `limit` entries in which any of these occurs, those first that have the rarest.

        What is asked for goes to the posting lists as it is. There is no query language in between: Whoosh's parser
        takes seconds for `???…` and falls over nested brackets. Its scoring of such an OR reads every posting;
        here the rarest terms come first, and once there are enough entries the commonest are left out.
        """
        asked = [("terms", terms), ("characters", characters), ("sound", sounds)]
        counted = sorted((self._count(field, term), field, term) for field, several in asked for term in several)
        weights: defaultdict[int, float] = defaultdict(float)
        for count, field, term in counted:
            if count and (count <= _COMMON or len(weights) < limit):
                weight = rarity(count, self.size)
                for number in self._reader.postings(field, term).all_ids():
                    weights[number] += weight
        best = sorted(weights, key=lambda number: (-weights[number], number))[:limit]
        return [self._document(number) for number in best]

    def _document(self, number: int) -> Document:
        document = self._documents.get(number)
        if document is None:
            stored = self._reader.stored_fields(number)
            heading_words = tuple(stored["heading_words"].split())
            document = Document(
                entry_id=stored["entry_id"],
                heading=stored["heading"],
                question=stored["question"],
                answer=stored["answer"],
                category=stored["category"],
                heading_words=heading_words,
                heading_frequencies=tuple(self.frequency(word) for word in heading_words),
                question_length=stored["question_length"],
                question_sounds=frozenset(stored["question_sounds"].split()),
                answer_sounds=frozenset(stored["answer_sounds"].split()),
            )
            self._documents[number] = document
        return document


def current_version() -> Version:
    """The version of the database's content, in one cheap query."""
    latest = Entry.objects.order_by("-version", "-id").values("updated_at")[:1]
    state = SearchState.objects.filter(id=1).annotate(saved_at=Subquery(latest))
    number, saved_at = state.values_list("version", "saved_at").first() or (0, None)
    return Version(number, saved_at.isoformat() if saved_at else "")


def take_snapshot() -> Snapshot:
    with _one_moment():
        version = current_version()
        published = Entry.objects.visible_to(AnonymousUser()).order_by("id")
        rows = published.values_list("id", "short_question", "question", "answer", "category__name")
        snapshot = Snapshot(version, tuple(Row(*row) for row in rows))
    return snapshot


def build(snapshot: Snapshot) -> Index:
    """A new index of `snapshot`, in memory. It touches neither disk nor database."""
    storage = _Storage()
    # No limit: beyond it Whoosh sorts by way of temporary files, which it cannot do in memory.
    writer = storage.create_index(SCHEMA).writer(limitmb=1 << 20, codec=_CODEC)
    for row in snapshot.rows:
        writer.add_document(**_fields(row))
    writer.commit(optimize=True)
    return Index(snapshot.version, snapshot.digest, storage.files)


def _fields(row: Row) -> dict[str, Any]:
    """What Whoosh gets of one entry: the fields of SCHEMA."""
    question = text.normalize(row.question)
    heading = text.normalize(row.short_question) or question
    answer = text.normalize(html.to_text(row.answer))
    category = text.normalize(row.category)
    asked = question if heading == question else f"{heading} {question}"
    asked_words, answer_words = text.words(asked), text.words(answer)
    question_sounds = text.sound_keys(text.informative(asked_words), every=True)
    answer_sounds = text.sound_keys(text.informative(answer_words), every=False)
    whole = f"{asked} {answer} {category}"
    return {
        "entry_id": row.id,
        "heading": heading,
        "question": question,
        "answer": answer,
        "category": category,
        "heading_words": " ".join(dict.fromkeys(text.informative(text.words(heading)))),
        "question_length": len(set(text.informative(text.words(question)))),
        "question_sounds": " ".join(question_sounds),
        "answer_sounds": " ".join(answer_sounds),
        "terms": " ".join({*text.bigrams(whole), *text.plain_tokens(whole)}),
        "characters": " ".join({char for char in asked if text.is_cjk(char)}),
        "sound": " ".join(dict.fromkeys([*question_sounds, *answer_sounds])),
    }


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

"""The door to search. Nothing outside this package knows how entries are found.

`search` answers a query, `suggest` one that is still being typed, `related` finds entries like another;
`sync` brings the index on disk up to the database, `status` says how it stands. README.md tells how it works.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import Error
from django.db.models import Q
from django.utils.safestring import SafeString

from faq.models import Entry, EntryQuerySet

from . import generations, ranking, snippets, text
from .index import Session, current_version
from .ranking import Query, Step
from .replica import Progress, own_keeper, own_replica
from .text import normalize

__all__ = [
    "ENOUGH",
    "MAX_QUERY_LENGTH",
    "Explanation",
    "Hit",
    "IndexStatus",
    "SearchResult",
    "Step",
    "explain",
    "keep_up",
    "normalize",
    "related",
    "search",
    "status",
    "suggest",
    "sync",
    "sync_soon",
    "trouble",
    "useless_words",
]

logger = logging.getLogger(__name__)
T = TypeVar("T")
_Found = tuple[Query, list[ranking.Scored], list[str]]

# How much of a query is read, in characters.
MAX_QUERY_LENGTH = text.MAX_QUERY_CHARS
# What share of a query, from 0 to 1, an entry must hold to be called an answer.
ENOUGH = ranking.CONFIDENT

# How long a command, or an editor's save where no keeper runs, waits for another builder, in seconds.
WAIT = 5.0

_SUGGESTIONS = 5
_MOST_HITS = 50


@dataclass(frozen=True)
class Hit:
    """One entry found. `score` runs from 0 to 1; the texts are escaped HTML with <mark> as their only tag."""

    entry: Entry
    score: float
    question_html: SafeString
    snippet: SafeString


@dataclass(frozen=True)
class SearchResult:
    """What a query found, the best first. Where it is not `confident`, `hits` are the nearest, three at most,
    and `suggestions` are other queries worth trying."""

    query: str
    normalized: str
    step: Step
    confident: bool
    hits: tuple[Hit, ...]
    suggestions: tuple[str, ...]


@dataclass(frozen=True)
class Word:
    """One thing a query asks for: as written, its share of what was asked for (0 to 1), what else it may stand as,
    and whether any entry has it at all."""

    written: str
    share: float
    alternatives: tuple[str, ...]
    known: bool

    @property
    def percent(self) -> int:
        return round(100 * self.share)


@dataclass(frozen=True)
class Reason:
    """Where an entry holds a word that was asked for (empty: nowhere), and as what."""

    word: Word
    place: str
    found_as: str
    how: str
    trust: float

    @property
    def percent(self) -> int:
        """How far it counts when it comes to whether the entry is an answer."""
        return int(100 * self.trust)


@dataclass(frozen=True)
class Explained:
    """Why an entry stands where it does. All numbers run from 0 to 1; `phrasing` is the one that was matched."""

    entry: Entry
    score: float
    covered: float
    confident: bool
    step: Step
    phrasing: str
    near: float
    about: float
    reasons: tuple[Reason, ...]

    @property
    def percent(self) -> int:
        return round(100 * self.score)

    @property
    def covered_percent(self) -> int:
        """Rounded down: 60 % is said only of what reaches it."""
        return int(100 * self.covered + 1e-9)


@dataclass(frozen=True)
class Explanation:
    """How a query was read, and why each entry was found; with `available` false, there is no index just now."""

    normalized: str
    words: tuple[Word, ...]
    ignored: tuple[str, ...]
    step: Step
    confident: bool
    found: tuple[Explained, ...]
    # How many entries a teacher sees for it.
    shown: int = 0
    available: bool = True


@dataclass(frozen=True)
class IndexStatus:
    """How the index on disk stands. `generation` is its folder; with `healthy` false, search goes on from memory."""

    database_version: int
    indexed_version: int | None
    entries: int
    generation: str
    healthy: bool
    message: str


def search(query: str, *, limit: int = 10) -> SearchResult:
    """Finds published entries. Never fails because of the index; errors of the database are raised."""
    normalized = text.normalize_query(query)
    answer = _ask(lambda session: _find(normalized, session))
    if answer is None:
        return _search_database(query, normalized)
    asked, scored, usual = answer
    best = scored[: max(0, limit)]
    entries = _published(one.document.entry_id for one in best)
    best = [one for one in best if one.document.entry_id in entries]
    confident = bool(best) and best[0].confident
    shown = best if confident else best[: ranking.NEAREST]
    hits = tuple(_hit(entries[one.document.entry_id], one.score, asked) for one in shown)
    step = best[0].step if confident else Step.NEAREST
    return SearchResult(query, normalized, step, confident, hits, () if confident else _suggestions(asked, hits, usual))


def suggest(query: str, *, limit: int = 8) -> list[Entry]:
    """Entries for what has been typed so far: beginnings of words, pinyin and initials included."""
    normalized = text.normalize_query(query)
    scored = _ask(lambda session: ranking.rank(ranking.analyse(normalized, session, typing=True), session)) or []
    return _in_order((one.document.entry_id for one in scored if one.confident), limit)


def related(entry: Entry, *, limit: int = 4) -> list[Entry]:
    """Published entries that ask for similar things, filled up from the same category; never `entry` itself."""
    normalized = text.normalize(entry.title)
    scored = _ask(lambda session: ranking.rank(ranking.similar_to(normalized, session), session)) or []
    alike = [one for one in scored if one.alike >= ranking.SIMILAR and one.document.entry_id != entry.pk]
    alike.sort(key=lambda one: -one.alike)
    similar = _in_order((one.document.entry_id for one in alike), limit)
    missing = limit - len(similar)
    if missing > 0:
        others = _visible().filter(category_id=entry.category_id).in_order()
        similar += others.exclude(pk__in=[entry.pk, *(one.pk for one in similar)])[:missing]
    return similar


def keep_up() -> None:
    """Lets a thread of this process keep index and files at the database's version; for web processes."""
    own_keeper.start()


def explain(query: str, *, limit: int = 5) -> Explanation:
    """What `search` finds, and why; for editors."""
    normalized = text.normalize_query(query)
    answer = _ask(lambda session: _find(normalized, session))
    if answer is None:
        return Explanation(normalized, (), (), Step.NEAREST, False, (), available=False)
    asked, scored, _ = answer
    words = tuple(
        Word(token.written, share, tuple(_alternatives(token)), token.known)
        for token, share in zip(asked.tokens, asked.shares, strict=True)
    )
    confident = bool(scored) and scored[0].confident
    shown = scored if confident else scored[: ranking.NEAREST]
    best = shown[:limit]
    entries = _visible().prefetch_related("phrasings").in_bulk([one.document.entry_id for one in best])
    found = tuple(
        _explained(one, entries[one.document.entry_id], words) for one in best if one.document.entry_id in entries
    )
    step = scored[0].step if confident else Step.NEAREST
    return Explanation(normalized, words, asked.ignored, step, confident, found, len(shown))


def useless_words(words: str) -> list[str]:
    """Those of the words that no query is ever matched by: without a letter or digit, or stop words."""
    parts = re.split("[ ,，、;；/|\\s]+", words.strip())
    return [part for part in parts if normalize(part) in {"", *text.STOP_WORDS}]


def sync(*, rebuild: bool = False, progress: Progress | None = None) -> IndexStatus:
    """Brings the index on disk up to the database, whatever wrote there; with `rebuild`, from scratch.

    Does nothing inside a transaction. What goes wrong with the files is logged and stands in the status.
    """
    own_replica.bring_up(wait=WAIT, reconcile=True, rebuild=rebuild, progress=progress)
    return status()


def sync_soon() -> None:
    """Has the index on disk follow a change that was saved: at once, or by the keeper where there is one."""
    if own_keeper.at_work:
        own_keeper.wake()
    elif own_replica.written != current_version():  # one of many changes in a transaction has seen to all of them
        own_replica.bring_up(wait=WAIT)


def trouble() -> str:
    """What keeps the index from being written, in a sentence for an admin; empty when all is well."""
    return own_replica.trouble


def status() -> IndexStatus:
    version = current_version()
    try:
        generation = generations.current()
    except generations.Unusable as reason:
        logger.info("search index: %s", reason)
        message = trouble() or "磁盘上的搜索索引缺失或已损坏，搜索正由内存中的索引提供，系统会自动修复。"
        return IndexStatus(version.number, None, 0, "", False, message)
    healthy = generation.version == version
    behind = trouble() or "磁盘上的搜索索引落后于数据库，系统会自动更新。"
    return IndexStatus(
        database_version=version.number,
        indexed_version=generation.version.number,
        entries=generation.entries,
        generation=str(generation.path),
        healthy=healthy,
        message="搜索索引与数据库一致。" if healthy else behind,
    )


def _ask(question: Callable[[Session], T]) -> T | None:
    """Puts a question to this process's index; to a new one if that fails; None if there is none that answers."""
    for _ in range(2):
        index = own_replica.current()
        if index is None:
            return None
        try:
            return question(index.session())
        except Error:
            raise
        except Exception:
            logger.exception("search index failed and is built anew")
            own_replica.fail()
    return None


def _find(normalized: str, session: Session) -> _Found:
    """The query as understood, its candidates, and where none answers, queries that always lead somewhere.

    Kept with the index, so for its version, until that index goes.
    """
    found: _Found = session.answers.value(normalized, lambda: _rank(normalized, session))
    return found


def _rank(normalized: str, session: Session) -> _Found:
    asked = ranking.analyse(normalized, session)
    scored = ranking.rank(asked, session)
    floor = ranking.TAIL * scored[0].score if scored else 0.0
    scored = [one for one in scored[:_MOST_HITS] if one.score >= floor]
    if scored and scored[0].confident:
        return asked, scored, []
    usual = sorted(text.terms(), key=lambda term: -session.frequency(term))
    return asked, scored, usual[:_SUGGESTIONS]


def _visible() -> EntryQuerySet:
    """Search is public: what it shows is what a visitor may see, whoever asks."""
    return Entry.objects.visible_to(AnonymousUser()).select_related("category")


def _published(ids: Iterable[int]) -> dict[int, Entry]:
    return _visible().in_bulk(list(ids))


def _in_order(ids: Iterable[int], limit: int) -> list[Entry]:
    wanted = list(ids)
    entries = _published(wanted)
    return [entries[pk] for pk in wanted if pk in entries][: max(0, limit)]


def _hit(entry: Entry, score: float, asked: Query) -> Hit:
    question = snippets.mark(entry.question, asked)
    return Hit(entry, round(score, 4), question, snippets.snippet(entry.answer_text, asked))


def _alternatives(token: ranking.Token) -> Iterable[str]:
    return (form for form in (*token.forms, *token.sounds) if form != token.written)


def _explained(one: ranking.Scored, entry: Entry, words: Iterable[Word]) -> Explained:
    reasons = []
    for word, match in zip(words, one.matches, strict=True):
        how = "同音或拼音" if match.by_sound else "原词" if match.form == word.written else "同义词"
        how += "，只是顺带提到" if match.trust < match.factor else ""
        place = match.place.label if match.factor else ""
        if match.place is ranking.Place.HEADING and not entry.short_question:
            place = ranking.Place.QUESTION.label
        reasons.append(Reason(word, place, match.form if place else "", how if place else "", match.trust))
    phrasings = list(entry.phrasings.all())
    matched = one.phrasing is not None and one.phrasing < len(phrasings)
    return Explained(
        entry=entry,
        score=one.score,
        covered=min(one.covered, 1.0),
        confident=one.confident,
        step=one.step,
        phrasing=phrasings[one.phrasing or 0].text if matched else "",
        near=one.near,
        about=one.about,
        reasons=tuple(reasons),
    )


def _suggestions(asked: Query, hits: Iterable[Hit], usual: Iterable[str]) -> tuple[str, ...]:
    """Words of the query that do lead somewhere, terms of the nearest questions, and what is asked most."""
    near = text.normalize(" ".join(hit.entry.title for hit in hits))
    words = [*ranking.known_words(asked), *(term for term in text.terms() if term in near), *usual]
    return tuple(word for word in dict.fromkeys(words) if word != asked.normalized)[:_SUGGESTIONS]


def _search_database(query: str, normalized: str) -> SearchResult:
    """The last resort without any index: what the database itself matches, never held to be an answer."""
    words = text.informative(text.words(normalized))[:8]
    hits: tuple[Hit, ...] = ()
    if words:
        match = reduce(
            or_,
            (
                Q(question__icontains=word) | Q(short_question__icontains=word) | Q(answer__icontains=word)
                for word in words
            ),
        )
        found = _visible().filter(match).in_order()[: ranking.NEAREST]
        hits = tuple(_hit(entry, 0.0, Query(normalized, ())) for entry in found)
    return SearchResult(query, normalized, Step.NEAREST, False, hits, ())

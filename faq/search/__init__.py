"""The door to search. Nothing outside this package knows how entries are found.

`search` answers a query, `suggest` one that is still being typed, `related` finds entries like another;
`sync` brings the index on disk up to the database, `status` says how it stands. README.md tells how it works.
"""

from __future__ import annotations

import logging
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
from .replica import own_replica

__all__ = [
    "MAX_QUERY_LENGTH",
    "Hit",
    "IndexStatus",
    "SearchResult",
    "Step",
    "related",
    "search",
    "status",
    "suggest",
    "sync",
]

logger = logging.getLogger(__name__)
T = TypeVar("T")

# How much of a query is read, in characters.
MAX_QUERY_LENGTH = text.MAX_QUERY_CHARS

_SUGGESTIONS = 5


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
    floor = ranking.TAIL * scored[0].score if scored else 0.0
    best = [one for one in scored if one.score >= floor][: max(0, limit)]
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


def sync(*, rebuild: bool = False) -> IndexStatus:
    """Brings the index on disk up to the database; with `rebuild`, from scratch.

    Does nothing inside a transaction. What goes wrong with the files is logged and stands in the status.
    """
    own_replica.bring_up(rebuild=rebuild)
    return status()


def status() -> IndexStatus:
    version = current_version()
    try:
        generation = generations.current()
    except generations.Unusable as reason:
        logger.info("search index: %s", reason)
        message = "磁盘上的搜索索引缺失或已损坏，搜索正由内存中的索引提供，系统会自动修复。"
        return IndexStatus(version.number, None, 0, "", False, message)
    healthy = generation.version == version
    return IndexStatus(
        database_version=version.number,
        indexed_version=generation.version.number,
        entries=generation.entries,
        generation=str(generation.path),
        healthy=healthy,
        message="搜索索引与数据库一致。" if healthy else "磁盘上的搜索索引落后于数据库，系统会自动更新。",
    )


def _ask(question: Callable[[Session], T]) -> T | None:
    """Puts a question to this process's index; to a new one if that fails; None if that fails as well."""
    try:
        return question(own_replica.current().session())
    except Error:
        raise
    except Exception:
        logger.exception("search index failed and is built anew")
    try:
        own_replica.renew()
        return question(own_replica.current().session())
    except Error:
        raise
    except Exception:
        logger.exception("search goes on without an index")
    return None


def _find(normalized: str, session: Session) -> tuple[Query, list[ranking.Scored], list[str]]:
    """The query as understood, its candidates, and where none answers, queries that always lead somewhere."""
    asked = ranking.analyse(normalized, session)
    scored = ranking.rank(asked, session)
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

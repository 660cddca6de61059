"""The public functions of search; code outside this package uses no other.

`search` answers a query, `suggest` one that is still being typed, `related` finds entries similar to another,
`explain` says why; `alike` and `rehearse` look at an entry that is being written. `normalize` and `words` read any text
as a query. `sync` brings the index on disk up to the database, `status` and `trouble` say how it stands.
README.md explains how search works.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db import Error
from django.db.models import Q
from django.http import HttpRequest

from faq.models import Entry, EntryQuerySet
from faq.models.entries import PLACE_IN_CATEGORY
from helpdesk.common.shared_pages import not_kept

from . import generations, ranking, rehearsal, text
from .answering import Answer, is_answer, order, worth_showing
from .content import current_version, published_entries
from .explanation import Explanation, explain_candidate, words_of
from .query import Query, analyse
from .ranking import Step, rank
from .rehearsal import Alike, Place, Written
from .relatives import relatives
from .replica import Progress, own_keeper, own_replica
from .results import Hit, SearchResult, suggestions
from .session import Session
from .text import normalize, words

__all__ = [
    "ENOUGH",
    "MAX_QUERY_LENGTH",
    "Alike",
    "Explanation",
    "Hit",
    "IndexStatus",
    "Place",
    "SearchResult",
    "Step",
    "Written",
    "alike",
    "explain",
    "keep_if_current",
    "keep_up",
    "normalize",
    "rehearse",
    "related",
    "search",
    "status",
    "suggest",
    "sync",
    "sync_soon",
    "trouble",
    "useless_words",
    "words",
]

logger = logging.getLogger(__name__)
T = TypeVar("T")
# Version of the index that answered the last question of each thread.
_here = threading.local()

# Characters of a query that are read.
MAX_QUERY_LENGTH = text.MAX_QUERY_CHARS
# How sure search must be of an entry, from 0 to 1, to call it an answer.
ENOUGH = ranking.CONFIDENT

# Seconds that a command, or an editor's save where no keeper runs, waits for another process that builds the index.
WAIT = 5.0


@dataclass(frozen=True)
class IndexStatus:
    """State of the index on disk. `generation` is its folder; without `healthy`, search goes on from memory."""

    database_version: int
    indexed_version: int | None
    entries: int
    generation: str
    healthy: bool
    message: str

    @property
    def lag(self) -> int:
        """Number of changes that the index lacks."""
        return self.database_version - (self.indexed_version or 0)


def search(query: str, *, limit: int = 10, private: bool = False) -> SearchResult:
    """Return the published entries that answer a query, at most `limit`; a `private` one is not remembered.

    Trouble with the index never makes it fail. Raises django.db.Error if the database fails.
    """
    normalized = text.normalize_query(query)
    answer = _ask(lambda session: (_find_anew if private else _find)(normalized, session))
    if answer is None:
        return _search_database(query, normalized)
    # One more, because the one that says that no document answers stands beside the others.
    best = answer.ranked[: max(0, limit) + 1]
    entries = _entries_by_id(candidate.entry_id for candidate in best)
    visible = [candidate for candidate in best if candidate.entry_id in entries]
    honest = [candidate for candidate in visible if candidate is answer.not_stated]
    others = [candidate for candidate in visible if candidate is not answer.not_stated][: max(0, limit)]
    confident = is_answer(others) and not answer.not_stated
    shown = others if confident else others[: ranking.NEAREST]
    hits = [Hit.of(entries[candidate.entry_id], candidate.score, answer.asked) for candidate in [*honest, *shown]]
    return SearchResult(
        query,
        normalized,
        step=others[0].step if confident else Step.NEAREST,
        confident=confident,
        hits=tuple(hits[len(honest) :]),
        suggestions=() if confident else answer.others,
        not_stated=hits[0] if honest else None,
    )


def suggest(query: str, *, limit: int = 8) -> list[Entry]:
    """Return entries for what was typed so far, which may be the beginning of a word, pinyin or initials.

    What `search` would put first stands first. Where nothing is sure, the nearest are returned. Raises
    django.db.Error if the database fails.
    """
    normalized = text.normalize_query(query)
    return _in_order(_ask(lambda session: _likely(normalized, session)) or [], limit)


def _likely(normalized: str, session: Session) -> list[int]:
    """Return the ids of what search puts first, then of the entries that hold most of what was typed so far."""
    in_full = _find(normalized, session).ranked
    typing = rank(analyse(normalized, session, typing=True), session)
    first = [candidate for number, candidate in enumerate(in_full) if candidate.confident or not number]
    holding = [candidate for candidate in typing if candidate.covered >= ranking.HELD_WHILE_TYPING]
    nearest = [] if holding else [*in_full, *typing]
    ids = dict.fromkeys(candidate.entry_id for candidate in [*first, *holding, *nearest])
    return list(ids) if holding else list(ids)[: ranking.NEAREST]


def related(entry: Entry, *, limit: int = 4) -> list[Entry]:
    """Return other published entries that ask similar things, then others of the same category, for links to them.

    Raises django.db.Error if the database fails.
    """
    similar = _first_in_order(_ask(lambda session: relatives(entry, session)) or [], limit)
    missing = limit - len(similar)
    if missing > 0:
        listed = [entry.pk, *(other.pk for other in similar)]
        same_category = _linked().filter(category_id=entry.category_id).exclude(pk__in=listed)
        similar += same_category.order_by(*PLACE_IN_CATEGORY)[:missing]
    return similar


def keep_if_current(request: HttpRequest) -> None:
    """Let nobody keep a page that names entries by an index which was behind the database.

    It is for a while where too much changed at once, or while another thread brings it up; so the index that answered
    this thread's last question counts, not the one held by now. Raises django.db.Error if the database fails.
    """
    if getattr(_here, "version", None) != current_version():
        not_kept(request)


def keep_up() -> None:
    """Start the thread that keeps this process's index and the files at the database's version; for web processes."""
    own_keeper.start()


def explain(query: str, *, limit: int = 5) -> Explanation:
    """Return how `search` reads a query, and why it finds the first `limit` entries; for editors.

    Raises django.db.Error if the database fails.
    """
    normalized = text.normalize_query(query)
    answer = _ask(lambda session: _find(normalized, session))
    if answer is None:
        return Explanation(normalized, (), (), Step.NEAREST, False, (), available=False)
    confident = answer.confident
    shown = answer.ranked if confident else answer.ranked[: ranking.NEAREST]
    best = shown[:limit]
    entries = _entries().prefetch_related("phrasings").in_bulk([candidate.entry_id for candidate in best])
    visible = [candidate for candidate in best if candidate.entry_id in entries]
    words = words_of(answer.asked)
    return Explanation(
        normalized,
        words,
        answer.asked.ignored,
        step=answer.ranked[0].step if confident else Step.NEAREST,
        confident=confident,
        found=tuple(explain_candidate(candidate, entries[candidate.entry_id], words) for candidate in visible),
        shown=len(shown),
    )


def alike(written: Written, *, limit: int = 4) -> list[Alike]:
    """Return published entries that would answer the question of an entry that is being written, nearest first.

    The entry's own published version is not among them. Raises django.db.Error if the database fails.
    """
    index = own_replica.current()
    found = rehearsal.alike(index, written)[:limit] if index else []
    entries = _entries_by_id(one.entry_id for one in found)
    return [one._replace(entry=entries[one.entry_id]) for one in found if one.entry_id in entries]


def rehearse(written: Written, queries: Iterable[str], *, seconds: float = 2.0) -> list[Place] | None:
    """Return for each query the place of an entry now, and the one it would have if it were published as written.

    Nothing is saved: the index that knows the new version is in memory, and nobody else sees it. After `seconds` the
    queries that are left are not asked any more. Returns None if there is no index. Raises django.db.Error if the
    database fails.
    """
    index = own_replica.current()
    return rehearsal.rehearse(index, written, queries, seconds) if index else None


def useless_words(words: str) -> list[str]:
    """Return the words that never match a query, because they have no letter or digit or are stop words."""
    parts = re.split("[ ,，、;；/|\\s]+", words.strip())
    return [part for part in parts if normalize(part) in {"", *text.STOP_WORDS}]


def sync(*, rebuild: bool = False, progress: Progress | None = None) -> IndexStatus:
    """Bring the index on disk up to the database, however that was written; with `rebuild`, from scratch.

    Does nothing inside a transaction. Trouble with the files is logged and reported in the status returned. Raises
    django.db.Error if the database fails.
    """
    own_replica.bring_up(wait=WAIT, reconcile=True, rebuild=rebuild, progress=progress)
    return status()


def sync_soon() -> None:
    """Bring the index on disk up to a change just saved: by the keeper where one runs, else at once.

    Raises django.db.Error if the database fails.
    """
    if own_keeper.at_work:
        own_keeper.wake()
    elif own_replica.written != current_version():  # false for all but the first of many changes in one transaction
        own_replica.bring_up(wait=WAIT)


def trouble() -> str:
    """Return what keeps the index from being written, in a sentence for an admin; empty if nothing does."""
    return own_replica.trouble


def status() -> IndexStatus:
    """Return the state of the index on disk. Raises django.db.Error if the database fails."""
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
    """Return the answer of this process's index to a question; if it fails, that of a new one.

    Returns None if there is no index that answers. Raises django.db.Error if the database fails.
    """
    for _ in range(2):
        index = own_replica.current()
        _here.version = index.version if index else None
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


def _find(normalized: str, session: Session) -> Answer:
    """Return the answer to a query, which the index keeps as long as it lives."""
    answer: Answer = session.answers.value(normalized, lambda: _find_anew(normalized, session))
    return answer


def _find_anew(normalized: str, session: Session) -> Answer:
    asked, ranked = order(normalized, session)
    answer = Answer(asked, worth_showing(ranked))
    if answer.confident:
        return answer
    nearest = [candidate.document.heading for candidate in ranked[: ranking.NEAREST]]
    others = suggestions(asked, nearest, _usual(session), lambda query: _is_answered(query, session))
    return answer._replace(others=tuple(others))


def _usual(session: Session) -> list[str]:
    """Return the field's terms, the most frequent first."""
    return sorted(text.terms(), key=lambda term: -session.frequency(term))


def _is_answered(query: str, session: Session) -> bool:
    """Tell whether a query in normal form has a confident answer, which is kept as long as the index lives."""
    key = ("answered", query)
    answered: bool = session.answers.value(key, lambda: _ranked_with_confidence(query, session))
    return answered


def _ranked_with_confidence(query: str, session: Session) -> bool:
    asked = analyse(query, session)
    return Answer(asked, rank(asked, session)).confident


def _entries() -> EntryQuerySet:
    """Return the published entries, whoever asks, with their categories."""
    return published_entries().select_related("category", "document")


def _entries_by_id(ids: Iterable[int]) -> dict[int, Entry]:
    return _entries().in_bulk(list(ids))


def _in_order(ids: list[int], limit: int) -> list[Entry]:
    """Return the published entries with these ids, in this order, at most `limit`."""
    by_id = _entries_by_id(ids)
    entries = [by_id[pk] for pk in ids if pk in by_id]
    return entries[: max(0, limit)]


def _linked() -> EntryQuerySet:
    """Return the published entries, each with what a link to it needs."""
    return published_entries().only("ref", "question", "short_question", "category_id", "stamp")


def _first_in_order(ids: list[int], limit: int) -> list[Entry]:
    """Return for links the first `limit` published entries with these ids, in this order; rows of no others are read.

    One query does, except in the moment in which an entry is withdrawn.
    """
    found: list[Entry] = []
    while ids and len(found) < limit:
        first, ids = ids[:limit], ids[limit:]
        by_id = _linked().in_bulk(first)
        found += [by_id[pk] for pk in first if pk in by_id]
    return found[:limit]


def _search_database(query: str, normalized: str) -> SearchResult:
    """Return what the database itself finds, never as an answer; used only where there is no index."""
    words = text.informative(text.words(normalized))[:8]
    hits: tuple[Hit, ...] = ()
    if words:
        conditions = map(_contains, words)
        found = _entries().filter(reduce(or_, conditions)).in_order()
        hits = tuple(Hit.of(entry, 0.0, Query(normalized, ())) for entry in found[: ranking.NEAREST])
    return SearchResult(query, normalized, Step.NEAREST, False, hits, ())


def _contains(word: str) -> Q:
    """Return the condition that question or answer contains the word as written."""
    in_question = Q(question__icontains=word) | Q(short_question__icontains=word)
    return in_question | Q(answer__icontains=word)

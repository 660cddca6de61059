"""The answer to one query from one index: every candidate in its order, and how many of them readers see."""

from __future__ import annotations

from typing import NamedTuple

from . import ranking, text
from .query import Query, analyse
from .ranking import Scored, rank
from .session import Session

_MOST_HITS = 50


class Answer(NamedTuple):
    """A query as understood, the candidates in their order, and other queries to try where none is an answer."""

    asked: Query
    ranked: list[Scored]
    others: tuple[str, ...] = ()

    @property
    def confident(self) -> bool:
        """True if the first candidate answers the query."""
        return is_answer(self.ranked) and self.not_stated is None

    @property
    def not_stated(self) -> Scored | None:
        """The best entry, where it answers by saying that no document says this."""
        return self.ranked[0] if is_answer(self.ranked) and self.ranked[0].document.not_stated else None

    @property
    def shown(self) -> list[Scored]:
        """The candidates that readers are shown, in the order they see them."""
        if self.confident:
            return self.ranked
        return self.ranked[: ranking.NEAREST + (self.not_stated is not None)]


def order(normalized: str, session: Session) -> tuple[Query, list[Scored]]:
    """Return a query in normal form as it is read, and every candidate that holds anything of it, best first."""
    asked = analyse(normalized, session)
    ranked = rank(asked, session)
    _trust_the_question(asked, ranked, session)
    return asked, ranked


def worth_showing(ranked: list[Scored]) -> list[Scored]:
    """Return the first candidates whose score is not far below that of the best."""
    least = ranking.TAIL * ranked[0].score if ranked else 0.0
    return [candidate for candidate in ranked[:_MOST_HITS] if candidate.score >= least]


def is_answer(ranked: list[Scored]) -> bool:
    """Tell whether the best candidate answers."""
    return bool(ranked) and ranked[0].confident


def _trust_the_question(asked: Query, ranked: list[Scored], session: Session) -> None:
    """Make the best result of a story as sure as it is of the clauses that ask, where it is the best of these too."""
    is_story = len(asked.tokens) > ranking.MANY_WORDS
    clauses = list(filter(text.asks, asked.normalized.split()))
    if not ranked or not is_story or not clauses:
        return
    question = analyse(" ".join(clauses), session)
    best = next(iter(rank(question, session)), None)
    if best and best.entry_id == ranked[0].entry_id and len(question.tokens) >= ranking.FEW_WORDS:
        ranked[0].sure = max(ranked[0].sure, best.sure)

"""Are the words a clause quotes really there? White space aside, since the documents' own is uneven."""

from __future__ import annotations

from collections.abc import Mapping

from .rules.clauses import CLAUSES, Quote, Tag


def _squeeze(text: str) -> str:
    return "".join(text.split())


def missing_quotes(words: Mapping[str, tuple[str, str]]) -> list[tuple[str, Quote]]:
    """(clause code, quote) for each quote that no longer stands where it should.

    `words` maps an entry's ref to its question and its answer as text. What is tagged `answer` must stand
    in the answer, what is `quoted` or `asked` in the question.
    """
    gone = []
    for clause in CLAUSES.values():
        for quote in clause.quotes:
            question, answer = words.get(quote.entry, ("", ""))
            place = answer if quote.tag is Tag.ANSWER else question
            if _squeeze(quote.text) not in _squeeze(place):
                gone.append((clause.code, quote))
    return gone

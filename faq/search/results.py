"""Results as the pages show them: hits with marked text, and other queries worth trying."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString

from faq.models import Entry

from . import snippets, text
from .query import Query, known_words
from .ranking import Step

MOST_SUGGESTIONS = 5


@dataclass(frozen=True)
class Hit:
    """One entry found. `score` runs from 0 to 1; the texts are escaped HTML with <mark> as their only tag."""

    entry: Entry
    score: float
    question_html: SafeString
    snippet: SafeString

    @classmethod
    def of(cls, entry: Entry, score: float, asked: Query) -> Hit:
        """Return the hit of an entry, its score rounded to four digits, with the words of the query marked."""
        question = snippets.mark(entry.question, asked)
        answer = snippets.snippet(entry.answer_text, asked)
        return cls(entry, round(score, 4), question, answer)


@dataclass(frozen=True)
class SearchResult:
    """Entries found for a query, the best first.

    Without `confident`, `hits` are the nearest entries, at most three, and `suggestions` are other queries worth
    trying. `not_stated` is the entry that says that no document answers this, where there is one.
    """

    query: str
    normalized: str
    step: Step
    confident: bool
    hits: tuple[Hit, ...]
    suggestions: tuple[str, ...]
    not_stated: Hit | None = None


def suggestions(
    asked: Query, nearest: Iterable[str], usual: Iterable[str], answered: Callable[[str], bool]
) -> list[str]:
    """Return other queries that are `answered`, never words that say nothing of the field, like 今晚.

    They are the field's words in this query, those in the headings of the nearest entries, and the usual ones.
    """
    headings = " ".join(nearest)
    of_the_field = [word for word in known_words(asked) if word in text.terms()]
    near = [term for term in text.terms() if term in headings]
    found: list[str] = []
    for query in dict.fromkeys([*of_the_field, *near, *usual]):
        if query != asked.normalized and len(found) < MOST_SUGGESTIONS and answered(query):
            found.append(query)
    return found

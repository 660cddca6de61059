"""References to entries: made links, and whether the words that a clause quotes really stand there."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from .rules.clauses import CLAUSES, Quote, Tag

#: How the portal's own sentences refer to an entry of the document that the rules are taken from.
_PLACE = re.compile(r"学分问答第 ([0-9]{1,2}) 条", re.ASCII)


def cited(text: str) -> SafeString:
    """`text`, escaped, with a link at each entry that it refers to: （学分问答第 5 条）."""
    plain = str(conditional_escape(text))
    linked = _PLACE.sub(lambda place: f'<a href="{_page_of(int(place[1]))}">{place[0]}</a>', plain)
    return mark_safe(linked)  # noqa: S308  escaped above; what is added is ours


def _page_of(number: int) -> str:
    return reverse("faq:entry", args=[f"credits-{number:02}"])


def place_of(ref: str) -> str:
    """How an entry of that document is cited where the document is named already: `credits-05` is 第 5 条."""
    return f"第 {int(ref.removeprefix('credits-'))} 条"


def _squeeze(text: str) -> str:
    return "".join(text.split())


def missing_quotes(words: Mapping[str, tuple[str, str]]) -> list[tuple[str, Quote]]:
    """(clause code, quote) for each quote that no longer stands where it should.

    `words` maps an entry's ref to its question and its answer as text. What is tagged `answer` must stand
    in the answer, what is `quoted` or `asked` in the question. White space aside, since the documents' own is uneven.
    """
    gone = []
    for clause in CLAUSES.values():
        for quote in clause.quotes:
            question, answer = words.get(quote.entry, ("", ""))
            place = answer if quote.tag is Tag.ANSWER else question
            if _squeeze(quote.text) not in _squeeze(place):
                gone.append((clause.code, quote))
    return gone

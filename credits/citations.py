"""References to entries: made links, and whether the words that a clause quotes really stand there."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from .rules.clauses import CLAUSES, Quote, Tag

#: ASCII, so that a Chinese character ends a word.
_REF = re.compile(r"\b(?:credits|upgrade)-[0-9]{2}\b", re.ASCII)


def cited(text: str) -> SafeString:
    """`text`, escaped, with a link at each entry that it refers to: （credits-05）."""
    plain = str(conditional_escape(text))
    linked = _REF.sub(lambda ref: f'<a href="{reverse("faq:entry", args=[ref[0]])}">{ref[0]}</a>', plain)
    return mark_safe(linked)  # noqa: S308  escaped above; what is added is ours


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

"""References to entries: as links in sentences, and the check that quoted words still stand in their entries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from ..rules.clauses import CLAUSES, Clause, Quote, Tag
from ..upgrade.clauses import UPGRADE_CLAUSES

#: How the portal's own sentences refer to an entry of the document that the rules are taken from.
_PLACE = re.compile(r"学分问答第 ([0-9]{1,2}) 条", re.ASCII)


def cited(text: str) -> SafeString:
    """Returns `text`, escaped, with a link at each entry that it refers to: （学分问答第 5 条）."""
    plain = str(conditional_escape(text))
    linked = _PLACE.sub(_link, plain)
    return mark_safe(linked)  # noqa: S308  the text is escaped above, and the links are our own


def _link(place: re.Match[str]) -> str:
    number = int(place[1])
    address = reverse("faq:entry", args=[f"credits-{number:02}"])
    return f'<a href="{address}">{place[0]}</a>'


def place_of(ref: str) -> str:
    """Returns how an entry is cited where its document is named already: `upgrade-14` is 第 14 条."""
    return f"第 {int(ref.rpartition('-')[2])} 条"


def _squeeze(text: str) -> str:
    return "".join(text.split())


def missing_quotes(words: Mapping[str, tuple[str, str]]) -> list[tuple[str, Quote]]:
    """Returns (clause code, quote) for each quote that no longer stands where it should.

    `words` maps an entry's ref to its question and its answer as text. A quote tagged `answer` must stand in the
    answer, one tagged `quoted` or `asked` in the question. White space is ignored: the documents' own is uneven.
    """
    return [
        (clause.code, quote) for clause, quote in _quotes() if not _stands(quote, *words.get(quote.entry, ("", "")))
    ]


def lost_quotes(ref: str, question: str, answer: str) -> list[str]:
    """Returns a sentence in Chinese for each quote that would not stand in the entry `ref` with these words."""
    gone = [
        (clause, quote) for clause, quote in _quotes() if quote.entry == ref and not _stands(quote, question, answer)
    ]
    return [f"学分规则 {clause.code}“{clause.title}”引用了这里的原话“{quote.text}”。" for clause, quote in gone]


def _quotes() -> Iterator[tuple[Clause, Quote]]:
    """Yields every quote with its clause."""
    for clause in (*CLAUSES.values(), *UPGRADE_CLAUSES.values()):
        for quote in clause.quotes:
            yield clause, quote


def _stands(quote: Quote, question: str, answer: str) -> bool:
    place = answer if quote.tag is Tag.ANSWER else question
    return _squeeze(quote.text) in _squeeze(place)

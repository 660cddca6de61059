"""The pages of guides: the list, one question or ending at its own address, and letters to fill in.

Nothing that is chosen or typed is stored: the answers stand in the address, and a letter has no form to send.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from helpdesk.common.shared_pages import same_for_everybody

from ..models import Entry
from .flows import Blank, Ending, Guide, Letter, Quote, guides
from .walk import Place, UnknownAnswer, joined, walk

#: Name of a blank in a paragraph of a letter.
_BLANK = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Choice:
    """Answer to choose, with the address of the page it leads to."""

    words: str
    address: str


@dataclass(frozen=True)
class Answered:
    """Question that was answered, with the address where the answer can be changed."""

    ask: str
    words: str
    address: str


@dataclass(frozen=True)
class Source:
    """Entry that an ending rests on, where it is published, and those of its quotes that still stand in it."""

    entry: Entry | None
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class Part:
    """Piece of a letter's paragraph: text, or a blank."""

    text: str = ""
    blank: Blank | None = None


def address_of(guide: Guide, way: str) -> str:
    """Returns the address of the place that `way` leads to."""
    if way:
        return reverse("faq:guide-step", args=[guide.slug, way])
    return reverse("faq:guide", args=[guide.slug])


def find_guide(slug: str) -> Guide:
    """Returns the guide of that slug. Raises Http404."""
    guide = guides().get(slug)
    if guide is None:
        raise Http404
    return guide


@require_safe
@same_for_everybody()
def guide_list(request: HttpRequest) -> HttpResponse:
    """Every guide, with what it helps to find out."""
    return render(request, "faq/guides.html", {"nav": "faq", "guides": guides().values()})


@require_safe
@same_for_everybody()
def guide_page(request: HttpRequest, slug: str, way: str = "") -> HttpResponse:
    """The question or the ending that the answers in the address lead to. Raises Http404 for other answers."""
    guide = find_guide(slug)
    try:
        place = walk(guide, way)
    except UnknownAnswer as error:
        raise Http404 from error
    context = {
        "nav": "faq",
        "guide": guide,
        "place": place,
        "answered": _answered(guide, place),
        "choices": _choices(guide, place),
        "back": address_of(guide, place.given[-1].way) if place.given else "",
        "sources": sources_of(place.ending) if place.ending else [],
    }
    return render(request, "faq/guide.html", context)


def _answered(guide: Guide, place: Place) -> list[Answered]:
    return [Answered(given.question.ask, given.answer.words, address_of(guide, given.way)) for given in place.given]


def _choices(guide: Guide, place: Place) -> list[Choice]:
    """Returns the answers to the question here; none at an ending."""
    if place.question is None:
        return []
    return [Choice(answer.words, address_of(guide, joined(place.way, answer))) for answer in place.question.answers]


def sources_of(ending: Ending) -> list[Source]:
    """Returns the entries that an ending rests on, in order, as everybody may see them."""
    refs = list(dict.fromkeys(quote.entry for quote in ending.quotes))
    published = Entry.objects.visible_to(AnonymousUser()).select_related("document")
    entries = {entry.ref: entry for entry in published.filter(ref__in=refs)}
    return [_source(entries.get(ref), [quote for quote in ending.quotes if quote.entry == ref]) for ref in refs]


def _source(entry: Entry | None, quotes: list[Quote]) -> Source:
    """Returns a source; of a published entry that an editor changed, a quote that is gone is not shown as its words."""
    if entry is None:
        return Source(None, tuple(quotes))
    text = entry.answer_text
    return Source(entry, tuple(quote for quote in quotes if quote.stands_in(entry.question, text)))


@require_safe
@same_for_everybody()
def letter_page(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A letter to fill in on the page or by hand, and to print. Raises Http404 where there is none of that name."""
    guide = find_guide(slug)
    letter = guide.letters.get(name)
    if letter is None:
        raise Http404
    ending = next(ending for ending in guide.endings.values() if ending.letter == name)
    context = {
        "nav": "faq",
        "guide": guide,
        "letter": letter,
        "paragraphs": [list(_parts(letter, paragraph)) for paragraph in letter.paragraphs],
        "ending": ending,
        "sources": sources_of(ending),
    }
    return render(request, "faq/guide_letter.html", context)


def _parts(letter: Letter, paragraph: str) -> Iterator[Part]:
    """Yields the pieces of a paragraph in order."""
    pieces = _BLANK.split(paragraph)
    for text, name in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        yield Part(text=text)
        if name:
            yield Part(blank=letter.blanks[name])

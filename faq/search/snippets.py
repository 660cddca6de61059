"""Text as written, escaped for HTML, with the words that were asked for marked."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate, islice
from typing import NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from . import text
from .query import Query, Token

SNIPPET_CHARS = 80
# Characters of the text before the first marked word that a snippet shows where no sentence or clause begins.
_LEAD = 15
# The most of them from the beginning of a sentence or clause.
_FURTHEST = 40
_SENTENCE = re.compile("[。！？；!?;]+\\s*")
_CLAUSE = re.compile("[，、：,:（）() ]+")
# The same questions and answers are shown again and again, so texts up to this length are normalized once and kept.
_SHORT = 4000


class _Found(NamedTuple):
    """A token of the query in the text as written, from `start` to `end`."""

    start: int
    end: int
    token: Token


def mark(written: str, query: Query) -> SafeString:
    """Return all of `written`, escaped, with <mark> around the words that were asked for."""
    return _render(written, 0, len(written), _find(written, query))


def snippet(written: str, query: Query) -> SafeString:
    """Return about SNIPPET_CHARS characters of `written`, from the sentence or row that has most of what was asked."""
    lines = [" ".join(line.split()) for line in written.split("\n")]
    shown = " ".join(lines)
    found = _find(shown, query)
    begins = list(accumulate((len(line) + 1 for line in lines), initial=0))
    line, in_line = _best_line(found, begins)
    start = _start(shown, line, _best_start(in_line))
    end = _end(shown, start, found)
    before = "…" if start else ""
    after = "…" if end < len(shown) else ""
    return format_html("{}{}{}", before, _render(shown, start, end, found), after)


def _best_line(found: Iterable[_Found], begins: list[int]) -> tuple[int, list[_Found]]:
    """Return the beginning of the line with the most weight of different tokens, and what stands there.

    Of equal lines the first is best. A line is a row of a table or a paragraph.
    """
    by_line: dict[int, list[_Found]] = {}
    for place in found:
        begin = begins[bisect_right(begins, place.start) - 1]
        by_line.setdefault(begin, []).append(place)
    if not by_line:
        return 0, []
    weights = {begin: _weight(places, begins[-1]) for begin, places in by_line.items()}
    best = max(weights, key=lambda begin: weights[begin])
    return best, by_line[best]


def _start(shown: str, line: int, first: int) -> int:
    """Return the beginning of the sentence with the first word to mark, or of its clause where that is too far."""
    for ends in (_SENTENCE, _CLAUSE):
        starts = [match.end() for match in ends.finditer(shown, line, first)]
        start = starts[-1] if starts else line
        if first - start <= _FURTHEST:
            return start
    return max(line, first - _LEAD)


def _end(shown: str, start: int, found: Iterable[_Found]) -> int:
    """Return the end of the snippet, before a word to mark that would be cut in half."""
    end = min(len(shown), start + SNIPPET_CHARS)
    cut = [place.start for place in found if place.start < end < place.end]
    return max(min([end, *cut]), start)


_trace_short = lru_cache(maxsize=2048)(text.trace)


def _find(written: str, query: Query) -> list[_Found]:
    """Return the places to mark in their order; they are found in normal form and mapped back to `written`."""
    normal = _trace_short(written) if len(written) <= _SHORT else text.trace(written)
    has_longer = any(len(form) > 1 for form in query.forms)
    found: list[_Found] = []
    for token in query.tokens:
        for start, end in _ranges(token, normal.text, characters=not has_longer):
            begin, finish = normal.origin(start, end)
            found.append(_Found(begin, finish, token))
    return sorted(found, key=lambda place: (place.start, place.end))


def _ranges(token: Token, within: str, *, characters: bool) -> list[tuple[int, int]]:
    """Return start and end of each occurrence of the token in normal text.

    Single Chinese characters are found only with `characters`, since marks on every 加 or 查 would hide the others.
    """
    ranges: list[tuple[int, int]] = []
    for form in token.forms:
        if characters or len(form) > 1 or not text.is_cjk(form):
            ranges += _occurrences(form, within)
    if token.sounds:
        ranges += _occurrences_by_sound(token, within)
    return ranges


def _occurrences(form: str, within: str) -> list[tuple[int, int]]:
    """Return start and end of each `form`; letters and digits are found only as a whole, as in matching."""
    matches = text.whole(form).finditer(within)
    return [match.span() for match in matches]


def _occurrences_by_sound(token: Token, within: str) -> list[tuple[int, int]]:
    """Return start and end of each word that sounds like the token."""
    ranges: list[tuple[int, int]] = []
    at = 0
    for word in text.words(within):
        at = within.index(word, at)
        sounds_alike = not token.sounds.keys().isdisjoint(text.word_sounds(word))
        if sounds_alike and word not in text.STOP_WORDS:
            ranges.append((at, at + len(word)))
        at += len(word)
    return ranges


def _best_start(found: list[_Found]) -> int:
    """Return the place from which a snippet holds the most weight of different tokens; of equal ones the first."""
    best = 0
    best_weight = 0.0
    for number, first in enumerate(found):
        following = islice(found, number, None)
        weight = _weight(following, first.start + SNIPPET_CHARS - _LEAD)
        if weight > best_weight:
            best = first.start
            best_weight = weight
    return best


def _weight(found: Iterable[_Found], last: int) -> float:
    """Return the weight of the different tokens that stand before `last`."""
    inside: dict[str, float] = {}
    for place in found:
        if place.start >= last:
            break
        if place.end <= last:
            inside[place.token.written] = place.token.weight
    return sum(inside.values())


def _render(written: str, start: int, end: int, found: Iterable[_Found]) -> SafeString:
    """Return `written` from `start` to `end`, escaped and marked; overlapping places are marked once."""
    pieces: list[str] = []
    at = start
    for place in found:
        begin = max(place.start, at)
        finish = min(place.end, end)
        if begin < finish:
            pieces += escape(written[at:begin]), "<mark>", escape(written[begin:finish]), "</mark>"
            at = finish
    pieces.append(escape(written[at:end]))
    return mark_safe("".join(pieces))  # noqa: S308  every piece of the text is escaped above

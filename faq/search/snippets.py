"""Text as written, escaped, with the words that were asked for marked."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from . import text
from .ranking import Query, Token

SNIPPET_CHARS = 80
# How much of the text before the first marked word a snippet shows.
_LEAD = 15
# The same questions and answers are shown again and again; texts up to this length are read once and kept.
_SHORT = 4000


class _Found(NamedTuple):
    """Where, in the text as written, a token of the query stands."""

    start: int
    end: int
    token: Token


def mark(written: str, query: Query) -> SafeString:
    """All of `written`, escaped, with <mark> around what was asked for."""
    return _render(written, 0, len(written), _find(written, query))


def snippet(written: str, query: Query) -> SafeString:
    """About SNIPPET_CHARS characters of `written`, where most of what was asked for stands together."""
    written = " ".join(written.split())
    found = _find(written, query)
    start = max(0, _best_start(found) - _LEAD)
    end = min(len(written), start + SNIPPET_CHARS)
    start = max(0, min(start, end - SNIPPET_CHARS))
    before = "…" if start else ""
    after = "…" if end < len(written) else ""
    return format_html("{}{}{}", before, _render(written, start, end, found), after)


_trace_short = lru_cache(maxsize=2048)(text.trace)


def _find(written: str, query: Query) -> list[_Found]:
    """What to mark, in order of place; matched in normal form and led back to the text as written."""
    normal = _trace_short(written) if len(written) <= _SHORT else text.trace(written)
    # Marks on every single 加 or 查 would hide the others.
    several = any(len(form) > 1 for token in query.tokens for form in token.forms)
    found = []
    for token in query.tokens:
        ranges: list[tuple[int, int]] = []
        for form in token.forms:
            if len(form) > 1 or not several or not text.is_cjk(form):
                ranges += _occurrences(form, normal.text)
        if token.sounds:
            ranges += _heard(token, normal.text)
        found += [_Found(*normal.origin(start, end), token) for start, end in ranges]
    return sorted(found, key=lambda one: (one.start, one.end))


def _occurrences(form: str, within: str) -> list[tuple[int, int]]:
    """Where `form` stands; letters and digits only as a whole, as they match only so."""
    return [match.span() for match in text.whole(form).finditer(within)]


def _heard(token: Token, within: str) -> list[tuple[int, int]]:
    """Where words stand that sound like the token."""
    ranges = []
    at = 0
    for word in text.words(within):
        at = within.index(word, at)
        if word not in text.STOP_WORDS and not token.sounds.keys().isdisjoint(text.word_sounds(word)):
            ranges.append((at, at + len(word)))
        at += len(word)
    return ranges


def _best_start(found: list[_Found]) -> int:
    """The place from which a snippet holds the most weight of different tokens; the first of equal ones."""
    best, best_weight = 0, 0.0
    for number, first in enumerate(found):
        last = first.start + SNIPPET_CHARS - _LEAD
        inside: dict[str, float] = {}
        for one in islice(found, number, None):
            if one.start >= last:
                break
            if one.end <= last:
                inside[one.token.written] = one.token.weight
        if sum(inside.values()) > best_weight:
            best, best_weight = first.start, sum(inside.values())
    return best


def _render(written: str, start: int, end: int, found: list[_Found]) -> SafeString:
    pieces: list[str] = []
    at = start
    for one in found:
        begin, finish = max(one.start, at), min(one.end, end)
        if begin < finish:
            pieces += escape(written[at:begin]), "<mark>", escape(written[begin:finish]), "</mark>"
            at = finish
    pieces.append(escape(written[at:end]))
    return mark_safe("".join(pieces))  # noqa: S308  every piece of the text is escaped above

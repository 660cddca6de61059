"""Typed HTML taken apart into text and tags. Whatever opens no known tag of HTML is text, so that no word is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .tags import KNOWN, LEFT_OUT_WHOLE


@dataclass(frozen=True, slots=True)
class Text:
    """Text in the form that HTML wants it: every sign that could be taken for markup is escaped."""

    html: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag; `attributes` as they were typed, with a space in front."""

    name: str
    attributes: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A piece that is no text and not shown, by what the editor is told of it; empty for what nobody misses."""

    words: str


Token = Text | Tag | LeftOut

_BOOLEAN = (
    "allowfullscreen|async|autofocus|autoplay|checked|compact|controls|default|defer|disabled|hidden|ismap|loop|"
    "multiple|muted|nohref|noshade|novalidate|nowrap|open|readonly|required|reversed|selected"
)
#: An attribute needs a value, or is one that HTML has without: “a <b and c> d” holds no tag.
_ATTRIBUTE = rf"""(?:[A-Za-z_:][-\w:.]*\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+)|(?:{_BOOLEAN})(?=[\s/>]))"""
_ATTRIBUTES = rf"(?:\s+{_ATTRIBUTE})*"
_TAG = re.compile(rf"<(/?)([A-Za-z][A-Za-z0-9]*)({_ATTRIBUTES})\s*/?>", re.ASCII)
#: Tags of Word and its like, and declarations: neither holds words.
_FOREIGN = re.compile(
    rf"</?(?:o|v|w|m|st1):[A-Za-z]+{_ATTRIBUTES}\s*/?>|<!\[[^\]<>]*\]>|<!doctype\b[^<>]*>|<\?xml[^<>]*>",
    re.ASCII | re.IGNORECASE,
)
_END_OF = {name: re.compile(rf"</{name}\s*>", re.ASCII | re.IGNORECASE) for name in LEFT_OUT_WHOLE}
_AMPERSAND = re.compile(r"&(?!#[0-9]+;|#[xX][0-9A-Fa-f]+;|[A-Za-z][A-Za-z0-9]*;)")


def tokens(html: str) -> Iterator[Token]:
    """Yields the text and the tags of typed HTML, in order. Takes time in proportion to its length."""
    return _Reader(html).tokens()


def escaped(text: str) -> str:
    """Returns text with the signs escaped that could open a tag, and `&` where it begins no whole character name."""
    whole = _AMPERSAND.sub("&amp;", text)
    return whole.replace("<", "&lt;").replace(">", "&gt;")


class _Reader:
    def __init__(self, html: str) -> None:
        self.html = html
        self.unclosed: set[str] = set()  # ends that were looked for and stand nowhere further on

    def tokens(self) -> Iterator[Token]:
        text_from = 0
        place = self.html.find("<")
        while place >= 0:
            found = self._mark_at(place)
            if found is None:
                place = self.html.find("<", place + 1)
                continue
            yield from self._text(text_from, place)
            token, text_from = found
            yield token
            place = self.html.find("<", text_from)
        yield from self._text(text_from, len(self.html))

    def _text(self, start: int, end: int) -> Iterator[Token]:
        if end > start:
            yield Text(escaped(self.html[start:end]))

    def _mark_at(self, place: int) -> tuple[Token, int] | None:
        """Returns the piece of markup that begins at `place` and where it ends; None where the `<` is text."""
        tag = _TAG.match(self.html, place)
        if tag:
            return self._known(tag)
        foreign = _FOREIGN.match(self.html, place)
        if foreign:
            return LeftOut(""), foreign.end()
        return self._comment_at(place)

    def _known(self, tag: re.Match[str]) -> tuple[Token, int] | None:
        slash, typed, attributes = tag.groups()
        name = typed.lower()
        if name not in KNOWN:
            return None
        if name in LEFT_OUT_WHOLE:
            return LeftOut(LEFT_OUT_WHOLE[name]), self._after_whole(name, tag.end(), ended=bool(slash))
        return Tag(name, attributes, bool(slash)), tag.end()

    def _after_whole(self, name: str, place: int, *, ended: bool) -> int:
        """Returns where an element ends that is left out whole: after its tag alone where it is never closed."""
        if ended or name in self.unclosed:
            return place
        end = _END_OF[name].search(self.html, place)
        if end is None:
            self.unclosed.add(name)
        return end.end() if end else place

    def _comment_at(self, place: int) -> tuple[Token, int] | None:
        if "-->" in self.unclosed or not self.html.startswith("<!--", place):
            return None
        end = self.html.find("-->", place + len("<!--"))
        if end < 0:
            self.unclosed.add("-->")
            return None
        return LeftOut("注释"), end + len("-->")

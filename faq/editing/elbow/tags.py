"""Links and pictures in an answer as typed, before anything is cleaned away."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple

#: Links, and pictures, of one answer that are looked at.
MOST = 200


class Link(NamedTuple):
    """A link: its address and its words."""

    address: str
    words: str


class Tags(NamedTuple):
    """Links and pictures of an answer; of each picture its description, None where it has no such attribute."""

    links: tuple[Link, ...]
    pictures: tuple[str | None, ...]


def tags_of(html: str) -> Tags:
    """Returns the first links and pictures of HTML, however it is written."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_link()
    return Tags(tuple(reader.links[:MOST]), tuple(reader.pictures[:MOST]))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[Link] = []
        self.pictures: list[str | None] = []
        self._open: str | None = None
        self._words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(reversed(attrs))  # of an attribute given twice browsers take the first
        if tag == "a":
            self.end_link()
            self._open = named["href"] or "" if "href" in named else None
        elif tag == "img":
            self.pictures.append(named.get("alt"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.end_link()

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._words.append(data)

    def end_link(self) -> None:
        """Notes the link that is open, if one is."""
        if self._open is not None:
            self.links.append(Link(self._open, " ".join("".join(self._words).split())))
        self._open = None
        self._words = []

"""A page as a test reads it: its elements, and the text of those that were asked for."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.test import Client
from hypothesis import strategies as st

CHINESE = re.compile(r"[\u4e00-\u9fff]")
SLOWEST = 5.0  # seconds of computing, whatever else the machine does


class Markup(HTMLParser):
    """Elements of a page, and the text of those tags that were asked for."""

    def __init__(self, markup: str, *texts_of: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, list[str]] = {tag: [] for tag in texts_of}
        self._open = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag in self.texts:
            self.texts[tag].append("")
            self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = "" if tag == self._open else self._open

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open][-1] += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [found for name, found in self.elements if name == tag and attributes.items() <= found.items()]


def read(client: Client, path: str, *texts_of: str) -> Markup:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return Markup(answer.content.decode(), *texts_of)


#: As st.text(), which first tries how UTF-8 writes each of a million characters.
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def escaped(query: str) -> str:
    return query.translate({ord(char): f"%{ord(char):02X}" for char in "&#+ "})

"""Answers are HTML; this is the one allow-list they pass, when saved and again when shown."""

from __future__ import annotations

import re
from functools import lru_cache
from html.parser import HTMLParser

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

ATTRIBUTES = {
    "a": {"href"},
    "th": {"scope", "rowspan", "colspan"},
    "td": {"rowspan", "colspan"},
    "div": {"class"},
}
TAGS = {
    *("p", "br", "strong", "em", "a", "ol", "ul", "li", "div", "h3", "h4"),
    *("table", "thead", "tbody", "tr", "th", "td", "caption"),
}
_BLOCKS = {"p", "ol", "ul", "li", "div", "h3", "h4", "table", "br"}
_BLOCK = re.compile(rf"<({'|'.join(sorted(_BLOCKS))})\b")
MAX_LENGTH = 50_000  # characters of an answer, cleaned
MAX_DEPTH = 30  # elements within elements
PASSES = 5
HOPELESS_DEPTH = 600  # opened and never closed: not worth the cleaner's time


def clean(html: str) -> SafeString:
    """Answer HTML without anything that could act; text without any block becomes paragraphs.

    The result is a fixed point: cleaning it again changes nothing. It must never be unescaped afterwards.
    What is nested deeper than MAX_DEPTH keeps its words and loses its tags.
    """
    hopeless = depth(html) > HOPELESS_DEPTH
    cleaned = html if hopeless else _sanitize(html)
    if hopeless or depth(cleaned) > MAX_DEPTH:
        cleaned = _sanitize(linebreaks(to_text(cleaned), autoescape=True))
    if cleaned and not _BLOCK.search(cleaned):
        cleaned = _sanitize(linebreaks(cleaned))
    return mark_safe(cleaned)  # noqa: S308  nh3 is the cleaner


def _sanitize(html: str) -> str:
    """Only what the allow-list lets through, cleaned until cleaning changes nothing.

    Misnested HTML (a table inside a link) takes more than one pass; what never settles keeps only its words.
    """
    for _ in range(PASSES):
        cleaned = _pass(html)
        if cleaned == html:
            return cleaned
        html = cleaned
    return _pass(linebreaks(to_text(html), autoescape=True))


def _pass(html: str) -> str:
    cleaned = nh3.clean(
        html.replace("\x00", ""),
        tags=TAGS,
        attributes={tag: set(names) - {"class"} for tag, names in ATTRIBUTES.items()},
        allowed_classes={"div": {"note"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return cleaned.replace("\r", "\n").strip()


def depth(html: str) -> int:
    """How many elements stand within each other at most."""
    deepest = level = 0
    for closing in re.findall(r"<(/?)(?!br\b)[a-z]", html):
        level += -1 if closing else 1
        deepest = max(deepest, level)
    return deepest


def validate_answer(html: str) -> None:
    """Refuses, with a Chinese ValidationError, what cleaning would have to cut."""
    if depth(html) > HOPELESS_DEPTH or depth(_sanitize(html)) > MAX_DEPTH:
        raise ValidationError(f"答案里的标记套得太深了，最多 {MAX_DEPTH} 层。")
    if len(clean(html)) > MAX_LENGTH:
        raise ValidationError(f"答案太长了，最多 {MAX_LENGTH} 个字符（含标记）。请分成几条问答。")


def for_page(html: str) -> SafeString:
    """Cleaned answer HTML with each table in a box that scrolls by finger and by keyboard."""
    box = '<div class="table-scroll" role="region" aria-label="表格，可以左右滑动" tabindex="0"><table>'
    return mark_safe(clean(html).replace("<table>", box).replace("</table>", "</table></div>"))  # noqa: S308


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in _BLOCKS or tag in ("tr", "caption"):
            self.parts.append("\n")


# Every search result shows a part of its answer.
@lru_cache(maxsize=512)
def to_text(html: str) -> str:
    """The words of an answer, a line per block, for search, snippets and JSON."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = ("".join(parser.parts)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())

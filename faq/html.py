"""Cleaning of answers, which are HTML, by one allow-list: when they are saved and again when they are shown."""

from __future__ import annotations

from functools import lru_cache
from html.parser import HTMLParser

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from .markup.writing import written

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
# Characters of a cleaned answer, tags included.
MAX_LENGTH = 50_000
# Blocks within each other.
MAX_DEPTH = 30
# Times that HTML is cleaned before only its words are kept.
PASSES = 5


def clean(html: str) -> SafeString:
    """Return an answer without any HTML that could run or load something, with all of its words.

    What is no block becomes paragraphs, as it was typed. Blocks that lie deeper than MAX_DEPTH lose their tags. HTML is
    cleaned until cleaning changes nothing; what still changes after PASSES keeps only its words. The result must never
    be unescaped afterwards.
    """
    cleaned = html
    for _ in range(PASSES):
        before = cleaned
        cleaned = _pass(written(before, deepest=MAX_DEPTH).html)
        if cleaned == before:
            return mark_safe(cleaned)  # noqa: S308  nh3 is the cleaner
    return mark_safe(_pass(_words_only(cleaned)))  # noqa: S308  nh3 is the cleaner


def left_out(html: str) -> tuple[str, ...]:
    """Return what cleaning leaves out of typed HTML, in Chinese: pictures, styles, scripts. Words never are."""
    return written(html, deepest=MAX_DEPTH).left_out


def _words_only(html: str) -> str:
    """Return the words of HTML as paragraphs."""
    return linebreaks(to_text(html), autoescape=True)


def _pass(html: str) -> str:
    """Return HTML cleaned once. Classes are allowed by `allowed_classes`, not as an attribute."""
    attributes = {tag: names - {"class"} for tag, names in ATTRIBUTES.items()}
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=attributes,
        allowed_classes={"div": {"note"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return cleaned.replace("\r", "\n").strip()


def validate_answer(html: str) -> None:
    """Check that cleaning would not have to cut anything. Raises ValidationError, in Chinese."""
    if written(html, deepest=MAX_DEPTH).too_deep:
        raise ValidationError(f"答案里的标记套得太深了，最多 {MAX_DEPTH} 层。")
    if len(clean(html)) > MAX_LENGTH:
        raise ValidationError(f"答案太长了，最多 {MAX_LENGTH} 个字符（含标记）。请分成几条问答。")


def for_page(html: str) -> SafeString:
    """Return cleaned answer HTML with each table in a box that scrolls by finger and by keyboard."""
    box = '<div class="table-scroll" role="region" aria-label="表格，可以左右滑动" tabindex="0"><table>'
    opened = clean(html).replace("<table>", box)
    boxed = opened.replace("</table>", "</table></div>")
    return mark_safe(boxed)  # noqa: S308  only fixed text was added to what was cleaned


class _Text(HTMLParser):
    """Collects the words of HTML, with a line break before each block and a space before each cell."""

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


# Cached because every search result shows a part of its answer.
@lru_cache(maxsize=512)
def to_text(html: str) -> str:
    """Return the words of an answer, one line for each block, for search, snippets and JSON."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = "".join(parser.parts).split("\n")
    words_of_lines = [line.split() for line in lines]
    return "\n".join(" ".join(words) for words in words_of_lines if words)

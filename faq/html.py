"""Cleaning of answers, which are HTML, by one allow-list: when they are saved and again when they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import linebreaks
from django.utils.safestring import SafeString, mark_safe

from helpdesk.common.picture_names import is_own_picture

from .markup import office
from .markup.writing import Written, is_length, written

ATTRIBUTES = {
    "a": {"href"},
    "ol": {"start"},
    "img": {"src", "alt", "width", "height"},
    "th": {"scope", "rowspan", "colspan"},
    "td": {"rowspan", "colspan"},
    "div": {"class"},
}
TAGS = {
    *("p", "br", "strong", "em", "a", "img", "ol", "ul", "li", "div", "h3", "h4"),
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

    HTML that Word and its like have written is tidied first. What is no block becomes paragraphs, as it was typed.
    Blocks that lie deeper than MAX_DEPTH lose their tags. HTML is cleaned until cleaning changes nothing; what still
    changes after PASSES keeps only its words. The result must never be unescaped afterwards.
    """
    cleaned = office.tidied(html).html if office.comes_from_a_program(html) else html
    for _ in range(PASSES):
        before = cleaned
        cleaned = _pass(written(before, deepest=MAX_DEPTH).html)
        if cleaned == before:
            return mark_safe(cleaned)  # noqa: S308  nh3 is the cleaner
    return mark_safe(_pass(_words_only(cleaned)))  # noqa: S308  nh3 is the cleaner


def left_out(html: str) -> tuple[str, ...]:
    """Return what cleaning leaves out of typed HTML, in Chinese: pictures, styles, scripts. Words never are.

    Pictures of our own stay. Fonts and colours of Word and its like are not missed.
    """
    return _read(html)[1]


def _read(html: str) -> tuple[Written, tuple[str, ...]]:
    """Return typed HTML written anew, and all that was left out of it."""
    if not office.comes_from_a_program(html):
        plain = written(html, deepest=MAX_DEPTH)
        return plain, plain.left_out
    tidied = office.tidied(html)
    anew = written(tidied.html, deepest=MAX_DEPTH)
    return anew, tuple(dict.fromkeys([*tidied.left_out, *anew.left_out]))


@dataclass(frozen=True, slots=True)
class Pasted:
    """Pasted HTML as it may be inserted into an answer, and what was left out of it, in Chinese."""

    html: str
    left_out: tuple[str, ...]


def pasted(html: str) -> Pasted:
    """Return what somebody pastes, from whichever program, as clean HTML for the editor."""
    tidied = office.tidied(html)
    anew = written(tidied.html, deepest=MAX_DEPTH)
    return Pasted(str(clean(anew.html)), tuple(dict.fromkeys([*tidied.left_out, *anew.left_out])))


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
        attribute_filter=_attribute,
        allowed_classes={"div": {"note"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return cleaned.replace("\r", "\n").strip()


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value that an attribute may have, None where it must go."""
    if tag == "img" and name == "src":
        return value if is_own_picture(value) else None
    if tag == "img" and name == "alt":
        return value.replace("<", "＜").replace(">", "＞")
    if name in ("width", "height", "start"):
        return value if is_length(value) else None
    return value


def validate_answer(html: str) -> None:
    """Check that cleaning would not have to cut anything. Raises ValidationError, in Chinese."""
    if _read(html)[0].too_deep:
        raise ValidationError(f"答案里的标记套得太深了，最多 {MAX_DEPTH} 层。")
    if len(clean(html)) > MAX_LENGTH:
        raise ValidationError(f"答案太长了，最多 {MAX_LENGTH} 个字符（含标记）。请分成几条问答。")


def for_page(html: str) -> SafeString:
    """Return cleaned answer HTML with each table in a box that scrolls by finger and by keyboard.

    Pictures are fetched when they come near the screen. Headings follow that of the page, which is the first level.
    """
    box = '<div class="table-scroll" role="region" aria-label="表格，可以左右滑动" tabindex="0"><table>'
    opened = clean(html).replace("<table>", box)
    boxed = opened.replace("</table>", "</table></div>")
    lazy = boxed.replace("<img ", '<img loading="lazy" decoding="async" ')
    for level in (3, 4):
        for end in ("<", "</"):
            lazy = lazy.replace(f"{end}h{level}>", f"{end}h{level - 1}>")
    return mark_safe(lazy)  # noqa: S308  only fixed text was added to what was cleaned


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

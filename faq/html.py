"""Answers are HTML; this is the one allow-list they pass, when saved and again when shown."""

from __future__ import annotations

from html.parser import HTMLParser

import nh3
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


def clean(html: str) -> SafeString:
    """Answer HTML without anything that could act; text without any block becomes paragraphs.

    The result is a fixed point: cleaning it again changes nothing. It must never be unescaped afterwards.
    """
    html = html.replace("\x00", "").strip()
    if html and not any(f"<{tag}" in html.lower() for tag in _BLOCKS):
        html = linebreaks(html)
    return mark_safe(  # noqa: S308  nh3 is the cleaner
        nh3.clean(
            html,
            tags=TAGS,
            attributes={tag: set(names) - {"class"} for tag, names in ATTRIBUTES.items()},
            allowed_classes={"div": {"note"}},
            url_schemes={"http", "https", "mailto", "tel"},
            link_rel="noopener noreferrer",
            strip_comments=True,
        )
    )


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


def to_text(html: str) -> str:
    """The words of an answer, a line per block, for search, snippets and JSON."""
    parser = _Text()
    parser.feed(html)
    parser.close()
    lines = ("".join(parser.parts)).split("\n")
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())

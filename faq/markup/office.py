"""HTML as Word, WPS, Excel, WeChat and online documents copy it, written anew as plain HTML of the kind answers have.

Word writes a list as paragraphs that begin with their mark (`mso-list:l0 level1`), a heading as large letters, and a
picture as a file of the editor's own computer. Here lists are rebuilt with their levels and numbers, headings are told
by style or size, tables keep their joined cells, and all else of the looks goes. What is lost is named.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape

from helpdesk.common.picture_names import is_own_picture

from .marks import mark
from .reading import LeftOut, Tag, Text, tokens
from .tags import LOST_OF, PARAGRAPHS, RENAMED

#: What programs leave in their HTML and nobody types.
_TRACES = re.compile(
    r"\bmso-[a-z]|class=[\"']?Mso[A-Z]|<o:p\b|urn:schemas-microsoft-com|Kingsoft|\bmmbiz|data-mpa-|\sleaf=|wxw-img|"
    r"data-doc-origin|docs\.qq\.com|src=[\"']?file:",
    re.IGNORECASE,
)
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
#: Marks without a value that old Excel writes into its cells, and tags of WeChat that hold no words.
_NOISE = re.compile(r"\sx:(?:num|str|fmla|autofilter|err|bool)(?=[\s>])|</?(?:mp[a-z-]*|wx-[a-z-]+|qqmusic)\b[^<>]*>")
_ATTRIBUTE = re.compile(r"""([A-Za-z_:][-\w:.]*)\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.ASCII)
_LIST = re.compile(r"mso-list:\s*l(\d{1,6})\s+level(\d)", re.IGNORECASE)
_SIZE = re.compile(r"(?<![-\w])font-size:\s*(\d{1,4}(?:\.\d{1,6})?)(pt|px)", re.IGNORECASE)
_BOLD = re.compile(r"(?<![-\w])font-weight:\s*(bold|[6-9]00|normal|[1-5]00)", re.IGNORECASE)
_ITALIC = re.compile(r"(?<![-\w])font-style:\s*(italic|oblique)", re.IGNORECASE)
_IGNORED = re.compile(r"mso-list:\s*Ignore", re.IGNORECASE)
_TITLE = re.compile(r"^(?:MsoTitle|MsoSubtitle)$", re.IGNORECASE)
#: Lines break in the source between Chinese characters, where a browser would show a space.
_BROKEN_CHINESE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*\n\s*(?=[\u3000-\u9fff\uff00-\uffef])")
_SPACES = re.compile(r"[ \t\n\f]+")
_LONGEST_HEADING = 40
#: Letters so many times larger than most of the text make a heading; bold ones, a smaller one.
_MUCH_LARGER, _LARGER = 1.25, 1.1
_USUAL_SIZE = 12.0
_CONTAINERS = PARAGRAPHS | {"div"}
_CELLS = {"td", "th"}
_TABLE = {"table", "thead", "tbody", "tfoot", "tr", "caption", *_CELLS}


@dataclass(frozen=True, slots=True)
class Tidied:
    """Plain HTML, and in Chinese what was left out of it."""

    html: str
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Looks:
    """Looks of a piece of text; `size` in points, 0 where nothing says. `ignored` is a mark that Word drew."""

    bold: bool = False
    italic: bool = False
    href: str = ""
    size: float = 0.0
    ignored: bool = False


@dataclass(slots=True)
class _Paragraph:
    """A line of text with its looks; `level` above 0 and `of` (the list's id) where it is an item of a list."""

    tag: str = "p"
    of: str = ""
    level: int = 0
    drawn: str = ""
    runs: list[tuple[str, _Looks]] = field(default_factory=list)


@dataclass(slots=True)
class _Lists:
    """Lists open in one cell, or in the text itself: kind and id from the outermost, each with an open item."""

    open: list[tuple[str, str]] = field(default_factory=list)


def comes_from_a_program(html: str) -> bool:
    """Returns True where HTML carries traces of Word, WPS, Excel, WeChat or an online document."""
    return bool(_TRACES.search(html))


def tidied(html: str) -> Tidied:
    """Returns HTML of any origin written anew, with its words. It must still be cleaned by `faq.html.clean`."""
    body = _BODY.search(html)
    whole = _NOISE.sub("", html[body.end() :] if body else html)
    writer = _Writer()
    for token in tokens(whole.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")):
        writer.take(token)
    return writer.finish()


def _attributes(typed: str) -> dict[str, str]:
    """Returns attributes by name, character names read."""
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(typed):
        bare = value[1:-1] if value[:1] in "\"'" else value
        found.setdefault(name.lower(), unescape(bare))
    return found


class _Writer:
    def __init__(self) -> None:
        self.parts: list[str | _Paragraph] = []
        self.paragraph: _Paragraph | None = None
        self.looks: list[tuple[str, _Looks]] = [("", _Looks())]
        self.left_out: dict[str, None] = {}
        self.sizes: Counter[float] = Counter()

    # --- reading -------------------------------------------------------------------------------------------------

    def take(self, token: Text | Tag | LeftOut) -> None:
        if isinstance(token, Text):
            self._text(token.html)
        elif isinstance(token, LeftOut):
            self._say(token.words if token.words in ("脚本", "图片") else "")
        elif token.ends:
            self._end(token.name)
        else:
            self._start(token.name, _attributes(token.attributes))

    def finish(self) -> Tidied:
        self._end_paragraph()
        usual = self.sizes.most_common(1)[0][0] if self.sizes else _USUAL_SIZE
        return Tidied(_Page(usual).written(self.parts), tuple(self.left_out))

    def _say(self, words: str) -> None:
        if words:
            self.left_out[words] = None

    def _text(self, html: str) -> None:
        looks = self.looks[-1][1]
        if looks.ignored:
            if self.paragraph:
                self.paragraph.drawn += unescape(html)
            return
        text = _SPACES.sub(" ", _BROKEN_CHINESE.sub("", html))
        if self.paragraph is None and not text.strip():
            return
        self._open_paragraph().runs.append((text, looks))
        shown = len(unescape(text).strip())
        if shown:
            self.sizes[looks.size or _USUAL_SIZE] += shown

    def _open_paragraph(self) -> _Paragraph:
        if self.paragraph is None:
            self.paragraph = _Paragraph()
        return self.paragraph

    def _end_paragraph(self) -> None:
        if self.paragraph is not None:
            self.parts.append(self.paragraph)
            self.paragraph = None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        style = attributes.get("style", "")
        self._note_losses(name, attributes)
        if name in ("p", "h1", "h2", "h3", "h4", "h5", "h6"):
            self._start_paragraph(name, attributes, style)
        elif name == "br":
            self._open_paragraph().runs.append(("<br>", self.looks[-1][1]))
        elif name == "hr":
            self._end_paragraph()
        elif name == "img":
            self._picture(attributes)
        elif name in _TABLE or name in ("ol", "ul", "li"):
            self._start_block(name, attributes)
        elif name in _CONTAINERS:
            self._end_paragraph()
            if name == "div" and "note" in attributes.get("class", "").split():
                self.parts.append('<div class="note">')
                self.looks.append(("div.note", self._styled(style)))
            else:
                self.looks.append((name, self._styled(style)))
        elif name not in ("meta", "link", "col", "colgroup", "wbr", "base"):
            self.looks.append((name, self._of_inline(name, attributes, style)))

    def _start_paragraph(self, name: str, attributes: dict[str, str], style: str) -> None:
        self._end_paragraph()
        title = name == "p" and _TITLE.match(attributes.get("class", ""))
        self.paragraph = _Paragraph("h3" if title else RENAMED.get(name, name))
        listed = _LIST.search(style)
        if listed:
            self.paragraph.of, self.paragraph.level = listed.group(1), max(1, int(listed.group(2)))
        self.looks.append((name, self._styled(style)))

    def _start_block(self, name: str, attributes: dict[str, str]) -> None:
        self._end_paragraph()
        tag = RENAMED.get(name, name)
        spans = [f' {key}="{attributes[key]}"' for key in ("colspan", "rowspan") if _spans(attributes.get(key, ""))]
        scope = attributes.get("scope", "")
        if name == "th" and scope in ("col", "row"):
            spans.append(f' scope="{scope}"')
        start = attributes.get("start", "")
        if name == "ol" and start.isascii() and start.isdigit() and start != "1":
            spans.append(f' start="{int(start[:4])}"')
        self.parts.append(f"<{tag}{''.join(spans)}>")

    def _picture(self, attributes: dict[str, str]) -> None:
        source = attributes.get("src", "")
        if not is_own_picture(source):
            self._say("图片")
            return
        kept = [f' {name}="{_quoted(attributes[name])}"' for name in ("alt", "width", "height") if name in attributes]
        self._open_paragraph().runs.append((f'<img src="{source}"{"".join(kept)}>', self.looks[-1][1]))

    def _note_losses(self, name: str, attributes: dict[str, str]) -> None:
        """Notes what nobody could read any more; fonts and colours of a program are not missed."""
        lost = LOST_OF.get(name, "")
        if lost in ("音频或视频", "嵌入的内容", "公式的排版"):
            self._say(lost)
        if any(key.startswith("on") for key in attributes):
            self._say("脚本")

    def _styled(self, style: str) -> _Looks:
        """Returns the looks here as the style of a block or a span changes them."""
        now = self.looks[-1][1]
        size, bold = _SIZE.search(style), _BOLD.search(style)
        points = now.size
        if size:
            points = float(size.group(1)) * (0.75 if size.group(2).lower() == "px" else 1.0)
        is_bold = now.bold
        if bold:
            is_bold = bold.group(1).lower() not in ("normal", "100", "200", "300", "400", "500")
        italic = now.italic or bool(_ITALIC.search(style))
        ignored = now.ignored or bool(_IGNORED.search(style))
        return _Looks(is_bold, italic, now.href, points, ignored)

    def _of_inline(self, name: str, attributes: dict[str, str], style: str) -> _Looks:
        looks = self._styled(style)
        plain = bool(_BOLD.search(style))  # `<b style="font-weight:normal">` around all of it, as Google writes
        bold = looks.bold or (name in ("b", "strong") and not plain)
        italic = looks.italic or name in ("i", "em")
        href = attributes.get("href", "") if name == "a" else looks.href
        return _Looks(bold, italic, href, looks.size, looks.ignored)

    def _end(self, name: str) -> None:
        if name in _TABLE or name in ("ol", "ul", "li"):
            self._end_paragraph()
            self.parts.append(f"</{RENAMED.get(name, name)}>")
            return
        if name in ("p", "h1", "h2", "h3", "h4", "h5", "h6") or name in _CONTAINERS:
            self._end_paragraph()
        self._forget_looks(name)

    def _forget_looks(self, name: str) -> None:
        """Ends the looks that the element began, and those of elements within it that were not ended."""
        names = [opened.partition(".")[0] for opened, _ in self.looks]
        if name not in names[1:]:
            return
        place = len(names) - 1 - names[::-1].index(name)
        if self.looks[place][0] == "div.note":
            self.parts.append("</div>")
        del self.looks[place:]


def _spans(value: str) -> bool:
    return value.isascii() and value.isdigit() and 1 < int(value[:5]) <= 1000 and len(value) <= 4


def _quoted(value: str) -> str:
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


class _Page:
    """Writes what was read, once it is known how large most of the letters are."""

    def __init__(self, usual: float) -> None:
        self.usual = usual
        self.out: list[str] = []
        self.lists = [_Lists()]

    def written(self, parts: list[str | _Paragraph]) -> str:
        for part in parts:
            if isinstance(part, str):
                self._tag(part)
            else:
                self._paragraph(part)
        self._close_lists(0)
        return _lightened("".join(self.out))

    def _tag(self, tag: str) -> None:
        cell = tag.startswith(("<td", "<th>", "<th "))
        end = tag in ("</td>", "</th>")
        if end and len(self.lists) > 1:
            self._close_lists(0)
            self.lists.pop()
        elif not end:
            self._close_lists(0)
        self.out.append(tag)
        if cell:
            self.lists.append(_Lists())

    def _paragraph(self, paragraph: _Paragraph) -> None:
        html = _inline(paragraph.runs)
        if not html:
            return
        if paragraph.level:
            self._item(paragraph, html)
            return
        self._close_lists(0)
        tag = self._heading(paragraph)
        if tag in ("h3", "h4"):
            html = _inline(paragraph.runs, bold=False)
        self.out.append(f"<{tag}>{html}</{tag}>")

    def _heading(self, paragraph: _Paragraph) -> str:
        """Returns the tag of a paragraph that stands in no list: a heading where its letters say so."""
        words = "".join(text for text, _ in paragraph.runs if not text.startswith("<"))
        sizes = [looks.size or _USUAL_SIZE for text, looks in paragraph.runs if text.strip() and text != "<br>"]
        if paragraph.tag != "p" or not sizes or len(words) > _LONGEST_HEADING or len(self.lists) > 1:
            return paragraph.tag
        smallest = min(sizes)
        if smallest >= self.usual * _MUCH_LARGER:
            return "h3"
        bold = all(looks.bold for text, looks in paragraph.runs if text.strip())
        return "h4" if bold and smallest >= self.usual * _LARGER else "p"

    def _item(self, paragraph: _Paragraph, html: str) -> None:
        """Writes an item of a list, as deep as its level, going on counting where the list was interrupted."""
        number = mark(paragraph.drawn).number
        kind = "ul" if number is None else "ol"
        lists, level = self.lists[-1], paragraph.level
        self._close_lists(level)
        same_depth = len(lists.open) == level
        if same_depth and (lists.open[-1] != (kind, paragraph.of) or (kind == "ol" and number == 1)):
            self._close_lists(level - 1)
        elif same_depth:
            self.out.append("</li>")
        while len(lists.open) < level:
            deepest = len(lists.open) == level - 1
            start = f' start="{number}"' if kind == "ol" and deepest and number not in (None, 1) else ""
            self.out.append(f"<{kind}{start}>")
            lists.open.append((kind, paragraph.of))
            if not deepest:
                self.out.append("<li>")
        self.out.append(f"<li>{html}")

    def _close_lists(self, level: int) -> None:
        lists = self.lists[-1]
        while len(lists.open) > level:
            kind, _ = lists.open.pop()
            self.out.append(f"</li></{kind}>")


def _inline(runs: list[tuple[str, _Looks]], *, bold: bool = True) -> str:
    """Returns the text of a line with its links and letters, pieces of the same looks joined; "" for a blank line."""
    parts: list[str] = []
    open_tags: list[str] = []
    for text, looks in _trimmed(runs):
        wanted = [f'a href="{_quoted(looks.href)}"'] if looks.href else []
        wanted += ["strong"] if looks.bold and bold else []
        wanted += ["em"] if looks.italic else []
        if text.isspace() and len(open_tags) <= len(wanted):
            wanted = open_tags[:]
        while open_tags != wanted[: len(open_tags)]:
            parts.append(f"</{open_tags.pop().partition(' ')[0]}>")
        for tag in wanted[len(open_tags) :]:
            parts.append(f"<{tag}>")
            open_tags.append(tag)
        parts.append(text)
    parts.extend(f"</{tag.partition(' ')[0]}>" for tag in reversed(open_tags))
    return _SPACES.sub(" ", "".join(parts))


def _trimmed(runs: list[tuple[str, _Looks]]) -> list[tuple[str, _Looks]]:
    """Returns the runs without blanks and line breaks at both ends."""
    kept = list(runs)
    while kept and _blank(kept[0][0]):
        kept.pop(0)
    while kept and _blank(kept[-1][0]):
        kept.pop()
    if kept:
        kept[0] = (kept[0][0].lstrip(" "), kept[0][1])
        kept[-1] = (kept[-1][0].rstrip(" "), kept[-1][1])
    return kept


def _blank(text: str) -> bool:
    return text == "<br>" or (not text.startswith("<") and not unescape(text).strip())


#: The only paragraph of a cell or at the beginning of an item: its words stand there without a tag of their own.
_ALONE = re.compile(
    r"(<(?:li|td|th)(?: [^<>]*)?>)<p>((?:[^<]|<(?!/?p>|/?table|/?[ou]l|/?li))*)</p>(?=</(?:li|td|th)>|<[ou]l)"
)


#: A first row whose cells are all bold is the head of its table.
_BOLD_ROW = re.compile(r"<table>(<tbody>)?<tr>((?:<td(?: colspan=\"\d+\")?><strong>[^<]*</strong></td>)+)</tr>(?=<tr>)")
_BOLD_CELL = re.compile(r"<td( colspan=\"\d+\")?><strong>([^<]*)</strong></td>")


def _lightened(html: str) -> str:
    """Returns the HTML with single paragraphs of cells and items bare, and with heads of tables."""
    return _BOLD_ROW.sub(_headed, _ALONE.sub(r"\1\2", html))


def _headed(row: re.Match[str]) -> str:
    cells = _BOLD_CELL.sub(r'<th scope="col"\1>\2</th>', row.group(2))
    return f"<table><thead><tr>{cells}</tr></thead>{row.group(1) or ''}"

"""Typed HTML written anew, well formed and with the tags that answers have: every word, line and paragraph stays.

This is no cleaner: what it returns goes to nh3, which has the last word (`faq.html.clean`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape

from helpdesk.common.picture_names import is_own_picture

from .reading import LeftOut, Tag, Text, tokens
from .tags import BLOCKS, CELLS, INLINE, LINES, LOST_OF, PARAGRAPHS, RENAMED, ROWS, TABLE_PARTS

#: One line break, or several with nothing between them; what indents the next line with wide spaces stays.
_LINE_BREAKS = re.compile(r"(\n(?:[ \t\f\u3000\xa0]*\n)*[ \t\f]*)")
_SPACES = " \t\f"
_ATTRIBUTE_NAMES = re.compile(r"""([A-Za-z_:][-\w:.]*)\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+)""", re.ASCII)
_BAD_ADDRESS = re.compile(r"""["']?\s*(?!https?:|mailto:|tel:)[a-z][a-z0-9+.-]*:""", re.ASCII | re.IGNORECASE)
#: Longest tag that is written again in each paragraph it spans: a long address could make an answer endless.
LONGEST_REPEATED = 200


def picture(attributes: str) -> str:
    """Returns the tag of a picture of our own from attributes as typed: "" for any other picture.

    The description keeps its words; signs that open tags become wide ones.
    """
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE_NAMES.findall(attributes):
        bare = value[1:-1] if value[:1] in "\"'" else value
        found.setdefault(name.lower(), unescape(bare))
    source = found.get("src", "").strip()
    if not is_own_picture(source):
        return ""
    description = escape(found.get("alt", "").replace("<", "＜").replace(">", "＞"))
    sides = [f' {side}="{found[side]}"' for side in ("width", "height") if is_length(found.get(side, ""))]
    return f'<img src="{source}" alt="{description}"{"".join(sides)}>'


def is_length(value: str) -> bool:
    """Returns True for a whole number of pixels that a stored picture can have."""
    return value.isascii() and value.isdigit() and 0 < int(value[:5]) <= 9999 and len(value) <= 4


@dataclass(frozen=True, slots=True)
class Written:
    """HTML written anew, what was left out of it (in Chinese), and whether some elements lay too deep to be kept."""

    html: str
    left_out: tuple[str, ...]
    too_deep: bool


def written(html: str, *, deepest: int) -> Written:
    """Returns typed HTML written anew with at most `deepest` blocks within each other; of further ones, the words."""
    writer = _Writer(deepest)
    for token in tokens(html.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")):
        writer.take(token)
    writer.finish()
    return Written("".join(writer.parts), tuple(writer.left_out), writer.too_deep)


class _Writer:
    """Writes token by token. Blocks that answers have no tag for stand in `open` with a `~` and are not written."""

    def __init__(self, deepest: int) -> None:
        self.deepest = deepest
        self.parts: list[str] = []
        self.open: list[str] = []
        self.inline: dict[str, tuple[str, int]] = {}  # name → its start tag, and how many blocks it began in
        self.shown: list[str] = []  # those of them that are written and not yet ended
        self.empty_link = False  # a link began that holds nothing so far
        self.in_paragraph = False  # one of our own, around words that stand in no block
        self.break_due = False
        self.left_out: dict[str, None] = {}
        self.too_deep = False

    def take(self, token: Text | Tag | LeftOut) -> None:
        if isinstance(token, Text):
            self._text(token.html)
        elif isinstance(token, LeftOut):
            self._say(token.words)
        elif token.ends:
            self._end(RENAMED.get(token.name, token.name))
        else:
            self._note_losses(token)
            self._start(RENAMED.get(token.name, token.name), token.attributes)

    def finish(self) -> None:
        while self.open:
            self._pop()
        self._end_paragraph()

    # --- what is left out ----------------------------------------------------------------------------------------

    def _say(self, words: str) -> None:
        if words:
            self.left_out[words] = None

    def _note_losses(self, tag: Tag) -> None:
        if not (tag.name == "img" and picture(tag.attributes)):
            self._say(LOST_OF.get(tag.name, ""))
        for name, value in _ATTRIBUTE_NAMES.findall(tag.attributes):
            lowered = name.lower()
            self._say("脚本" if lowered.startswith("on") else LOST_OF.get(f"{lowered}=", ""))
            if lowered == "href" and _BAD_ADDRESS.match(value):
                self._say("不能用的链接地址")

    # --- words ---------------------------------------------------------------------------------------------------

    @property
    def _top(self) -> str:
        return self.open[-1] if self.open else "~"

    @property
    def _bare(self) -> bool:
        """True where words stand in no block of ours, so that they become paragraphs."""
        return self._top.startswith("~")

    def _text(self, text: str) -> None:
        if self._top in ROWS and text.strip():
            self._open_cell()
        if not self._bare:
            self._words(text)
            return
        pieces = _LINE_BREAKS.split(text)
        for number, piece in enumerate(pieces):
            if number % 2:
                self._line_break(piece)
            else:
                ends_line = number + 1 < len(pieces)
                self._bare_words(piece.rstrip(_SPACES) if ends_line else piece)

    def _words(self, text: str) -> None:
        if self._top not in ROWS:
            self._show_inline()
        self.parts.append(text)

    def _bare_words(self, piece: str) -> None:
        if piece and (self.in_paragraph or not piece.isspace()):
            self._begin_line()
            self._words(piece)
        elif piece:
            self.parts.append(piece)

    def _begin_line(self) -> None:
        if not self.in_paragraph:
            self.parts.append("<p>")
        elif self.break_due:
            self.parts.append("<br>")
        self.in_paragraph = True
        self.break_due = False

    def _line_break(self, piece: str) -> None:
        """A typed line break ends a line, several end the paragraph; after `<br>` one says nothing new."""
        if not self.in_paragraph:
            self.parts.append(piece)
        elif piece.count("\n") > 1:
            self._end_paragraph()
            self.parts.append("\n\n")
        else:
            self.break_due = self.parts[-1] != "<br>"

    def _break(self) -> None:
        if self._top in ROWS or (self._bare and not self.in_paragraph):
            return
        self.break_due = False
        self.parts.append("<br>")

    def _end_paragraph(self) -> None:
        if not self.in_paragraph:
            return
        self._hide_inline()
        self.parts.append("</p>\n" if self.break_due else "</p>")
        self.in_paragraph = self.break_due = False

    # --- elements within a line ----------------------------------------------------------------------------------

    def _show_inline(self) -> None:
        for name, (tag, _) in self.inline.items():
            if name not in self.shown:
                self.parts.append(tag)
                self.shown.append(name)
        self.empty_link = False

    def _hide_inline(self) -> None:
        """Ends what is written of them; what goes on is written again before the next words."""
        while self.shown:
            self.parts.append(f"</{self.shown.pop()}>")
        self.inline = {name: begun for name, begun in self.inline.items() if len(begun[0]) <= LONGEST_REPEATED}

    def _start_inline(self, name: str, attributes: str) -> None:
        if name == "a":
            self._end_inline(name)
            self.empty_link = True
        self.inline.setdefault(name, (f"<{name}{attributes}>", len(self.open)))

    def _end_inline(self, name: str) -> None:
        if name == "a" and name in self.inline and self.empty_link and self._top not in ROWS:
            self._write_empty_link()
        while name in self.shown:
            self.parts.append(f"</{self.shown.pop()}>")
        self.inline.pop(name, None)

    def _picture(self, tag: str) -> None:
        """Keeps a picture of our own, as a word of its line; of any other nothing stays."""
        if not tag:
            return
        if self._top in ROWS:
            self._open_cell()
        if self._bare:
            self._begin_line()
        self._words(tag)

    def _write_empty_link(self) -> None:
        """Keeps a link without words, which may be a mark that other pages lead to."""
        if self._bare:
            self._begin_line()
        self._show_inline()

    # --- blocks --------------------------------------------------------------------------------------------------

    def _start(self, name: str, attributes: str) -> None:
        if name in INLINE:
            self._start_inline(name, attributes)
        elif name == "br":
            self._break()
        elif name == "hr":
            self._rule()
        elif name == "img":
            self._picture(picture(attributes))
        elif name in BLOCKS or name in PARAGRAPHS:
            self._start_block(name, attributes)

    def _rule(self) -> None:
        """Keeps the words on both sides apart; the rule itself is not drawn."""
        self._end_paragraph()
        while self._top in LINES:
            self._pop()
        self._break()

    def _start_block(self, name: str, attributes: str) -> None:
        self._end_paragraph()
        self._hide_inline()
        while self._top in LINES:
            self._pop()
        if name in TABLE_PARTS and "table" in self.open:
            self._make_room_in_table(name)
        elif self._top in ROWS:
            self._open_cell()
        if name == "li":
            self._end_item_before()
        self._push(name, attributes)

    def _push(self, name: str, attributes: str = "") -> None:
        if len(self.open) >= self.deepest:
            self.too_deep = True
            self.parts.append("\n")
        elif name in PARAGRAPHS or (name in TABLE_PARTS and "table" not in self.open):
            self.parts.extend([] if self._bare else ["\n"])
            self.open.append(f"~{name}")
        else:
            self.parts.append(f"<{name}{attributes}>")
            self.open.append(name)

    def _make_room_in_table(self, name: str) -> None:
        """Ends what a part of a table cannot stand in, and begins the row of a cell that has none."""
        if name in CELLS:
            within = ROWS
        elif name == "tr":
            within = ROWS - {"tr"}
        else:
            within = {"table"}
        while self._top not in within:
            self._pop()
        if name in CELLS and self._top != "tr":
            self._push("tr")

    def _open_cell(self) -> None:
        """Begins a cell for words that stand between the cells of a table: they keep their place."""
        self._make_room_in_table("td")
        self._push("td")

    def _end_item_before(self) -> None:
        """Ends the item of the same list that was not ended."""
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place] in ("ol", "ul", "td", "th", "table"):
                return
            if self.open[place] == "li":
                self._pop_to(place)
                return

    def _end(self, name: str) -> None:
        if name in INLINE:
            self._end_inline(name)
        elif name == "br":
            self._break()
        else:
            self._end_block(name)

    def _end_block(self, name: str) -> None:
        place = self._place_of(name)
        if place is not None:
            self._pop_to(place)
        elif self._bare and (name in BLOCKS or name in PARAGRAPHS):
            self._end_paragraph()

    def _place_of(self, name: str) -> int | None:
        """Returns where in `open` the element stands that an end tag ends; None for a stray one."""
        of_table = name in TABLE_PARTS or name == "table"
        walls = {"table"} if of_table else {"table", "caption", *CELLS}
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place].removeprefix("~") == name:
                return place
            if self.open[place] in walls:
                return None
        return None

    def _pop_to(self, place: int) -> None:
        while len(self.open) > place:
            self._pop()

    def _pop(self) -> None:
        self._end_paragraph()
        self._hide_inline()
        name = self.open.pop()
        if name in LINES and self.parts[-1].startswith(f"<{name}"):
            self.parts.pop()  # it held nothing
        elif not name.startswith("~"):
            self.parts.append(f"</{name}>")
        level = len(self.open)
        self.inline = {other: begun for other, begun in self.inline.items() if begun[1] <= level}

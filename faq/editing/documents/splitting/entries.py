"""The entries of a document that is cut in one way: questions, answers, sections, and what belongs to none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...found import FoundEntry
from ..lines import Cell, Line, Span
from .answers import answer_html
from .chains import WHOLE, Start, Way
from .labels import SECTIONS, after_asked, answer_inside, answer_mark, labels_of
from .rows import Row, Rows, question_likeness, spans_from
from .tables import TableEntry, TableWay
from .titles import MOST_INTRODUCTION, Kind, is_strong, may_open_section, title_kind, title_words

#: Longest question that goes on in further lines before its marked answer.
LONGEST_QUESTION = 400
_SENTENCE_OF_QUESTION = re.compile(r"[^？?。！!]*[？?][”\"’'）)】」]*")
_NO_TITLE = ("。", "：", ":", "；", "，")
_ENDS = re.compile(r"[。！!？?；;：:”）)]$")


@dataclass(slots=True)
class Split:
    """A document cut in one way."""

    entries: list[FoundEntry] = field(default_factory=list)
    title: str = ""
    #: Lines that belong to no entry, as they stand.
    left_out: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Section:
    at: int
    kind: Kind
    words: str


def split(rows: Rows, way: Way) -> Split:
    """Returns the entries that `way` makes of the document."""
    return _TableCut(rows, way).cut() if way.table else _Cut(rows, way).cut()


class _Cut:
    def __init__(self, rows: Rows, way: Way) -> None:
        self.rows = rows
        self.way = way
        self.made = Split(left_out=list(rows.left_out))
        #: Rows between two questions that are titles: row → its section.
        self.sections: dict[int, _Section] = {}
        self.inline = way.bodies < 0.4 and way.marked < 0.3

    def cut(self) -> Split:
        starts = self.way.starts
        if not starts:
            return self.made
        self._find_sections(starts)
        self._take_beginning(starts[0].at)
        section = self._section_before(0, starts[0].at)
        for at, start in enumerate(starts):
            end = starts[at + 1].at if at + 1 < len(starts) else len(self.rows)
            self.made.entries.append(self._entry(start, end, section))
            section = self._section_before(start.at, end) or section
        return self.made

    # --- sections -------------------------------------------------------------------------------------------------

    def _find_sections(self, starts: Sequence[Start]) -> None:
        """Finds the titles before questions. A numbered one has to go on with the numbers of those before."""
        if self.way.name == WHOLE:
            return
        previous = -1
        numbers: dict[str, int] = {}
        for start in starts:
            for at in self._titles_before(previous, start):
                row = self.rows[at]
                kind = title_kind(row, self.way.style)
                if kind and self._goes_on(row, kind, numbers):
                    self.sections[at] = _Section(at, kind, title_words(row, kind))
            previous = start.words_at
        self._drop_doubtful(starts)

    def _titles_before(self, previous: int, start: Start) -> list[int]:
        """Returns the rows right before a question that may be titles, from above."""
        found: list[int] = []
        introduction = 0
        at = start.at - 1
        while at > previous:
            row = self.rows[at]
            kind = title_kind(row, self.way.style)
            if kind and self._may_open(row, kind, start, found) and not self._goes_on_in_list(row, kind, previous):
                found.append(at)
            elif introduction < MOST_INTRODUCTION and not found and row.line is not None:
                introduction += 1
            else:
                break
            at -= 1
        if introduction and found:
            strong = [place for place in found if self._is_strong(place)]
            # Titles without a mark stand right before their question.
            found = strong if found[0] != start.at - 1 else found
        return found[::-1]

    def _may_open(self, row: Row, kind: Kind, start: Start, below: Sequence[int]) -> bool:
        number = start.number
        if below and (len(below) > 2 or kind[0] in ("plain", "colon", "bold")):
            return False
        if kind[0] == "heading" and self.way.name.startswith("标题"):
            return int(kind[1]) < int(self.way.name.split()[-1])
        if self.way.style == "" and kind[0] in ("plain", "colon"):
            return kind[0] == "colon" and may_open_section(row, kind, self.rows[start.at], None)
        return may_open_section(row, kind, self.rows[start.at], number)

    def _goes_on_in_list(self, row: Row, kind: Kind, previous: int) -> bool:
        """Tells a step of an answer, with the step before it in the same answer, from the title of a section."""
        if kind[0] != "label":
            return False
        label = row.label(str(kind[1]))
        if label is None or label.number == 1:
            return False
        above = (self.rows[at].label(label.style) for at in range(previous + 1, row.at))
        return any(other and other.number == (label.number or 0) - 1 for other in above)

    def _is_strong(self, at: int) -> bool:
        kind = title_kind(self.rows[at], self.way.style)
        return kind is not None and is_strong(kind)

    @staticmethod
    def _goes_on(row: Row, kind: Kind, numbers: dict[str, int]) -> bool:
        if kind[0] != "label":
            return True
        style = str(kind[1])
        label = row.label(style)
        number = label.number if label and label.number is not None else 0
        if number not in (numbers.get(style, 0) + 1, 1):
            return False
        numbers[style] = number
        return True

    def _drop_doubtful(self, starts: Sequence[Start]) -> None:
        """Leaves out the title of the document, and numbered lines that stand alone in their kind."""
        kinds = Counter(section.kind for section in self.sections.values())
        first = min((row.at for row in self.rows.rows if isinstance(row.block, Line)), default=-1)
        for at, section in list(self.sections.items()):
            alone = kinds[section.kind] == 1
            is_title = at == first and alone and section.kind[0] in ("heading", "bold", "plain", "bracket")
            if is_title and not (section.kind[0] == "plain" and len(starts) < 2):
                self.made.title = section.words
                del self.sections[at]
            elif alone and self._needs_another(section, at > starts[0].at):
                del self.sections[at]
        repeated = Counter(section.words for section in self.sections.values())
        for at, section in list(self.sections.items()):
            if repeated[section.words] > 2 and section.kind[0] in ("plain", "colon", "bold"):
                del self.sections[at]

    @staticmethod
    def _needs_another(section: _Section, later: bool) -> bool:
        """Tells a kind of title that is believed only where the document has two of it."""
        if section.kind[0] == "label":
            return section.kind[1] not in SECTIONS
        return later and section.kind[0] in ("plain", "bold")

    def _section_before(self, begin: int, end: int) -> str:
        """Returns the last title between two rows; empty where there is none."""
        found = [section for at, section in self.sections.items() if begin <= at < end]
        return max(found, key=lambda section: section.at).words if found else ""

    # --- beginnings -----------------------------------------------------------------------------------------------

    def _take_beginning(self, end: int) -> None:
        """Takes the first line for the title of the document; what else stands before the questions is left out."""
        for row in self.rows.rows[:end]:
            if row.at in self.sections:
                continue
            if not self.made.title and row.line is not None and not row.text.endswith(_NO_TITLE):
                self.made.title = row.text
            elif row.text and row.text != self.made.title:
                self.made.left_out.append(row.text)

    # --- one entry ------------------------------------------------------------------------------------------------

    def _entry(self, start: Start, end: int, section: str) -> FoundEntry:
        row = self.rows[start.words_at]
        spans = row.words(after_asked(row.text, start.begin))
        body = self._body(start, end)
        question, body = self._parted(spans, body)
        return FoundEntry(
            question=question,
            answer_html=answer_html(body),
            number=start.number,
            section=section,
            place=self._place(self.rows[start.at]),
        )

    def _place(self, row: Row) -> str:
        return f"第 {row.block.place} {self.rows.counted}"

    def _body(self, start: Start, end: int) -> list[Row]:
        """Returns the rows after the question, without titles of sections and what introduces these."""
        body = []
        in_title = False
        for at in range(start.words_at + 1, end):
            if at in self.sections:
                in_title = True
            elif in_title:
                if self.rows[at].text:
                    self.made.left_out.append(self.rows[at].text)
            else:
                body.append(self.rows[at])
        return body

    def _parted(self, spans: list[Span], body: list[Row]) -> tuple[str, list[Row]]:
        """Returns the words of the question, and the rows of its answer without the mark of an answer."""
        text = "".join(span.text for span in spans)
        inside = answer_inside(text)
        if inside:
            rest = spans_from(spans, inside[1])
            return text[: inside[0]].strip(), [*([_made_row(rest)] if rest else []), *body]
        marked = next((at for at, row in enumerate(body[:4]) if row.marked), None)
        if marked is not None:
            return self._with_marked_answer(text, body, marked)
        if not body and self.inline:
            asked = _asked_part(text)
            if asked:
                return text[:asked].strip(), [_made_row(spans_from(spans, asked))]
        return self._with_rest_of_question(text, body)

    def _with_marked_answer(self, text: str, body: list[Row], marked: int) -> tuple[str, list[Row]]:
        before = body[:marked]
        row = body[marked]
        length = answer_mark(row.text, letters=self.rows.letters)
        answer = [*_without(row, length), *body[marked + 1 :]]
        joined = "".join([text, *(_joint(other) for other in before)])
        goes_on = all(other.line is not None for other in before) and len(joined) <= LONGEST_QUESTION
        if self.way.marked >= 0.3 and goes_on:
            return joined.strip(), answer
        return text.strip(), [*before, *answer]

    @staticmethod
    def _with_rest_of_question(text: str, body: list[Row]) -> tuple[str, list[Row]]:
        """Adds lines of the same paragraph to a question that does not end in its first line."""
        tight = 0
        while tight < len(body) and body[tight].tight:
            tight += 1
        whole = question_likeness(text) == 1 or bool(_ENDS.search(text))
        if whole or not tight or tight == len(body):
            return text.strip(), body
        joined = "".join([text, *(_joint(row) for row in body[:tight])])
        return joined.strip(), body[tight:]


def _joint(row: Row) -> str:
    """Returns the words of a further line of a question; English words keep their space."""
    return f" {row.text}" if row.text[:1].isascii() and row.text[:1].isalnum() else row.text


def _made_row(spans: list[Span]) -> Row:
    text = "".join(span.text for span in spans)
    stripped = len(text) - len(text.lstrip())
    kept = spans_from(spans, stripped)
    return Row(-1, Line(kept, gap=True), text.strip(), labels_of(text.strip()))


def _without(row: Row, length: int) -> list[Row]:
    """Returns a row without the mark of an answer; none where nothing else is in it."""
    rest = row.words(length)
    return [_made_row(rest)] if "".join(span.text for span in rest).strip() else []


def _asked_part(text: str) -> int:
    """Returns where the sentences end that ask, at the beginning of a line that goes on; 0 where none do."""
    end = 0
    while True:
        found = _SENTENCE_OF_QUESTION.match(text, end)
        if not found:
            break
        end = found.end()
    return end if text[end:].strip() else 0


# --- tables -------------------------------------------------------------------------------------------------------


class _TableCut:
    def __init__(self, rows: Rows, way: Way) -> None:
        self.rows = rows
        self.table = way.table or TableWay()
        self.made = Split(left_out=list(rows.left_out))

    def cut(self) -> Split:
        places = self.table.places
        sections = self._titles(places)
        for row in self.rows.rows:
            if row.at in places or row.at in sections or not row.text:
                continue
            if not self.made.title and row.at < min(places):
                self.made.title = row.text
            else:
                self.made.left_out.append(row.text)
        for found in self.table.entries:
            above = [words for at, words in sections.items() if at < found.at]
            self.made.entries.append(self._entry(found, found.section or (above[-1] if above else "")))
        return self.made

    def _titles(self, places: set[int]) -> dict[int, str]:
        """Returns the lines right before tables as titles of sections, where each of several tables has one."""
        found = {}
        for at in sorted(places):
            row = self.rows[at - 1] if at else None
            kind = title_kind(row, "") if row else None
            if row and kind:
                found[row.at] = title_words(row, kind)
        return found if len(places) > 1 and len(found) == len(places) else {}

    def _entry(self, found: TableEntry, section: str) -> FoundEntry:
        lines = [line for cell in found.answer for line in cell]
        rows = [_cell_row(line) for line in lines]
        if rows:
            length = answer_mark(rows[0].text, letters=True)
            rows = [*(_without(rows[0], length) if length else [rows[0]]), *rows[1:]]
        question, number = _question_of(found.question)
        place = f"第 {found.question[0].place} {self.rows.counted}"
        return FoundEntry(
            question=question,
            answer_html=answer_html(rows),
            number=found.number if found.number is not None else number,
            section=section,
            place=place,
        )


def _cell_row(line: Line) -> Row:
    text = f"{line.label}{line.text}"
    return Row(-1, line, text, labels_of(text), tight=line.soft)


def _question_of(cell: Cell) -> tuple[str, int | None]:
    """Returns the words of a question in a cell without its number, and the number."""
    text = "".join(f"{line.label}{line.text}" for line in cell).strip()
    labels = [label for label in labels_of(text) if label.style != "1" and label.end < len(text)]
    label = max(labels, key=lambda one: one.end, default=None)
    return (text[label.end :].strip(), label.number) if label else (text, None)

"""Tables that are the FAQ themselves: a column of questions and one of answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..lines import Cell, Table
from .numbers import number_in
from .rows import Rows, question_likeness

_QUESTION = re.compile(
    r"(?:常见|具体|咨询)?(?:问题|提问|疑问|问|Q|疑难问题|问题描述|问题现象|现象|咨询内容)(?:描述|内容)?"
)
_ANSWER = re.compile(
    r"答案|答复|解答|回复|回答|答|A|答疑|(?:问题)?(?:解决|处理|应对)(?:方法|办法|方案|措施|方式)?|"
    r"处理(?:意见|建议|流程)|操作(?:方法|步骤|说明)?|说明|答复(?:内容|口径|意见)|解释|(?:参考|标准)?(?:答案|答复)"
)
_NUMBER = re.compile(r"序号|编号|号|No\.?|#", re.IGNORECASE)
_SECTION = re.compile(r"(?:问题)?(?:分类|类别|类型|模块|板块|栏目|分类名称|所属(?:模块|类别))")
_SPACES = re.compile(r"\s+")

BY_TABLE = "表格"


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One row of such a table."""

    at: int
    question: Cell
    answer: list[Cell]
    number: int | None = None
    section: str = ""


@dataclass(slots=True)
class TableWay:
    entries: list[TableEntry] = field(default_factory=list)
    #: Rows of the document that are such tables.
    places: set[int] = field(default_factory=set)

    @property
    def size(self) -> int:
        return len(self.entries)


def table_ways(rows: Rows) -> Iterator[tuple[str, TableWay]]:
    """Yields the way that takes a question from each row of the tables, where there are such tables."""
    way = TableWay()
    columns: _Columns | None = None
    for row in rows.rows:
        if not isinstance(row.block, Table):
            continue
        found = _columns(row.block)
        if found is None and columns and columns.width == _width(row.block):
            found = _Columns(columns.question, columns.answers, columns.number, columns.section, columns.width, 0)
        if found:
            columns = found
            way.places.add(row.at)
            _take(way, _entries(row.block, found, row.at))
    if len(way.entries) > 1:
        yield BY_TABLE, way


def _take(way: TableWay, entries: Iterable[TableEntry]) -> None:
    """Adds entries; a row without a question goes on in the answer above, whose question was merged over both."""
    for entry in entries:
        if cell_text(entry.question):
            way.entries.append(entry)
        elif way.entries:
            way.entries[-1].answer.extend(entry.answer)


@dataclass(frozen=True, slots=True)
class _Columns:
    question: int
    answers: list[int]
    number: int | None
    section: int | None
    width: int
    #: Rows of headers.
    heads: int = 1


def _width(table: Table) -> int:
    return len(table.rows[0]) if table.rows else 0


def cell_text(cell: Cell) -> str:
    return "".join(f"{line.label}{line.text}" for line in cell).strip()


def _columns(table: Table) -> _Columns | None:
    """Returns the columns that the headers name, or that a table without headers shows; None for other tables."""
    for at, row in enumerate(table.rows[:3]):
        heads = [_SPACES.sub("", cell_text(cell)) for cell in row]
        asked = _first(heads, _QUESTION)
        answered = [column for column, head in enumerate(heads) if _ANSWER.fullmatch(head) and column != asked]
        if asked is not None and answered:
            number, section = _first(heads, _NUMBER), _first(heads, _SECTION)
            return _Columns(asked, answered, number, section, len(heads), at + 1)
    return _unnamed_columns(table)


def _first(heads: Sequence[str], expression: re.Pattern[str]) -> int | None:
    return next((at for at, head in enumerate(heads) if expression.fullmatch(head)), None)


def _unnamed_columns(table: Table) -> _Columns | None:
    """Returns the columns of a table of two, or three with numbers, whose first words mostly ask."""
    width = _width(table)
    numbered = width == 3 and all(cell_text(row[0]).isdigit() for row in table.rows[1:] if row[0])
    if width not in (2, 3) or (width == 3 and not numbered) or len(table.rows) < 2:
        return None
    question = 1 if numbered else 0
    likeness = [question_likeness(cell_text(row[question])) for row in table.rows]
    if sum(likeness) < 0.6 * len(likeness):
        return None
    return _Columns(question, [question + 1], 0 if numbered else None, None, width, 0)


def _entries(table: Table, columns: _Columns, at: int) -> Iterator[TableEntry]:
    section = ""
    for row in table.rows[columns.heads :]:
        if columns.section is not None:
            section = cell_text(row[columns.section]) or section
        elif _is_band(row):
            section = cell_text(row[0])
            continue
        question = row[columns.question]
        if _QUESTION.fullmatch(_SPACES.sub("", cell_text(question))):
            continue  # the headers once more, as on each printed page
        number = number_in(cell_text(row[columns.number])) if columns.number is not None else None
        answers = [row[column] for column in columns.answers if row[column]]
        yield TableEntry(at, question, answers, number, section)


def _is_band(row: Sequence[Cell]) -> bool:
    """Tells a row whose first cell alone holds words: the title of the rows below it."""
    words = cell_text(row[0])
    alone = len(row) > 1 and words and not any(row[1:])
    return bool(alone and len(words) <= 30 and question_likeness(words) < 0.6)

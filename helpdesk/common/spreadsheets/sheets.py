"""The kinds of sheets that are read: their columns, and what each column may hold.

This module knows no Django and no openpyxl, since the child process that reads spreadsheets uses it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

#: Rows that may be imported at once; the drop-down lists of the templates reach as far.
MOST_ROWS = 5000
#: The sheet of a template that explains the other one.
GUIDE = "说明"
#: Characters of one cell, unless its column says otherwise; no field of a teacher's record takes more than 300.
LONGEST_TEXT = 400


class Holds(Enum):
    """Kinds of content that the cells of a column may hold, as the template calls them."""

    CODE = "编号"  # digits may begin with 0, so a number is refused
    NAME = "名称"
    TEXT = "文字"
    LINES = "多行文字"  # taken as it is written, line breaks and all
    DATE = "日期"
    AMOUNT = "数字"
    CHOICE = "选项"
    YES_NO = "是或否"


YES, NO = "是", "否"
#: Words that schools write for yes and no.
YES_NO_WORDS = {word: True for word in (YES, "有", "√", "✓", "✔", "对")} | {
    word: False for word in (NO, "无", "没有", "不", "×", "✗", "✘")
}


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a sheet: its header, the field it fills, and what the template says of it."""

    header: str
    field: str
    holds: Holds
    example: str
    explanation: str
    required: bool = False
    #: Words that may be chosen, with their meaning; the first of several words for one meaning is the usual one.
    words: Mapping[str, str] | None = None
    #: Other headers that schools use for the same column.
    also: tuple[str, ...] = ()
    #: Characters that a cell may have.
    longest: int = LONGEST_TEXT

    @property
    def choices(self) -> list[str]:
        """One word for each meaning, as the template offers them."""
        if self.holds is Holds.YES_NO:
            return [YES, NO]
        usual: dict[str, str] = {}
        for word, meaning in (self.words or {}).items():
            usual.setdefault(meaning, word)
        return list(usual.values())


@dataclass(frozen=True, eq=False)
class Sheet:
    """One kind of spreadsheet: its title, its columns in order, and hints for the guide of the template."""

    title: str
    columns: tuple[Column, ...]
    hints: tuple[str, ...]
    #: True where rows such as 合计 or 填表人 may stand below the data, which are then left out with a note.
    has_footers: bool = True

    @property
    def named(self) -> str:
        """The first headers, as a refusal names them: “教师编号”“姓名”."""
        return "".join(f"“{column.header}”" for column in self.columns[:2])

    def column(self, field: str) -> Column:
        return next(column for column in self.columns if column.field == field)

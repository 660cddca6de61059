"""What each kind of spreadsheet looks like: its columns, the template to download, and safe writing.

Knows no Django: the reader's child process uses it too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ..rules import wording
from ..rules.types import Activity, DegreeLevel, Level, Position

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT_FORMAT, DATE_FORMAT = "@", "yyyy-mm-dd"

# --- writing text so that no program ever computes it ---------------------------------------------------------

#: Excel, WPS and LibreOffice may take text that begins so for a formula, full-width signs too.
_ACTIVE = "=+\\-@\t\r\n＝＋－＠"
#: Text that quoting touches: active itself, or a quote (or several) before what would be active.
_TO_QUOTE = re.compile(f"'*[{_ACTIVE}]")
_QUOTED = re.compile(f"'+[{_ACTIVE}]")


def safe_cell(text: str) -> str:
    """`text` as it may stand in a cell or a CSV field: with a ' before whatever might be taken for a formula."""
    return f"'{text}" if _TO_QUOTE.match(text) else text


def without_quote(text: str) -> str:
    """The text that `safe_cell` was given."""
    return text[1:] if _QUOTED.match(text) else text


def write_xlsx(
    headers: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "名单", above: Sequence[str] = ()
) -> bytes:
    """A workbook of one sheet. Text goes through `safe_cell` here (do not call it before) and stays text.

    Numbers, Decimals, dates and None are written as what they are. `above` are lines before the headers.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = f"A{len(above) + 2}"
    for at, header in enumerate(headers, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = max(12, 2 * len(header) + 4)
    for line in above:
        sheet.append([_text_cell(sheet, line)])
    heads = [_text_cell(sheet, header) for header in headers]
    for cell in heads:
        cell.font = Font(bold=True)
    sheet.append(heads)
    for row in rows:
        sheet.append([_text_cell(sheet, value) if isinstance(value, str) else value for value in row])
    return _saved(book)


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=safe_cell(ILLEGAL_CHARACTERS_RE.sub("", text)))
    cell.data_type = "s"  # openpyxl would make a formula of =1 and an error value of #N/A
    cell.number_format = TEXT_FORMAT
    return cell


def _saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


# --- the four kinds ---------------------------------------------------------------------------------------------


class Holds(Enum):
    """What the cells of a column hold."""

    CODE = "编号"  # digits may begin with 0, so a number is refused
    NAME = "名称"
    TEXT = "文字"
    DATE = "日期"
    AMOUNT = "数字"
    CHOICE = "选项"
    YES_NO = "是或否"


YES, NO = "是", "否"
#: What schools write for yes and no.
YES_NO_WORDS = {word: True for word in (YES, "有", "√", "对")} | {word: False for word in (NO, "无", "没有", "不", "×")}


@dataclass(frozen=True, eq=False)
class Column:
    header: str
    field: str
    holds: Holds
    example: str
    explanation: str
    required: bool = False
    #: Words that may be chosen, and what each means; the first of several for one meaning is the usual one.
    words: Mapping[str, str] | None = None
    #: Other headers that schools use for the same.
    also: tuple[str, ...] = ()

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
    title: str
    columns: tuple[Column, ...]
    hints: tuple[str, ...]

    def column(self, field: str) -> Column:
        return next(one for one in self.columns if one.field == field)


def _words(usual: Mapping[Any, str], **short: str) -> dict[str, str]:
    return {label: word.value for word, label in usual.items()} | short


POSITION_WORDS = _words(wording.POSITION) | {
    "任教": Position.TEACHING.value,
    "持证在岗": Position.ADMINISTRATION.value,
    "借调": Position.SECONDED.value,
}
ACTIVITY_WORDS = _words(wording.ACTIVITY) | {
    "教师工作坊": Activity.WORKSHOP.value,
    "名师工作室": Activity.WORKSHOP.value,
    "工作坊": Activity.WORKSHOP.value,
    "工作室": Activity.WORKSHOP.value,
    "其他": Activity.OTHER.value,
    "其他研修": Activity.OTHER.value,
    "教研": Activity.SCHOOL_RESEARCH.value,
    "观课": Activity.LESSON_OBSERVATION.value,
    "听评课": Activity.LESSON_OBSERVATION.value,
    "开课": Activity.OPEN_CLASS.value,
    "专题讲座": Activity.LECTURE.value,
}
LEVEL_WORDS = _words(wording.LEVEL) | {
    "县级": Level.COUNTY.value,
    "市级": Level.COUNTY.value,
    "省级": Level.COUNTY.value,
    "校内": Level.SCHOOL.value,
}
DEGREE_WORDS = _words(wording.DEGREE) | {
    "大专": DegreeLevel.ASSOCIATE.value,
    "硕士研究生": DegreeLevel.MASTER.value,
    "博士研究生": DegreeLevel.DOCTOR.value,
}

_NUMBER = Column(
    "教师编号",
    "staff_number",
    Holds.CODE,
    "0100001",
    "学校或主管部门编的号，不是身份证号。这一列是文本，前面的 0 会保留。",
    required=True,
    also=("工号", "教师工号"),
)
_NAME_TO_CHECK = Column("姓名", "name", Holds.NAME, "张三", "可以不填；填了就要和编号对得上。", also=("教师姓名",))
_DAY_FORMS = "写成 2019-07-10、2019/7/10 或 2019年7月10日。"

SHEETS: dict[str, Sheet] = {
    "teachers": Sheet(
        "教师",
        (
            _NUMBER,
            Column("姓名", "name", Holds.NAME, "张三", "", required=True, also=("教师姓名",)),
            Column(
                "学校",
                "school",
                Holds.NAME,
                "桃源一小",
                "写学校全称。您只管理一所学校时可以不填。",
                also=("学校名称", "所在学校", "单位"),
            ),
            Column(
                "岗位",
                "position",
                Holds.CHOICE,
                wording.POSITION[Position.TEACHING],
                "不填就是在校任教。",
                words=POSITION_WORDS,
            ),
            Column(
                "正式任教日期",
                "formally_employed_on",
                Holds.DATE,
                "2010-09-01",
                f"不知道就留空。{_DAY_FORMS}",
                also=("任教日期",),
            ),
            Column("现在任教学科", "subject", Holds.TEXT, "语文", "按现在教的填。", also=("任教学科", "学科")),
            Column("现在任教学段", "stage", Holds.TEXT, "小学", "按现在教的填。", also=("任教学段", "学段")),
        ),
        (
            "系统里已经有这个编号的教师：填了的格子会更新，空着的格子保持原样。",
            "换学校不在这里办：请在教师页面办理调动。",
        ),
    ),
    "results": Sheet(
        "培训成绩",
        (
            Column(
                "项目编号",
                "project",
                Holds.CODE,
                "XM-2019-01",
                "培训项目页面上的编号，项目要已经发布。",
                required=True,
            ),
            _NUMBER,
            _NAME_TO_CHECK,
            Column("学时", "hours", Holds.AMOUNT, "40", "大于 0，最多两位小数。", required=True),
        ),
        ("导入的成绩是“已登记，待审核”，审核以后才计学分。", "已经审核的成绩不能在这里改：请先取消审核。"),
    ),
    "activities": Sheet(
        "自主培训活动",
        (
            _NUMBER,
            _NAME_TO_CHECK,
            Column(
                "活动", "activity", Holds.CHOICE, wording.ACTIVITY[Activity.OPEN_CLASS], "", True, words=ACTIVITY_WORDS
            ),
            Column(
                "级别",
                "level",
                Holds.CHOICE,
                wording.LEVEL[Level.SCHOOL],
                "公开课和讲座要填，其他活动不填。",
                words=LEVEL_WORDS,
            ),
            Column(
                "数量",
                "amount",
                Holds.AMOUNT,
                "2",
                "校本培训、校本教研、工作坊填学分，其他校本研修填学时，听课、公开课填节数，讲座填次数。",
                required=True,
                also=("学分、学时或节数",),
            ),
            Column("日期", "completed_on", Holds.DATE, "2019-10-12", _DAY_FORMS, required=True),
            Column(
                "列入方案",
                "in_plan",
                Holds.YES_NO,
                "是",
                "是否列入学校当学年的校本研修方案。填“是”时，学校要先建好那个学年的方案。",
                required=True,
            ),
            Column(
                "有过程记录",
                "has_record",
                Holds.YES_NO,
                "是",
                "工作坊看考核结论。",
                required=True,
                also=("过程记录", "有过程性记录", "过程性记录"),
            ),
            Column("证明材料", "evidence", Holds.TEXT, "听课本第 3 册", "记录放在哪里，可以不填。"),
        ),
        ("同一位教师、同一种活动、同一级别、同一天、同样的证明材料，算同一条活动。",),
    ),
    "degrees": Sheet(
        "学历",
        (
            _NUMBER,
            _NAME_TO_CHECK,
            Column("学历", "level", Holds.CHOICE, wording.DEGREE[DegreeLevel.MASTER], "", True, words=DEGREE_WORDS),
            Column("取得日期", "awarded_on", Holds.DATE, "2020-06-30", f"毕业证上的日期。{_DAY_FORMS}", required=True),
            Column("学校和专业", "title", Holds.TEXT, "某某师范大学 学科教学（语文）", "可以不填。"),
        ),
        ("导入的学历是“已登记，待认定”，学分由审核员认定。", "已经认定的学历不能在这里改：请审核员先退回。"),
    ),
}

# --- templates --------------------------------------------------------------------------------------------------

#: As many rows as may be imported at once; the drop-down lists reach so far.
MOST_ROWS = 5000
GUIDE = "说明"


def template(kind: str) -> bytes:
    """The workbook to fill in: headers, column formats and drop-down lists; a second sheet explains."""
    sheet = SHEETS[kind]
    book = Workbook()
    page: Any = book.active
    page.title = sheet.title
    for at, column in enumerate(sheet.columns, start=1):
        letter = get_column_letter(at)
        head = page.cell(row=1, column=at, value=column.header + ("*" if column.required else ""))
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="E4F0EC" if column.required else "F5F7F6")
        head.number_format = TEXT_FORMAT
        dimension = page.column_dimensions[letter]
        dimension.width = max(14, 2 * len(column.header) + 6, len(column.example) + 4)
        dimension.number_format = _format(column)
        if column.choices:
            page.add_data_validation(_list_of(column, f"{letter}2:{letter}{MOST_ROWS + 1}"))
    page.freeze_panes = "A2"
    _explain(book.create_sheet(GUIDE), sheet)
    return _saved(book)


def _format(column: Column) -> str:
    if column.holds is Holds.DATE:
        return DATE_FORMAT
    return "General" if column.holds is Holds.AMOUNT else TEXT_FORMAT


def _list_of(column: Column, cells: str) -> DataValidation:
    listed = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=not column.required)
    # Short forms are understood too, so the program asks instead of refusing.
    listed.errorStyle, listed.showErrorMessage = "warning", True
    listed.errorTitle, listed.error = column.header, "请从列表里选一项。"
    listed.add(cells)
    return listed


def _explain(page: Any, sheet: Sheet) -> None:
    general = (
        f"第一张表“{sheet.title}”填数据，一行一条，从第 2 行开始，最多 {MOST_ROWS} 行；带 * 的列必填。",
        "请保存成 Excel 表格（.xlsx）。公式要先算出结果；不要合并单元格；可以加自己的列，系统不会用到。",
        "上传以后先看预览，有问题会写明在第几行、哪一列；您确认以前什么都不会保存。",
        *sheet.hints,
    )
    for line in general:
        page.append([line])
    page.append([])
    page.append(["列", "必填", "填什么", "例子", "怎么填"])
    for cell in page[page.max_row]:
        cell.font = Font(bold=True)
    for column in sheet.columns:
        what = f"从这些里选：{'、'.join(column.choices)}" if column.choices else column.holds.value
        page.append([column.header, "是" if column.required else "", what, column.example, column.explanation])
    for row in page.iter_rows(min_row=len(general) + 2):
        for cell in row:
            cell.number_format = TEXT_FORMAT
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDE", (16, 8, 44, 30, 60), strict=True):
        page.column_dimensions[letter].width = width

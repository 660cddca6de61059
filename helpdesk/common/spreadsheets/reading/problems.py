"""The problems that a file can have, in Chinese, and the bounds within which it is read."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..sheets import MOST_ROWS

MOST_BYTES = 5 * 1024 * 1024
MOST_COLUMNS = 40
#: Bytes that a workbook may unpack to. Real sheets of 5,000 rows and 40 columns stay below 20 MB and shrink twentyfold.
MOST_UNPACKED = 32 * 1024 * 1024
MOST_PARTS = 1000
MOST_RATIO = 200
RATIO_MATTERS = 4 * 1024 * 1024
#: Cells and rows of all sheets, formatted empty ones too.
MOST_CELLS = 400_000
MOST_ROW_ELEMENTS = 100_000
MOST_DEPTH = 60
#: The last row that a sheet can have.
LAST_ROW = 1_048_576
#: The last row that is read. Blank rows take memory too; real sheets have some among the data, not tens of thousands.
LAST_ROW_READ = 20_000
#: Cells up to the last one of a sheet.
MOST_AREA = 2_000_000
#: Characters of a cell that a problem quotes.
LONGEST_QUOTE = 40
MOST_PROBLEMS = 500
#: Rows, empty ones not counted, in which the header is looked for: schools put titles and dates above it.
HEADER_WITHIN = 10

ADVICE = "请用 Excel 或 WPS 打开它，另存为 .xlsx，再上传。"
SENTENCES = {
    "empty_file": "文件是空的，请重新选择。",
    "too_large": f"文件超过 {MOST_BYTES // 1024 // 1024} MB。请只留要导入的数据，或者分成几个文件。",
    "encrypted": "这个文件加了密码，系统打不开。请去掉密码，另存为 .xlsx，再上传。",
    "not_a_table": f"这不是表格文件（只改文件名不行）。如果它本来是表格，{ADVICE}",
    "numbers_file": "这是苹果电脑 Numbers 的文件。请在 Numbers 里点“文件”→“导出为”→“Excel”，再上传导出的 .xlsx 文件。",
    "word_file": "这是 Word 或 WPS 文字的文档。请把里面的表格复制到下载的模板里，再上传。",
    "picture": "这是图片或 PDF，里面的字读不出来。请把数据填进下载的模板，再上传。",
    "web_page": f"这个文件其实是网页，只是名字像表格（有的系统这样导出）。{ADVICE}",
    "compressed": "这是压缩包。请先解压，再上传里面的表格。",
    "binary_format": f"这是 .xlsb 文件，系统读不了。{ADVICE}",
    "old_damaged": f"这个文件像旧版表格（.xls，或 WPS 的 .et），但没有读出来。{ADVICE}",
    "unknown_letters": f"文件里的文字认不出来。{ADVICE}",
    "open_quote": "从这一行起引号不成对，后面的内容分不清。请补上或删掉多出来的引号，或者另存为 .xlsx。",
    "damaged": "文件打不开，可能没有传完整，或者已经损坏。请用 Excel 或 WPS 打开，另存为 .xlsx，再上传。",
    "macros": "这个文件带有宏，为了安全不接收。请另存为不带宏的 .xlsx，再上传。",
    "busy": "现在上传的人多，请过半分钟再传一次。",
    "too_much": "这个文件太大或太复杂，系统没有读完。请把数据复制到新下载的模板里，再上传。",
    "doctype": "这个文件里有表格不该有的内容，为了安全不接收。请把数据复制到新下载的模板里，再上传。",
    "too_many_cells": "表格里的格子太多（看起来空白、但设置过格式的也算）。请把数据复制到新下载的模板里，再上传。",
    "too_many_columns": f"最多 {MOST_COLUMNS} 列，“{{where}}”这一格里还有内容。误填的请删掉，不用的列也请删掉。",
    "far_row": "“{where}”这一格里有内容，离上面的数据很远。误填的请删掉这一行；要导入的请移到数据下面。",
    "too_many_rows": f"一次最多导入 {MOST_ROWS} 行，请分成几个文件。",
    "no_rows": "表里没有数据。请从标题行的下一行开始填写。",
    "no_header": "没有找到标题行（{where}这样的一行）。请用下载的模板，不要改动标题。",
    "missing_header": "缺少这一列，请补上（可以对照下载的模板）。",
    "doubled_header": "这一列出现了两次（{where}），请只留一列。",
    "other_kind": "这像是{where}。",
    "sheet_read": "文件里有几张表，读入的是“{where}”。",
    "sheet_not_read": "“{where}”这张表也有标题行，但没有读入。要导入它，请另存成一个文件，再上传一次。",
    "sheet_hidden": "“{where}”这张表是隐藏的，没有读入。",
    "sheet_unread": "“{where}”这张表没有标题行，没有读入。",
    "unused_column": "这一列没有用到（{where}）。",
    "untitled_column": "{where}没有标题，没有读入。",
    "heading": "这一行是合并的单元格，当作小标题，没有读入。",
    "footer": "这一行像是合计或落款，不是数据，没有读入。",
    "hint": "这一行像是填写说明，不是数据，没有读入。",
    "hidden_rows": "第 {where} 行在表格里是隐藏的（比如筛选时没有显示），也读入了。不要导入的，请删掉以后再上传。",
    "lonely_cell": "这一行只有“{where}”这一格有内容。误填的请删掉；要导入的，请把这一行填完整。",
    "merged_across": "这一格和左右几格合并了。请取消合并，每一格都填写。",
    "merged_down": "这一格和上下几行合并了。请取消合并，每一行都填写。",
    "uncalculated": "这一格的公式还没有算出结果。请用 Excel 或 WPS 打开并保存一次，或者改成填好的内容。",
    "error_value": "这一格是错误值 {where}，请改正。",
    "number_as_code": "这一格是数字，前面的 0 可能已经丢了。请把这一列的格式设成“文本”再填（下载的模板已经设好）。",
    "rounded_code": "这一格变成了科学记数，后面的数字已经丢了。请把这一列的格式设成“文本”，再填一次。",
    "number_as_name": "这一格是数字，这里要填文字。",
    "date_as_text": "这一格被当成了日期或时间，这里要填文字。请把这一列的格式设成“文本”再填。",
    "date_as_amount": "这一格是日期或时间，这里要填数字。请把这一格的格式设成“常规”再填。",
    "not_a_date": "这一格不是日期。请按“年-月-日”填写，如 2019-07-10。",
    "truth_as_text": "这一格是 TRUE 或 FALSE，这里要填文字。",
    "long_text": "文字太长，最多 {where} 个字。",
}


@dataclass(frozen=True)
class Problem:
    """One thing that was found in a file: its code, its row, the header of its column, a detail, the cell's content."""

    code: str
    row: int | None = None
    column: str = ""
    where: str = ""
    cell: str = ""

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code].format(where=self.where)

    @property
    def is_other_kind(self) -> bool:
        return self.code == "other_kind"


@dataclass
class Reading:
    """The content of a file: rows as (row number, {field: text}), what is wrong, and what should only be looked at."""

    rows: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


class Refused(Exception):
    """The file cannot be taken at all, or the reading ends here."""

    def __init__(self, code: str, row: int | None = None, column: str = "", where: str = "", cell: str = "") -> None:
        super().__init__(code)
        self.problem = Problem(code, row, column, where, cell)

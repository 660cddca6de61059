"""The columns of a spreadsheet of entries, and how a long answer is parted among cells.

This module knows no Django, since the child process that reads spreadsheets uses it too.
"""

from __future__ import annotations

from helpdesk.common.spreadsheets.sheets import Column, Holds, Sheet

#: Characters of one cell. A spreadsheet takes 32,767 units of UTF-16, of which a character may need two.
MOST_IN_CELL = 16_000
#: Characters that a cell is read with: as many as a spreadsheet program puts into it.
MOST_READ = 32_767
#: Columns that an answer may need: it has at most 50,000 characters.
ANSWERS = ("answer", "answer_2", "answer_3", "answer_4")

_ANSWER_HINT = "直接写文字，编号的步骤一行一步，空一行就是新的一段；导出的文件里是 HTML，照原样留着就行。"


def _more_of_the_answer(at: int) -> Column:
    return Column(f"答案（续{at}）", ANSWERS[at], Holds.LINES, "", "答案太长时接着写。", longest=MOST_READ)


ENTRIES = Sheet(
    "问答",
    (
        Column("编号", "ref", Holds.CODE, "credits-05", "已有的问答照原样留着；新的问答留空，系统会自动编。"),
        Column(
            "问题",
            "question",
            Holds.LINES,
            "学历提升能冲抵学分吗？",
            "",
            required=True,
            also=("提问", "常见问题"),
            longest=600,
        ),
        Column("短标题", "short_question", Holds.LINES, "", "问题很长时写一个短的。"),
        Column(
            "答案",
            "answer",
            Holds.LINES,
            "可以。",
            _ANSWER_HINT,
            required=True,
            also=("回答", "答复", "解答"),
            longest=MOST_READ,
        ),
        Column("提示", "notice", Holds.LINES, "", "显示在答案上方的一句提醒。", also=("提醒",)),
        Column("分类", "category", Holds.TEXT, "登录问题", "写分类的名称。", also=("类别",)),
        Column("来源文档", "document", Holds.TEXT, "", "写文档的标题；不是来自资料的留空。"),
        Column("序号", "number", Holds.AMOUNT, "5", "在来源文档里的序号。", also=("文档中的序号",)),
        Column(
            "相似问法",
            "phrasings",
            Holds.LINES,
            "",
            "一行一种问法（在格子里按 Alt+Enter 换行）。",
            also=("相似问题",),
            longest=MOST_READ,
        ),
        Column("适用年份从", "valid_from", Holds.AMOUNT, "2016", "只适用于某几年时填写。", also=("适用年份",)),
        Column("适用年份到", "valid_to", Holds.AMOUNT, "2020", "不再适用以前的最后一年。"),
        Column("核对日期", "checked_on", Holds.DATE, "2026-09-01", "最近一次对照文件核对的日期。"),
        Column("状态", "status", Holds.TEXT, "已发布", "写“已发布”或“草稿”。"),
        *(_more_of_the_answer(at) for at in range(1, len(ANSWERS))),
    ),
    (),
    has_footers=False,
)
SHEETS = {"entries": ENTRIES}


def parted(answer: str) -> list[str]:
    """Returns the answer in as many parts as it needs cells."""
    return [answer[at : at + MOST_IN_CELL] for at in range(0, len(answer), MOST_IN_CELL)] or [""]

"""`manage.py upgrade_check FILE`: does a teacher pass the 2021 project, or each of a list of them."""

from __future__ import annotations

from typing import Any

from credits.management.answering import AnsweringCommand
from credits.statements.public import check_json


class Command(AnsweringCommand):
    help = "按 JSON 核对 2021 年提升工程是否通过考核；列表给出结果列表，有误的一份在原处给出错误并以 1 退出。"
    argument = ("FILE", "JSON 文件")
    invalid = "内容有误，请按提示修改。"

    def answer(self, data: Any) -> dict[str, Any]:
        return check_json(data)

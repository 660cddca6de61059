"""`manage.py upgrade_points FILE`: the answer to a year's deeds, or to each of a list of them."""

from __future__ import annotations

from typing import Any

from credits.management.answering import AnsweringCommand
from credits.statements.public import points_json


class Command(AnsweringCommand):
    help = "按 JSON 计算之江汇经验值；列表给出结果列表，有误的一份在原处给出错误并以 1 退出。"
    argument = ("FILE", "JSON 文件")
    invalid = "内容有误，请按提示修改。"

    def answer(self, data: Any) -> dict[str, Any]:
        return points_json(data)

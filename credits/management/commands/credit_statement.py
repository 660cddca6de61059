"""`manage.py credit_statement LEDGER.json`: the statement on a ledger, or on each of a list of them."""

from __future__ import annotations

from typing import Any

from credits.management.answering import AnsweringCommand
from credits.statements.from_json import from_json
from credits.statements.public import statement_json


class Command(AnsweringCommand):
    help = "按 JSON 台账打印学分核对结果；台账列表给出结果列表，有误的一份在原处给出错误并以 1 退出。"
    argument = ("LEDGER.json", "台账文件")
    invalid = "台账有误，请按提示修改。"

    def answer(self, data: Any) -> dict[str, Any]:
        return statement_json(from_json(data))

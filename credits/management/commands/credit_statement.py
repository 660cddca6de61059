"""`manage.py credit_statement LEDGER.json`: the statement on a ledger, or on each of a list of them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from credits.ledger import JsonSyntaxError, from_json, parse_json
from credits.statement import statement_json


class Command(BaseCommand):
    help = "按 JSON 台账打印学分核对结果；台账列表给出结果列表，有误的一份在原处给出错误并以 1 退出。"
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("ledger", metavar="LEDGER.json", help="台账文件；- 表示从标准输入读")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = sys.stdin.buffer.read() if options["ledger"] == "-" else Path(options["ledger"]).read_bytes()
        except OSError as error:
            raise CommandError(f"读不到文件 {options['ledger']}：{error.strerror}") from error
        try:
            data = parse_json(text)
        except JsonSyntaxError as error:
            self._print({"error": {"code": "bad_request", "message": str(error), "fields": {}}})
            sys.exit(1)
        answers = [self._answer(ledger) for ledger in data] if isinstance(data, list) else self._answer(data)
        self._print(answers)
        if any("error" in answer for answer in (answers if isinstance(answers, list) else [answers])):
            sys.exit(1)

    def _answer(self, data: Any) -> dict[str, Any]:
        try:
            return statement_json(from_json(data))
        except ValidationError as error:
            fields = {path: messages[0] for path, messages in error.message_dict.items()}
            return {"error": {"code": "bad_request", "message": "台账有误，请按提示修改。", "fields": fields}}

    def _print(self, answer: Any) -> None:
        text = json.dumps(answer, ensure_ascii=False, indent=1)
        # An id may hold a lone surrogate, which no UTF-8 output takes: escape only then.
        self.stdout.write(text if _encodable(text) else json.dumps(answer, indent=1))


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

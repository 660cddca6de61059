"""A command that answers JSON as the public address for it does: one input, or each of a list of them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from helpdesk.common.json_text import JsonSyntaxError, parse_json


class AnsweringCommand(BaseCommand):
    """Prints the answer to a file; an invalid input gives its error object in its place and exit code 1."""

    requires_system_checks = []
    #: The name of the file in the usage, and its description.
    argument: ClassVar[tuple[str, str]]
    #: The sentence over the wrong fields of an input.
    invalid: ClassVar[str]

    def answer(self, data: Any) -> dict[str, Any]:
        """Returns the answer to one input. Raises ValidationError, {path: [sentence]}, for an invalid one."""
        raise NotImplementedError

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        name, description = self.argument
        parser.add_argument("file", metavar=name, help=f"{description}；- 表示从标准输入读")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            data = parse_json(_read(options["file"]))
        except JsonSyntaxError as error:
            self._print({"error": {"code": "bad_request", "message": str(error), "fields": {}}})
            sys.exit(1)
        inputs = data if isinstance(data, list) else [data]
        answers = [self._answer_or_error(one) for one in inputs]
        self._print(answers if isinstance(data, list) else answers[0])
        if any("error" in answer for answer in answers):
            sys.exit(1)

    def _answer_or_error(self, data: Any) -> dict[str, Any]:
        try:
            return self.answer(data)
        except ValidationError as error:
            fields = {path: messages[0] for path, messages in error.message_dict.items()}
            return {"error": {"code": "bad_request", "message": self.invalid, "fields": fields}}

    def _print(self, answer: Any) -> None:
        text = json.dumps(answer, ensure_ascii=False, indent=1)
        # Input may hold a lone surrogate, which no UTF-8 output takes: escape only then.
        self.stdout.write(text if _encodable(text) else json.dumps(answer, indent=1))


def _read(name: str) -> bytes:
    """Returns the content of a file, or of standard input for `-`. Raises CommandError where it cannot be read."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"读不到文件 {name}：{error.strerror}") from error


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

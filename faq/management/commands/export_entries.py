"""`manage.py export_entries [--format xlsx/pdf/json] FILE`: the questions and answers as a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from faq.editing.booklet.pdf import NoPdf
from faq.editing.exporting import Format, exported


class Command(BaseCommand):
    help = "把问答导出成文件：xlsx（表格，改完可以再导入）、json（全部内容，可以用 loaddata 装回）、pdf（手册）。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="写到哪个文件；已有的会被换掉")
        parser.add_argument("--format", choices=[str(form) for form in Format], help="不写就看文件名的后缀")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file. Raises CommandError where its format is not said, or it cannot be made or written."""
        file: Path = options["file"]
        form = _format(file, options["format"])
        try:
            content, entries = exported(form)
        except NoPdf as error:
            raise CommandError(error.sentence) from error
        try:
            file.write_bytes(content)
        except OSError as error:
            raise CommandError(f"写不了 {file}：{error.strerror}") from error
        self.stdout.write(f"已导出 {entries} 条问答到 {file}")


def _format(file: Path, said: str | None) -> Format:
    ending = said or file.suffix.lower().removeprefix(".")
    try:
        return Format(ending)
    except ValueError as error:
        raise CommandError("请用 --format 写明格式（xlsx、json 或 pdf），或者让文件名以它结尾。") from error

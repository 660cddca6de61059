"""Reads entries from an FAQ document and shows what importing it would do; saves only with --confirm."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from faq import html
from faq.editing.matching import Plan, Planned, document_of, plan
from faq.editing.reading_files import FileReading, Unreadable, read_file


class Command(BaseCommand):
    help = "读入一份问答文档（.docx、.txt），打印将要导入的内容；加 --confirm 才保存。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="文档")
        parser.add_argument("--document", default="", help="来源文档的代号；不写就按标题找")
        parser.add_argument("--category", default="", help="新问答的分类（网址名）；不写就按文档里的小标题")
        parser.add_argument("--numbering", default="", help="问题的编号样式，如 1、；不写就用最合适的")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            reading = read_file(path.name, path.read_bytes(), options["numbering"])
        except OSError:
            self._refuse(f"打不开文件“{path}”，请检查路径。")
        except Unreadable as error:
            self._refuse(str(error))
        planned = plan(reading.entries, document_of(options["document"], reading.title))
        self.stdout.write(json.dumps(shown(reading, planned), ensure_ascii=False, indent=1))

    def _refuse(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(1)


def shown(reading: FileReading, planned: Plan) -> dict[str, Any]:
    """Returns the preview as JSON shows it."""
    return {
        "numbering": reading.numbering,
        "alternatives": [{"numbering": other.numbering, "entries": other.entries} for other in reading.alternatives],
        "title": reading.title,
        "document": planned.document.slug if planned.document else None,
        "entries": [_entry(one) for one in planned.entries],
        "missing": [entry.ref for entry in planned.missing],
        "left_out": reading.left_out,
        "notes": reading.notes,
    }


def _entry(planned: Planned) -> dict[str, Any]:
    found = planned.found
    answer = str(html.clean(found.answer_html))
    return {
        "number": found.number,
        "section": found.section,
        "question": found.question,
        "answer_html": answer,
        "answer_text": html.to_text(answer),
        "action": str(planned.action),
        "ref": planned.entry.ref if planned.entry else None,
        "marks": list(planned.marks),
    }

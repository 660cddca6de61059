"""Reads entries from a document or a spreadsheet and shows what importing it would do; saves only with --confirm."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand

from faq import html
from faq.editing import importing
from faq.editing.documents.pictures import in_words
from faq.editing.importing import Choices, Preview
from faq.editing.matching import Action, Planned
from faq.editing.reading_files import Unreadable
from helpdesk.common.decisions import Refusal


class Command(BaseCommand):
    help = "读入一份问答文档（.docx、.txt）或问答表格（.xlsx），打印将要导入的内容；加 --confirm 才保存。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="文档")
        parser.add_argument("--document", default="", help="来源文档的代号；不写就按标题找")
        parser.add_argument("--category", default="", help="新问答的分类（网址名）；不写就按文档里的小标题")
        parser.add_argument("--numbering", default="", help="问题的编号样式，如 1、；不写就用最合适的")
        parser.add_argument(
            "--confirm", action="store_true", help="保存：能直接发布就发布，有空答案或个人信息的存为草稿"
        )
        parser.add_argument("--user", default="", help="以哪个账号导入；不写就用第一个管理员")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        choices = Choices(options["numbering"], options["document"], options["category"])
        try:
            file = path.read_bytes()
            preview = importing.preview_of(path.name, file, choices)
            if options["confirm"] and any(one.action != Action.SAME for one in preview.plan.entries):
                self._confirm(path.name, file, choices, options["user"])
        except OSError:
            self._refuse(f"打不开文件“{path}”，请检查路径。")
        except Unreadable as error:
            self._refuse(str(error))
        except Refusal as refusal:
            self._refuse(refusal.sentence)
        self.stdout.write(json.dumps(shown(preview), ensure_ascii=False, indent=1))

    def _confirm(self, name: str, file: bytes, choices: Choices, user_name: str) -> None:
        """Imports the file in the name of an account, and says on the error channel what was done."""
        active = User.objects.filter(is_active=True)
        named = active.filter(username=user_name) if user_name else active.filter(is_superuser=True)
        user = named.order_by("pk").first()
        if user is None:
            named_one = f"没有“{user_name}”这个账号。"
            self._refuse(named_one if user_name else "还没有管理员账号，请先建一个（createsuperuser）。")
        if not importing.may_import(user):
            self._refuse(f"账号“{user.get_username()}”不能导入问答。")
        row = importing.keep(name, file, user)
        try:
            done = importing.apply(row, user, choices, publish=True)
        except Refusal:
            row.delete()
            raise
        self.stderr.write(f"已导入：新增 {done.added} 条，改动 {done.changed} 条，不变 {done.unchanged} 条。")

    def _refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(1)


def shown(preview: Preview) -> dict[str, Any]:
    """Returns the preview as JSON shows it: what importing does, or has just done."""
    reading, planned = preview.reading, preview.plan
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
    answer = str(html.clean(in_words(found.answer_html)))
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

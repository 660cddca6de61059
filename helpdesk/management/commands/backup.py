"""`manage.py backup FILE`: every row and every stored file in one file, while the portal serves."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError

from helpdesk.care.backing_up import Backup, NotBackedUp, back_up
from helpdesk.care.called import as_called
from helpdesk.common import audit
from helpdesk.common.audit_rows import AuditRow


class Command(BaseCommand):
    help = (
        "把数据库和图片备份成一个文件；网站照常使用，备份的是同一时刻的内容。备份里有个人信息，请妥善保管；"
        "设了 BACKUP_KEY 就加密。"
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="写到哪个文件；写好了才换掉原来的")

    def handle(self, *args: Any, **options: Any) -> None:
        """Makes the backup. Raises CommandError where that is impossible; an older backup then stays."""
        file: Path = options["file"]
        try:
            made = back_up(file)
        except NotBackedUp as error:
            raise CommandError(as_called(str(error))) from error
        self._note(made)
        size = f"{made.size / 1024 / 1024:.1f} MB"
        encrypted = "已加密" if made.encrypted else "没有加密"
        self.stdout.write(f"备份好了：{file}，{made.rows} 行数据，{made.files} 个文件，{size}，{encrypted}。")

    def _note(self, made: Backup) -> None:
        """Writes into the audit log that a copy of all data was made; `doctor` sees there how old the last one is."""
        try:
            audit.note(AuditRow.Kind.BACKUP, None, rows=made.rows, files=made.files, encrypted=made.encrypted)
        except DatabaseError as error:
            self.stderr.write(f"备份好了，但没有记进审计记录：{error}")

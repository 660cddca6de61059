"""`manage.py backup FILE`: every row and every stored file in one file, while the portal serves."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from helpdesk.care.backing_up import NotBackedUp, back_up


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
            raise CommandError(str(error)) from error
        size = f"{made.size / 1024 / 1024:.1f} MB"
        encrypted = "已加密" if made.encrypted else "没有加密"
        self.stdout.write(f"备份好了：{file}，{made.rows} 行数据，{made.files} 个文件，{size}，{encrypted}。")

"""`manage.py restore FILE`: a backup into an empty system, all of it or nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime

from faq import search
from helpdesk.care.called import as_called
from helpdesk.care.restoring import NotRestored, restore
from helpdesk.common import audit


class Command(BaseCommand):
    help = "把备份恢复到空的系统里（刚运行过 bootstrap，还没有人用过）；要么全部恢复，要么什么也不动。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="manage.py backup 做的文件")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restores, brings the index up, and says where the audit log is broken. Raises CommandError."""
        try:
            done = restore(options["file"])
        except NotRestored as error:
            raise CommandError(as_called(str(error))) from error
        self.stdout.write(f"恢复好了：{_time(done.made_at)}的备份，{done.rows} 行数据，{done.files} 个文件。")
        if settings.BACKUP_KEY and not done.encrypted:
            self.stderr.write("设了 BACKUP_KEY，这份备份却没有加密。请确认它是您自己做的。")
        index = search.sync()
        if not index.healthy:
            self.stderr.write(f"搜索索引：{index.message}")
        broken = audit.check()
        if broken:
            self.stderr.write(f"审计记录在备份时就不完整：{broken}")
        self.stdout.write("网站如果正在运行，请重新启动。登录过的人要重新登录。")


def _time(written: str) -> str:
    at = parse_datetime(written)
    return f"{localtime(at):%Y-%m-%d %H:%M} " if at else ""

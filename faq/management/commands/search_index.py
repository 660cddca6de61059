"""`manage.py search_index`: bring the search index on disk up to the database, or report its state."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from faq import search

# Entries between two reports of progress.
STEP = 500


class Command(BaseCommand):
    help = "让磁盘上的搜索索引与数据库一致。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--rebuild", action="store_true", help="不论现状，全部重新建立")
        how.add_argument("--status", action="store_true", help="只查看状态，不做改动")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the state of the index. Raises CommandError unless it is at the version of the database."""
        if options["status"]:
            index = search.status()
        else:
            index = search.sync(rebuild=options["rebuild"], progress=self._progress)
        indexed = "无" if index.indexed_version is None else index.indexed_version
        self.stdout.write(f"数据库版本：{index.database_version}")
        self.stdout.write(f"索引版本：{indexed}")
        self.stdout.write(f"索引中的问答：{index.entries} 条")
        self.stdout.write(f"索引目录：{index.generation or '无'}")
        if not index.healthy:
            raise CommandError(index.message)
        self.stdout.write(index.message)

    def _progress(self, done: int, of: int) -> None:
        """Report how many of all entries a build has read, unless the build is short."""
        if of > STEP and done % STEP == 0:
            self.stderr.write(f"正在建立索引：{done} / {of} 条")

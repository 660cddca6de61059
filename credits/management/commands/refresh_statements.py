"""`manage.py refresh_statements`: computes all summaries, daily and after a cycle's numbers were changed.

It also deletes the uploads that were not confirmed in time.
"""

from __future__ import annotations

import argparse
import datetime
from typing import Any

from django.core.management.base import BaseCommand

from credits.models import Teacher
from credits.statements.calendar import today
from credits.statements.summaries import refresh
from credits.steps.uploads import forget_overdue_uploads


class Command(BaseCommand):
    help = "重新计算每位教师的学分情况（名单上看到的）。每天运行一次；改了培训周期的数值以后也要运行。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--as-of", type=datetime.date.fromisoformat, help="截止日期，如 2021-06-30；默认今天")

    def handle(self, *args: Any, **options: Any) -> None:
        forget_overdue_uploads()
        day = options["as_of"] or today()
        teachers = list(Teacher.objects.order_by("pk").values_list("pk", flat=True))

        def report(done: int) -> None:
            self.stdout.write(f"已计算 {done} / {len(teachers)} 人")

        refresh(teachers, as_of=day, progress=report)
        self.stdout.write(f"完成：{len(teachers)} 人，截止 {day.isoformat()}")

"""`manage.py forget_teachers`: deletes what is kept of people, at their own wish or when its time is over."""

from __future__ import annotations

import argparse
import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q
from django.utils import timezone

from credits.models import StatementAccess, Teacher
from credits.processes import people, traces
from credits.processes.history import Refusal

#: Teachers forgotten in one transaction.
BATCH = 50


class Command(BaseCommand):
    help = "删除教师的全部资料和早先的查看记录。不加 --yes 只说明会删除什么，不改动任何数据。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("staff_numbers", nargs="*", metavar="教师编号")
        date = datetime.date.fromisoformat
        parser.add_argument("--ended-before", type=date, metavar="日期", help="在这一天以前退休或离开的教师")
        parser.add_argument("--looks-before", type=date, metavar="日期", help="这一天以前的查看记录")
        parser.add_argument("--yes", action="store_true", help="真的删除，不能恢复")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["staff_numbers"] or options["ended_before"] or options["looks_before"]):
            raise CommandError("请写明教师编号、--ended-before 或 --looks-before。")
        teachers = self._teachers(options["staff_numbers"], options["ended_before"])
        self._say(teachers)
        looks = StatementAccess.objects.none()
        if day := options["looks_before"]:
            midnight = timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))
            looks = StatementAccess.objects.filter(at__lt=midnight)
            self.stdout.write(f"{day} 以前的查看记录：{looks.count()} 条")
        if not options["yes"]:
            self.stdout.write("以上都还没有删除。确认无误，请加 --yes 再运行一次。")
            return
        for at in range(0, len(teachers), BATCH):
            try:
                people.forget(teachers[at : at + BATCH], by=None)
            except Refusal as refusal:
                raise CommandError(f"已删除 {at} 位，停在这里：{refusal.sentence}") from refusal
        looks._raw_delete(DEFAULT_DB_ALIAS)  # without reading them first: there may be millions
        self.stdout.write("已删除。")

    def _teachers(self, numbers: list[str], ended_before: datetime.date | None) -> list[Teacher]:
        known = set(Teacher.objects.filter(staff_number__in=numbers).values_list("staff_number", flat=True))
        if unknown := [number for number in dict.fromkeys(numbers) if number not in known]:
            raise CommandError(f"没有这些教师编号：{'、'.join(unknown)}。什么也没有删除。")
        asked = Q(staff_number__in=numbers)
        if ended_before:
            over = [Teacher.Status.RETIRED, Teacher.Status.LEFT]
            asked |= Q(status__in=over, ended_on__lt=ended_before)
        return list(Teacher.objects.filter(asked).select_related("school").order_by("staff_number"))

    def _say(self, teachers: list[Teacher]) -> None:
        self.stdout.write(f"教师：{len(teachers)} 位")
        for teacher in teachers:
            self.stdout.write(f"  {teacher}，{teacher.school}，{teacher.get_status_display()}")
        for label, number in people.known_of(teachers):
            self.stdout.write(f"  {label}：{number} 条")
        for place in traces.mentions(teachers):
            self.stdout.write(f"  请人工核对，有相同的姓名：{place}")

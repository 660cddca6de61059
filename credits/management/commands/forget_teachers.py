"""`manage.py forget_teachers`: deletes everything kept of teachers, at their request or when its time is over."""

from __future__ import annotations

import argparse
import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q, QuerySet
from django.utils import timezone

from credits.models import StatementAccess, Teacher
from credits.steps import forgetting, traces
from helpdesk.common.decisions import Refusal

#: Teachers forgotten in one transaction.
BATCH = 50


class Command(BaseCommand):
    help = "删除教师的全部资料和早先的查看记录。不加 --yes 只说明会删除什么，不改动任何数据。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        day = datetime.date.fromisoformat
        parser.add_argument("staff_numbers", nargs="*", metavar="教师编号")
        parser.add_argument("--ended-before", type=day, metavar="日期", help="在这一天以前退休或离开的教师")
        parser.add_argument("--looks-before", type=day, metavar="日期", help="这一天以前的查看记录")
        parser.add_argument("--yes", action="store_true", help="真的删除，不能恢复")

    def handle(self, *args: Any, **options: Any) -> None:
        numbers = options["staff_numbers"]
        ended_before = options["ended_before"]
        looks_before = options["looks_before"]
        if not (numbers or ended_before or looks_before):
            raise CommandError("请写明教师编号、--ended-before 或 --looks-before。")
        teachers = self._teachers(numbers, ended_before)
        looks = _looks(looks_before)
        self._say(teachers)
        if looks_before:
            self.stdout.write(f"{looks_before} 以前的查看记录：{looks.count()} 条")
        if not options["yes"]:
            self.stdout.write("以上都还没有删除。确认无误，请加 --yes 再运行一次。")
            return
        self._forget(teachers)
        looks._raw_delete(DEFAULT_DB_ALIAS)  # without reading them first: there may be millions
        self.stdout.write("已删除。")

    def _teachers(self, numbers: list[str], ended_before: datetime.date | None) -> list[Teacher]:
        """Returns the teachers to forget. Raises CommandError where a number is unknown."""
        known = set(Teacher.objects.filter(staff_number__in=numbers).values_list("staff_number", flat=True))
        unknown = [number for number in dict.fromkeys(numbers) if number not in known]
        if unknown:
            raise CommandError(f"没有这些教师编号：{'、'.join(unknown)}。什么也没有删除。")
        asked = Q(staff_number__in=numbers)
        if ended_before:
            over = [Teacher.Status.RETIRED, Teacher.Status.LEFT]
            asked |= Q(status__in=over, ended_on__lt=ended_before)
        return list(Teacher.objects.filter(asked).select_related("school").order_by("staff_number"))

    def _forget(self, teachers: list[Teacher]) -> None:
        """Forgets the teachers batch by batch. Raises CommandError at a refusal; earlier batches stay deleted."""
        for done in range(0, len(teachers), BATCH):
            batch = teachers[done : done + BATCH]
            try:
                forgetting.forget(batch, by=None)
            except Refusal as refusal:
                raise CommandError(f"已删除 {done} 位，停在这里：{refusal.sentence}") from refusal

    def _say(self, teachers: list[Teacher]) -> None:
        """Prints the teachers, what is kept of them, and where else their names stand."""
        self.stdout.write(f"教师：{len(teachers)} 位")
        for teacher in teachers:
            self.stdout.write(f"  {teacher}，{teacher.school}，{teacher.get_status_display()}")
        for label, number in forgetting.known_of(teachers):
            self.stdout.write(f"  {label}：{number} 条")
        for place in traces.mentions(teachers):
            self.stdout.write(f"  请人工核对，有相同的姓名：{place}")


def _looks(before: datetime.date | None) -> QuerySet[StatementAccess]:
    """Returns the looks at statements before that day; none without a day."""
    if before is None:
        return StatementAccess.objects.none()
    midnight = timezone.make_aware(datetime.datetime.combine(before, datetime.time.min))
    return StatementAccess.objects.filter(at__lt=midnight)

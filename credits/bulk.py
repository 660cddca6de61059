"""What is done for many teachers of the roster at once: their summaries computed anew, and the export.

Small work is over when the page answers, larger work is a job (`credits.jobs`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict

from .jobs import Progress, runner
from .ledger import today
from .models import Job, StatementAccess, StatementSummary
from .roster import Roster, chosen_teachers
from .rules.types import Position, Verdict
from .rules.wording import POSITION, VERDICT, amount
from .spreadsheets.sheets import write_xlsx
from .statement import CAVEAT
from .summaries import refresh

#: So many teachers are exported at once; more take longer than a page should.
EXPORTED_AT_ONCE = 3000
HEADS = [
    "姓名",
    "教师编号",
    "学校",
    "岗位",
    "结论",
    "统筹已得",
    "统筹还差",
    "自主已得",
    "自主待审核",
    "自主还差",
    "截止日期",
]
FIELDS = [
    "teacher_id",
    "teacher__name",
    "teacher__staff_number",
    "school__name",
    "teacher__position",
    "verdict",
    "coordinated_counted",
    "coordinated_missing",
    "self_directed_counted",
    "self_directed_pending",
    "self_directed_missing",
    "as_of",
]

Told = Callable[[int, str], None]


@runner("recompute")
def recompute(job: Job, progress: Progress) -> None:
    """The summaries of the chosen teachers, as the daily `refresh_statements` computes them."""
    chosen = chosen_teachers(job.owner, QueryDict(job.parameters["selection"]))
    teachers = list(chosen.order_by("pk").values_list("pk", flat=True))
    job.total = len(teachers)
    refresh(teachers, progress=progress)
    job.message = f"已重新计算 {len(teachers)} 位教师的学分。"


@runner("export")
def export_later(job: Job, progress: Progress) -> None:
    roster = Roster(job.owner, QueryDict(job.parameters["selection"]))
    content, teachers = workbook(roster, progress)
    job.total = len(teachers)
    with transaction.atomic():
        record_looks(teachers, job.owner)
        job.file, job.file_name = content, file_name(roster)
        job.save(update_fields=["file", "file_name"])
    job.message = f"已导出 {len(teachers)} 位教师的名单，可以下载了。文件保留一天。"


def export(roster: Roster, viewer: User) -> bytes:
    """A workbook of the chosen teachers, each of whom the viewer has then looked at."""
    content, teachers = workbook(roster)
    record_looks(teachers, viewer)
    return content


def file_name(roster: Roster) -> str:
    return f"教师名单-{roster.cycle.code if roster.cycle else ''}-{today():%Y%m%d}.xlsx"


def workbook(roster: Roster, progress: Told = lambda done, phase: None) -> tuple[bytes, list[int]]:
    """The chosen teachers in the roster's order as an xlsx file, and their ids."""
    teachers: list[int] = []
    above = [settings.SCHEME_NAME, str(roster.cycle), f"导出日期：{today().isoformat()}", CAVEAT]
    content = write_xlsx(HEADS, _lines(roster.chosen, teachers, progress), title="教师名单", above=above)
    return content, teachers


def _lines(rows: QuerySet[StatementSummary], teachers: list[int], progress: Told) -> Iterator[list[Any]]:
    """A line for each row; notes in `teachers` whose it is."""
    found = rows.values_list(*FIELDS).iterator()
    for pk, name, number, school, position, verdict, *amounts, as_of in found:
        teachers.append(pk)
        if len(teachers) % 100 == 0:
            progress(len(teachers), "正在写表格")
        words = [name, number, school, POSITION[Position(position)], VERDICT[Verdict(verdict)]]
        yield [*words, *(Decimal(amount(value)) for value in amounts), as_of]


@transaction.atomic
def record_looks(teachers: list[int], viewer: User) -> None:
    kind, name = StatementAccess.Kind.EXPORT, viewer.get_username()
    StatementAccess.objects.bulk_create(
        (StatementAccess(teacher_id=pk, viewer=viewer, viewer_name=name, kind=kind) for pk in teachers),
        batch_size=1000,
    )

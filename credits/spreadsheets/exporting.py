"""The roster and the schools' picture as workbooks, with a look recorded for each teacher in them."""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from helpdesk.common import audit
from helpdesk.common.spreadsheets.writing import write_xlsx, write_xlsx_to

from ..models import StatementAccess, StatementSummary
from ..rules.types import Position, Verdict
from ..rules.wording import POSITION, VERDICT, amount_text
from ..statements.calendar import today
from ..statements.pictures import Picture
from ..statements.public import CAVEAT
from ..statements.roster import Roster

#: Teachers that are exported while the page waits; more are exported by a job.
EXPORTED_AT_ONCE = 1000
#: Rows that are read or written at a time.
CHUNK = 1000
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

#: The columns of the schools' picture, as its page has them.
PICTURE_HEADS = ["学校", "教师", "达到要求", "只差统筹", "只差自主", "两项都差", "其他", "统筹共差", "自主共差"]

Told = Callable[[int, str], None]


def export(roster: Roster, viewer: User) -> bytes:
    """Returns a workbook of the chosen teachers; a look of the viewer at each of them is recorded."""
    file = io.BytesIO()
    teachers = write_workbook(roster, file)
    record_looks(teachers, viewer)
    return file.getvalue()


def file_name(roster: Roster) -> str:
    return f"教师名单-{roster.cycle.code if roster.cycle else ''}-{today():%Y%m%d}.xlsx"


def export_picture(roster: Roster, viewer: User) -> bytes:
    """Returns a workbook of the schools' picture, as numbers, with all of them in the last row."""
    pictures = roster.pictures
    audit.note(audit.Kind.EXPORT, viewer, what="picture", schools=len(pictures))
    lines = [_figures(picture.name, picture) for picture in pictures]
    lines.append(_figures("合计", roster.picture))
    state = "已退休或离开的教师" if roster.ended else "在职教师"
    above = [settings.SCHEME_NAME, f"{roster.cycle}，{state}", f"导出日期：{today().isoformat()}", CAVEAT]
    return write_xlsx(PICTURE_HEADS, lines, title="各学校的情况", above=above)


def picture_name(roster: Roster) -> str:
    return f"各学校的情况-{roster.cycle.code if roster.cycle else ''}-{today():%Y%m%d}.xlsx"


def _figures(name: str, picture: Picture) -> list[Any]:
    counts = [picture.teachers, picture.met, picture.coordinated, picture.self_directed, picture.both, picture.others]
    sums = (picture.coordinated_missing, picture.self_directed_missing)
    return [name, *counts, *(Decimal(amount_text(value)) for value in sums)]


def write_workbook(roster: Roster, file: IO[bytes], progress: Told = lambda done, phase: None) -> Sequence[int]:
    """Writes the chosen teachers in the roster's order into `file` as xlsx; returns their keys.

    Rows are written as they are read; besides the keys, nothing grows with their number.
    """
    teachers = array("q")
    above = [settings.SCHEME_NAME, str(roster.cycle), f"导出日期：{today().isoformat()}", CAVEAT]
    lines = _lines(roster.chosen, teachers, progress)
    write_xlsx_to(file, HEADS, lines, title="教师名单", above=above)
    return teachers


def _lines(rows: QuerySet[StatementSummary], teachers: array[int], progress: Told) -> Iterator[list[Any]]:
    """A line of the workbook for each row; adds the ids of their teachers to `teachers`."""
    found = rows.values_list(*FIELDS).iterator(chunk_size=CHUNK)
    for pk, name, number, school, position, verdict, *amounts, as_of in found:
        teachers.append(pk)
        if len(teachers) % 100 == 0:
            progress(len(teachers), "正在写表格")
        words = [name, number, school, POSITION[Position(position)], VERDICT[Verdict(verdict)]]
        yield [*words, *(Decimal(amount_text(value)) for value in amounts), as_of]


@transaction.atomic
def record_looks(teachers: Sequence[int], viewer: User, kind: str = StatementAccess.Kind.EXPORT) -> None:
    """Records that `viewer` looked at each of these teachers, given by key, and in the audit log the export itself."""
    audit.note(audit.Kind.EXPORT, viewer, what=str(kind), teachers=len(teachers))
    name = viewer.get_username()
    for at in range(0, len(teachers), CHUNK):
        chunk = teachers[at : at + CHUNK]
        looks = [StatementAccess(teacher_id=pk, viewer=viewer, viewer_name=name, kind=kind) for pk in chunk]
        StatementAccess.objects.bulk_create(looks)

"""The roster as a spreadsheet."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from credits.models import StatementAccess
from credits.spreadsheets import exporting
from helpdesk.common import jobs, worker
from helpdesk.common.models import Job
from helpdesk.common.spreadsheets.writing import MEDIA_TYPE
from tests.cast import Crowd, make_activity, make_teacher, make_teachers, signed_in
from tests.credits.roster.pages import EXPORT, fill, names

pytestmark = pytest.mark.usefixtures("cycles")


ABOVE = 4


def exported(answer: Any) -> tuple[list[Any], list[list[Any]]]:
    """The lines above the table, and its rows with their heads."""
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    sheet = load_workbook(io.BytesIO(answer.getvalue()))["教师名单"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    return [row[0] for row in rows[:ABOVE]], rows[ABOVE:]


def test_the_export_holds_what_the_roster_shows(crowd: Crowd) -> None:
    fill(crowd)
    make_activity(crowd.teacher, "other", hours="25", completed_on=date(2020, 3, 1))
    answer = signed_in(crowd.reviewer).post(EXPORT, {"all": "1", "cycle": "2018", "sort": "coordinated"})
    above, (heads, *rows) = exported(answer)
    assert above[0] == settings.SCHEME_NAME
    assert "2018" in above[1]
    assert "导出日期：20" in above[2]
    assert above[3] == "仅供核对，以主管部门认定为准。"
    wanted = "姓名 教师编号 学校 岗位 结论 统筹已得 统筹还差 自主已得 自主待审核 自主还差 截止日期"
    assert heads == wanted.split()
    assert [row[:-1] for row in rows] == [
        ["李四", "A-2", "桃源一小", "在校任教", "还没达到要求", 0, 26, 0, 2, 10],
        ["王五", "B-1", "桃源二小", "在校任教", "还没达到要求", 6, 20, 10, 0, 0],
        ["张三", "A-1", "桃源一小", "在校任教", "已达到要求", 26, 0, 12.5, 0, 0],
    ]
    assert {type(value) for row in rows for value in row[5:10]} <= {int, float}
    assert rows[0][-1].date() == date(2023, 8, 31)


def test_the_export_is_a_file_no_cache_keeps(crowd: Crowd) -> None:
    answer = signed_in(crowd.staff).post(EXPORT, {"all": "1", "cycle": "2018"})
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer.headers["Content-Disposition"].endswith(".xlsx")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


def test_everybody_exported_was_looked_at_and_nobody_else(crowd: Crowd) -> None:
    client = signed_in(crowd.reviewer)
    ids = [crowd.colleague.public_id, crowd.stranger.public_id, crowd.outsider.public_id]
    _, (_, *rows) = exported(client.post(EXPORT, {"teacher": ids, "cycle": "2018"}))
    assert [row[0] for row in rows] == ["李四", "王五"]
    seen = StatementAccess.objects.order_by("teacher__staff_number").values_list("teacher__name", "kind", "viewer_name")
    assert list(seen) == [("李四", "export", "reviewer"), ("王五", "export", "reviewer")]


@pytest.mark.parametrize("who", ["staff", "other_staff", "reviewer", "superuser"])
def test_each_exports_the_teachers_they_are_responsible_for(crowd: Crowd, who: str) -> None:
    client = signed_in(getattr(crowd, who))
    _, (_, *rows) = exported(client.post(EXPORT, {"all": "1"}))
    assert sorted(row[0] for row in rows) == sorted(names(client))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠A", '=HYPERLINK("x")', "'=1"])
def test_no_name_is_taken_for_a_formula(crowd: Crowd, name: str) -> None:
    make_teacher(crowd.other, name=name, staff_number="-1")
    answer = signed_in(crowd.other_staff).post(EXPORT, {"all": "1"})
    sheet = load_workbook(io.BytesIO(answer.content))["教师名单"]
    cells = {cell.value: cell for row in sheet.iter_rows(min_row=ABOVE + 2) for cell in row}
    assert f"'{name}" in cells
    assert "'-1" in cells
    assert all(cell.data_type != "f" for cell in cells.values())


def test_a_number_with_noughts_before_it_stays_text(crowd: Crowd) -> None:
    make_teacher(crowd.other, name="周七", staff_number="0012")
    _, (_, *rows) = exported(signed_in(crowd.other_staff).post(EXPORT, {"all": "1"}))
    assert "0012" in [row[1] for row in rows]


def test_a_large_export_goes_on_as_a_job(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "EXPORTED_AT_ONCE", 2)
    client = signed_in(crowd.reviewer)
    monkeypatch.setattr(jobs, "AT_ONCE", 2)
    answer = client.post(EXPORT, {"all": "1", "cycle": "2018", "sort": "-name"})
    worker.work_off()
    job = Job.objects.get()
    assert answer.headers["Location"] == reverse("credits:job", args=[job.public_id])
    body = client.get(answer.headers["Location"]).content.decode()
    assert "已导出 3 位教师的名单" in body
    file = client.get(reverse("credits:job-file", args=[job.public_id]))
    assert f'href="{reverse("credits:job-file", args=[job.public_id])}"' in body
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert [row[0] for row in exported(file)[1][1:]] == ["张三", "王五", "李四"]
    assert StatementAccess.objects.filter(kind="export", viewer=crowd.reviewer).count() == 3


def test_the_export_takes_a_fixed_number_of_queries(crowd: Crowd) -> None:
    client = signed_in(crowd.reviewer)
    with CaptureQueriesContext(connection) as few:
        client.post(EXPORT, {"all": "1"})
    make_teachers(crowd.school, 60)
    with CaptureQueriesContext(connection) as many:
        client.post(EXPORT, {"all": "1"})
    assert len(many) == len(few)

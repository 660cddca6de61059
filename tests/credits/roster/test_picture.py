"""The picture above the roster, and that of every school."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from django.http import QueryDict
from openpyxl import load_workbook

from credits.models import StatementSummary
from credits.statements.roster import Roster
from helpdesk.common.models import AuditRow
from tests.cast import Crowd, make_activity, make_result, make_teacher, signed_in
from tests.credits.roster.pages import PICTURE, PICTURE_EXPORT, ROSTER, fill, page

pytestmark = pytest.mark.usefixtures("cycles")


# --- the picture as a spreadsheet --------------------------------------------------------------------------------


def test_the_picture_is_exported_as_numbers(crowd: Crowd) -> None:
    fill(crowd)
    crowd.other.name = "=1+1"
    crowd.other.save()
    answer = signed_in(crowd.reviewer).post(PICTURE_EXPORT, {"cycle": "2018"})
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    sheet = load_workbook(io.BytesIO(answer.content))["各学校的情况"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert "2018" in str(rows[1][0]) and "在职教师" in str(rows[1][0])
    assert rows[4][:3] == ["学校", "教师", "达到要求"]
    assert rows[5:] == [
        ["'=1+1", 1, 0, 1, 0, 0, 0, 20, 0],
        ["桃源一小", 2, 1, 0, 0, 1, 0, 26, 10],
        ["合计", 3, 1, 1, 0, 1, 0, 46, 10],
    ]
    assert AuditRow.objects.get(kind="export").detail == {"what": "picture", "schools": 2}


# --- the picture -------------------------------------------------------------------------------------------------


def test_the_picture_shows_how_the_whole_county_stands(crowd: Crowd) -> None:
    make_result(crowd.teacher, credits=26)
    make_activity(crowd.teacher, credits=10)
    body = page(signed_in(crowd.reviewer), "cycle=2018&q=王")
    assert 'aria-label="已达到要求 1 人，还没达到要求 2 人"' in body
    assert "在职教师 3 人" in body
    schools = page(signed_in(crowd.reviewer), "cycle=2018", PICTURE)
    assert 'aria-label="已达到要求 1 人，还没达到要求 2 人"' in schools
    assert "1 / 2 人" in schools
    assert "0 / 1 人" in schools


def test_the_picture_says_what_the_short_lack(crowd: Crowd) -> None:
    fill(crowd)
    body = page(signed_in(crowd.reviewer), "cycle=2018")
    assert 'aria-label="只差统筹 1 人，两项都差 1 人"' in body
    assert "还没达到要求的 2 人，共差统筹 46、自主 10 学分" in body
    assert "&amp;verdict=short&amp;missing=both" in body


def test_the_parts_of_a_bar_fill_it(crowd: Crowd) -> None:
    fill(crowd)
    picture = Roster(crowd.reviewer, QueryDict("cycle=2018")).picture
    for parts in (picture.by_verdict, picture.by_lack, picture.by_state):
        total = sum(part.count for part in parts)
        start = 0.0
        for part in parts:
            assert float(part.start) == pytest.approx(start, abs=0.01)
            assert float(part.width) == pytest.approx(100 * part.count / total, abs=0.01)
            start += 100 * part.count / total
        assert start == pytest.approx(100)


def test_a_schools_picture_is_its_own(crowd: Crowd) -> None:
    fill(crowd)
    body = page(signed_in(crowd.reviewer), f"cycle=2018&school={crowd.other.pk}")
    assert "桃源二小的情况" in body
    assert 'aria-label="还没达到要求 1 人"' in body
    one, two = Roster(crowd.reviewer, QueryDict("cycle=2018")).pictures
    assert (one.name, one.met, one.coordinated, one.both) == ("桃源二小", 0, 1, 0)
    assert (two.name, two.met, two.coordinated, two.both) == ("桃源一小", 1, 0, 1)
    assert (one.coordinated_missing, one.self_directed_missing) == (Decimal(20), Decimal(0))


def test_an_exempt_teacher_is_not_counted_as_short(crowd: Crowd) -> None:
    crowd.stranger.position = "seconded"
    crowd.stranger.save()
    (school,) = Roster(crowd.other_staff, QueryDict("cycle=2018")).pictures
    assert (school.others, school.short, school.coordinated_missing) == (1, 0, 0)
    assert "各学校的情况" not in page(signed_in(crowd.other_staff), "cycle=2018")


def test_the_picture_shows_the_schools_in_charge_only(crowd: Crowd) -> None:
    assert "桃源二小" not in page(signed_in(crowd.staff), "", PICTURE)
    assert "外县小学" not in page(signed_in(crowd.reviewer), "", PICTURE)
    assert "外县小学" in page(signed_in(crowd.superuser), "", PICTURE)
    assert signed_in(crowd.herself).get(PICTURE).status_code == 403


def test_nothing_on_these_pages_needs_an_inline_style(crowd: Crowd) -> None:
    fill(crowd)
    for path in (ROSTER, PICTURE):
        assert not re.search(
            r"<style|\sstyle=|<script(?![^>]*\ssrc=)", page(signed_in(crowd.reviewer), "cycle=2018", path)
        )


# --- codes for the first sign-in ---------------------------------------------------------------------------------


def test_what_is_lacking_is_added_up_exactly(crowd: Crowd) -> None:
    for number in range(30):
        make_result(make_teacher(crowd.school, staff_number=f"S-{number}"), credits=Decimal("0.1") * (number + 1))
    body = signed_in(crowd.reviewer).get(f"{ROSTER}?cycle=2018").content.decode()
    # Thirty of them lack 26 − 0.1 … 26 − 3, the three others 26 each.
    assert "共差统筹 811.5、" in body


def test_schools_without_a_verdict_come_last(crowd: Crowd) -> None:
    fill(crowd)
    StatementSummary.objects.filter(school=crowd.school).update(verdict="undecided")
    roster = Roster(crowd.reviewer, QueryDict("cycle=2018"))
    assert [one.judged for one in roster.pictures][-1] == 0

"""The roster: narrowed, ordered, drawn, exported, and what is done for many of its teachers at once."""

from __future__ import annotations

import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from credits import bulk
from credits.models import Job, StatementAccess, StatementSummary, Teacher, TrainingCycle
from credits.roster import PER_PAGE, Roster, chosen_teachers
from credits.spreadsheets.sheets import MEDIA_TYPE

from .county import ROSTER, County, names, signed_in
from .rows import make_activity, make_plan, make_result, make_teacher

pytestmark = pytest.mark.usefixtures("cycles")
PICTURE, EXPORT, RECOMPUTE = "/credits/teachers/picture/", "/credits/teachers/export/", "/credits/teachers/recompute/"
ABOVE = 4


@pytest.fixture
def place(db: None) -> County:
    return County()


def fill(place: County) -> None:
    """In the cycle of 2018: 张三 has met it, 王五 lacks coordinated credits, 李四 lacks both and waits for a review."""
    for credits, teacher in ((26, place.teacher), (6, place.of_b)):
        make_result(teacher, credits=credits)
        make_activity(teacher, credits=10)
    make_activity(place.colleague, plan=make_plan(place.school_a, year=2020, status="filed"))


def page(client: Client, query: str = "", path: str = ROSTER) -> str:
    return client.get(f"{path}?{query}").content.decode()


# --- narrowed and ordered ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=李", "李四"),
        ("q=a-1", "张三"),
        ("q=钱", ""),
        ("verdict=met", "张三"),
        ("verdict=short", "王五 李四"),
        ("missing=coordinated", "王五 李四"),
        ("missing=self_directed", "李四"),
        ("missing=coordinated_only", "王五"),
        ("missing=self_directed_only", ""),
        ("missing=both", "李四"),
        ("missing=pending", "李四"),
        ("sort=coordinated", "李四 王五 张三"),
        ("sort=-coordinated", "张三 王五 李四"),
        ("sort=self_directed", "李四 王五 张三"),
        ("sort=name", "李四 王五 张三"),
        ("sort=-name", "张三 王五 李四"),
        ("sort=school", "李四 张三 王五"),
        ("sort=-school", "王五 李四 张三"),
        ("sort=name&verdict=short&q=五", "王五"),
        ("cycle=2023&missing=coordinated", "张三 李四 王五"),
    ],
)
def test_the_roster_is_narrowed_and_ordered(place: County, query: str, found: str) -> None:
    fill(place)
    cycle = "" if "cycle=" in query else "&cycle=2018"
    listed = names(signed_in(place.reviewer), query + cycle)
    assert (listed if "sort=" in query else sorted(listed)) == (
        found.split() if "sort=" in query else sorted(found.split())
    )


def test_names_are_ordered_by_their_pinyin_and_not_by_their_characters(place: County) -> None:
    for name in ("阿依古丽", "曾明", "解放", "欧阳·春"):
        make_teacher(place.school_b, name=name)
    assert names(signed_in(place.staff_b)) == ["阿依古丽", "欧阳·春", "王五", "解放", "曾明"]


def test_the_roster_is_narrowed_to_a_school_in_charge_only(place: County) -> None:
    client = signed_in(place.reviewer)
    assert names(client, f"school={place.school_b.pk}") == ["王五"]
    body = client.get(f"{ROSTER}?school={place.elsewhere.pk}").content.decode()
    assert "没有这个选项。" in body
    assert "赵六" not in body
    assert "外县小学" not in body


@pytest.mark.parametrize(
    "query",
    ["school=abc", "school=9999999999999999999", "verdict=x", "sort=x", "cycle=%00", "q=%00", "page=-1", "page=１"],
)
@pytest.mark.parametrize("path", [ROSTER, PICTURE])
def test_no_query_breaks_the_roster(place: County, path: str, query: str) -> None:
    assert signed_in(place.reviewer).get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("value", ["%25", "_", "%5C", "'", "' OR 1=1 --", "*"])
def test_what_is_typed_is_looked_for_as_it_stands(place: County, value: str) -> None:
    assert names(signed_in(place.reviewer), f"q={value}") == []


def test_a_head_sorts_and_a_second_click_turns_it_round(place: County) -> None:
    client = signed_in(place.reviewer)

    def head(query: str) -> tuple[str, str]:
        found = re.search(
            r"<th[^>]*?(?:aria-sort=\"(\w+)\")?><a href=\"\?([^\"#]*)#list\"[^>]*>统筹还差", page(client, query)
        )
        assert found
        return found[1] or "", found[2].replace("&amp;", "&")

    assert head("cycle=2018&page=2") == ("", "cycle=2018&sort=coordinated")
    assert head("cycle=2018&sort=coordinated") == ("descending", "cycle=2018&sort=-coordinated")
    assert head("cycle=2018&sort=-coordinated") == ("ascending", "cycle=2018&sort=coordinated")


def test_every_page_holds_others_and_together_they_hold_all(place: County) -> None:
    made = {make_teacher(place.school_b, name="王伟").public_id for _ in range(2 * PER_PAGE)}
    client = signed_in(place.staff_b)
    seen = [re.findall(r'name="teacher" value="([\w-]+)"', page(client, f"page={number}")) for number in (1, 2, 3)]
    assert [len(one) for one in seen] == [PER_PAGE, PER_PAGE, 1]
    assert set().union(*seen) == made | {place.of_b.public_id}
    assert "第 3 页，共 3 页" in page(client, "page=99")


def test_the_retired_are_not_on_the_roster_but_keep_their_statement(place: County) -> None:
    place.colleague.status = Teacher.Status.RETIRED
    place.colleague.save()
    client = signed_in(place.staff_a)
    assert names(client) == ["张三"]
    statement = reverse("credits:teacher", args=[place.colleague.public_id])
    assert "已退休" in client.get(statement).content.decode()


def test_who_moves_is_on_the_new_schools_roster(place: County) -> None:
    place.teacher.transfer(place.school_b, date(2020, 9, 1))
    assert names(signed_in(place.staff_a)) == ["李四"]
    assert sorted(names(signed_in(place.staff_b))) == ["张三", "王五"]


def test_the_roster_takes_as_many_queries_however_many_teachers(place: County) -> None:
    client = signed_in(place.reviewer)
    with CaptureQueriesContext(connection) as few:
        client.get(ROSTER)
    for _ in range(60):
        make_teacher(place.school_a)
    with CaptureQueriesContext(connection) as many:
        client.get(ROSTER)
    assert len(many) <= len(few) <= 20


def test_a_page_by_name_or_by_what_is_missing_is_found_by_an_index_alone(place: County) -> None:
    make_result(place.teacher)
    for sort, index in (("name", "roster_by_name"), ("coordinated", "roster_by_coordinated")):
        rows = Roster(place.reviewer, QueryDict(f"cycle=2018&sort={sort}")).rows.values_list("pk")[5000:5050]
        plan = rows.explain()
        if connection.vendor == "sqlite":
            assert f"COVERING INDEX {index}" in plan
            assert "TEMP B-TREE" not in plan


# --- the picture -------------------------------------------------------------------------------------------------


def test_the_picture_shows_how_the_whole_county_stands(place: County) -> None:
    make_result(place.teacher, credits=26)
    make_activity(place.teacher, credits=10)
    body = page(signed_in(place.reviewer), "cycle=2018&q=王")
    assert 'aria-label="已达到要求 1 人，还没达到要求 2 人"' in body
    assert "在职教师 3 人" in body
    schools = page(signed_in(place.reviewer), "cycle=2018", PICTURE)
    assert 'aria-label="已达到要求 1 人，还没达到要求 2 人"' in schools
    assert "1 / 2 人" in schools
    assert "0 / 1 人" in schools


def test_the_picture_says_what_those_who_are_short_lack(place: County) -> None:
    fill(place)
    body = page(signed_in(place.reviewer), "cycle=2018")
    assert 'aria-label="只差统筹 1 人，两项都差 1 人"' in body
    assert "还没达到要求的 2 人，共差统筹 46、自主 10 学分" in body
    assert "&amp;verdict=short&amp;missing=both" in body


def test_the_parts_of_a_bar_fill_it_and_are_as_wide_as_their_share(place: County) -> None:
    fill(place)
    picture = Roster(place.reviewer, QueryDict("cycle=2018")).picture
    for parts in (picture.by_verdict, picture.by_lack, picture.by_state):
        total = sum(part.count for part in parts)
        start = 0.0
        for part in parts:
            assert float(part.start) == pytest.approx(start, abs=0.01)
            assert float(part.width) == pytest.approx(100 * part.count / total, abs=0.01)
            start += 100 * part.count / total
        assert start == pytest.approx(100)


def test_a_schools_picture_is_its_own(place: County) -> None:
    fill(place)
    body = page(signed_in(place.reviewer), f"cycle=2018&school={place.school_b.pk}")
    assert "桃源二小的情况" in body
    assert 'aria-label="还没达到要求 1 人"' in body
    one, two = Roster(place.reviewer, QueryDict("cycle=2018")).pictures
    assert (one.name, one.met, one.coordinated, one.both) == ("桃源二小", 0, 1, 0)
    assert (two.name, two.met, two.coordinated, two.both) == ("桃源一小", 1, 0, 1)
    assert (one.coordinated_missing, one.self_directed_missing) == (Decimal(20), Decimal(0))


def test_of_whom_nothing_is_asked_is_not_counted_as_short(place: County) -> None:
    place.of_b.position = "seconded"
    place.of_b.save()
    (school,) = Roster(place.staff_b, QueryDict("cycle=2018")).pictures
    assert (school.others, school.short, school.coordinated_missing) == (1, 0, 0)
    assert "各学校的情况" not in page(signed_in(place.staff_b), "cycle=2018")


def test_the_picture_shows_the_schools_in_charge_only(place: County) -> None:
    assert "桃源二小" not in page(signed_in(place.staff_a), "", PICTURE)
    assert "外县小学" not in page(signed_in(place.reviewer), "", PICTURE)
    assert "外县小学" in page(signed_in(place.superuser), "", PICTURE)
    assert signed_in(place.herself).get(PICTURE).status_code == 403


def test_nothing_on_these_pages_needs_an_inline_style(place: County) -> None:
    fill(place)
    for path in (ROSTER, PICTURE):
        assert not re.search(
            r"<style|\sstyle=|<script(?![^>]*\ssrc=)", page(signed_in(place.reviewer), "cycle=2018", path)
        )


# --- what is chosen ----------------------------------------------------------------------------------------------


def chosen(place: County, who: str, query: str) -> list[str]:
    teachers = chosen_teachers(getattr(place, who), QueryDict(query))
    return sorted(teachers.values_list("name", flat=True))


def test_what_is_chosen_is_what_was_ticked_or_all_that_was_found_and_never_anothers(place: County) -> None:
    fill(place)
    ticked = "&".join(f"teacher={one.public_id}" for one in (place.teacher, place.of_b, place.outsider))
    assert chosen(place, "reviewer", ticked) == ["张三", "王五"]
    assert chosen(place, "staff_a", ticked) == ["张三"]
    assert chosen(place, "superuser", ticked) == ["张三", "王五", "赵六"]
    assert chosen(place, "editor", ticked) == []
    assert chosen(place, "reviewer", "all=1&cycle=2018") == ["张三", "李四", "王五"]
    assert chosen(place, "reviewer", "all=1&cycle=2018&verdict=short") == ["李四", "王五"]
    assert chosen(place, "staff_a", "all=1&cycle=2018&verdict=short") == ["李四"]
    assert chosen(place, "reviewer", f"all=1&cycle=2018&school={place.school_b.pk}") == ["王五"]


@pytest.mark.parametrize("query", ["", "teacher=", "teacher=%00", "teacher=nobody", "all=&q=张"])
def test_nothing_chosen_is_nobody(place: County, query: str) -> None:
    assert chosen(place, "superuser", query) == []


def test_all_that_an_impossible_filter_finds_is_nobody(place: County) -> None:
    assert chosen(place, "reviewer", f"all=1&school={place.elsewhere.pk}") == []
    assert chosen(place, "reviewer", "all=1&verdict=x") == []


@pytest.mark.parametrize("path", [EXPORT, RECOMPUTE])
def test_choosing_nobody_is_told_kindly_and_leads_back(place: County, path: str) -> None:
    client = signed_in(place.reviewer)
    answer = client.post(path, {"cycle": "2018", "q": "李"}, follow=True)
    assert answer.redirect_chain == [(f"{ROSTER}?q=%E6%9D%8E&cycle=2018", 302)]
    assert "还没有选教师" in answer.content.decode()
    assert names(client, "q=李") == ["李四"]
    assert not StatementAccess.objects.exists()


@pytest.mark.parametrize("path", [EXPORT, RECOMPUTE])
def test_only_a_deliberate_post_by_staff_does_anything(place: County, path: str) -> None:
    assert signed_in(place.reviewer).get(f"{path}?all=1").status_code == 405
    assert signed_in(place.herself).post(path, {"all": "1"}).status_code == 403
    assert Client().post(path, {"all": "1"}).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(place.reviewer)
    assert strict.post(path, {"all": "1"}).status_code == 403
    assert not StatementAccess.objects.exists()
    assert not Job.objects.exists()


# --- the export --------------------------------------------------------------------------------------------------


def exported(answer: Any) -> tuple[list[Any], list[list[Any]]]:
    """The lines above the table, and its rows with their heads."""
    assert answer.headers["Content-Type"] == MEDIA_TYPE
    sheet = load_workbook(io.BytesIO(answer.content))["教师名单"]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    return [row[0] for row in rows[:ABOVE]], rows[ABOVE:]


def test_the_export_holds_what_was_found_in_the_rosters_order_with_numbers_as_numbers(place: County) -> None:
    fill(place)
    make_activity(place.teacher, "other", hours="25", completed_on=date(2020, 3, 1))
    answer = signed_in(place.reviewer).post(EXPORT, {"all": "1", "cycle": "2018", "sort": "coordinated"})
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


def test_the_export_is_a_file_to_save_that_no_cache_keeps(place: County) -> None:
    answer = signed_in(place.staff_a).post(EXPORT, {"all": "1", "cycle": "2018"})
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer.headers["Content-Disposition"].endswith(".xlsx")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]


def test_everybody_exported_was_looked_at_and_nobody_else(place: County) -> None:
    client = signed_in(place.reviewer)
    ids = [place.colleague.public_id, place.of_b.public_id, place.outsider.public_id]
    _, (_, *rows) = exported(client.post(EXPORT, {"teacher": ids, "cycle": "2018"}))
    assert [row[0] for row in rows] == ["李四", "王五"]
    seen = StatementAccess.objects.order_by("teacher__staff_number").values_list("teacher__name", "kind", "viewer_name")
    assert list(seen) == [("李四", "export", "reviewer"), ("王五", "export", "reviewer")]


@pytest.mark.parametrize("who", ["staff_a", "staff_b", "reviewer", "superuser"])
def test_each_exports_the_teachers_they_are_responsible_for(place: County, who: str) -> None:
    client = signed_in(getattr(place, who))
    _, (_, *rows) = exported(client.post(EXPORT, {"all": "1"}))
    assert sorted(row[0] for row in rows) == sorted(names(client))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", "＋1", "－1", "＠A", '=HYPERLINK("x")', "'=1"])
def test_no_name_is_taken_for_a_formula(place: County, name: str) -> None:
    make_teacher(place.school_b, name=name, staff_number="-1")
    answer = signed_in(place.staff_b).post(EXPORT, {"all": "1"})
    sheet = load_workbook(io.BytesIO(answer.content))["教师名单"]
    cells = {cell.value: cell for row in sheet.iter_rows(min_row=ABOVE + 2) for cell in row}
    assert f"'{name}" in cells
    assert "'-1" in cells
    assert all(cell.data_type != "f" for cell in cells.values())


def test_a_number_with_noughts_before_it_stays_text(place: County) -> None:
    make_teacher(place.school_b, name="周七", staff_number="0012")
    _, (_, *rows) = exported(signed_in(place.staff_b).post(EXPORT, {"all": "1"}))
    assert "0012" in [row[1] for row in rows]


def test_a_large_export_goes_on_behind_a_page_of_its_own(place: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "EXPORTED_AT_ONCE", 2)
    client = signed_in(place.reviewer)
    answer = client.post(EXPORT, {"all": "1", "cycle": "2018", "sort": "-name"})
    job = Job.objects.get()
    assert answer.headers["Location"] == reverse("credits:job", args=[job.public_id])
    body = client.get(answer.headers["Location"]).content.decode()
    assert "已导出 3 位教师的名单" in body
    file = client.get(reverse("credits:job-file", args=[job.public_id]))
    assert f'href="{reverse("credits:job-file", args=[job.public_id])}"' in body
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert [row[0] for row in exported(file)[1][1:]] == ["张三", "王五", "李四"]
    assert StatementAccess.objects.filter(kind="export", viewer=place.reviewer).count() == 3


def test_the_export_takes_as_many_queries_however_many_teachers(place: County) -> None:
    client = signed_in(place.reviewer)
    with CaptureQueriesContext(connection) as few:
        client.post(EXPORT, {"all": "1"})
    for _ in range(60):
        make_teacher(place.school_a)
    with CaptureQueriesContext(connection) as many:
        client.post(EXPORT, {"all": "1"})
    assert len(many) == len(few)


# --- computed anew -----------------------------------------------------------------------------------------------


def test_recomputing_brings_the_chosen_teachers_up_to_a_cycles_new_numbers(place: County) -> None:
    fill(place)
    TrainingCycle.objects.filter(code="2018").update(coordinated_required=30)
    client = signed_in(place.reviewer)
    answer = client.post(
        RECOMPUTE, {"teacher": place.teacher.public_id, "cycle": "2018", "verdict": "met"}, follow=True
    )
    assert "已重新计算 1 位教师的学分。" in answer.content.decode()
    assert answer.redirect_chain == [(f"{ROSTER}?cycle=2018&verdict=met", 302)]
    missing = dict(
        StatementSummary.objects.filter(cycle__code="2018").values_list("teacher__name", "coordinated_missing")
    )
    assert (missing["张三"], missing["王五"]) == (4, 20)
    client.post(RECOMPUTE, {"all": "1", "cycle": "2018"})
    assert StatementSummary.objects.get(cycle__code="2018", teacher=place.of_b).coordinated_missing == 24
    assert StatementSummary.objects.get(cycle__code="2018", teacher=place.outsider).coordinated_missing == 26


def test_a_filter_too_long_to_be_kept_leads_back_to_the_whole_roster(place: County) -> None:
    name = "长" * 40
    make_teacher(place.school_b, name=name)
    answer = signed_in(place.staff_b).post(RECOMPUTE, {"all": "1", "q": name, "cycle": "2018"})
    assert answer.headers["Location"] == ROSTER
    assert Job.objects.get().message == "已重新计算 1 位教师的学分。"


# --- codes for the first sign-in -----------------------------------------------------------------------------------


def test_codes_are_given_out_from_the_roster_to_those_that_its_form_names(place: County) -> None:
    client = signed_in(place.reviewer)
    assert 'formaction="/credits/codes/"' in page(client)
    body = client.post("/credits/codes/", {"all": "1", "cycle": "2018", "school": place.school_b.pk}).content.decode()
    assert "王五" in body
    assert "李四" not in body
    assert Teacher.objects.filter(sign_in_code__isnull=False).get() == place.of_b


def test_the_form_shows_the_cycle_that_the_roster_shows(place: County) -> None:
    client = signed_in(place.reviewer)
    for query, code in (("", "2023"), ("cycle=2018", "2018"), ("cycle=2023", "2023")):
        body = client.get(f"{ROSTER}?{query}").content.decode()
        assert re.findall(r'<option value="(\d{4})" selected', body) == [code]


def test_what_is_lacking_together_is_added_up_to_the_hundredth(place: County) -> None:
    for number in range(30):
        make_result(make_teacher(place.school_a, staff_number=f"S-{number}"), credits=Decimal("0.1") * (number + 1))
    body = signed_in(place.reviewer).get(f"{ROSTER}?cycle=2018").content.decode()
    # Thirty of them lack 26 − 0.1 … 26 − 3, the three others 26 each.
    assert "共差统筹 811.5、" in body


def test_a_list_narrowed_to_those_who_left_stays_so(place: County) -> None:
    fill(place)
    Teacher.objects.filter(pk=place.of_b.pk).update(status="retired", ended_on=date(2021, 1, 1))
    StatementSummary.objects.filter(teacher=place.of_b).update(listed=False)
    body = page(signed_in(place.reviewer), "cycle=2018&status=ended")
    assert "已退休或离开的教师 1 人" in body
    assert re.findall(r'href="[^"]*missing=[^"]*"', body)
    assert all("status=ended" in link for link in re.findall(r'href="[^"]*missing=[^"]*"', body))
    assert "发登录码" not in body


def test_the_caption_says_as_of_when_the_rows_hold(place: County) -> None:
    fill(place)
    StatementSummary.objects.update(as_of=date(2021, 6, 30))
    assert "核对到 2021 年 6 月 30 日</caption>" in page(signed_in(place.reviewer), "cycle=2018")
    StatementSummary.objects.filter(teacher=place.of_b).update(as_of=date(2021, 7, 1))
    assert "核对到 2021 年 6 月 30 日至 2021 年 7 月 1 日</caption>" in page(signed_in(place.reviewer), "cycle=2018")


def test_schools_of_which_nothing_can_be_said_come_last(place: County) -> None:
    fill(place)
    StatementSummary.objects.filter(school=place.school_a).update(verdict="undecided")
    roster = Roster(place.reviewer, QueryDict("cycle=2018"))
    assert [one.judged for one in roster.pictures][-1] == 0

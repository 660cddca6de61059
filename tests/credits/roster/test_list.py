"""The roster, narrowed and ordered."""

from __future__ import annotations

import re
from datetime import date
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credits.models import StatementSummary, Teacher
from credits.statements.roster import PER_PAGE, Roster
from tests.cast import Crowd, make_result, make_teacher, make_teachers, signed_in
from tests.credits.roster.pages import PICTURE, ROSTER, fill, names, page

pytestmark = pytest.mark.usefixtures("cycles")


# --- narrowed and ordered ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=李", "李四"),
        ("q=a-1", "张三"),
        ("q=Ａ—1", "张三"),
        ("q=张　三", "张三"),
        ("q=钱", ""),
        ("q=zhangsan", "张三"),
        ("q=Zhang+San", "张三"),
        ("q=zs", "张三"),
        ("q=si", "李四"),
        ("q=ang", ""),
        ("q=1", "张三 王五"),
        ("q=-1", "张三 王五"),
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
def test_the_roster_is_narrowed_and_ordered(crowd: Crowd, query: str, found: str) -> None:
    fill(crowd)
    cycle = "" if "cycle=" in query else "&cycle=2018"
    listed = names(signed_in(crowd.reviewer), query + cycle)
    assert (listed if "sort=" in query else sorted(listed)) == (
        found.split() if "sort=" in query else sorted(found.split())
    )


def test_names_are_ordered_by_pinyin(crowd: Crowd) -> None:
    for name in ("阿依古丽", "曾明", "解放", "欧阳·春"):
        make_teacher(crowd.other, name=name)
    assert names(signed_in(crowd.other_staff)) == ["阿依古丽", "欧阳·春", "王五", "解放", "曾明"]


def test_the_roster_is_narrowed_to_own_schools_only(crowd: Crowd) -> None:
    client = signed_in(crowd.reviewer)
    assert names(client, f"school={crowd.other.pk}") == ["王五"]
    body = client.get(f"{ROSTER}?school={crowd.elsewhere.pk}").content.decode()
    assert "没有这个选项。" in body
    assert "赵六" not in body
    assert "外县小学" not in body


@pytest.mark.parametrize(
    "query",
    ["school=abc", "school=9999999999999999999", "verdict=x", "sort=x", "cycle=%00", "q=%00", "page=-1", "page=１"],
)
@pytest.mark.parametrize("path", [ROSTER, PICTURE])
def test_no_query_breaks_the_roster(crowd: Crowd, path: str, query: str) -> None:
    assert signed_in(crowd.reviewer).get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("value", ["%25", "_", "%5C", "'", "' OR 1=1 --", "*"])
def test_what_is_typed_is_looked_for_literally(crowd: Crowd, value: str) -> None:
    assert names(signed_in(crowd.reviewer), f"q={value}") == []


def test_a_head_sorts_and_then_turns_round(crowd: Crowd) -> None:
    client = signed_in(crowd.reviewer)

    def head(query: str) -> tuple[str, str]:
        found = re.search(
            r"<th[^>]*?(?:aria-sort=\"(\w+)\")?><a href=\"\?([^\"#]*)#list\"[^>]*>统筹还差", page(client, query)
        )
        assert found
        return found[1] or "", found[2].replace("&amp;", "&")

    assert head("cycle=2018&page=2") == ("", "cycle=2018&sort=coordinated")
    assert head("cycle=2018&sort=coordinated") == ("descending", "cycle=2018&sort=-coordinated")
    assert head("cycle=2018&sort=-coordinated") == ("ascending", "cycle=2018&sort=coordinated")


def test_the_pages_hold_everybody_once(crowd: Crowd) -> None:
    made = {teacher.public_id for teacher in make_teachers(crowd.other, 2 * PER_PAGE, name="王伟")}
    client = signed_in(crowd.other_staff)
    seen = [re.findall(r'name="teacher"\s+value="([\w-]+)"', page(client, f"page={number}")) for number in (1, 2, 3)]
    assert [len(one) for one in seen] == [PER_PAGE, PER_PAGE, 1]
    assert set().union(*seen) == made | {crowd.stranger.public_id}
    assert "第 3 页，共 3 页" in page(client, "page=99")


def test_the_retired_leave_the_roster_but_keep_a_statement(crowd: Crowd) -> None:
    crowd.colleague.status = Teacher.Status.RETIRED
    crowd.colleague.save()
    client = signed_in(crowd.staff)
    assert names(client) == ["张三"]
    statement = reverse("credits:teacher", args=[crowd.colleague.public_id])
    assert "已退休" in client.get(statement).content.decode()


def test_who_moves_is_on_the_new_schools_roster(crowd: Crowd) -> None:
    crowd.teacher.transfer(crowd.other, date(2020, 9, 1))
    assert names(signed_in(crowd.staff)) == ["李四"]
    assert sorted(names(signed_in(crowd.other_staff))) == ["张三", "王五"]


def test_the_roster_takes_a_fixed_number_of_queries(crowd: Crowd) -> None:
    client = signed_in(crowd.reviewer)
    with CaptureQueriesContext(connection) as few:
        client.get(ROSTER)
    make_teachers(crowd.school, 60)
    with CaptureQueriesContext(connection) as many:
        client.get(ROSTER)
    assert len(many) <= len(few) <= 12


@pytest.mark.parametrize("query", ["", "sort=-name", "sort=school", "sort=-coordinated&page=2", "missing=both"])
def test_a_long_roster_has_the_same_pages(crowd: Crowd, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    fill(crowd)
    make_teachers(crowd.school, 60)
    asked = QueryDict(f"cycle=2018&{query}")
    short = Roster(crowd.reviewer, asked).page(asked.get("page")).object_list
    monkeypatch.setattr("credits.statements.roster.SHORT", 0)
    assert short and Roster(crowd.reviewer, asked).page(asked.get("page")).object_list == short


def test_each_table_is_asked_once_for_the_same_thing(crowd: Crowd) -> None:
    client = signed_in(crowd.reviewer)
    client.get(ROSTER)
    with CaptureQueriesContext(connection) as queries:
        client.get(ROSTER)
    asked = [query["sql"] for query in queries]
    assert len(asked) == len(set(asked))
    for table in ("credits_trainingcycle", "credits_membership", "auth_permission"):
        assert sum(f'FROM "{table}"' in sql for sql in asked) == 1


def test_a_sorted_page_is_found_by_an_index(crowd: Crowd) -> None:
    make_result(crowd.teacher)
    for sort, index in (("name", "roster_by_name"), ("coordinated", "roster_by_coordinated")):
        rows = Roster(crowd.reviewer, QueryDict(f"cycle=2018&sort={sort}")).rows.values_list("pk")[5000:5050]
        plan = rows.explain()
        if connection.vendor == "sqlite":
            assert f"COVERING INDEX {index}" in plan
            assert "TEMP B-TREE" not in plan


# --- found by letters --------------------------------------------------------------------------------------------


def test_a_new_name_is_found_whichever_way_it_came(crowd: Crowd) -> None:
    client = signed_in(crowd.reviewer)
    crowd.teacher.name = "曾明"
    crowd.teacher.save()
    crowd.stranger.name = "解放"
    Teacher.objects.bulk_update([crowd.stranger], ["name"])
    assert (names(client, "q=zengm"), names(client, "q=xf"), names(client, "q=zs")) == (["曾明"], ["解放"], [])


def test_rows_from_before_get_their_letters(crowd: Crowd) -> None:
    Teacher.objects.update(letters="")
    import_module("credits.migrations.0013_teachers_are_found_by_letters").fill(apps, None)
    assert set(Teacher.objects.values_list("letters", flat=True)) >= {"|zs|zhangsan|san", "|ww|wangwu|wu"}


# --- codes for the first sign-in ---------------------------------------------------------------------------------


def test_the_form_shows_the_cycle_of_the_roster(crowd: Crowd) -> None:
    client = signed_in(crowd.reviewer)
    for query, code in (("", "2023"), ("cycle=2018", "2018"), ("cycle=2023", "2023")):
        body = client.get(f"{ROSTER}?{query}").content.decode()
        assert re.findall(r'<option value="(\d{4})" selected', body) == [code]


def test_a_list_of_those_who_left_stays_so(crowd: Crowd) -> None:
    fill(crowd)
    Teacher.objects.filter(pk=crowd.stranger.pk).update(status="retired", ended_on=date(2021, 1, 1))
    StatementSummary.objects.filter(teacher=crowd.stranger).update(listed=False)
    body = page(signed_in(crowd.reviewer), "cycle=2018&status=ended")
    assert "已退休或离开的教师 1 人" in body
    assert re.findall(r'href="[^"]*missing=[^"]*"', body)
    assert all("status=ended" in link for link in re.findall(r'href="[^"]*missing=[^"]*"', body))
    assert "发登录码" not in body


def test_the_caption_says_when_the_rows_hold(crowd: Crowd) -> None:
    fill(crowd)
    StatementSummary.objects.update(as_of=date(2021, 6, 30))
    assert "核对到 2021 年 6 月 30 日</caption>" in page(signed_in(crowd.reviewer), "cycle=2018")
    StatementSummary.objects.filter(teacher=crowd.stranger).update(as_of=date(2021, 7, 1))
    assert "核对到 2021 年 6 月 30 日至 2021 年 7 月 1 日</caption>" in page(signed_in(crowd.reviewer), "cycle=2018")

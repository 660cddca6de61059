"""The queue of questions: whose are in it, in which order, page by page, and the numbers above it."""

from __future__ import annotations

import datetime
import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from credits.models import Organization
from faq.asking import numbers, queue, rights, steps
from faq.models import Question
from tests.cast import Place
from tests.faq.asking.asked import answered, closed, make_question

pytestmark = pytest.mark.django_db

HEADING = re.compile(r'<th scope="row"><a href="/questions/[^"]+/">([^<]+)</a>')


def ago(**span: float) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(**span)


def body_of(client: Client, query: str = "") -> str:
    answer = client.get(f"/questions/{query}")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def listed(client: Client, query: str = "") -> list[str]:
    """The questions of the page, in their order."""
    return HEADING.findall(body_of(client, query))


# --- whose questions, and which ----------------------------------------------------------------------------------


def test_each_sees_the_questions_of_their_office_and_below(place: Place) -> None:
    make_question(place, text="一小的")
    make_question(office=place.other.path, text="二小的")
    make_question(office=place.county.path, text="县里的")
    make_question(text="编辑的")
    seen = {who: set(listed(place.client(who))) for who in ("staff", "other_staff", "reviewer", "editor", "superuser")}
    assert seen == {
        "staff": {"一小的"},
        "other_staff": {"二小的"},
        "reviewer": {"一小的", "二小的", "县里的"},
        "editor": {"编辑的"},
        "superuser": {"一小的", "二小的", "县里的", "编辑的"},
    }


def test_chips_choose_by_state(place: Place) -> None:
    make_question(place, text="新的")
    steps.take(make_question(place, text="我的"), place.staff)
    steps.take(make_question(place, text="县里拿走的"), place.reviewer)
    answered(make_question(place, text="答过的"), place.staff)
    closed(make_question(place, text="关掉的"), place.staff)
    client = place.client("staff")
    assert set(listed(client)) == {"新的", "我的", "县里拿走的"}
    assert listed(client, "?state=mine") == ["我的"]
    assert listed(client, "?state=answered") == ["答过的"]
    assert listed(client, "?state=closed") == ["关掉的"]
    assert len(listed(client, "?state=all")) == 5
    assert set(listed(client, "?state=nonsense")) == {"新的", "我的", "县里拿走的"}


def test_a_county_sets_apart_what_waits_at_the_county(place: Place) -> None:
    make_question(place, text="学校办的")
    ours = make_question(place, text="交到县里的")
    steps.hand_on(ours, place.county.path, "县里登记的", place.staff)
    county = place.client("reviewer")
    assert len(listed(county)) == 2
    assert listed(county, "?state=ours") == ["交到县里的"]
    assert "等我们这里办的" in body_of(county)
    assert "等我们这里办的" not in body_of(place.client("staff"))


def test_those_who_wait_longest_come_first(place: Place) -> None:
    make_question(place, text="昨天", waiting_since=ago(days=1))
    make_question(place, text="刚才")
    make_question(place, text="上周", waiting_since=ago(days=7))
    assert listed(place.client("staff")) == ["上周", "昨天", "刚才"]


def test_the_overdue_are_marked_and_counted(place: Place, settings: Any) -> None:
    make_question(place, text="上周", waiting_since=ago(days=7))
    make_question(place, text="昨天", waiting_since=ago(days=1, hours=2))
    answered(make_question(place, text="答过的", waiting_since=ago(days=9)), place.staff)
    client = place.client("staff")
    body = body_of(client)
    assert body.count('state-short">超时') == 1
    assert "7 天" in body
    assert "26 小时" in body
    assert queue.counts(queue.seen_by(place.staff)) == queue.Counts(waiting=2, overdue=1)
    settings.QUESTION_TARGET_DAYS = 1
    assert body_of(client).count('state-short">超时') == 2


def test_an_empty_queue_says_so(place: Place) -> None:
    assert "这里没有提问" in body_of(place.client("staff"))


def test_a_row_says_who_has_it(place: Place) -> None:
    place.staff.last_name, place.staff.first_name = "王", "芳"
    place.staff.save()
    steps.take(make_question(place, school="桃源一小"), place.staff)
    make_question(office="9999.", text="没人的")
    assert "桃源一小，王芳" in body_of(place.client("staff"))
    assert "已经撤销的机构" in body_of(place.client("superuser"))


# --- searching and paging ----------------------------------------------------------------------------------------


def test_words_are_found_in_every_state(place: Place) -> None:
    make_question(place, text="学历冲抵要什么")
    closed(make_question(place, text="学历怎么填"), place.staff)
    make_question(place, text="密码忘了", name="赵六", school="桃源一小")
    client = place.client("staff")
    assert set(listed(client, "?q=学历")) == {"学历冲抵要什么", "学历怎么填"}
    assert listed(client, "?q=学历&state=waiting") == ["学历冲抵要什么"]
    assert len(listed(place.client("reviewer"), f"?q={place.school.name}")) == 3
    assert listed(client, "?q=赵六") == ["密码忘了"]
    assert "没有找到" in body_of(client, "?q=%25")
    assert place.client("other_staff").get("/questions/?q=学历").content.decode().count("学历怎么填") == 0


def test_a_code_finds_its_question_as_it_is_read_out(place: Place) -> None:
    question = make_question(place, text="就是这个")
    make_question(place, text="另一个")
    typed = question.spaced_code.lower()
    assert listed(place.client("staff"), f"?q={typed}") == ["就是这个"]
    assert listed(place.client("other_staff"), f"?q={typed}") == []


def test_only_the_newest_are_searched(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_SEARCHED", 2)
    for text in ("学历一", "学历二", "学历三"):
        make_question(place, text=text)
    assert listed(place.client("staff"), "?q=学历") == ["学历三", "学历二"]


@pytest.mark.parametrize("state", ["waiting", "all", "closed"])
def test_pages_go_on_where_the_last_one_ended(place: Place, monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    monkeypatch.setattr(queue, "A_PAGE", 2)
    same = ago(days=1)
    for number in range(5):
        row = make_question(place, text=f"第 {number} 个", waiting_since=same)
        if state == "closed":
            closed(row, place.staff)
    client, found, query = place.client("staff"), [], f"?state={state}"
    for _ in range(3):
        found += listed(client, query)
        further = re.search(r'rel="next" href="([^"]+)"', body_of(client, query))
        query = further[1] if further else ""
    assert query == ""
    order = range(5) if state == "waiting" else reversed(range(5))
    assert found == [f"第 {number} 个" for number in order]


@pytest.mark.parametrize("query", ["?after=nonsense", "?after=%00", "?q=%00", "?q=" + "字" * 500, "?state=", "?q=%FF"])
def test_whatever_stands_in_the_address_is_answered(place: Place, query: str) -> None:
    make_question(place)
    assert place.client("staff").get(f"/questions/{query}").status_code == 200


# --- few among many ----------------------------------------------------------------------------------------------


def test_an_office_has_those_below_it_and_no_namesakes() -> None:
    offices = ["", "1.", "1.2.", "1.2.3.", "1.20.", "1.3.", "11.2.", "1.2"]
    for office in offices:
        make_question(office=office, text=office)
    below = Question.objects.filter(office__below="1.2.").order_by("pk")
    assert list(below.values_list("office", flat=True)) == ["1.2.", "1.2.3."]


def test_offices_below_are_found_by_an_index() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        plan = Question.objects.filter(office__below="1.2.").order_by().values("pk").explain()
    assert "question_below_office" in plan
    assert "~>=~" in plan or "office>?" in plan


@pytest.mark.parametrize("few", [1, 100])
def test_few_are_listed_as_many_are(place: Place, monkeypatch: pytest.MonkeyPatch, few: int) -> None:
    monkeypatch.setattr(queue, "FEW", few)
    for number in range(3):
        closed(make_question(place, text=f"学历 {number}"), place.staff)
    make_question(office=place.other.path, text="学历，二小的")
    client = place.client("staff")
    three = ["学历 2", "学历 1", "学历 0"]
    assert listed(client, "?state=closed") == listed(client, "?state=all") == listed(client, "?q=学历") == three
    assert queue.counts(queue.seen_by(place.staff)) == queue.Counts(waiting=0, overdue=0)


# --- numbers -----------------------------------------------------------------------------------------------------


def first_answered(question: Question, **span: float) -> None:
    took = datetime.timedelta(**span)
    Question.objects.filter(pk=question.pk).update(first_answered_at=question.asked_at + took, state="answered")


def test_the_median_time_to_the_first_answer_is_told(place: Place) -> None:
    for hours in (1, 5, 90):
        first_answered(make_question(place), hours=hours)
    make_question(place)
    assert "5 小时</strong> 本月首次答复用时" in body_of(place.client("staff"))


def test_the_median_of_the_newest_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "MOST_FOR_QUEUE", 2)
    for hours in (200, 5, 5):
        first_answered(make_question(place), hours=hours)
    assert "5 小时</strong> 最近 2 个提问首次答复用时" in body_of(place.client("staff"))


def test_numbers_stand_by_school_and_month(place: Place) -> None:
    first_answered(make_question(place), hours=3)
    make_question(place)
    make_question(office=place.other.path)
    long_ago = make_question(place, asked_at=ago(days=40))
    first_answered(long_ago, days=4)
    client = place.client("reviewer")
    now = unescape(client.get("/questions/numbers/").content.decode())
    rows = [re.findall(r">([^<>\n]+)</t[hd]>", row) for row in now.split("<tr>")[2:]]
    assert rows == [
        ["桃源一小", "2", "1", "3 小时"],
        ["桃源二小", "1", "0", "—"],
        ["合计", "3", "1", "3 小时"],
    ]
    day = timezone.localtime(long_ago.asked_at)
    before = client.get(f"/questions/numbers/?month={day.year}-{day.month:02}").content.decode()
    assert "4 天" in before
    assert "桃源二小" not in before
    assert client.get("/questions/numbers/?month=x").status_code == 200
    assert "这个月没有提问" in place.client("editor").get("/questions/numbers/").content.decode()


# --- the ways to it ----------------------------------------------------------------------------------------------


def test_the_menu_leads_to_the_queue(place: Place) -> None:
    make_question(place)
    for who, has in {"staff": True, "editor": True, "herself": False, "auditor": False, "anonymous": False}.items():
        assert ('href="/questions/"' in place.client(who).get("/privacy/").content.decode()) == has, who
    work = unescape(place.client("staff").get("/credits/work/").content.decode())
    assert "1 个等待办理" in work
    assert "个等待办理" not in place.client("other_staff").get("/credits/work/").content.decode()


def test_editors_read_of_waiting_questions_in_the_admin(place: Place) -> None:
    assert "等待答复的提问" not in place.client("editor").get("/admin/").content.decode()
    make_question()
    assert "等待答复的提问" in place.client("editor").get("/admin/").content.decode()


# --- offices that are moved --------------------------------------------------------------------------------------


def make_office(place: Place, kind: str, parent: Organization | None = None) -> Organization:
    return Organization.objects.create(name=f"新的{kind}", kind=kind, parent=parent)


def test_questions_go_along_with_a_county_that_gets_a_city_above_it(place: Place) -> None:
    make_question(place, text="一小的")
    make_question(office=place.county.path, text="县里的")
    place.county.parent = make_office(place, "city")
    place.county.save()
    assert listed(place.client("staff")) == ["一小的"]
    assert set(listed(place.client("reviewer"))) == {"一小的", "县里的"}


def test_the_county_that_a_school_left_sees_its_questions_no_more(place: Place) -> None:
    make_question(place, text="一小的")
    place.school.parent = make_office(place, "county")
    place.school.save()
    assert listed(place.client("staff")) == ["一小的"]
    assert listed(place.client("reviewer")) == []


def test_questions_left_behind_are_found_by_the_clock(place: Place) -> None:
    """As those of offices that were moved before questions went along."""
    left = make_question(office=f"77.{place.school.path}", text="一小的")
    gone = make_question(office="1.999999.", text="没有了的")
    strange = make_question(office="x", text="怪的")
    assert listed(place.client("staff")) == []
    rights.follow_offices()
    assert listed(place.client("staff")) == ["一小的"]
    assert Question.objects.get(pk=left.pk).office == place.school.path
    assert [Question.objects.get(pk=row.pk).office for row in (gone, strange)] == ["1.999999.", "x"]

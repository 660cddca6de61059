"""Printed codes: who gets one, who gives them out, and who gets none."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credits.models import Event, SignInCode, Teacher
from credits.models.access import CODE_LETTERS
from credits.steps import codes
from helpdesk.common.decisions import Refusal
from helpdesk.management.commands.bootstrap import editors
from tests.cast import Place, make_teacher, make_teachers
from tests.credits.sign_in.codes import CODES, code_of, no_longer, refused, slips, try_code

pytestmark = pytest.mark.usefixtures("cycles")


def test_a_school_prints_slips_for_the_chosen(place: Place, newcomer: Teacher) -> None:
    chosen = {"teacher": [place.teacher.public_id, newcomer.public_id]}
    answer = place.client("staff").post(CODES, chosen)
    found = slips(answer)
    assert [(name, number) for name, number, _ in found] == [("张三", "A-1"), ("李四", "A-2")]
    assert all(re.fullmatch(rf"[{CODE_LETTERS}]{{5}}-[{CODE_LETTERS}]{{5}}", code) for *_, code in found)
    body = answer.content.decode()
    until = timezone.localdate() + datetime.timedelta(days=30)
    assert "桃源一小" in body
    assert f"{until.year} 年 {until.month} 月 {until.day} 日" in body
    assert "http://testserver/sign-in/first/" in body
    assert "no-store" in answer.headers["Cache-Control"]
    assert try_code("A-2", found[1][2]).status_code == 302


def test_all_that_the_roster_finds_get_one(place: Place, newcomer: Teacher) -> None:
    found = slips(place.client("reviewer").post(CODES, {"all": "1", "q": "李"}))
    assert [name for name, *_ in found] == ["李四"]
    everybody = slips(place.client("reviewer").post(CODES, {"all": "1"}))
    assert sorted(name for name, *_ in everybody) == ["张三", "李四", "王五"]


def test_reloading_the_slips_issues_nothing_anew(place: Place, newcomer: Teacher) -> None:
    client = place.client("staff")
    sent = {"teacher": newcomer.public_id, "csrfmiddlewaretoken": "as-the-page-had-it"}
    [(*_, code)] = slips(client.post(CODES, sent))
    again = client.post(CODES, sent, follow=True)
    assert again.redirect_chain == [(f"/credits/teachers/{newcomer.public_id}/", 302)]
    assert "这些登录码刚才已经发过，没有重发，已经印好的仍然有效。" in again.content.decode()
    many = {"all": "1", "sort": "-name", "csrfmiddlewaretoken": "as-the-roster-had-it"}
    assert slips(client.post(CODES, many))
    assert client.post(CODES, many).headers["Location"] == "/credits/teachers/?sort=-name"
    [(*_, newer)] = slips(client.post(CODES, sent | {"csrfmiddlewaretoken": "as-it-was-opened-anew"}))
    assert refused(try_code("A-2", code))
    assert try_code("A-2", newer).status_code == 302


def test_a_code_is_kept_only_as_a_digest(place: Place, newcomer: Teacher) -> None:
    [(*_, code)] = slips(place.client("staff").post(CODES, {"teacher": newcomer.public_id}))
    plain = code.replace("-", "")
    stored = str([SignInCode.objects.values().get(), list(Event.objects.values())])
    assert plain not in stored and code not in stored


def test_nobody_gets_codes_for_another_schools_teachers(place: Place) -> None:
    answer = place.client("staff").post(CODES, {"teacher": place.stranger.public_id}, follow=True)
    assert slips(answer) == []
    assert "请先选要发登录码的教师" in answer.content.decode()
    assert not SignInCode.objects.exists()
    with pytest.raises(PermissionDenied):
        codes.issue_codes([place.stranger], place.staff)
    assert place.client("herself").post(CODES, {"teacher": place.teacher.public_id}).status_code == 403


def test_coming_back_to_the_slips_shows_the_roster(place: Place) -> None:
    for answer in (place.client("staff").get(CODES), place.client("staff").head(CODES)):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/credits/teachers/")
    assert place.client("herself").get(CODES).status_code == 403


def test_the_slips_are_printed_by_a_button(place: Place, newcomer: Teacher) -> None:
    body = place.client("staff").post(CODES, {"teacher": newcomer.public_id}).content.decode()
    button = '<span class="page-tools"><button class="btn btn-primary" type="button" data-print>打印</button></span>'
    assert body.index(button) < body.index('<ul class="slips">')
    assert "Ctrl" not in body


def test_many_codes_are_asked_about_once(place: Place) -> None:
    many = make_teachers(place.school, 31, name="多")
    codes.issue_codes(many[:1], place.staff)
    many[-1].user = User.objects.create_user("closed", is_active=False)
    many[-1].save()
    client = place.client("staff")
    asked = client.post(CODES, {"all": "1", "q": "多", "sort": "-name"})
    body = asked.content.decode()
    assert slips(asked) == []
    assert SignInCode.objects.count() == 1
    assert "一共要印 30 张纸条" in body and "另外 1 人不能发登录码" in body
    assert "还没有用过的登录码会同时作废" in body
    assert '<a class="btn btn-quiet" href="/credits/teachers/?q=%E5%A4%9A&amp;sort=-name">回到教师名单</a>' in body
    form = body.partition(f'action="{CODES}"')[2].partition("</form>")[0]
    assert re.search(r"<button[^>]*>发 30 张登录码</button>", form)
    sent = dict(re.findall(r'name="(\w+)" value="(.*?)"', form))
    assert {name: sent[name] for name in ("q", "sort", "all", "confirmed")} == {
        **{"q": "多", "sort": "-name"},
        **{"all": "1", "confirmed": "31"},
    }
    another = make_teacher(place.school, name="多", staff_number="M-99")
    assert "一共要印 31 张纸条" in client.post(CODES, sent).content.decode()
    another.delete()
    assert len(slips(client.post(CODES, sent))) == SignInCode.objects.count() == 30


@pytest.mark.parametrize("ticked", [True, False])
def test_ticked_or_few_get_theirs_at_once(place: Place, ticked: bool) -> None:
    number = 31 if ticked else 30
    many = make_teachers(place.school, number, name="多")
    chosen = {"teacher": [one.public_id for one in many]} if ticked else {"all": "1", "q": "多"}
    assert len(slips(place.client("staff").post(CODES, chosen))) == number


@pytest.mark.parametrize(("most", "issued"), [(2, True), (1, False)])
def test_more_than_can_be_printed_is_told(
    place: Place, newcomer: Teacher, monkeypatch: pytest.MonkeyPatch, most: int, issued: bool
) -> None:
    monkeypatch.setattr("credits.views.codes.MOST_CODES", most)
    chosen = {"teacher": [place.teacher.public_id, newcomer.public_id]}
    answer = place.client("staff").post(CODES, chosen, follow=True)
    assert (f"一次最多发 {most} 张登录码" in answer.content.decode()) != issued
    assert SignInCode.objects.count() == (2 if issued else 0)


def test_two_thousand_codes_take_few_queries(place: Place) -> None:
    Teacher.objects.bulk_create(
        Teacher(staff_number=f"M-{number}", name="多", school=place.school) for number in range(1998)
    )
    client = place.client("staff")
    chosen = {"teacher": [teacher.public_id for teacher in Teacher.objects.filter(school=place.school)]}
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(CODES, chosen)
    assert len(slips(answer)) == SignInCode.objects.count() == 1999
    assert len(queries) < 80


def gets_into_the_admin(teacher: Teacher, place: Place) -> None:
    User.objects.filter(teacher=teacher).update(is_staff=True)


def becomes_superuser(teacher: Teacher, place: Place) -> None:
    User.objects.filter(teacher=teacher).update(is_superuser=True)


def works_for_the_county(teacher: Teacher, place: Place) -> None:
    assert teacher.user
    teacher.user.memberships.create(organization=place.county, role="reviewer")


def edits_questions(teacher: Teacher, place: Place) -> None:
    assert teacher.user
    teacher.user.groups.add(editors())


def is_shut_out(teacher: Teacher, place: Place) -> None:
    User.objects.filter(teacher=teacher).update(is_active=False)


WITHOUT_CODE = [no_longer, gets_into_the_admin, becomes_superuser, works_for_the_county, edits_questions, is_shut_out]


@pytest.mark.parametrize("happens", WITHOUT_CODE)
def test_no_code_opens_more_than_ones_own_statement(place: Place, newcomer: Teacher, happens: Any) -> None:
    code = code_of(place.teacher, place)
    happens(place.teacher, place)
    before = User.objects.get(pk=place.herself.pk).password
    # One that was issued before is good for nothing any more,
    assert refused(try_code("A-1", code))
    assert User.objects.get(pk=place.herself.pk).password == before
    # and there is no new one; whoever else was chosen gets theirs.
    teacher = Teacher.objects.get(pk=place.teacher.pk)
    with pytest.raises(Refusal):
        codes.issue_codes([teacher], place.superuser)
    answer = place.client("staff").post(CODES, {"teacher": [teacher.public_id, newcomer.public_id]})
    assert [name for name, *_ in slips(answer)] == ["李四"]
    assert re.search(r"张三.*不能发登录码", answer.content.decode())
    alone = place.client("staff").post(CODES, {"teacher": teacher.public_id}, follow=True)
    assert re.search(r"张三.*不能发登录码", alone.content.decode())


def test_one_button_on_the_page_issues_a_code(place: Place, newcomer: Teacher) -> None:
    body = place.client("staff").get(f"/credits/teachers/{newcomer.public_id}/").content.decode()
    form = body.partition(f'action="{CODES}"')[2].partition("</form>")[0]
    assert f'name="teacher" value="{newcomer.public_id}"' in form
    assert "发登录码" in form

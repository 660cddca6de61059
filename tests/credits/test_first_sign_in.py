"""Printed codes, and the first sign-in with them: who gets one, who gets in, and what strangers learn (nothing)."""

from __future__ import annotations

import datetime
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credits.models import Event, SignInCode, Teacher
from credits.models.access import CODE_LETTERS, MOST_WRONG_CODES
from credits.processes import people
from credits.processes.history import Refusal
from helpdesk.views import WRONG_CODE

from .place import Place
from .rows import make_teacher

pytestmark = pytest.mark.usefixtures("cycles")
FIRST, CODES, MINE = "/sign-in/first/", "/credits/codes/", "/credits/mine/"
PASSWORD = "mulberry-lane-7"


@pytest.fixture
def newcomer(place: Place) -> Teacher:
    return make_teacher(place.school, name="李四", staff_number="A-2")


def code_of(teacher: Teacher, place: Place) -> str:
    [(_, code)] = people.issue_codes([teacher], place.staff)
    return code


def try_code(number: str, code: str, password: str = PASSWORD, again: str | None = None, **address: Any) -> Any:
    """One try by a browser that was never here before."""
    typed = {"staff_number": number, "code": code, "password1": password, "password2": again or password}
    return Client(**address).post(FIRST, typed)


def wrong(code: str) -> str:
    """Another code, as long."""
    return "".join(CODE_LETTERS[CODE_LETTERS.index(letter) - 1] for letter in code)


def refused(answer: Any) -> bool:
    return answer.status_code == 200 and WRONG_CODE in answer.content.decode() and "sessionid" not in answer.cookies


def wrongly(answer: Any) -> tuple[bool, bool]:
    """Whether the page says that the code is wrong, and that the password will not do."""
    body = answer.content.decode()
    return WRONG_CODE in body, 'id="id_password1_error"' in body


# --- issuing ------------------------------------------------------------------------------------------------------


def slips(answer: Any) -> list[tuple[str, str, str]]:
    """Name, staff number and code of each slip."""
    body = answer.content.decode()
    found = re.findall(r'<li class="slip">.*?<strong>(.+?)</strong>.*?<dd>(.+?)</dd>.*?"slip-code">(.+?)<', body, re.S)
    return [(name, number, code) for name, number, code in found]


def test_a_school_prints_a_slip_for_each_teacher_chosen(place: Place, newcomer: Teacher) -> None:
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


def test_reloading_the_slips_issues_nothing_anew_and_the_printed_ones_hold(place: Place, newcomer: Teacher) -> None:
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
        people.issue_codes([place.stranger], place.staff)
    assert place.client("herself").post(CODES, {"teacher": place.teacher.public_id}).status_code == 403


def test_who_comes_back_to_the_slips_finds_the_roster(place: Place) -> None:
    for answer in (place.client("staff").get(CODES), place.client("staff").head(CODES)):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/credits/teachers/")
    assert place.client("herself").get(CODES).status_code == 403


def test_the_slips_are_printed_by_a_button(place: Place, newcomer: Teacher) -> None:
    body = place.client("staff").post(CODES, {"teacher": newcomer.public_id}).content.decode()
    button = '<span class="page-tools"><button class="btn btn-primary" type="button" data-print>打印</button></span>'
    assert body.index(button) < body.index('<ul class="slips">')
    assert "Ctrl" not in body


def test_codes_for_all_that_were_found_are_asked_about_once_where_they_are_many(place: Place) -> None:
    many = [make_teacher(place.school, name="多", staff_number=f"M-{number}") for number in range(31)]
    people.issue_codes(many[:1], place.staff)
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
def test_those_who_were_ticked_or_are_few_get_theirs_at_once(place: Place, ticked: bool) -> None:
    number = 31 if ticked else 30
    many = [make_teacher(place.school, name="多", staff_number=f"M-{at}") for at in range(number)]
    chosen = {"teacher": [one.public_id for one in many]} if ticked else {"all": "1", "q": "多"}
    assert len(slips(place.client("staff").post(CODES, chosen))) == number


@pytest.mark.parametrize(("most", "issued"), [(2, True), (1, False)])
def test_more_than_can_be_printed_at_once_are_told_kindly(
    place: Place, newcomer: Teacher, monkeypatch: pytest.MonkeyPatch, most: int, issued: bool
) -> None:
    monkeypatch.setattr("credits.views.people.MOST_CODES", most)
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
    assert len(queries) < 60


def no_longer(teacher: Teacher, place: Place) -> None:
    people.end(teacher, "retired", datetime.date(2020, 1, 1), place.staff)


def gets_into_the_admin(teacher: Teacher, place: Place) -> None:
    User.objects.filter(teacher=teacher).update(is_staff=True)


def becomes_superuser(teacher: Teacher, place: Place) -> None:
    User.objects.filter(teacher=teacher).update(is_superuser=True)


def works_for_the_county(teacher: Teacher, place: Place) -> None:
    assert teacher.user
    teacher.user.memberships.create(organization=place.county, role="reviewer")


def edits_questions(teacher: Teacher, place: Place) -> None:
    assert teacher.user
    teacher.user.groups.add(Group.objects.create(name="问答编辑"))


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
        people.issue_codes([teacher], place.superuser)
    answer = place.client("staff").post(CODES, {"teacher": [teacher.public_id, newcomer.public_id]})
    assert [name for name, *_ in slips(answer)] == ["李四"]
    assert re.search(r"张三.*不能发登录码", answer.content.decode())
    alone = place.client("staff").post(CODES, {"teacher": teacher.public_id}, follow=True)
    assert re.search(r"张三.*不能发登录码", alone.content.decode())


def test_one_button_on_a_teachers_page_issues_a_code(place: Place, newcomer: Teacher) -> None:
    body = place.client("staff").get(f"/credits/teachers/{newcomer.public_id}/").content.decode()
    form = body.partition(f'action="{CODES}"')[2].partition("</form>")[0]
    assert f'name="teacher" value="{newcomer.public_id}"' in form
    assert "发登录码" in form


# --- signing in for the first time --------------------------------------------------------------------------------


def test_the_sign_in_page_leads_there(client: Client, db: None) -> None:
    body = client.get("/sign-in/").content.decode()
    assert f'<a href="{FIRST}">第一次登录？用学校发的登录码</a>' in body
    assert client.get(FIRST).status_code == 200


def test_a_teacher_chooses_a_password_and_is_in(place: Place, newcomer: Teacher, client: Client) -> None:
    code = code_of(newcomer, place)
    typed = {"staff_number": "A-2", "code": code, "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(FIRST, typed, follow=True)
    assert answer.redirect_chain == [(MINE, 302)]
    body = answer.content.decode()
    assert "我的学分" in body and "李四" in body
    assert "以后登录用账号 A-2" in body
    account = User.objects.get(username="A-2")
    assert (account.is_staff, account.is_superuser, account.teacher) == (False, False, newcomer)
    assert Client().post("/sign-in/", {"username": "A-2", "password": PASSWORD}).headers["Location"] == MINE
    latest = newcomer.events.latest("pk")
    assert (latest.action, latest.actor_name) == ("第一次登录", "A-2")


def test_whoever_has_an_account_keeps_it_with_the_new_password(place: Place) -> None:
    place.herself.set_password("the-one-forgotten-1")
    place.herself.save()
    elsewhere = place.client("herself")
    answer = try_code("A-1", code_of(place.teacher, place))
    assert answer.headers["Location"] == MINE
    account = User.objects.get(teacher=place.teacher)
    assert account.pk == place.herself.pk
    assert account.check_password(PASSWORD)
    assert elsewhere.get(MINE).status_code == 302  # who was signed in with the old one is out


def test_an_account_of_somebody_else_is_never_taken_over(place: Place, newcomer: Teacher, client: Client) -> None:
    stranger = User.objects.create_user("A-2", password="strangers-own-1")
    code = code_of(newcomer, place)
    typed = {"staff_number": "A-2", "code": code, "password1": PASSWORD, "password2": PASSWORD}
    body = client.post(FIRST, typed, follow=True).content.decode()
    assert "以后登录用账号 A-2-2" in body
    stranger.refresh_from_db()
    assert stranger.check_password("strangers-own-1")
    assert not Teacher.objects.filter(user=stranger).exists()
    assert User.objects.get(teacher=newcomer).check_password(PASSWORD)


@pytest.mark.parametrize(
    ("number", "spelled"),
    [
        ("a-2", str.lower),
        (" A-2 ", lambda code: f" {code[:5]} - {code[5:]} "),
        ("Ａ－２", lambda code: "".join(chr(ord(letter) + 0xFEE0) for letter in code.lower())),
        ("A—2", lambda code: "－".join(code)),
        ("A - 2", lambda code: f"{code[:5]}—{code[5:]}　"),
        ("A-2", lambda code: f"{code[:5]}_{code[5:]}."),
    ],
)
def test_what_is_typed_is_taken_as_it_is_meant(place: Place, newcomer: Teacher, number: str, spelled: Any) -> None:
    assert try_code(number, spelled(code_of(newcomer, place))).status_code == 302


def test_no_two_numbers_differ_by_capitals_only(place: Place, newcomer: Teacher) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_teacher(place.school, staff_number="a-2")


def test_a_wrong_code_and_a_weak_password_are_told_at_once_and_the_code_stays_good(
    place: Place, newcomer: Teacher
) -> None:
    code = code_of(newcomer, place)
    assert wrongly(try_code("A-2", wrong(code), "short")) == (True, True)
    assert SignInCode.objects.get().wrong == 1
    assert wrongly(try_code("A-2", code, "short")) == (False, True)
    assert wrongly(try_code("Z-9", code, "short")) == (True, True)
    assert SignInCode.objects.get().wrong == 1
    assert try_code("A-2", code).status_code == 302


def test_the_sign_in_page_says_what_a_teachers_account_is_and_what_to_look_at(client: Client, db: None) -> None:
    hint = "老师的账号一般就是教师编号。"
    assert f'id="id_username_helptext">{hint}' in client.get("/sign-in/").content.decode()
    answer = client.post("/sign-in/", {"username": "A-2", "password": "not-the-right-one"})
    assert "账号或密码不对，请再看一遍。密码分大小写。" in answer.content.decode()


# --- what does not get in -----------------------------------------------------------------------------------------


def expire(place: Place, teacher: Teacher, code: str) -> tuple[str, str]:
    SignInCode.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    return "A-2", code


def use_up(place: Place, teacher: Teacher, code: str) -> tuple[str, str]:
    assert try_code("A-2", code).status_code == 302
    return "A-2", code


def block(place: Place, teacher: Teacher, code: str) -> tuple[str, str]:
    SignInCode.objects.update(wrong=MOST_WRONG_CODES)
    return "A-2", code


def replace(place: Place, teacher: Teacher, code: str) -> tuple[str, str]:
    code_of(teacher, place)
    return "A-2", code


def retire(place: Place, teacher: Teacher, code: str) -> tuple[str, str]:
    no_longer(teacher, place)
    return "A-2", code


MADE_USELESS = {
    "unknown": lambda place, teacher, code: ("Z-9", code),
    "anothers": lambda place, teacher, code: ("A-1", code),
    "wrong": lambda place, teacher, code: ("A-2", wrong(code)),
    "expired": expire,
    "used": use_up,
    "blocked": block,
    "replaced": replace,
    "retired": retire,
    "empty code": lambda place, teacher, code: ("A-2", "----"),
    "no number": lambda place, teacher, code: ("张三", code),
}


@pytest.mark.parametrize("what", MADE_USELESS)
def test_whatever_is_wrong_the_sentence_is_the_same(place: Place, newcomer: Teacher, what: str) -> None:
    number, code = MADE_USELESS[what](place, newcomer, code_of(newcomer, place))
    accounts = User.objects.count()
    answer = try_code(number, code, "another-password-1")
    assert refused(answer)
    assert answer.content.decode().count('role="alert"') == 1
    assert User.objects.count() == accounts
    assert f'value="{number}"' in answer.content.decode()


@pytest.mark.parametrize("what", MADE_USELESS)
def test_whatever_is_wrong_the_work_is_the_same(place: Place, newcomer: Teacher, what: str) -> None:
    """Statement by statement: as many questions to the database, as many writes."""
    code_of(place.teacher, place)

    def work(number: str, code: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert people.redeem_code(number, code, "hash") is None
        return [re.sub(r"'[^']*'|\d+", "", query["sql"])[:60] for query in queries]

    code = code_of(newcomer, place)
    reference = work("A-2", wrong(code))
    assert sum(sql.startswith("UPDATE") for sql in reference) == 1
    assert work(*MADE_USELESS[what](place, newcomer, code)) == reference


def test_very_many_wrong_codes_make_a_teachers_code_void_wherever_they_come_from(
    place: Place, newcomer: Teacher
) -> None:
    other = code_of(place.teacher, place)
    code = code_of(newcomer, place)
    for number in range(3):
        assert refused(try_code("A-2", wrong(code), REMOTE_ADDR=f"203.0.113.{number}"))
    assert SignInCode.objects.get(teacher=newcomer).wrong == 3
    SignInCode.objects.filter(teacher=newcomer).update(wrong=MOST_WRONG_CODES - 1)
    assert refused(try_code("A-2", wrong(code)))
    assert SignInCode.objects.get(teacher=newcomer).wrong == MOST_WRONG_CODES
    assert refused(try_code("A-2", code))
    assert SignInCode.objects.get(teacher=newcomer).wrong == MOST_WRONG_CODES
    assert SignInCode.objects.get(teacher=place.teacher).wrong == 0
    assert try_code("A-1", other).status_code == 302
    assert try_code("A-2", code_of(newcomer, place)).status_code == 302


def test_unknown_numbers_count_at_nobodys_code(place: Place, newcomer: Teacher) -> None:
    code_of(newcomer, place)
    for _ in range(3):
        try_code("Z-9", "AAAAAAAAAA")
    assert SignInCode.objects.get().wrong == 0


def test_tries_from_one_address_are_limited(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpdesk.middleware.RATE_LIMITED", {"first-sign-in": (2, 24 * 3600)})
    answers = [try_code("Z-9", "AAAAAAAAAA") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert PASSWORD not in answers[2].content.decode()
    assert try_code("Z-9", "AAAAAAAAAA", REMOTE_ADDR="203.0.113.9").status_code == 200


@pytest.mark.parametrize(
    ("password", "again", "sentence"),
    [
        ("short1", None, "密码太短了"),
        ("1234567890123", None, "密码不能全是数字。"),
        ("password123", None, "太常见"),
        ("quartz-77889", None, "密码不要和教师编号或姓名相近。"),
        (PASSWORD, "mulberry-lane-8", "两次填的密码不一样。"),
        ("p" * 129, None, "128"),
    ],
)
def test_a_password_that_will_not_do_is_told_at_its_field_in_chinese(
    place: Place, password: str, again: str | None, sentence: str
) -> None:
    teacher = make_teacher(place.school, staff_number="quartz-7788")
    code = code_of(teacher, place)
    answer = try_code("quartz-7788", code, password, again)
    body = answer.content.decode()
    assert answer.status_code == 200
    errors = " ".join(re.findall(r'id="id_password\d_error">(.*?)</div>', body, re.S))
    assert sentence in errors
    assert not re.search(r"[a-z]{4}", re.sub(r"<[^>]*>", "", errors))
    assert 'value="quartz-7788"' in body and f'value="{code}"' in body
    assert password not in body and (again or password) not in body
    assert SignInCode.objects.get().wrong == 0
    assert try_code("quartz-7788", code).status_code == 302


@pytest.mark.parametrize("typed", [{}, {"staff_number": "\x00", "code": "\x00"}, {"staff_number": "x" * 9999}])
def test_nothing_that_is_sent_breaks_it(db: None, typed: dict[str, str]) -> None:
    answer = Client().post(FIRST, typed)
    assert answer.status_code == 200
    assert "请填写。" in answer.content.decode()


def test_it_is_kept_by_no_cache_and_asks_for_a_token(place: Place) -> None:
    assert "no-store" in Client().get(FIRST).headers["Cache-Control"]
    assert Client(enforce_csrf_checks=True).post(FIRST, {}).status_code == 403


# --- two at once --------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_who_come_at_once_with_one_code_one_gets_in(cycles: None) -> None:
    place = Place()
    for turn in range(5):
        teacher = make_teacher(place.school, staff_number=f"N-{turn}")
        code = code_of(teacher, place)
        start = threading.Barrier(2)

        def come(password: str, number: str = teacher.staff_number, code: str = code, start: Any = start) -> Any:
            try:
                start.wait()
                return try_code(number, code, password)
            finally:
                connection.close()

        passwords = ["mulberry-lane-1", "mulberry-lane-2"]
        with ThreadPoolExecutor(2) as threads:
            answers = list(threads.map(come, passwords))
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        [winner] = [password for password, answer in zip(passwords, answers, strict=True) if answer.status_code == 302]
        assert User.objects.get(teacher=teacher).check_password(winner)
        assert teacher.events.filter(action="第一次登录").count() == 1
        assert User.objects.filter(username__startswith=teacher.staff_number).count() == 1


@pytest.mark.django_db(transaction=True)
def test_wrong_codes_that_come_at_once_are_all_counted(cycles: None) -> None:
    place = Place()
    code = code_of(place.teacher, place)

    def come(_: int) -> None:
        try:
            people.redeem_code("A-1", wrong(code), "hash")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(come, range(8)))
    assert SignInCode.objects.get().wrong == 8


@pytest.mark.django_db(transaction=True)
def test_two_who_issue_at_once_leave_one_code_that_works(cycles: None) -> None:
    place = Place()
    start = threading.Barrier(2)

    def issue(_: int) -> str:
        try:
            start.wait()
            return code_of(place.teacher, place)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        codes = list(threads.map(issue, range(2)))
    assert sorted(try_code("A-1", code).status_code for code in codes) == [200, 302]

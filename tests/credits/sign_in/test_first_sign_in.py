"""The first sign-in with a printed code, and two who come at once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client

from credits.models import Teacher
from credits.steps import codes
from helpdesk.common.guessing import LIMITS, Kind
from tests.cast import Place, make_teacher
from tests.credits.sign_in.codes import FIRST, MINE, PASSWORD, code_of, try_code, wrong, wrongly

pytestmark = pytest.mark.usefixtures("cycles")


# --- signing in for the first time -------------------------------------------------------------------------------


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


@pytest.mark.parametrize("typed", ["demo-0055", "Demo-0055", "DEMO—0055", "DEMO——0055", "ＤＥＭＯ－0055"])
def test_every_spelling_of_a_number_opens_both_doors(place: Place, typed: str) -> None:
    teacher = make_teacher(place.school, staff_number="DEMO-0055", name="张刚")
    assert try_code(typed, code_of(teacher, place)).headers["Location"] == MINE
    answer = Client().post("/sign-in/", {"username": typed, "password": PASSWORD})
    assert answer.headers["Location"] == MINE


def test_an_account_of_that_very_name_comes_before_a_teachers_number(place: Place) -> None:
    User.objects.create_user("a-1", password=PASSWORD)
    assert codes.account_name("a-1") == "a-1"
    assert codes.account_name("Ａ-1") == place.herself.username
    assert codes.account_name("nobody") == "nobody"


def test_wrong_passwords_count_together_in_whatever_spelling(place: Place) -> None:
    place.herself.set_password(PASSWORD)
    place.herself.save()
    for at in range(LIMITS[Kind.PAIR].free + 1):
        typed = ("a-1", "A—1", "Ａ－1")[at % 3]
        Client().post("/sign-in/", {"username": typed, "password": "wrong"})
    answer = Client().post("/sign-in/", {"username": "A-1", "password": PASSWORD})
    assert answer.status_code == 429


def test_an_account_is_kept_with_a_new_password(place: Place) -> None:
    place.herself.set_password("the-one-forgotten-1")
    place.herself.save()
    elsewhere = place.client("herself")
    answer = try_code("A-1", code_of(place.teacher, place))
    assert answer.headers["Location"] == MINE
    account = User.objects.get(teacher=place.teacher)
    assert account.pk == place.herself.pk
    assert account.check_password(PASSWORD)
    assert elsewhere.get(MINE).status_code == 302  # who was signed in with the old one is out


def test_anothers_account_is_never_taken_over(place: Place, newcomer: Teacher, client: Client) -> None:
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
def test_what_is_typed_is_taken_as_meant(place: Place, newcomer: Teacher, number: str, spelled: Any) -> None:
    assert try_code(number, spelled(code_of(newcomer, place))).status_code == 302


def test_no_two_numbers_differ_by_capitals_only(place: Place, newcomer: Teacher) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_teacher(place.school, staff_number="a-2")


def test_a_weak_password_leaves_the_code_good(place: Place, newcomer: Teacher) -> None:
    code = code_of(newcomer, place)
    assert wrongly(try_code("A-2", wrong(code), "short")) == (True, True)
    assert wrongly(try_code("Z-9", code, "short")) == (True, True)
    assert [wrongly(try_code("A-2", code, "short")) for _ in range(9)] == [(False, True)] * 9
    assert try_code("A-2", code).status_code == 302


def test_the_sign_in_page_explains_the_account(client: Client, db: None) -> None:
    hint = "老师的账号一般就是教师编号。"
    assert f'id="id_username_helptext">{hint}' in client.get("/sign-in/").content.decode()
    answer = client.post("/sign-in/", {"username": "A-2", "password": "not-the-right-one"})
    assert "账号或密码不正确，请检查后重新输入。密码区分大小写。" in answer.content.decode()


# --- two at once -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_with_one_code_one_gets_in(cycles: None) -> None:
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
def test_two_who_issue_at_once_leave_one_code(cycles: None) -> None:
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

"""Codes that do not work: strangers learn nothing from the answer."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credits.models import SignInCode, Teacher
from credits.steps import codes
from helpdesk.common.models import SignInTries
from tests.cast import Place, make_teacher
from tests.credits.sign_in.codes import FIRST, PASSWORD, code_of, no_longer, refused, try_code, wrong
from tests.signing_in.doors import let_time_pass

pytestmark = pytest.mark.usefixtures("cycles")


def expire(place: Place, teacher: Teacher, code: str) -> tuple[str, str]:
    SignInCode.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    return "A-2", code


def use_up(place: Place, teacher: Teacher, code: str) -> tuple[str, str]:
    assert try_code("A-2", code).status_code == 302
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
    """Statement by statement: as many questions to the database, and no writes."""
    code_of(place.teacher, place)

    def work(number: str, code: str) -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert codes.redeem_code(number, code, "hash") is None
        return [re.sub(r"'[^']*'|\d+", "", query["sql"])[:60] for query in queries]

    code = code_of(newcomer, place)
    reference = work("A-2", wrong(code))
    assert not any(sql.startswith(("UPDATE", "INSERT", "DELETE")) for sql in reference)
    assert work(*MADE_USELESS[what](place, newcomer, code)) == reference


def test_a_thousand_wrong_codes_leave_a_code_good(place: Place, newcomer: Teacher) -> None:
    code = code_of(newcomer, place)
    for number in range(60):
        try_code("A-2", wrong(code), REMOTE_ADDR=f"198.51.{number}.1")
    SignInTries.objects.filter(user=None).update(wrong=1000)
    assert try_code("A-2", code).status_code == 429
    let_time_pass()
    assert try_code("A-2", code).status_code == 302


def test_a_wrong_code_is_not_hashed(place: Place, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["no.such.Hasher"]
    assert refused(try_code("A-1", wrong(code_of(place.teacher, place))))


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
        (PASSWORD, "mulberry-lane-8", "两次输入的密码不一致。"),
        ("p" * 129, None, "128"),
    ],
)
def test_a_weak_password_is_told_in_chinese(place: Place, password: str, again: str | None, sentence: str) -> None:
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
    assert try_code("quartz-7788", code).status_code == 302


@pytest.mark.parametrize("typed", [{}, {"staff_number": "\x00", "code": "\x00"}, {"staff_number": "x" * 9999}])
def test_nothing_that_is_sent_breaks_it(db: None, typed: dict[str, str]) -> None:
    answer = Client().post(FIRST, typed)
    assert answer.status_code == 200
    assert "请填写。" in answer.content.decode()


def test_no_cache_keeps_it_and_a_token_is_asked(place: Place) -> None:
    assert "no-store" in Client().get(FIRST).headers["Cache-Control"]
    assert Client(enforce_csrf_checks=True).post(FIRST, {}).status_code == 403

"""Passwords that are easy to guess, and the doors at which they are refused."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from helpdesk.passwords import NotGuessable
from tests.cast import PASSWORD, Place
from tests.credits.sign_in.codes import code_of, try_code

pytestmark = pytest.mark.django_db

EASY = [
    "Jiaoshi2026",
    "jiaoshi@2026!",
    "J1a0sh1-2026",
    "xuefen19981231",
    "peixunxuefen1",
    "Laoshi123456",
    "woaixuexiao99",
    "qwertyuiop12",
    "1qaz2wsx3edc",
    "asdfghjkl;2025",
    "aaaaaaaaaaaa",
    "abcdefghij12",
    "9876543210ab",
    "Password2026!",
    "Sunshine2026",
    "老师培训2026学分",
    "ｊｉａｏｓｈｉ２０２６",
    # the school and the county of 桃源, and the person
    "taoyuanyixiao1",
    "Taoyuan-2026-1",
    "zhangsan2026x",
    "A-1A-1A-1A-12026",
]
GOOD = ["mulberry-lane-7", PASSWORD, "another-password-1", "k7f93m2x01", "正确的马和电池订书钉", "shan-cha-hua-kai-le"]


def problems(password: str, user: User | None = None) -> list[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize("password", EASY)
def test_an_easy_password_is_refused(place: Place, password: str) -> None:
    found = problems(password, place.herself)
    assert any("容易" in sentence or "全是数字" in sentence for sentence in found), found


@pytest.mark.parametrize("password", GOOD)
def test_a_good_password_is_taken(place: Place, password: str) -> None:
    assert problems(password, place.herself) == []


def test_the_accounts_own_name_is_refused(place: Place) -> None:
    place.nobody.username = "mulberry-lane"
    assert problems("Mulberry-Lane-7", place.nobody) != []
    assert problems("Mulberry-Lane-7", place.herself) == []


def test_every_refusal_is_in_chinese(place: Place) -> None:
    for password in (*EASY, "short", "1234567890"):
        assert all(ord(sentence[0]) > 0x4E00 for sentence in problems(password, place.herself))


def test_where_a_teacher_works_is_not_told(place: Place) -> None:
    """A stranger who tries names of schools at the first sign-in gets the same answer for every staff number."""
    for number in ("A-1", "B-1", "Z-9"):
        with pytest.raises(ValidationError):
            NotGuessable().validate("taoyuanerxiao", User(username=number))


@pytest.mark.usefixtures("cycles")
def test_the_first_sign_in_refuses_it(place: Place) -> None:
    code = code_of(place.teacher, place)
    assert "容易猜到" in try_code("A-1", code, "Jiaoshi2026").content.decode()
    assert try_code("A-1", code).status_code == 302


@pytest.mark.parametrize("path", ["/admin/auth/user/add/", "/admin/auth/user/{}/password/"])
def test_the_admins_forms_refuse_it(place: Place, path: str) -> None:
    typed = {"username": "new", "usable_password": "true", "password1": "Jiaoshi2026", "password2": "Jiaoshi2026"}
    answer = place.client("superuser").post(path.format(place.staff.pk), typed)
    assert answer.status_code == 200
    assert "容易猜到" in answer.content.decode()

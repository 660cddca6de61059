"""Signing in to the admin; how often one may try is tested in `tests.signing_in`."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.admin.forms import LOGIN, sign_in
from tests.cast import PASSWORD, make_editor

pytestmark = pytest.mark.django_db


def test_the_sign_in_page_is_chinese(client: Client) -> None:
    body = client.get(LOGIN).content.decode()
    assert "账号" in body and "密码" in body and "登录" in body
    assert re.search(r'id="site-name">.*师训问答管理后台', body)


def test_a_visitor_is_led_to_sign_in(client: Client) -> None:
    answer = client.get("/admin/faq/entry/")
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next=/admin/faq/entry/")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_signing_in_never_leads_away(client: Client, target: str) -> None:
    make_editor()
    answer = client.post(LOGIN, {"username": "editor", "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    assert "evil" not in answer["Location"] and "alert" not in answer["Location"]


def test_a_teacher_does_not_get_in() -> None:
    User.objects.create_user("teacher", password=PASSWORD)
    assert sign_in("teacher", PASSWORD).status_code == 200


def test_success_forgets_earlier_slips() -> None:
    make_editor()
    for _ in range(3):
        for _ in range(5):
            assert sign_in("editor", "wrong").status_code == 200
        assert sign_in("editor", PASSWORD).status_code == 302


def test_a_colleague_at_the_address_still_signs_in() -> None:
    make_editor("colleague")
    for _ in range(8):
        sign_in("editor", "wrong")
    assert sign_in("editor", "wrong").status_code == 429
    assert sign_in("colleague", PASSWORD).status_code == 302


def test_a_lockout_by_a_forged_address_still_counts() -> None:
    for number in range(9):
        answer = sign_in("editor", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert answer.status_code == 429


@pytest.mark.parametrize(
    ("name", "query", "agent"),
    [
        ("a\x00b", "", "x"),
        ("编" * 4_000, "", "x"),
        ("'; DROP TABLE auth_user; --", "", "'; DROP TABLE auth_user; --"),
        ("editor", "?next=%00", "x"),
        ("editor", "?a=%00&b=%ff", "x"),
        ("editor", "?" + "a=1&" * 1000, "y" * 5000),
        ("editor", "", "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")),
    ],
)
def test_a_hostile_try_is_just_a_failed_one(client: Client, name: str, query: str, agent: str) -> None:
    form = {"username": name, "password": "wrong\x00", "more": "nul \x00"}
    assert client.post(LOGIN + query, form, HTTP_USER_AGENT=agent).status_code == 200
    form["password"] = "wrong"
    assert client.post(LOGIN + query, form, HTTP_USER_AGENT=agent).status_code == 200
    assert User.objects.count() == 0

"""Somebody signed in for a while is asked once more before what cannot be taken back."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from credits.models import SignInCode, StatementAccess, Teacher
from helpdesk.account import factor
from tests.account.people import CODE, FACTOR, enrol, later, shown, sign_in, with_password
from tests.cast import PASSWORD, Place

pytestmark = pytest.mark.usefixtures("cycles")
CODES, EXPORT = "/credits/codes/", "/credits/teachers/export/"
ASKED = "请再确认一次是您本人"


@pytest.fixture
def people(place: Place) -> Place:
    for user in (place.staff, place.superuser):
        with_password(user)
    return place


def client_of(user: User, minutes: float = 11) -> Client:
    """Somebody who signed in so many minutes ago."""
    client, answer = sign_in(user)
    assert answer.status_code == 302
    later(client, minutes=minutes)
    return client


def form_of(answer: Any) -> dict[str, list[str]]:
    """The fields that the form of the page sends, as a browser would, the password left empty."""
    body = answer.content.decode()
    form = body.partition('<form method="post" class="sign-in"')[2].partition("</form>")[0]
    sent: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        sent.setdefault(name, []).append(html.unescape(value))
    return sent


def is_asked(answer: Any) -> bool:
    return ASKED in answer.content.decode(errors="replace")


# --- before what -------------------------------------------------------------------------------------------------


def sent_by_staff(place: Place) -> dict[str, Any]:
    return {"teacher": [place.teacher.public_id]}


def test_codes_are_issued_after_the_password(people: Place) -> None:
    client = client_of(people.staff)
    asked = client.post(CODES, sent_by_staff(people), headers={"referer": "http://testserver/credits/teachers/?q=张"})
    assert is_asked(asked) and "发登录码" in asked.content.decode()
    assert not SignInCode.objects.exists()
    slips = client.post(CODES, form_of(asked) | {"password_again": PASSWORD})
    assert 'class="slip-code"' in slips.content.decode()
    assert SignInCode.objects.get().teacher == people.teacher


def test_an_export_waits_for_the_password(people: Place) -> None:
    client = client_of(people.staff)
    asked = client.post(EXPORT, sent_by_staff(people), headers={"referer": "http://testserver/credits/teachers/?q=1"})
    assert is_asked(asked)
    confirmed = client.post(EXPORT, form_of(asked) | {"password_again": PASSWORD})
    body = confirmed.content.decode()
    assert "已经确认是您本人" in body
    assert 'href="http://testserver/credits/teachers/?q=1"' in body
    file = client.post(EXPORT, form_of(confirmed))
    assert "attachment" in file.headers["Content-Disposition"]


@pytest.mark.parametrize("path", ["/credits/teachers/print/", "/credits/teachers/picture/export/"])
def test_what_takes_data_along_waits_for_the_password(people: Place, path: str) -> None:
    client = client_of(people.staff)
    asked = client.post(path, sent_by_staff(people))
    assert is_asked(asked) and not StatementAccess.objects.exists()
    assert client.post(path, form_of(asked) | {"password_again": PASSWORD}).status_code == 200


def test_an_import_or_a_page_asks_nobody(people: Place) -> None:
    client = client_of(people.staff, minutes=20)
    for path in ("/credits/teachers/", "/credits/work/", CODES):
        assert not is_asked(client.get(path))
    answer = client.post("/credits/plans/new/", {"school": people.school.pk, "school_year": "2025", "content": "十次"})
    assert answer.status_code == 302


def forget(place: Place) -> tuple[str, dict[str, Any]]:
    return "/admin/credits/teacher/", {"action": "forget", "_selected_action": [place.stranger.pk], "confirmed": "yes"}


def delete_account(place: Place) -> tuple[str, dict[str, Any]]:
    return f"/admin/auth/user/{place.nobody.pk}/delete/", {"post": "yes"}


def delete_accounts(place: Place) -> tuple[str, dict[str, Any]]:
    chosen = {"action": "delete_selected", "_selected_action": [place.nobody.pk], "post": "yes"}
    return "/admin/auth/user/", chosen


def take_a_factor(place: Place) -> tuple[str, dict[str, Any]]:
    enrol(place.nobody)
    return "/admin/auth/user/", {"action": "remove_factor", "_selected_action": [place.nobody.pk]}


def begin_to_enrol(place: Place) -> tuple[str, dict[str, Any]]:
    return FACTOR, {"step": "begin"}


def what_there_is() -> list[int]:
    return [Teacher.objects.count(), User.objects.count(), TOTPDevice.objects.count()]


@pytest.mark.parametrize("step", [forget, delete_account, delete_accounts, take_a_factor, begin_to_enrol])
def test_the_step_is_taken_with_the_password_only(people: Place, step: Any) -> None:
    path, sent = step(people)
    client = client_of(people.superuser)
    before = what_there_is()
    asked = client.post(path, sent)
    assert is_asked(asked)
    assert is_asked(client.post(path, form_of(asked) | {"password_again": "wrong"}))
    assert what_there_is() == before
    client.post(path, form_of(asked) | {"password_again": PASSWORD})
    client.post(path, sent)  # pages of the admin are asked for before they are filled in
    assert what_there_is() != before


def test_a_password_of_anothers_is_set_after_ones_own(people: Place) -> None:
    path = f"/admin/auth/user/{people.staff.pk}/password/"
    client = client_of(people.superuser)
    asked = client.get(path)
    assert is_asked(asked)
    answer = client.post(path, form_of(asked) | {"password_again": PASSWORD})
    assert answer.headers["Location"] == path
    assert 'name="password1"' in client.get(path).content.decode()


# --- for how long ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "asked"), [(0, False), (9, False), (11, True)])
def test_for_ten_minutes_nobody_is_asked(people: Place, minutes: float, asked: bool) -> None:
    assert is_asked(client_of(people.staff, minutes).post(CODES, sent_by_staff(people))) == asked


def test_having_confirmed_is_good_for_as_long(people: Place) -> None:
    client = client_of(people.staff)
    client.post(CODES, sent_by_staff(people) | {"password_again": PASSWORD})
    later(client, minutes=9)
    assert not is_asked(client.post(EXPORT, sent_by_staff(people)))
    later(client, minutes=2)
    assert is_asked(client.post(EXPORT, sent_by_staff(people)))


def test_the_session_gets_a_new_key(people: Place) -> None:
    client = client_of(people.staff)
    before = client.cookies["sessionid"].value
    client.post(CODES, sent_by_staff(people) | {"password_again": PASSWORD})
    assert client.cookies["sessionid"].value != before
    assert "就是这一台" in client.get("/account/").content.decode()


# --- with what ---------------------------------------------------------------------------------------------------


def test_whoever_has_a_factor_gives_its_code(people: Place) -> None:
    app = enrol(people.staff)
    client, _ = sign_in(people.staff)
    client.post(CODE, {"code": shown(app, -1)})
    later(client, minutes=11)
    asked = client.post(CODES, sent_by_staff(people))
    assert is_asked(asked) and "验证码" in asked.content.decode()
    assert is_asked(client.post(CODES, form_of(asked) | {"password_again": PASSWORD}))
    assert not is_asked(client.post(CODES, form_of(asked) | {"password_again": shown(app)}))
    assert SignInCode.objects.count() == 1


def test_a_recovery_code_does_as_well(people: Place) -> None:
    enrol(people.staff)
    [code, *_] = factor.new_recovery_codes(people.staff)
    client, _ = sign_in(people.staff)
    client.post(CODE, {"code": factor.new_recovery_codes(people.staff)[0]})
    [code, *_] = factor.new_recovery_codes(people.staff)
    later(client, minutes=11)
    assert not is_asked(client.post(CODES, sent_by_staff(people) | {"password_again": code}))


def test_passwords_are_not_guessed_here(people: Place) -> None:
    client = client_of(people.staff)
    for _ in range(5):
        assert "密码不对" in client.post(CODES, sent_by_staff(people) | {"password_again": "x"}).content.decode()
    answer = client.post(CODES, sent_by_staff(people) | {"password_again": PASSWORD})
    assert "试的次数太多了" in answer.content.decode()
    assert not SignInCode.objects.exists()


# --- nothing is lost ---------------------------------------------------------------------------------------------


def test_what_was_chosen_is_sent_once_more(people: Place) -> None:
    sent = {"teacher": ["一<b>", '"二"'], "q": "张 三", "sort": "-name"}
    asked = client_of(people.staff).post(CODES, sent | {"password1": "secret-1"})
    form = form_of(asked)
    assert {name: form[name] for name in sent} == {"teacher": ["一<b>", '"二"'], "q": ["张 三"], "sort": ["-name"]}
    assert "secret-1" not in asked.content.decode()
    again = client_of(people.staff).post(CODES, form | {"password_again": "wrong"})
    assert {name: form_of(again)[name] for name in sent} == {name: form[name] for name in sent}


def test_the_password_never_comes_back_to_the_page(people: Place) -> None:
    answer = client_of(people.staff).post(CODES, sent_by_staff(people) | {"password_again": "not-quite-right-1"})
    assert "not-quite-right-1" not in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_way_back_never_leads_away(people: Place) -> None:
    client = client_of(people.staff)
    for sent in ({}, {"password_again": "x", "password_again_back": "https://evil.example/"}):
        asked = client.post(CODES, sent, headers={"referer": "https://evil.example/"})
        assert is_asked(asked)
        assert "evil" not in asked.content.decode()


def test_reloading_the_slips_still_issues_nothing_anew(people: Place) -> None:
    client = client_of(people.staff)
    sent = form_of(client.post(CODES, sent_by_staff(people))) | {"password_again": PASSWORD}
    sent["csrfmiddlewaretoken"] = ["as-the-page-had-it"]
    assert 'class="slip-code"' in client.post(CODES, sent).content.decode()
    before = SignInCode.objects.get().digest
    assert client.post(CODES, sent).status_code == 302
    assert SignInCode.objects.get().digest == before

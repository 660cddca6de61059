"""Changing one's own password, and having to after an administrator set it."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from tests.account.people import ACCOUNT, ADMIN, CHANGE, is_in, sign_in, with_password
from tests.cast import PASSWORD, Place, signed_in
from tests.credits.sign_in.codes import code_of, try_code

pytestmark = pytest.mark.usefixtures("cycles")
NEW, THIRD = "mulberry-lane-7", "walnut-bridge-9"


def typed(old: str = PASSWORD, new: str = NEW, again: str | None = None, **more: str) -> dict[str, str]:
    return {"old_password": old, "password1": new, "password2": again or new} | more


def set_in_the_admin(place: Place, user: User, password: str = PASSWORD) -> None:
    """An administrator sets somebody's password in the admin's form."""
    form = {"password1": password, "password2": password, "usable_password": "true"}
    answer = place.client("superuser").post(f"/admin/auth/user/{user.pk}/password/", form)
    assert answer.status_code == 302


@pytest.fixture
def told(place: Place) -> Client:
    """The school's staff, signed in with a password that an administrator set."""
    set_in_the_admin(place, place.staff)
    client, _ = sign_in(place.staff)
    return client


# --- one's own ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["herself", "staff", "editor", "nobody"])
def test_everybody_changes_their_own(place: Place, who: str) -> None:
    user = with_password(getattr(place, who))
    client = signed_in(user)
    assert f'href="{ACCOUNT}"' in client.get("/").content.decode()
    assert f'href="{CHANGE}"' in client.get(ACCOUNT).content.decode()
    answer = client.post(CHANGE, typed(), follow=True)
    assert answer.redirect_chain == [(ACCOUNT, 302)]
    assert "密码改好了" in answer.content.decode()
    assert sign_in(user, NEW)[1].status_code == 302
    assert sign_in(user, PASSWORD)[1].status_code == 200


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (typed(old="wrong"), "密码不对"),
        (typed(new="short"), "太短"),
        (typed(new="Jiaoshi2026"), "容易猜到"),
        (typed(again="different-1"), "两次输入的密码不一致"),
        (typed(new=PASSWORD), "和现在的一样"),
        ({}, "请填写"),
    ],
)
def test_what_is_wrong_stands_at_its_field(place: Place, sent: dict[str, str], said: str) -> None:
    client = signed_in(with_password(place.staff))
    body = client.post(CHANGE, sent).content.decode()
    assert said in body
    assert PASSWORD not in body and NEW not in body
    assert sign_in(place.staff)[1].status_code == 302


def test_the_page_leads_back_on_this_site_only(place: Place) -> None:
    client = signed_in(with_password(place.staff))
    assert client.post(CHANGE, typed(next="/credits/work/")).headers["Location"] == "/credits/work/"
    assert client.post(CHANGE, typed(NEW, THIRD, next="https://evil.example/")).headers["Location"] == ACCOUNT


def test_the_password_of_now_is_not_guessed_here(place: Place) -> None:
    client = signed_in(with_password(place.staff))
    for _ in range(5):
        assert "密码不对" in client.post(CHANGE, typed(old="wrong")).content.decode()
    assert "试的次数太多了" in client.post(CHANGE, typed()).content.decode()
    assert sign_in(place.staff)[1].status_code == 302


def test_the_admins_own_page_leads_here(place: Place) -> None:
    assert place.client("editor").get("/admin/password_change/").headers["Location"] == CHANGE


# --- after an administrator set it -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/faq/", "/credits/work/", "/credits/teachers/?q=李", "/privacy/", "/account/"])
def test_every_page_leads_to_the_change(told: Client, path: str) -> None:
    answer = told.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{CHANGE}?next=%2F")
    assert told.post(path, {"a": "b"}).headers["Location"] == CHANGE


@pytest.mark.parametrize("path", ["/api/v1/entries/", "/api/v1/search?q=a", "/healthz", "/sw.js", "/offline/"])
def test_what_is_the_same_for_all_stays_open(told: Client, path: str) -> None:
    assert told.get(path).status_code == 200


def test_the_admin_leads_there_too(place: Place) -> None:
    set_in_the_admin(place, place.editor)
    client, answer = sign_in(place.editor, door=ADMIN)
    assert answer.status_code == 302
    assert client.get("/admin/faq/entry/").headers["Location"] == f"{CHANGE}?next=%2Fadmin%2Ffaq%2Fentry%2F"


def test_once_changed_one_goes_where_one_wanted(told: Client) -> None:
    assert "管理员设的" in told.get(CHANGE).content.decode()
    asked = told.get("/credits/teachers/?q=%E6%9D%8E").headers["Location"]
    form = told.get(asked).content.decode()
    assert 'name="next" value="/credits/teachers/?q=%E6%9D%8E"' in form
    answer = told.post(CHANGE, typed(next="/credits/teachers/?q=%E6%9D%8E"))
    assert answer.headers["Location"] == "/credits/teachers/?q=%E6%9D%8E"
    assert told.get("/credits/work/").status_code == 200


def test_without_a_wish_one_goes_to_ones_work(told: Client) -> None:
    assert told.post(CHANGE, typed()).headers["Location"] == "/credits/work/"


def test_one_may_sign_out_instead(told: Client) -> None:
    assert told.post("/sign-out/").headers["Location"] == "/"
    assert not is_in(told)


def test_it_is_asked_at_the_next_sign_in_as_well(place: Place, told: Client) -> None:
    client, _ = sign_in(place.staff)
    assert client.get("/").headers["Location"].startswith(CHANGE)
    client.post(CHANGE, typed())
    assert sign_in(place.staff, NEW)[0].get("/").status_code == 200


def test_a_new_account_of_the_admin_must_change_it(place: Place) -> None:
    form = {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    assert place.client("superuser").post("/admin/auth/user/add/", form).status_code == 302
    client, _ = sign_in(User.objects.get(username="newcomer"))
    assert client.get("/").headers["Location"].startswith(CHANGE)


def test_a_password_set_by_command_is_kept(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    set_in_the_admin(place, place.staff, NEW)
    monkeypatch.setattr("getpass.getpass", lambda prompt: THIRD)  # it is typed at a terminal
    call_command("changepassword", "staff", verbosity=0)
    client, _ = sign_in(place.staff, THIRD)
    assert client.get("/credits/work/").status_code == 200


def test_a_printed_code_replaces_the_password(place: Place) -> None:
    set_in_the_admin(place, place.herself)
    answer = try_code("A-1", code_of(place.teacher, place), NEW)
    assert answer.headers["Location"] == "/credits/mine/"
    assert sign_in(place.herself, NEW)[0].get("/credits/mine/").status_code == 200


def test_whoever_sets_their_own_in_the_admin_chose_it(place: Place) -> None:
    with_password(place.superuser)
    client = signed_in(place.superuser)
    form = {"password1": NEW, "password2": NEW, "usable_password": "true"}
    assert client.post(f"/admin/auth/user/{place.superuser.pk}/password/", form).status_code == 302
    assert sign_in(place.superuser, NEW)[0].get("/admin/").status_code == 200


def test_demo_accounts_keep_their_password(settings: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    settings.DEBUG = True
    monkeypatch.setenv("DEMO_PASSWORD", PASSWORD)
    monkeypatch.setattr("helpdesk.management.commands.bootstrap.make_demo", lambda: None)
    call_command("bootstrap", "--demo", verbosity=0)
    assert sign_in(User.objects.get(username="admin"))[0].get("/admin/").status_code == 200

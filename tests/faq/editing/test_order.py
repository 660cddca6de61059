"""The order of categories and entries, arranged by hand in the admin and seen by readers."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from faq.editing import order
from faq.models import Category, Entry, SearchState

pytestmark = pytest.mark.django_db
CATEGORIES = "/admin/faq/category/order/"
ENTRIES = "/admin/faq/entry/order/upgrade-login/"


def form_of(body: str) -> dict[str, Any]:
    """The fields of the form on a page of order."""
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', body)[0] for name in ("seen", "order")}


def opened(client: Client, path: str) -> dict[str, Any]:
    return form_of(client.get(path).content.decode())


def reversed_order(form: dict[str, Any]) -> dict[str, Any]:
    return form | {"order": ",".join(reversed(form["order"].split(",")))}


def login_entries() -> list[str]:
    return [entry.ref for entry in Entry.objects.in_order().filter(category__slug="upgrade-login")]


def test_readers_see_the_saved_order_of_entries(client: Client, editor: User) -> None:
    before = login_entries()
    answer = client.post(ENTRIES, reversed_order(opened(client, ENTRIES)), follow=True)
    assert "顺序已保存，6 条换了位置" in answer.content.decode()
    assert login_entries() == before[::-1]
    body = Client().get("/faq/category/upgrade-login/").content.decode()
    assert re.findall(r'href="/faq/(upgrade-\d\d)/"', body) == before[::-1]
    positions = Entry.objects.filter(category__slug="upgrade-login").values_list("position", flat=True)
    assert sorted(positions) == [10, 20, 30, 40, 50, 60]


def test_readers_see_the_saved_order_of_categories(client: Client, editor: User) -> None:
    client.post(CATEGORIES, reversed_order(opened(client, CATEGORIES)))
    slugs = list(Category.objects.order_by("-position").values_list("slug", flat=True))
    assert slugs[0] == "upgrade-login"
    body = Client().get("/faq/").content.decode()
    shown = dict.fromkeys(re.findall(r'href="/faq/category/([a-z-]+)/"', body))
    assert list(shown) == slugs[::-1]


def test_categories_of_one_position_stand_as_they_were_made(client: Client, editor: User) -> None:
    """Databases sort slugs with strokes in them each their own way."""
    Category.objects.update(position=100)
    made = list(Category.objects.order_by("pk").values_list("slug", flat=True))
    shown = dict.fromkeys(re.findall(r'href="/faq/category/([a-z-]+)/"', Client().get("/faq/").content.decode()))
    assert list(shown) == made
    assert list(dict.fromkeys(entry.category.slug for entry in Entry.objects.in_order())) == made
    assert [category.slug for category in order.categories().rows] == made


@pytest.mark.parametrize(
    ("where", "expected"), [("up", "1,0,2,3,4,5"), ("down", "0,2,1,3,4,5"), ("first", "1,0,2,3,4,5"), ("x", None)]
)
def test_buttons_move_without_a_script_and_save_nothing(
    client: Client, editor: User, where: str, expected: str | None
) -> None:
    form = opened(client, ENTRIES)
    keys = form["order"].split(",")
    answer = client.post(ENTRIES, form | {"move": f"{keys[1]}:{where}"}, follow=True)
    wanted = form["order"] if expected is None else ",".join(keys[int(at)] for at in expected.split(","))
    shown = form_of(answer.content.decode())
    assert shown["order"] == wanted
    if expected:
        assert "还没有保存" in answer.content.decode()
        assert Entry.objects.filter(position=100, category__slug="upgrade-login").count() == 6
        assert shown["seen"] == form["seen"]


@pytest.mark.parametrize(("at", "where"), [(0, "up"), (0, "first"), (5, "down")])
def test_who_stands_at_an_end_stays_there(client: Client, editor: User, at: int, where: str) -> None:
    rows = order.entries_of(Category.objects.get(slug="upgrade-login")).rows
    assert order.moved(rows, rows[at].pk, where) == rows


def test_the_later_of_two_is_told_and_loses_nothing(client: Client, editor: User) -> None:
    mine = opened(client, ENTRIES)
    theirs = opened(client, ENTRIES)
    client.post(ENTRIES, reversed_order(theirs))
    answer = client.post(ENTRIES, mine | {"order": mine["order"]})
    body = answer.content.decode()
    assert "同事排过一次顺序" in body
    again = form_of(body)
    assert again["order"] == mine["order"]
    assert login_entries()[0] == "upgrade-06"
    client.post(ENTRIES, again)
    assert login_entries()[0] == "upgrade-01"


def test_what_came_and_went_meanwhile_is_named(client: Client, editor: User) -> None:
    form = reversed_order(opened(client, ENTRIES))
    category = Category.objects.get(slug="upgrade-login")
    Entry.objects.get(ref="upgrade-02").delete()
    Entry(ref="new", question="玄铁按钮在哪里？", answer="在首页。", category=category).save()
    body = client.post(ENTRIES, form).content.decode()
    assert "多了 1 条（“玄铁按钮在哪里？”），先排在最后，少了 1 条" in body
    client.post(ENTRIES, form_of(body))
    assert login_entries() == ["upgrade-06", "upgrade-05", "upgrade-04", "upgrade-03", "upgrade-01", "new"]


def test_a_form_of_a_moved_entry_is_told(client: Client, editor: User) -> None:
    entry = Entry.objects.get(ref="upgrade-01")
    version = SearchState.current()
    client.post(ENTRIES, reversed_order(opened(client, ENTRIES)))
    assert Entry.objects.get(pk=entry.pk).stamp != entry.stamp
    assert SearchState.current() == version + 1


@pytest.mark.parametrize("sent", ["", "x", "9" * 40, "-1,2", "1,1,1", "0,\x00", "１,２"])
def test_an_order_that_makes_no_sense_loses_no_entry(client: Client, editor: User, sent: str) -> None:
    before = set(login_entries())
    answer = client.post(ENTRIES, opened(client, ENTRIES) | {"order": sent})
    assert answer.status_code in (200, 302)
    assert set(login_entries()) == before


def test_only_who_may_change_may_arrange(client: Client, content: None) -> None:
    user = User.objects.create_user("li", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=["view_entry", "view_category"]))
    client.force_login(user)
    for path in (ENTRIES, CATEGORIES):
        assert client.get(path).status_code == 403
        assert client.post(path, {"order": "1", "seen": ""}).status_code == 403


def test_a_category_that_is_none_has_no_order(client: Client, editor: User) -> None:
    assert client.get("/admin/faq/entry/order/nothing/").status_code == 404


def test_many_entries_still_find_a_place(content: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "LAST", 30)
    category = Category.objects.get(slug="upgrade-login")
    standing = order.entries_of(category)
    order.place_entries(category, [], standing.version)
    positions = Entry.objects.filter(category=category).values_list("position", flat=True)
    assert sorted(positions) == [1, 2, 3, 4, 5, 6]

"""Searches are counted by day and tied to nobody, and only those of readers who may be counted."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from faq import insight
from faq.insight import counting, storing
from faq.insight.counting import Held, Key
from faq.models import SearchCount, SearchMonth, SoughtQuery
from tests.cast import make_editor, signed_in
from tests.faq.insight.searching import KNOWN, UNKNOWN, counted, look_for, open_from, sought

pytestmark = pytest.mark.django_db


def test_a_search_is_counted_by_its_normal_form(content: None) -> None:
    look_for("  學歷沖抵！")
    look_for(KNOWN)
    assert counted() == {KNOWN: 2}


def test_a_search_by_json_is_counted_and_a_suggestion_is_not(client: Client, content: None) -> None:
    client.get("/api/v1/search", {"q": KNOWN})
    client.get("/api/v1/suggest", {"q": UNKNOWN})
    assert counted() == {KNOWN: 1}


def test_what_is_kept_says_nothing_of_who_searched(content: None) -> None:
    look_for(KNOWN)
    counted()
    columns = {field.name for field in SearchCount._meta.get_fields()}
    assert columns == {"id", "query", "day", "entry", "searches", "answered", "opened"}
    assert SearchCount.objects.get().day == timezone.localdate()


def test_search_says_whether_it_was_sure(content: None) -> None:
    look_for(KNOWN)
    look_for(UNKNOWN)
    assert sought(KNOWN).state == "found"
    assert len(sought(KNOWN).refs) == 3
    assert sought(UNKNOWN).state == "missed"
    assert SearchMonth.objects.get().answered == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"DNT": "1"},
        {"Sec-GPC": "1"},
        {"User-Agent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"},
        {"User-Agent": "Googlebot/2.1"},
        {"Sec-Purpose": "prefetch;prerender"},
    ],
    ids=str,
)
def test_who_asks_not_to_be_counted_and_who_is_no_reader_is_not(content: None, headers: dict[str, str]) -> None:
    look_for(KNOWN, headers=headers)
    open_from(KNOWN, "credits-05", headers=headers)
    assert counted() == {}


def test_a_browser_that_says_nothing_against_it_is_counted(content: None) -> None:
    look_for(KNOWN, headers={"DNT": "0", "Sec-GPC": "0", "User-Agent": "Mozilla/5.0 MicroMessenger/8.0"})
    assert counted() == {KNOWN: 1}


def test_an_editors_search_is_not_counted(content: None) -> None:
    client = signed_in(make_editor())
    look_for(KNOWN, client)
    client.get("/admin/faq/entry/try/", {"q": UNKNOWN})
    assert counted() == {}


def test_the_second_page_is_not_counted(client: Client, content: None) -> None:
    client.get("/search/", {"q": "学分", "page": "2"})
    assert counted() == {}


def test_nothing_and_signs_alone_are_not_counted(content: None) -> None:
    for query in ("", "   ", "???", "。"):
        look_for(query)
    assert counted() == {}


def test_an_entry_opened_from_results_counts_for_their_query(content: None) -> None:
    look_for(KNOWN)
    open_from(KNOWN, "credits-05")
    counted()
    opened = SearchCount.objects.get(entry="credits-05")
    assert (opened.query, opened.opened, opened.searches) == (KNOWN, 1, 0)
    assert sought(KNOWN).opened_30 == 1


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "http://testserver/faq/",
        "http://elsewhere.example/search/?q=x",
        "http://testserver/search/",
        "http://[",
        "?q",
    ],
)
def test_an_entry_opened_from_elsewhere_counts_for_none(client: Client, content: None, sender: str) -> None:
    assert client.get("/faq/credits-05/", headers={"referer": sender}).status_code == 200
    assert counted() == {}
    assert not SearchCount.objects.exists()


def test_an_opening_alone_leaves_what_search_said(content: None) -> None:
    look_for(UNKNOWN)
    counted()
    open_from(UNKNOWN, "credits-05")
    assert sought(UNKNOWN).state == "missed"
    assert sought(UNKNOWN).opened_90 == 1


def test_counting_can_be_switched_off(content: None, settings: Any) -> None:
    settings.SEARCHES_KEPT_DAYS = 0
    look_for(KNOWN)
    assert counted() == {}


def test_counts_of_several_processes_add_up(content: None) -> None:
    for _ in range(3):
        look_for(KNOWN)
        open_from(KNOWN, "credits-05")
        counted()
    assert counted() == {KNOWN: 3}
    assert (sought(KNOWN).searches_30, sought(KNOWN).searches_90, sought(KNOWN).opened_30) == (3, 3, 3)
    month = SearchMonth.objects.get()
    assert (month.searches, month.opened) == (3, 3)


def test_a_failing_database_fails_no_search_and_loses_no_count(content: None, monkeypatch: Any) -> None:
    def fails(tallies: Any) -> None:
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(storing, "store", fails)
        look_for(KNOWN)
        assert not insight.flush()
        look_for(KNOWN)
    assert counted() == {KNOWN: 2}


def test_memory_is_bounded(content: None) -> None:
    held = Held()
    for number in range(counting.MOST_HELD + 10):
        held.add_search(Key(timezone.localdate(), str(number)), sure=True, nearest=())
    assert len(held.take()) == counting.MOST_HELD


def test_a_day_that_is_full_counts_known_queries_alone(content: None, monkeypatch: Any) -> None:
    look_for(KNOWN)
    counted()
    monkeypatch.setattr(storing, "MOST_A_DAY", 1)
    look_for(KNOWN)
    look_for(UNKNOWN)
    assert counted() == {KNOWN: 2}


# --- in time -----------------------------------------------------------------------------------------------------


def days_ago(days: int) -> datetime.date:
    return timezone.localdate() - datetime.timedelta(days=days)


def aged(query: str, days: int, number: int) -> None:
    """Searches of a day before, summed as they were then."""
    SearchCount.objects.create(query=query, day=days_ago(days), searches=number, opened=number)
    fields = dict.fromkeys(("searches_30", "searches_90", "opened_30", "opened_90"), number)
    row, made = SoughtQuery.objects.get_or_create(
        query=query, defaults={"state": "missed", "summed_on": days_ago(1), **fields}
    )
    if not made:
        for name in fields:
            setattr(row, name, getattr(row, name) + number)
        row.save()


def test_sums_follow_the_days(db: None) -> None:
    aged("a", 0, 1)
    aged("a", 29, 10)
    aged("a", 30, 100)
    aged("a", 89, 1000)
    assert insight.bring_up() == 1
    row = SoughtQuery.objects.get()
    assert (row.searches_30, row.opened_30) == (11, 11)
    assert (row.searches_90, row.opened_90) == (1111, 1111)
    assert insight.bring_up() == 0


def test_a_query_of_long_ago_leaves_the_lists(db: None) -> None:
    aged("a", 90, 1)
    insight.bring_up()
    assert not SoughtQuery.objects.exists()
    assert SearchCount.objects.exists()


def test_more_queries_than_one_batch_are_summed(db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(storing, "BATCH", 2)
    for name in "abcde":
        aged(name, 30, 1)
    assert insight.bring_up() == 5
    assert set(SoughtQuery.objects.values_list("searches_30", "searches_90")) == {(0, 1)}


def test_days_are_forgotten_and_months_stay(db: None, settings: Any) -> None:
    SearchMonth.add(days_ago(181).replace(day=1), 5, 4, 3)
    aged("a", 180, 1)
    aged("b", 181, 1)
    assert insight.forget() == 1
    assert SearchCount.objects.get().query == "a"
    settings.SEARCHES_KEPT_DAYS = 7
    assert insight.forget() == 1
    assert SearchMonth.objects.get().searches == 5


# --- said --------------------------------------------------------------------------------------------------------


def test_the_privacy_page_says_what_is_kept_and_how_not_to_be_counted(client: Client, db: None, settings: Any) -> None:
    text = client.get("/privacy/").content.decode()
    assert "这些话存 180 天" in text
    assert "Global Privacy Control" in text
    settings.SEARCHES_KEPT_DAYS = 0
    assert "您搜了什么，网站不记" in client.get("/privacy/").content.decode()

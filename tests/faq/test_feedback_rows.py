"""Votes in the database: one a browser, also when two come at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from faq.feedback import FeedbackForm
from faq.models import Entry, Feedback
from tests.faq.voices import WHY, voices, vote

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "wrong",
    [
        {"helpful": True, "reason": "fails"},
        {"helpful": True, "comment": "好"},
        {"helpful": False, "reason": "nothing"},
        {"helpful": False, "voter": "taken"},
    ],
)
def test_the_database_refuses_what_makes_no_sense(content: None, wrong: dict[str, Any]) -> None:
    entry = Entry.objects.get(ref="upgrade-01")
    Feedback.objects.create(entry=entry, voter="taken", helpful=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(**{"entry": entry, "voter": "new"} | wrong)
    assert Feedback.objects.count() == 1


def test_every_reason_the_form_offers_can_be_kept(client: Client, content: None) -> None:
    for reason in Feedback.Complaint.values:
        assert vote(client, helpful="0", reason=reason).status_code == 303
        assert voices() == [(False, reason, "")]


def test_a_deleted_entry_takes_its_voices_along(client: Client, content: None) -> None:
    vote(client)
    Entry.objects.get(ref="upgrade-01").delete()
    assert not Feedback.objects.exists()


def test_speaking_leaves_the_entry_as_it_is(client: Client, content: None) -> None:
    before = Entry.objects.filter(ref="upgrade-01").values().get()
    vote(client)
    assert Entry.objects.filter(ref="upgrade-01").values().get() == before


def at_once(do: Callable[[int], Any]) -> list[Any]:
    """Results of `do` in two threads that start at the same moment, each with its own connection."""
    start = threading.Barrier(2)

    def come(number: int) -> Any:
        try:
            start.wait()
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(come, range(2)))


@pytest.mark.django_db(transaction=True)
def test_two_posts_at_once_leave_one_vote(content: None) -> None:
    said = [{"helpful": "1"}, WHY]
    for turn in range(8):
        token = f"{turn:032d}"

        def speak(number: int, token: str = token) -> int:
            browser = Client(raise_request_exception=False)
            browser.cookies["reader"] = token
            return vote(browser, **said[number]).status_code

        assert at_once(speak) == [303, 303]
        assert len(voices()) == turn + 1
        assert voices()[-1] in [(True, "", ""), (False, "fails", "第三步没有这个按钮")]


@pytest.mark.django_db(transaction=True)
def test_an_entry_deleted_meanwhile_is_not_there(
    client: Client, content: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    valid = FeedbackForm.is_valid

    def valid_but_late(form: FeedbackForm) -> bool:
        Entry.objects.get(ref="upgrade-01").delete()
        return valid(form)

    monkeypatch.setattr(FeedbackForm, "is_valid", valid_but_late)
    assert vote(client).status_code == 404
    assert not Feedback.objects.exists()

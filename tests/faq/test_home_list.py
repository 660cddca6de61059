"""The list on the home page: what helped most."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from faq.models import Entry, Feedback
from tests.faq.voices import PATH, speak_of, vote

pytestmark = pytest.mark.django_db


def listed_at_home(client: Client) -> tuple[str, list[str]]:
    """The heading of the list at the foot of the home page, and its refs."""
    body = client.get("/").content.decode().partition('<h2 id="starters">')[2].partition("</section>")[0]
    return body.partition("<")[0], re.findall(r'href="/faq/([\w-]+)/"', body)


FIRST_OF_EACH = "各类常见问题"


def test_without_votes_home_names_first_entries(client: Client, content: None) -> None:
    heading, refs = listed_at_home(client)
    first: dict[int, str] = {}
    for entry in Entry.objects.in_order():
        first.setdefault(entry.category_id, entry.ref)
    assert heading == FIRST_OF_EACH
    assert refs == list(first.values())


def test_home_names_what_helped_most_the_best_first(client: Client, content: None) -> None:
    speak_of("upgrade-01", 7, 1)
    speak_of("credits-05", 9)
    speak_of("upgrade-02", 5)
    speak_of("upgrade-03", 4)  # hardly anybody
    speak_of("upgrade-04", 9, 9)  # no more than it failed
    speak_of("upgrade-05", 5, 7)
    assert listed_at_home(client) == ("老师们觉得有帮助的", ["credits-05", "upgrade-01", "upgrade-02"])


def test_home_names_seven_at_most(client: Client, content: None) -> None:
    for number in range(1, 10):
        speak_of(f"upgrade-0{number}", 2 + number)
    assert listed_at_home(client)[1] == [f"upgrade-0{number}" for number in range(9, 2, -1)]


def test_two_that_helped_are_too_few_to_name(client: Client, content: None) -> None:
    for ref in ("upgrade-01", "upgrade-02"):
        speak_of(ref, 9)
    assert listed_at_home(client)[0] == FIRST_OF_EACH


REFS = ("upgrade-01", "upgrade-02", "upgrade-03")


def speak_from(address: str, times: int, **fields: str) -> None:
    """So many new browsers of one network say the same of three entries."""
    for number in range(times):
        for ref in REFS:
            browser = Client(REMOTE_ADDR=address.format(number))
            assert vote(browser, f"/faq/{ref}/", **fields).status_code == 303


@pytest.mark.parametrize("address", ["203.0.113.7", "2001:db8::{0}"])
def test_one_network_does_not_decide_what_home_names(client: Client, content: None, address: str) -> None:
    speak_from(address, 12)
    assert Feedback.objects.filter(helpful=True).count() == 36  # editors read them all
    assert listed_at_home(client)[0] == FIRST_OF_EACH


def test_one_network_does_not_put_entries_off_home(client: Client, content: None) -> None:
    for ref in REFS:
        speak_of(ref, 7)
    speak_from("203.0.113.7", 12, helpful="0")
    assert sorted(listed_at_home(client)[1]) == list(REFS)


def test_five_networks_put_entries_on_home(client: Client, content: None) -> None:
    for number in range(5):
        speak_from(f"203.0.113.{number}", 1)
    assert sorted(listed_at_home(client)[1]) == list(REFS)


def test_a_changed_mind_counts_as_the_first_did(client: Client, content: None) -> None:
    vote(client)
    vote(client, helpful="0")
    vote(Client(), helpful="0")
    assert list(Feedback.objects.order_by("pk").values_list("helpful", "counts")) == [(False, True), (False, False)]


def test_a_draft_is_never_named(client: Client, editor_client: Client) -> None:
    for ref in ("upgrade-01", "upgrade-02", "upgrade-03", "upgrade-04"):
        speak_of(ref, 5)
    Entry.objects.filter(ref="upgrade-01").update(status="draft")
    for who in (client, editor_client):
        assert sorted(listed_at_home(who)[1]) == ["upgrade-02", "upgrade-03", "upgrade-04"]
    Entry.objects.filter(ref="upgrade-02").update(status="draft")
    assert listed_at_home(client)[0] == FIRST_OF_EACH


def test_home_asks_as_few_questions_however_many_spoke(
    client: Client, content: None, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 10):
        speak_of(f"upgrade-0{number}", 30, 3)
    with django_assert_max_num_queries(5):
        client.get("/")


def test_a_voter_costs_one_more_query(client: Client, content: None) -> None:
    client.get(PATH)
    with CaptureQueriesContext(connection) as before:
        client.get(PATH)
    vote(client)
    with CaptureQueriesContext(connection) as after:
        client.get(PATH)
    assert len(after) == len(before) + 1

"""The answer alone, as the script asks for it while one types: the same answer, and nothing else of the page."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from credits.example import example_data
from credits.models import StatementAccess

from .place import Place

URL = "/credits/check/"
SCRIPT = {"X-Requested-With": "fetch"}

pytestmark = pytest.mark.django_db


def statement(body: str) -> str:
    return body.partition('<section class="statement"')[2].partition('<a href="#form">')[0]


def test_the_answer_alone_is_the_answer_of_the_whole_page(client: Client, content: None) -> None:
    whole = client.post(URL, example_data()).content.decode()
    alone = client.post(URL, example_data(), headers=SCRIPT).content.decode()
    assert "还差 7 学分" in statement(alone)
    assert statement(alone) == statement(whole)
    assert 'id="grounds"' in alone
    assert not re.search("<html|<form|<header class=.site|open-fields", alone)


def test_what_is_not_filled_in_is_named_field_by_field(client: Client, content: None) -> None:
    data = example_data() | {"coordinated-0-credits": "十二", "self_directed-1-completed_on": ""}
    alone = client.post(URL, data, headers=SCRIPT).content.decode()
    fields = re.findall(r'<li data-field="([^"]+)">([^<]+)</li>', alone)
    assert [name for name, _ in fields] == ["coordinated-0-credits", "self_directed-1-completed_on"]
    assert "请填数字" in fields[0][1]
    assert "statement" not in alone


def test_reading_the_page_is_never_answered_with_a_part_of_it(client: Client, content: None) -> None:
    assert "<html" in client.get(URL, headers=SCRIPT).content.decode()


def test_answers_while_typing_belong_to_the_look_that_began_with_the_page(content: None) -> None:
    place = Place()
    client, url = place.client("staff"), f"/credits/teachers/{place.teacher.public_id}/what-if/"
    client.get(url)
    data = example_data()
    for credits in ("1", "2", "3"):
        answer = client.post(url, data | {"coordinated-0-credits": credits}, headers=SCRIPT)
        assert "假设：统筹 1" in answer.content.decode()
    assert StatementAccess.objects.count() == 1
    StatementAccess.objects.update(at=timezone.now() - timedelta(minutes=20))
    client.post(url, data, headers=SCRIPT)
    assert StatementAccess.objects.count() == 1
    client.post(url, data)
    assert StatementAccess.objects.count() == 2


def test_a_look_by_script_alone_is_recorded_too(content: None) -> None:
    place = Place()
    for who in ("staff", "reviewer"):
        place.client(who).post(f"/credits/teachers/{place.teacher.public_id}/what-if/", example_data(), headers=SCRIPT)
    assert set(StatementAccess.objects.values_list("viewer_name", flat=True)) == {"staff", "reviewer"}

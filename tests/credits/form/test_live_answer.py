"""The answer alone, as the script asks for it while one types: the same answer, and nothing else of the page."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from credits.forms.example import example_data
from credits.models import StatementAccess
from tests.cast import Place

URL = "/credits/check/"
SCRIPT = {"X-Requested-With": "fetch"}

pytestmark = pytest.mark.django_db


def statement(body: str) -> str:
    return body.partition('<section class="statement"')[2].partition('<a href="#form">')[0]


def test_the_answer_alone_is_that_of_the_page(client: Client, content: None) -> None:
    whole = client.post(URL, example_data()).content.decode()
    alone = client.post(URL, example_data(), headers=SCRIPT).content.decode()
    assert "还差 6 学分" in statement(alone)
    assert statement(alone) == statement(whole)
    assert 'id="grounds"' in alone
    assert not re.search("<html|<form|<header class=.site|open-fields", alone)


def test_what_is_missing_is_named_by_field(client: Client, content: None) -> None:
    data = example_data() | {"coordinated-0-credits": "十二", "self_directed-1-completed_on": ""}
    alone = client.post(URL, data, headers=SCRIPT).content.decode()
    fields = re.findall(r'<li data-field="([^"]+)">([^<]+)</li>', alone)
    assert [name for name, _ in fields] == ["coordinated-0-credits", "self_directed-1-completed_on"]
    assert "请填数字" in fields[0][1]
    assert "statement" not in alone


def test_reading_the_page_gives_the_whole_page(client: Client, content: None) -> None:
    assert "<html" in client.get(URL, headers=SCRIPT).content.decode()


def test_answers_while_typing_belong_to_one_look(content: None, place: Place) -> None:
    client, url = place.client("staff"), f"/credits/teachers/{place.teacher.public_id}/what-if/"
    client.get(url)
    data = example_data()
    for credits in ("1", "2", "3"):
        answer = client.post(url, data | {"coordinated-0-credits": credits}, headers=SCRIPT)
        assert "假设：统筹 1" in answer.content.decode()
    client.post(url, data)
    assert StatementAccess.objects.count() == 1


def test_a_look_by_script_alone_is_recorded_too(content: None, place: Place) -> None:
    for who in ("staff", "reviewer"):
        place.client(who).post(f"/credits/teachers/{place.teacher.public_id}/what-if/", example_data(), headers=SCRIPT)
    assert set(StatementAccess.objects.values_list("viewer_name", flat=True)) == {"staff", "reviewer"}

"""`/api/v1/questions`: the same steps as the page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from faq.asking import api, steps
from faq.models import Question
from tests.cast import make_editor
from tests.faq.asking.asking import UNHEARD_OF, asked

pytestmark = pytest.mark.django_db
PATH = "/api/v1/questions"


def post(client: Client, body: Any) -> Any:
    return client.post(PATH, body, content_type="application/json")


def test_the_nearest_entries_come_first(client: Client, content: None) -> None:
    answer = post(client, {"question": "密码不对"})
    assert answer.status_code == 200
    assert answer.json()["sent"] is False
    assert 1 <= len(answer.json()["answers"]) <= 3
    assert set(answer.json()["answers"][0]) == {"ref", "question", "snippet", "category", "url", "score"}
    assert not Question.objects.exists()


def test_it_is_sent_where_asked_for_or_nothing_is_near(client: Client, content: None) -> None:
    answer = post(client, {"question": "密码不对", "send": True, "name": "张三"})
    question = Question.objects.get()
    assert answer.status_code == 201
    url = f"http://testserver/ask/{question.token}/"
    wanted = {"sent": True, "token": question.token, "code": question.code, "url": url, "state": "received"}
    assert answer.json() == wanted
    assert question.name == "张三"
    assert client.get(f"/ask/{question.token}/").status_code == 200


def at(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    monkeypatch.setattr(api.time, "time", lambda: 3_000_000.0 + seconds)


def test_the_same_body_sent_again_is_one_question(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"question": UNHEARD_OF, "send": True, "name": "张三"}
    at(monkeypatch, api.SAME_WITHIN - 1)
    first = post(client, body).json()
    at(monkeypatch, api.SAME_WITHIN + 1)
    assert post(client, body).json() == first
    assert post(client, body | {"name": "李四"}).json()["token"] != first["token"]
    assert Question.objects.count() == 2


def test_nobody_gets_the_address_of_another_who_asked_the_same(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"question": UNHEARD_OF, "send": True}
    at(monkeypatch, 0)
    first = post(client, body).json()
    assert post(client, body).json() == first
    at(monkeypatch, 2 * api.SAME_WITHIN_NAMELESS)
    assert post(client, body).json()["token"] != first["token"]


def test_who_asks_stands_in_one_line(client: Client) -> None:
    post(client, {"question": "一\n二", "send": True, "name": "张\n三", "contact": "a@b.cn\nBcc: c@d.cn"})
    question = Question.objects.get()
    assert (question.text, question.name, question.contact) == ("一\n二", "张 三", "a@b.cn Bcc: c@d.cn")


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ([], "", "要提交一个 JSON 对象。"),
        ({}, "question", "请用文字写清楚您想问什么。"),
        ({"question": 5}, "question", "要填文字。"),
        ({"question": "问" * 2001}, "question", "最多 2,000 个字，现在有 2,001 个。"),
        ({"question": "问", "send": 1}, "send", "要填 true 或 false。"),
        ({"question": "问", "mail": "x"}, "mail", "没有这一项。"),
    ],
)
def test_what_is_wrong_is_named(client: Client, body: Any, field: str, sentence: str) -> None:
    answer = post(client, body)
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"][field] == sentence
    assert not Question.objects.exists()


def test_the_state_and_the_answer_are_read(client: Client) -> None:
    question = asked()
    assert set(client.get(f"{PATH}/{question.token}").json()) == {"state", "asked_at"}
    steps.answer(question, "先<退出>。\n\n再登录。", make_editor())
    answer = client.get(f"{PATH}/{question.token}").json()
    assert answer["state"] == "answered"
    assert answer["answer_html"] == "<p>先&lt;退出&gt;。</p>\n\n<p>再登录。</p>"


def test_an_unknown_token_costs_what_a_known_one_does(client: Client, django_assert_num_queries: Any) -> None:
    question = asked()
    with django_assert_num_queries(2):
        assert client.get(f"{PATH}/{question.token}").status_code == 200
    with django_assert_num_queries(2):
        assert client.get(f"{PATH}/{'a' * 22}").status_code == 404

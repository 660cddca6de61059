"""Following a question: by its address or its code, with words of the asker in every state."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client

from faq.asking import steps
from faq.models import Question
from tests.cast import make_editor
from tests.faq.asking.asking import UNHEARD_OF, asked, said_of, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def question() -> Question:
    return asked()


@pytest.fixture
def answered(question: Question) -> Question:
    steps.answer(question, "请看 https://example.invalid 第三步。", make_editor())
    question.refresh_from_db()
    return question


def page(client: Client, question: Question) -> str:
    return unescape(client.get(f"/ask/{question.token}/").content.decode())


def say(client: Client, question: Question, step: str, text: str = "") -> Any:
    return send(client, f"/ask/{question.token}/", do=step, text=text)


def test_the_page_is_for_nobody_else(client: Client, question: Question) -> None:
    answer = client.get(f"/ask/{question.token}/")
    assert "no-store" in answer["Cache-Control"]
    assert 'content="noindex, nofollow"' in answer.content.decode()
    assert client.get("/ask/aaaaaaaaaaaaaaaaaaaaaa/").status_code == 404


def test_each_state_is_told(client: Client, question: Question) -> None:
    assert "您的提问：已收到" in page(client, question)
    editor = make_editor()
    steps.take(question, editor)
    assert "您的提问：处理中" in page(client, question)
    steps.answer(question, "这样办。", editor)
    assert "您的提问：已答复" in page(client, question)
    assert "这样办。" in page(client, question)
    steps.close(question, "", editor)
    assert "您的提问：已关闭" in page(client, question)


def test_a_bookmark_of_the_first_page_does_not_say_again_that_it_came(client: Client, question: Question) -> None:
    address = f"/ask/{question.token}/?sent=1"
    assert "已经收到您的问题" in client.get(address).content.decode()
    steps.answer(question, "这样办。", make_editor())
    assert "已经收到您的问题" not in client.get(address).content.decode()


def test_notes_and_names_of_the_staff_stay_inside(client: Client, question: Question) -> None:
    editor = make_editor()
    editor.last_name = "王芳"
    editor.save()
    steps.note(question, "这人打过电话", editor)
    steps.answer(question, "这样办。", editor)
    assert "这人打过电话" not in page(client, question)
    assert "王芳" not in page(client, question)


def test_a_word_is_added_while_it_waits(client: Client, question: Question) -> None:
    assert say(client, question, "add", "补一句").status_code == 303
    assert said_of(question) == [("added", "补一句")]
    assert "补一句" in page(client, question)


def test_a_word_sent_twice_is_added_once(client: Client, question: Question) -> None:
    for text in ("还有一件", "还有一件", "另外"):
        assert say(client, question, "add", text).status_code == 303
    assert said_of(question) == [("added", "还有一件"), ("added", "另外")]


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "请写上要补充的话。"), ("字" * 1001, "最多 1,000 个字，现在有 1,001 个。")]
)
def test_a_word_that_is_none_is_refused(client: Client, question: Question, text: str, sentence: str) -> None:
    answer = say(client, question, "add", text)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert text in answer.content.decode()
    assert said_of(question) == []


def test_too_many_words_before_an_answer_are_refused(client: Client, question: Question) -> None:
    for number in range(20):
        assert say(client, question, "add", f"第 {number} 句").status_code == 303
    assert "已经补充了 20 次" in say(client, question, "add", "还有").content.decode()


def test_an_answer_that_did_not_help_opens_it_again(client: Client, answered: Question) -> None:
    say(client, answered, "not_helped", "第三步没有")
    say(client, answered, "not_helped", "第三步没有")
    answered.refresh_from_db()
    assert answered.state == Question.State.WORKING
    assert [kind for kind, _ in said_of(answered)] == ["answer", "not_helped"]


def test_nothing_can_have_helped_before_an_answer(client: Client, question: Question) -> None:
    assert "还没有答复" in say(client, question, "not_helped").content.decode()


def test_the_asker_closes_what_is_solved(client: Client, answered: Question) -> None:
    say(client, answered, "solved")
    say(client, answered, "solved")
    answered.refresh_from_db()
    assert answered.is_closed
    assert [kind for kind, _ in said_of(answered)] == ["answer", "solved"]


def test_a_word_after_staff_closed_it_opens_it_again(client: Client, answered: Question) -> None:
    steps.close(answered, "", make_editor("other"))
    assert say(client, answered, "add", "还是不行").status_code == 303
    answered.refresh_from_db()
    assert answered.state == Question.State.WORKING
    assert answered.closed_at is None


def test_an_unknown_button_is_no_page(client: Client, question: Question) -> None:
    assert say(client, question, "answer", "我自己答").status_code == 404


def test_links_in_an_answer_can_be_followed(client: Client, answered: Question) -> None:
    assert '<a href="https://example.invalid" rel="nofollow noopener">' in page(client, answered)


# --- the code --------------------------------------------------------------------------------------------------------


def test_the_code_leads_to_it_however_it_is_typed(client: Client, question: Question) -> None:
    typed = f" {question.spaced_code.lower()} "
    assert send(client, "/ask/find/", code=typed)["Location"] == f"/ask/{question.token}/"


@pytest.mark.parametrize("code", ["", "AAAAAAAA", "\x00", "x" * 5000])
def test_a_wrong_code_is_told(client: Client, question: Question, code: str) -> None:
    answer = send(client, "/ask/find/", code=code)
    assert answer.status_code == 400
    assert "查询码" in answer.content.decode()


def test_a_question_is_found_by_no_search(client: Client, question: Question) -> None:
    answer = client.get("/api/v1/search", {"q": UNHEARD_OF}).json()
    assert UNHEARD_OF not in str(answer["results"])
    assert question.token not in client.get("/sitemap-entries.xml").content.decode()

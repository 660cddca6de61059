"""Prepared phrases go into an answer with one press, without scripts too."""

from __future__ import annotations

import pytest
from django.urls import reverse

from faq.models import AnswerPhrase
from tests.cast import make_editor, signed_in
from tests.faq.asking.asking import asked

pytestmark = pytest.mark.django_db


def test_a_phrase_goes_to_the_end_of_the_answer() -> None:
    phrase = AnswerPhrase.objects.create(title="要学校和姓名", text="请告诉我们学校和姓名，这边帮您核查。")
    editor = signed_in(make_editor())
    address = reverse("faq:question", args=[asked().public_id])
    assert "要学校和姓名" in editor.get(address).content.decode()
    answer = editor.post(address, {"phrase": str(phrase.pk), "answer": "老师您好。"})
    assert "老师您好。\n\n请告诉我们学校和姓名，这边帮您核查。</textarea>" in answer.content.decode()


@pytest.mark.parametrize("key", ["", "x", "9" * 30, "999999"])
def test_a_phrase_that_is_none_changes_nothing(key: str) -> None:
    editor = signed_in(make_editor())
    answer = editor.post(reverse("faq:question", args=[asked().public_id]), {"phrase": key, "answer": "老师您好。"})
    assert "老师您好。</textarea>" in answer.content.decode()


def test_editors_keep_the_phrases() -> None:
    editor = signed_in(make_editor())
    editor.post("/admin/faq/answerphrase/add/", {"title": "请退出重试", "text": "请退出以后重新登录。"})
    assert AnswerPhrase.objects.get().title == "请退出重试"

"""帮您看看 on the form of an entry: by its button, by its address, and for whom."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from faq import search
from faq.editing import steps
from faq.models import Entry, Feedback, Revision
from tests.admin.forms import change, payload
from tests.admin.test_versions import form_of
from tests.faq.editing.authors import changed, entry, li

pytestmark = pytest.mark.django_db

ADD = "/admin/faq/entry/add/"
ELBOW = "/admin/faq/entry/elbow/"


def body_of(answer: Any) -> str:
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def checked(client: Client, row: Entry, **fields: Any) -> str:
    return body_of(client.post(change(row), form_of(row) | {"_check": "1"} | fields))


# --- the button --------------------------------------------------------------------------------------------------


def test_checking_saves_nothing_and_keeps_what_was_typed(client: Client, editor: User) -> None:
    row = entry()
    typed = {"question": "电脑端怎样登录学习？", "notice": "玄铁提示", "said": "玄铁\n玄铁按钮"}
    body = checked(client, row, **typed, wordings="玄铁按钮")
    assert "电脑端如何登录学习" in body
    assert "这 1 种问法里，1 种会先找到这一条（现在 0 种）" in body
    assert all(text in body for text in typed.values())
    assert Entry.objects.get(pk=row.pk).question == row.question
    assert not Revision.objects.filter(entry=row).exists()


def test_a_new_entry_is_checked_before_it_is_saved(client: Client, editor: User) -> None:
    number = Entry.objects.count()
    answer = '<p>看<a href="/faq/nothing-9/">这里</a>。</p>'
    body = body_of(client.post(ADD, payload(question="校本活动怎么签到", answer=answer, said="玄铁", _check="1")))
    assert "没有这条问答" in body
    assert "问的是同一句话" in body
    assert Entry.objects.count() == number


def test_a_form_that_could_not_be_saved_is_checked_too(client: Client, editor: User) -> None:
    body = body_of(client.post(ADD, {"answer": "<img src='/media/a.png'>", "_check": "1"}))
    assert "第 1 张图片没有说明" in body
    assert "errorlist" in body


def test_words_that_a_rule_quotes_are_missed(client: Client, editor: User) -> None:
    body = checked(client, entry(), answer="<p>都没有了。</p>")
    assert "别处引用的原话会没有了" in body
    assert "都没有了" in body


def test_readers_opinions_stand_beside_the_form(client: Client, editor: User) -> None:
    row = entry()
    Feedback.objects.create(entry=row, voter="a", helpful=True)
    Feedback.objects.create(entry=row, voter="b", helpful=False, reason="outdated", comment="<b>网址</b>打不开")
    body = client.get(change(row)).content.decode()
    assert "有帮助 1，没帮助 1（内容过时了 1）" in body
    assert "&lt;b&gt;网址&lt;/b&gt;打不开" in body
    assert f"/admin/faq/feedback/?entry__id__exact={row.pk}" in body


def test_a_draft_is_what_the_form_tries(client: Client, editor: User) -> None:
    row = entry()
    steps.write(row, changed(row, phrasings=("玄铁怎么领",)), editor)
    body = client.get(change(row)).content.decode()
    assert ">玄铁怎么领</textarea>" in body.partition('id="id_wordings"')[2][:200]


def test_search_that_fails_does_not_break_the_form(client: Client, editor: User, monkeypatch: Any) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("index")

    monkeypatch.setattr(search.rehearsal, "rehearse", fail)
    body = checked(client, entry(), question="玄铁问题")
    assert "搜索这会儿没有回答" in body
    assert "玄铁问题" in body


# --- its address -------------------------------------------------------------------------------------------------


def test_the_address_answers_with_the_findings_alone(client: Client, editor: User) -> None:
    row = entry()
    body = body_of(client.post(f"{ELBOW}?entry={row.pk}", form_of(row, question="电脑端怎样登录学习？")))
    assert "电脑端如何登录学习" in body
    assert "<html" not in body
    assert "<form" not in body
    assert not Revision.objects.filter(entry=row).exists()


def test_findings_show_no_markup_of_what_was_typed(client: Client, editor: User) -> None:
    bad = "<script>alert(1)</script>"
    fields = payload(question=bad, said=bad, wordings=bad, answer=f'<a href="x{bad}">{bad}</a>')
    body = client.post(ELBOW, fields).content.decode()
    assert "<script" not in body


@pytest.mark.parametrize("key", ["0", "999999", "x", "٣", "9" * 30])
def test_an_entry_that_is_not_there_is_not_found(client: Client, editor: User, key: str) -> None:
    assert client.post(f"{ELBOW}?entry={key}", payload()).status_code == 404


def test_only_those_who_write_are_helped(client: Client, content: None) -> None:
    looking = User.objects.create_user("looking", is_staff=True)
    for person, status in ((None, 403), (looking, 403), (li(), 200)):
        if person:
            client.force_login(person)
        assert client.post(f"{ELBOW}?entry={entry().pk}", payload()).status_code == status
    assert client.get(ELBOW).status_code == 404
    assert Client(enforce_csrf_checks=True).post(ELBOW, payload()).status_code == 403

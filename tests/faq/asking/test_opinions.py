"""没帮助: the opinion becomes a question where its reader wants an answer; editors say that they dealt with it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from faq import opinions
from faq.models import Category, Entry, Feedback, Question
from helpdesk.common.decisions import Refusal, version
from tests.cast import Place, make_editor
from tests.faq.asking.asking import form_key_of_before, send
from tests.faq.voices import section, vote

pytestmark = pytest.mark.django_db
PAGE = "/questions/opinions/"


@pytest.fixture
def entry(place: Place) -> Entry:
    category = Category.objects.create(slug="buttons", name="按钮")
    return Entry.objects.create(
        question="没有按钮怎么办？", answer="<p>有。</p>", ref="credits-77", category=category, status="published"
    )


def said(entry: Entry, comment: str = "找不到按钮", **fields: object) -> Feedback:
    voter = f"{Feedback.objects.count()}"
    return Feedback.objects.create(**{"entry": entry, "voter": voter, "helpful": False, "comment": comment} | fields)


def body_of(client: Client, path: str = PAGE) -> str:
    return unescape(client.get(path).content.decode())


# --- an opinion becomes a question --------------------------------------------------------------------------------


def test_typed_words_come_along_to_the_question(client: Client, entry: Entry) -> None:
    typed = {"opinion": "1", "helpful": "0", "reason": "fails", "comment": "第三步 <没有> 这个按钮", "from": entry.ref}
    page = unescape(send(client, "/ask/?", **typed).content.decode())
    assert ">\n第三步 <没有> 这个按钮</textarea>" in page
    assert f'name="entry" value="{entry.ref}"' in page
    assert not Question.objects.exists()
    key = form_key_of_before()
    send(client, text=typed["comment"], entry=entry.ref, contact="a@b.cn", send="1", form_key=key)
    question = Question.objects.get()
    assert (question.text, question.entry, question.contact) == (typed["comment"], entry, "a@b.cn")


def test_an_opinion_without_words_only_brings_the_entry(client: Client, entry: Entry) -> None:
    page = send(client, "/ask/?", opinion="1", **{"from": entry.ref}, comment="\x00").content.decode()
    assert f'name="entry" value="{entry.ref}"' in page


def test_another_sites_form_brings_nothing_along(client: Client) -> None:
    foreign = {"Origin": "https://elsewhere.example"}
    answer = client.post("/ask/", {"opinion": "1", "comment": "别处写的话，很长很长"}, headers=foreign)
    assert answer.status_code == 403


def test_both_forms_of_the_entry_offer_an_answer(client: Client, entry: Entry) -> None:
    path = f"/faq/{entry.ref}/"
    vote(client, path, helpful="0")
    assert 'formaction="/ask/"' in section(client, path)
    vote(client, path, helpful="0", comment="找不到按钮", tell="1")
    assert '<input type="hidden" name="comment" value="找不到按钮">' in section(client, path)
    assert "/ask/?from=" not in section(client, path)


# --- editors deal with it -----------------------------------------------------------------------------------------


def test_opinions_stand_beside_the_questions(place: Place, entry: Entry) -> None:
    said(entry, reason="fails")
    said(entry, "", helpful=True)
    editor = place.client("editor")
    assert "没帮助的意见（1）" in body_of(editor, "/questions/")
    page = body_of(editor)
    assert "找不到按钮" in page and "照做了没成功" in page
    assert "没帮助的意见" not in body_of(place.client("staff"), "/questions/")


def test_the_page_says_who_dealt_with_an_opinion(place: Place, entry: Entry) -> None:
    opinion = said(entry)
    place.editor.last_name, place.editor.first_name = "王", "芳"
    place.editor.save()
    editor = place.client("editor")
    seen = re.search(r'name="seen" value="([^"]+)"', body_of(editor))
    page = editor.post(PAGE, {"opinion": opinion.pk, "seen": seen and seen[1]}, follow=True).content.decode()
    assert "处理过了" in page and "王芳，20" in page and "没有等着处理的意见" in page
    opinion.refresh_from_db()
    assert (opinion.dealt_with_by, opinion.dealt_with_on is None) == (place.editor, False)


def test_a_colleague_who_is_later_is_told(place: Place, entry: Entry) -> None:
    opinion = said(entry)
    opinions.deal_with(opinion, place.editor)
    opinions.deal_with(opinion, place.editor)
    with pytest.raises(Refusal, match=r"editor在 20.* 已经处理过"):
        opinions.deal_with(opinion, make_editor("second"))
    assert opinions.waiting_number(place.editor) == 0


def test_what_a_reader_changed_meanwhile_is_read_first(client: Client, place: Place, entry: Entry) -> None:
    path = f"/faq/{entry.ref}/"
    vote(client, path, helpful="0", comment="找不到", tell="1")
    opinion = Feedback.objects.get()
    seen = version(opinion)
    vote(client, path, helpful="0", comment="找到了，点不动", tell="1")
    with pytest.raises(Refusal, match="内容有变化"):
        opinions.deal_with(opinion, place.editor, seen=seen)
    opinions.deal_with(opinion, place.editor)
    vote(client, path, helpful="0", comment="还是不行", tell="1")
    opinion.refresh_from_db()
    assert (opinion.dealt_with_on, opinion.dealt_with_by) == (None, None)


def test_others_deal_with_none(place: Place, entry: Entry) -> None:
    with pytest.raises(PermissionDenied):
        opinions.deal_with(said(entry), place.staff)
    for chosen in ("x", "9" * 30, "0", ""):
        assert place.client("editor").post(PAGE, {"opinion": chosen}).status_code == 404


def test_every_page_of_the_desk_has_the_same_chips(editor_client: Client) -> None:
    pages = [editor_client.get(f"/questions/{page}").content.decode() for page in ("", "opinions/", "suggested/")]
    found = [re.findall(r'class="chip"[^>]*>([^<]*)<', page) for page in pages]
    assert found[0] == found[1] == found[2]
    assert len(found[0]) > 5

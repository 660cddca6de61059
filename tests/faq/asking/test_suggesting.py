"""推荐整理成问答: a school's answered question, without names, for the portal's editors."""

from __future__ import annotations

from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from faq.asking import publishing, steps, suggesting
from faq.editing.content import Content
from faq.models import Category, Entry, Question
from helpdesk.common.decisions import Refusal
from tests.at_once import AT_ONCE, NOT_ON_SQLITE, at_once
from tests.cast import Place, make_member, make_organization
from tests.faq.asking.asked import history, make_question, now

pytestmark = pytest.mark.django_db
LIST = "/questions/suggested/"
ASKED = "我叫王小芳，在桃源一小。签到按哪里？电话13800138000"
SECRETS = ("王小芳", "桃源一小", "13800138000", "weixin-77")


@pytest.fixture
def question(place: Place) -> Question:
    Category.objects.create(slug="signing", name="签到")
    asked = make_question(place, text=ASKED, name="王小芳", school="桃源一小", contact="weixin-77")
    steps.answer(asked, "王小芳老师您好，点右上角。", place.staff)
    return now(asked)


def page(question: Question, end: str = "") -> str:
    return f"/questions/{question.public_id}/{end}"


def body_of(client: Client, path: str) -> str:
    return unescape(client.get(path).content.decode())


def payload() -> dict[str, object]:
    return {"question": "签到按哪里？", "answer": "点右上角。", "category": Category.objects.get(slug="signing").pk}


def test_a_school_recommends_with_one_press(place: Place, question: Question) -> None:
    staff = place.client("staff")
    assert "推荐整理成问答" in body_of(staff, page(question))
    for _ in range(2):
        staff.post(page(question), {"do": "suggest", "seen": ""})
    assert [kind for kind, _ in history(question)] == ["answer", "suggested"]
    assert "已经推荐给本站编辑" in body_of(staff, page(question))


def test_editors_read_it_without_names(place: Place, question: Question) -> None:
    suggesting.suggest(question, place.staff)
    editor = place.client("editor")
    assert "推荐整理的（1）" in body_of(editor, "/questions/")
    for path in (LIST, page(question, "entry/"), page(question, "phrasing/")):
        body = body_of(editor, path)
        assert "签到按哪里" in body, path
        assert [secret for secret in SECRETS if secret in body] == [], path
    assert editor.get(page(question)).status_code == 404


def test_editors_make_an_entry_of_it(place: Place, question: Question) -> None:
    suggesting.suggest(question, place.staff)
    editor = place.client("editor")
    first, second = [editor.post(page(question, "entry/"), payload()).headers["Location"] for _ in range(2)]
    assert first == second
    assert Entry.objects.get(made_of=question).question == "签到按哪里？"
    assert history(question)[-1][0] == "published"
    assert "现在没有推荐整理的提问" in body_of(editor, LIST)
    assert "已整理成问答" in body_of(place.client("staff"), page(question))


def test_editors_make_a_phrasing_of_it(place: Place, question: Question) -> None:
    category = Category.objects.get(slug="signing")
    Entry.objects.create(ref="x-01", question="怎么签到？", answer="<p>点。</p>", category=category, status="published")
    suggesting.suggest(question, place.staff)
    publishing.phrase(question, "x-01", "签到按哪里", place.editor)
    assert not suggesting.suggested().exists()


def test_without_a_recommendation_editors_see_nothing(place: Place, question: Question) -> None:
    for end in ("", "entry/", "phrasing/"):
        assert place.client("editor").get(page(question, end)).status_code == 404
    new = Content(question="签到？", answer="<p>点。</p>", category="signing")
    with pytest.raises(PermissionDenied):
        publishing.make_entry(question, new, place.editor)


def test_a_recommendation_opens_it_to_editors_only(place: Place, question: Question) -> None:
    suggesting.suggest(question, place.staff)
    for who in ("staff", "other_staff", "reviewer", "auditor", "herself"):
        client = place.client(who)
        for path in (LIST, page(question, "entry/"), page(question, "phrasing/")):
            assert client.get(path).status_code == 403, (who, path)


def test_what_editors_set_aside_is_theirs_no_more(place: Place, question: Question) -> None:
    suggesting.suggest(question, place.staff)
    editor = place.client("editor")
    editor.post(LIST, {"question": question.public_id})
    assert history(question)[-1][0] == "set_aside"
    assert editor.get(page(question, "entry/")).status_code == 404
    assert editor.post(LIST, {"question": question.public_id}).status_code == 404


def test_a_question_whose_names_are_forgotten_is_withdrawn(place: Place, question: Question) -> None:
    suggesting.suggest(question, place.staff)
    Question.objects.filter(pk=question.pk).update(forgotten_at=question.asked_at)
    assert not suggesting.suggested().exists()
    assert place.client("editor").get(page(question, "entry/")).status_code == 404


def test_refusals_say_why(place: Place, question: Question) -> None:
    with pytest.raises(Refusal, match="还没有答复"):
        suggesting.suggest(make_question(place), place.staff)
    with pytest.raises(Refusal, match="有了新的变化"):
        suggesting.suggest(question, place.staff, seen="answered-0-0")
    with pytest.raises(Refusal, match="就在本站编辑这里"):
        suggesting.suggest(make_question(), place.editor)
    with pytest.raises(PermissionDenied):
        suggesting.suggest(question, make_member("elsewhere", place.other))


@NOT_ON_SQLITE
@pytest.mark.django_db(transaction=True)
def test_two_colleagues_at_once_recommend_once() -> None:
    school = make_organization()
    staff = make_member("staff", school)
    asked = Question.objects.create(text=ASKED, office=school.path)
    steps.answer(asked, "点右上角。", staff)
    together = at_once(lambda: suggesting.suggest(asked, staff))
    assert (len(together.returned), together.refused + together.errors) == (AT_ONCE, [])
    assert [kind for kind, _ in history(asked)] == ["answer", "suggested"]

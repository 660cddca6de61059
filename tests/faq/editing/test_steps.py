"""Steps of editing: what readers see meanwhile, who may decide, and what is refused."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from faq.editing import steps
from faq.editing.content import Content
from faq.models import Category, Entry, EntryEvent, Revision
from helpdesk.common.decisions import Refusal
from tests.faq.editing.authors import PUBLISHED, changed, entry, li, wang

pytestmark = pytest.mark.django_db
State = Revision.State

SOON = datetime.timedelta(minutes=5)


@pytest.fixture
def reviewed(settings: Any) -> None:
    settings.DIRECT_PUBLISHING = False


def page(ref: str = PUBLISHED) -> str:
    answer = Client().get(f"/faq/{ref}/")
    return answer.content.decode() if answer.status_code == 200 else ""


def state_of(row: Entry) -> str | None:
    going = steps.open_revision(row)
    return going.state if going else None


# --- drafts ------------------------------------------------------------------------------------------------------


def test_readers_see_nothing_of_a_draft(content: None) -> None:
    row = entry()
    steps.write(row, changed(row, question="玄铁按钮在哪里？", phrasings=("玄铁",)), wang())
    assert "玄铁" not in page()
    assert Entry.objects.get(pk=row.pk).question == row.question
    assert "玄铁" not in Client().get("/api/v1/search?q=玄铁").content.decode().partition("results")[2]


def test_publishing_puts_the_draft_in_place(content: None) -> None:
    row, by = entry(), wang()
    steps.write(row, changed(row, question="玄铁按钮在哪里？", phrasings=("玄铁在哪",)), by)
    steps.publish(row, by)
    assert "玄铁按钮在哪里" in page()
    assert [phrasing.text for phrasing in row.phrasings.all()] == ["玄铁在哪"]
    assert state_of(row) is None


def test_every_draft_is_kept_as_a_version(content: None) -> None:
    row, by = entry(), wang()
    for word in ("一", "二", "三"):
        steps.write(row, changed(row, notice=word), by)
    kept = [(version.number, version.state) for version in row.revisions.all()]
    assert kept == [(4, State.DRAFT), (3, State.REPLACED), (2, State.REPLACED), (1, State.PUBLISHED)]
    assert row.revisions.get(number=2).content["notice"] == "一"


def test_a_new_entry_is_a_draft_until_published(content: None) -> None:
    by = wang()
    row = Entry(ref="iron")
    new = Content(question="玄铁按钮？", answer="<p>在首页。</p>", category="upgrade-study", phrasings=("玄铁",))
    steps.write(row, new, by)
    assert page("iron") == ""
    steps.publish(row, by)
    assert "玄铁按钮" in page("iron")


def test_a_dropped_draft_leaves_what_is_published(content: None) -> None:
    row, by = entry(), wang()
    steps.write(row, changed(row, notice="一"), by)
    steps.drop(row, by)
    assert state_of(row) is None
    assert row.revisions.first().state == State.DROPPED  # type: ignore[union-attr]


def test_changes_past_the_steps_become_a_version(content: None) -> None:
    row = entry()
    steps.present_revision(row)
    Entry.objects.filter(pk=row.pk).update(notice="随更新来的")
    row.refresh_from_db()
    version = steps.present_revision(row)
    assert version is not None
    assert (version.number, version.author, version.content["notice"]) == (2, None, "随更新来的")
    assert steps.present_revision(row) == version


# --- review ------------------------------------------------------------------------------------------------------


def test_a_version_goes_through_review(content: None, reviewed: None) -> None:
    row, editor, reviewer = entry(), wang(), li()
    steps.write(row, changed(row, notice="请看新办法"), editor)
    steps.submit(row, editor)
    steps.send_back(row, "请写出处", reviewer)
    assert state_of(row) == State.RETURNED
    steps.write(row, changed(row, notice="请看 2026 年的新办法"), editor)
    steps.submit(row, editor)
    assert "新办法" not in page()
    steps.publish(row, reviewer)
    assert "请看 2026 年的新办法" in page()
    kinds = list(row.events.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["written", "submitted", "returned", "written", "submitted", "published"]


def test_an_editor_publishes_nothing_where_review_is_asked(content: None, reviewed: None) -> None:
    row, editor = entry(), wang()
    steps.write(row, changed(row, notice="一"), editor)
    with pytest.raises(PermissionDenied):
        steps.publish(row, editor)
    with pytest.raises(PermissionDenied):
        steps.write_and_publish(row, changed(row, notice="二"), editor)


def test_nobody_publishes_their_own_writing(content: None, reviewed: None) -> None:
    row, editor, reviewer = entry(), wang(), li()
    steps.write(row, changed(row, notice="我写的"), reviewer)
    steps.write(row, changed(row, notice="我写的，他改的"), editor)
    steps.submit(row, editor)
    with pytest.raises(Refusal, match="您自己写的"):
        steps.publish(row, reviewer)
    with pytest.raises(Refusal, match="您自己写的"):
        steps.schedule(row, timezone.now() + SOON, reviewer)


def test_a_withdrawn_entry_hides_nobodys_own_writing(content: None, reviewed: None) -> None:
    reviewer = li()
    row = Entry(ref="iron")
    steps.write(row, Content(question="玄铁？", answer="<p>有。</p>", category="upgrade-study"), reviewer)
    steps.drop(row, reviewer)
    with pytest.raises(Refusal, match="您自己写的"):
        steps.publish(row, reviewer)


def test_a_superuser_reviews_no_own_writing_either(content: None, reviewed: None) -> None:
    row, root = entry(), User.objects.create_superuser("root")
    steps.write(row, changed(row, notice="我写的"), root)
    steps.submit(row, root)
    with pytest.raises(Refusal, match="您自己写的"):
        steps.publish(row, root)


@pytest.mark.parametrize("word", ["", "  ", "长" * 301])
def test_sending_back_needs_a_word(content: None, reviewed: None, word: str) -> None:
    row, editor, reviewer = entry(), wang(), li()
    steps.write(row, changed(row, notice="一"), editor)
    steps.submit(row, editor)
    with pytest.raises(Refusal, match="理由"):
        steps.send_back(row, word, reviewer)
    assert state_of(row) == State.WAITING


Act = Callable[[Entry, User], Any]


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda row, by: steps.submit(row, by), "没有等着发布的内容"),
        (lambda row, by: steps.publish(row, by), "没有等着发布的内容"),
        (lambda row, by: steps.drop(row, by), "没有等着发布的内容"),
        (lambda row, by: steps.send_back(row, "理由", by), "没有等着发布的内容"),
        (lambda row, by: steps.schedule(row, timezone.now() + SOON, by), "没有等着发布的内容"),
        (lambda row, by: steps.restore(row, 99, by), "没有这一版"),
        (lambda row, by: steps.restore(row, 1, by), "不用恢复"),
        (lambda row, by: steps.put_back(row, by), "不在回收站"),
    ],
)
def test_what_cannot_be_done_says_why(content: None, act: Act, reason: str) -> None:
    row = entry()
    steps.present_revision(row)
    with pytest.raises(Refusal, match=reason):
        act(row, User.objects.create_superuser("root"))


def test_a_draft_on_old_ground_is_not_published(content: None) -> None:
    row, by = entry(), wang()
    steps.write(row, changed(row, notice="我的"), by)
    Entry.objects.filter(pk=row.pk).update(question="随更新来的问题")
    with pytest.raises(Refusal, match="已发布的内容又改过"):
        steps.publish(row, by)


def test_a_decision_names_the_version_it_is_on(content: None) -> None:
    row, by = entry(), wang()
    steps.write(row, changed(row, notice="一"), by)
    seen = steps.seen_of(row)
    steps.write(row, changed(row, notice="二"), by)
    with pytest.raises(Refusal, match="又有了变化"):
        steps.publish(row, by, seen=seen)
    steps.publish(row, by, seen=steps.seen_of(row))


def test_a_taken_number_is_refused(content: None) -> None:
    row, by = entry(), wang()
    number = Entry.objects.get(ref="credits-06").number
    steps.write(row, changed(row, number=number), by)
    with pytest.raises(Refusal, match="已经是"):
        steps.publish(row, by)


def test_a_deleted_category_is_named(content: None) -> None:
    row, by = entry(), wang()
    Category.objects.create(slug="gone", name="没了")
    steps.write(row, changed(row, category="gone"), by)
    Category.objects.get(slug="gone").delete()
    with pytest.raises(Refusal, match="分类“gone”已经删除"):
        steps.publish(row, by)


# --- at a set time -----------------------------------------------------------------------------------------------


def test_a_version_is_published_at_its_time(content: None, monkeypatch: pytest.MonkeyPatch) -> None:
    row, by = entry(), wang()
    steps.write(row, changed(row, notice="到点了"), by)
    steps.schedule(row, timezone.now() + SOON, by)
    assert steps.publish_due() == 0
    Revision.objects.filter(state=State.SCHEDULED).update(publish_at=timezone.now())
    assert steps.publish_due() == 1
    assert steps.publish_due() == 0
    assert "到点了" in page()


def test_a_time_that_is_over_is_refused(content: None) -> None:
    row, by = entry(), wang()
    steps.write(row, changed(row, notice="一"), by)
    with pytest.raises(Refusal, match="现在以后"):
        steps.schedule(row, timezone.now() - SOON, by)


def test_a_scheduled_version_on_old_ground_comes_back(content: None) -> None:
    row, by = entry(), wang()
    steps.write(row, changed(row, notice="到点了"), by)
    steps.schedule(row, timezone.now() + SOON, by)
    Entry.objects.filter(pk=row.pk).update(question="随更新来的问题")
    Revision.objects.filter(state=State.SCHEDULED).update(publish_at=timezone.now())
    assert steps.publish_due() == 0
    going = steps.open_revision(row)
    assert going is not None
    assert (going.state, "已发布的内容又改过" in going.word) == (State.RETURNED, True)


# --- older versions, the bin -------------------------------------------------------------------------------------


def test_an_older_version_is_taken_up_again(content: None) -> None:
    row, by = entry(), wang()
    steps.write_and_publish(row, changed(row, notice="新的"), by)
    steps.restore(row, 1, by)
    steps.publish(row, by)
    assert Entry.objects.get(pk=row.pk).notice == ""
    assert row.revisions.count() == 3


def test_the_bin_hides_and_gives_back(content: None) -> None:
    row, by = entry(), wang()
    before = set(row.phrasings.values_list("text", flat=True))
    steps.throw_away(row, by)
    assert page() == ""
    client = Client()
    client.force_login(by)
    assert client.get(f"/faq/{PUBLISHED}/").status_code == 404
    steps.put_back(row, by)
    steps.publish(row, by)
    assert page() != ""
    assert set(row.phrasings.values_list("text", flat=True)) == before


def test_the_bin_is_emptied_after_thirty_days(content: None) -> None:
    row, by = entry(), wang()
    steps.throw_away(row, by)
    now = timezone.now()
    assert steps.empty(now + datetime.timedelta(days=29)) == 0
    assert steps.empty(now + datetime.timedelta(days=31)) == 1
    assert not Entry.objects.filter(pk=row.pk).exists()
    purged = EntryEvent.objects.get(kind=EntryEvent.Kind.PURGED)
    assert (purged.title, purged.entry) == (row.title, None)


def test_nothing_is_published_out_of_the_bin(content: None) -> None:
    row, by = entry(), wang()
    steps.write(row, changed(row, notice="到点了"), by)
    steps.schedule(row, timezone.now() + SOON, by)
    steps.throw_away(row, by)
    Revision.objects.filter(entry=row).exclude(publish_at=None).update(publish_at=timezone.now())
    assert steps.publish_due() == 0
    assert Entry.objects.get(pk=row.pk).status == "binned"
    with pytest.raises(Refusal, match="回收站"):
        steps.publish(row, by)


def test_care_is_no_version(content: None) -> None:
    row, by = entry(), wang()
    today = timezone.localdate()
    assert steps.care(row, by, checked_on=today)
    assert not steps.care(row, by, checked_on=today)
    assert Entry.objects.get(pk=row.pk).checked_on == today
    assert not row.revisions.exists()
    assert row.events.get().note == "核对日期"

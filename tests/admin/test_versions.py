"""Versions in the admin: the form's buttons, one version's page and its decisions, comparing, the bin, all changes."""

from __future__ import annotations

import datetime
import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from faq.editing import steps
from faq.editing.awaiting import awaiting
from faq.models import Entry, EntryEvent, Feedback, Revision
from tests.admin.forms import change, errors, payload, save
from tests.faq.editing.authors import changed, entry, li, wang

pytestmark = pytest.mark.django_db
State = Revision.State


@pytest.fixture
def reviewed(settings: Any) -> None:
    settings.DIRECT_PUBLISHING = False


def form_of(row: Entry, **fields: Any) -> dict[str, Any]:
    """The entry's form as it opens, with these fields changed."""
    source = {"document": row.document_id, "number": row.number, "category": row.category_id}
    said = "\n".join(row.phrasings.values_list("text", flat=True))
    return payload(question=row.question, answer=row.answer, said=said, **source) | fields


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def history(row: Entry) -> str:
    return f"/admin/faq/entry/{row.pk}/history/"


def version(row: Entry, number: int) -> str:
    return f"/admin/faq/entry/{row.pk}/versions/{number}/"


def decide(client: Client, row: Entry, decision: str, **fields: Any) -> Any:
    return client.post(f"/admin/faq/entry/{row.pk}/decide/", {"decision": decision} | fields, follow=True)


# --- the form ----------------------------------------------------------------------------------------------------


def test_a_draft_stays_open_and_unseen(client: Client, editor: User) -> None:
    row = entry()
    answer = client.post(change(row), form_of(row, notice="玄铁提示", _draft="1"), follow=True)
    assert answer.redirect_chain[-1][0] == change(row)
    assert "老师看到的还是原来的" in answer.content.decode()
    assert "玄铁提示" in answer.content.decode()
    assert "玄铁提示" not in page(Client(), row.get_absolute_url())


def test_the_form_goes_on_with_the_draft(client: Client, editor: User) -> None:
    row = entry()
    steps.write(row, changed(row, question="草稿里的问题", phrasings=("草稿的问法",)), editor)
    body = page(client, change(row))
    assert "草稿里的问题" in body
    assert "草稿的问法" in body
    assert "第 2 版" in body


def test_a_preview_shows_the_draft_as_readers_would_see_it(client: Client, editor: User) -> None:
    row = entry()
    answer = client.post(change(row), form_of(row, answer="玄铁\n\n青铜", _preview="1"), follow=True)
    body = answer.content.decode()
    assert "第 2 版的预览" in body
    assert re.search(r'<div class="answer"><p>玄铁</p>\s*<p>青铜</p></div>', body)
    assert Entry.objects.get(pk=row.pk).answer == row.answer


def test_saving_what_is_the_same_makes_no_version(client: Client, editor: User) -> None:
    row = entry()
    save(client, change(row), form_of(row, checked_on="2025-01-02"))
    assert [version.state for version in row.revisions.all()] == [State.PUBLISHED]
    assert Entry.objects.get(pk=row.pk).checked_on == datetime.date(2025, 1, 2)


@pytest.mark.parametrize(
    ("at", "reason"),
    [("", "请选好哪一天几点发布"), ("2020-01-01T08:00", "要在现在以后"), ("明天", "日期")],
)
def test_an_unfit_time_is_refused_at_its_field(client: Client, editor: User, at: str, reason: str) -> None:
    row = entry()
    assert reason in errors(client, change(row), form_of(row, notice="一", publish_at=at, _schedule="1"))
    assert steps.open_revision(row) is None


def test_a_version_is_set_for_a_time(client: Client, editor: User) -> None:
    row = entry()
    at = (timezone.localtime() + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    save(client, change(row), form_of(row, notice="明天见", publish_at=at, _schedule="1"))
    going = steps.open_revision(row)
    assert going is not None
    assert (going.state, timezone.localtime(going.publish_at).strftime("%Y-%m-%dT%H:%M")) == (State.SCHEDULED, at)


def test_an_editor_submits_where_review_is_asked(client: Client, editor: User, reviewed: None) -> None:
    row = entry()
    body = page(client, change(row))
    assert 'value="提交审核"' in body
    assert "定时发布" not in body
    save(client, change(row), form_of(row, notice="待审"))
    going = steps.open_revision(row)
    assert going is not None
    assert going.state == State.WAITING
    assert told(row) == [("submitted", "改了提示")]
    assert "等待审核的" not in page(client, "/admin/")
    client.force_login(li())
    assert "等待审核的：<strong>1</strong> 条" in page(client, "/admin/")


def told(row: Entry) -> list[tuple[str, str]]:
    """What the history says of an entry, the latest first, each with its note."""
    return list(row.events.values_list("kind", "note"))


def test_a_new_entry_that_is_submitted_leaves_one_line(client: Client, editor: User, reviewed: None) -> None:
    save(client, "/admin/faq/entry/add/", payload(ref="iron"))
    row = Entry.objects.get(ref="iron")
    assert told(row) == [("submitted", "")]
    save(client, change(row), form_of(row, notice="改一改", document="", number="", _draft="1"))
    save(client, change(row), form_of(row, notice="改一改", document="", number=""))
    assert [kind for kind, _ in told(row)] == ["submitted", "written", "submitted"]


def test_what_lies_in_the_bin_awaits_nobody(client: Client, content: None, reviewed: None) -> None:
    row, reviewer = entry(), li()
    client.force_login(reviewer)
    steps.write(row, changed(row, notice="一"), reviewer)
    Feedback.objects.create(entry=row, voter="1", helpful=False)
    Entry.objects.filter(pk=row.pk).update(check_by=datetime.date(2020, 1, 1))
    lines = [line.name for line in awaiting(reviewer)]
    assert lines == ["我写的草稿，还没有提交或发布", "过了核对期限的", "读者说没帮助、还没处理的"]
    assert row.title[:20] in page(client, "/admin/faq/feedback/?dealt=no")
    steps.submit(row, reviewer)
    assert "等待审核的" in [line.name for line in awaiting(reviewer)]
    steps.throw_away(row, reviewer)
    assert awaiting(reviewer) == []
    assert row.title[:20] not in page(client, "/admin/faq/feedback/?dealt=no")


# --- decisions ---------------------------------------------------------------------------------------------------


def test_a_reviewer_sends_back_and_publishes(client: Client, content: None, reviewed: None) -> None:
    row, author, reviewer = entry(), wang(), li()
    steps.write(row, changed(row, notice="请看新办法"), author)
    steps.submit(row, author)
    client.force_login(reviewer)
    body = page(client, version(row, 2))
    assert "请看新办法</ins>" in body
    seen = re.findall(r'name="seen" value="([^"]+)"', body)[0]
    refused = decide(client, row, "return", number=2, seen=seen, word="")
    assert refused.status_code == 400
    assert "请写一句退回的理由" in refused.content.decode()
    assert "已退回" in decide(client, row, "return", number=2, seen=seen, word="请写出处").content.decode()
    client.force_login(author)
    assert "退回的理由：请写出处" in page(client, change(row))
    assert "退回给我的：<strong>1</strong> 条" in page(client, "/admin/")


def test_a_decision_on_an_older_version_is_refused(client: Client, editor: User) -> None:
    row = entry()
    steps.write(row, changed(row, notice="一"), editor)
    seen = steps.seen_of(row)
    steps.write(row, changed(row, notice="二"), editor)
    answer = decide(client, row, "publish", number=2, seen=seen)
    assert answer.status_code == 400
    assert "又有了变化" in answer.content.decode()
    assert Entry.objects.get(pk=row.pk).notice == ""


def test_an_editor_may_not_publish_by_hand_made_post(client: Client, editor: User, reviewed: None) -> None:
    row = entry()
    steps.write(row, changed(row, notice="一"), editor)
    steps.submit(row, editor)
    assert decide(client, row, "publish", number=2).status_code == 403
    assert Entry.objects.get(pk=row.pk).notice == ""


def test_one_click_brings_an_older_version_back(client: Client, editor: User) -> None:
    row = entry()
    steps.write_and_publish(row, changed(row, notice="新的"), editor)
    assert "新的" in page(Client(), row.get_absolute_url())
    answer = decide(client, row, "restore", number=1, seen=steps.seen_of(entry()))
    assert "已恢复第 1 版" in answer.content.decode()
    assert Entry.objects.get(pk=row.pk).notice == ""


def test_words_that_rules_quote_are_not_lost_unsaid(client: Client, editor: User) -> None:
    row = entry()
    answer = client.post(change(row), form_of(row, answer="全都换了"), follow=True)
    assert "学分规则 C5“" in unescape(answer.content.decode())
    other = Entry.objects.get(ref="credits-18")
    assert "下面这些地方用到它" in page(client, f"/admin/faq/entry/{other.pk}/delete/")


def test_what_quotes_nothing_warns_of_nothing(client: Client, editor: User) -> None:
    row = entry()
    answer = client.post(change(row), form_of(row, notice="加一句"), follow=True)
    assert "引用了这里的原话" not in answer.content.decode()


# --- read --------------------------------------------------------------------------------------------------------


def test_two_versions_are_compared_in_words(client: Client, editor: User) -> None:
    row = entry()
    steps.write_and_publish(row, changed(row, notice="每年 36 学时"), editor)
    steps.write_and_publish(row, changed(row, notice="每年 48 学时"), editor)
    body = page(client, f"/admin/faq/entry/{row.pk}/compare/?a=3&b=2")
    assert "每年 <del>36</del><ins>48</ins> 学时" in body


@pytest.mark.parametrize("query", ["", "a=1", "a=1&b=99", "a=x&b=１", "a=-1&b=1", f"a={'9' * 30}&b=1"])
def test_a_comparison_of_nothing_leads_back(client: Client, editor: User, query: str) -> None:
    row = entry()
    steps.present_revision(row)
    answer = client.get(f"/admin/faq/entry/{row.pk}/compare/?{query}", follow=True)
    assert "请选两个版本" in answer.content.decode()


@pytest.mark.parametrize("path", ["versions/99/", "versions/99999999999999999999/"])
def test_an_unknown_version_is_not_found(client: Client, editor: User, path: str) -> None:
    row = entry()
    steps.present_revision(row)
    assert client.get(f"/admin/faq/entry/{row.pk}/{path}").status_code == 404


def test_all_changes_stand_on_one_page(client: Client, editor: User) -> None:
    row, other = entry(), Entry.objects.get(ref="credits-06")
    steps.write_and_publish(row, changed(row, notice="一"), editor)
    steps.throw_away(other, wang())
    body = page(client, "/admin/faq/entry/changes/")
    rows = body.partition("<tbody>")[2]
    assert rows.index("wang") < rows.index("editor")
    assert other.title[:20] not in page(client, "/admin/faq/entry/changes/?who=editor")
    assert row.title[:20] not in page(client, "/admin/faq/entry/changes/?what=binned")


@pytest.mark.parametrize("query", ["page=１", "page=-1", "page=abc", "who=%00", "what=%27", "who=" + "x" * 5000])
def test_odd_addresses_of_the_changes_are_answered(client: Client, editor: User, query: str) -> None:
    assert client.get(f"/admin/faq/entry/changes/?{query}").status_code == 200


def test_an_entry_goes_to_the_bin_and_back(client: Client, editor: User) -> None:
    row = entry()
    save(client, f"/admin/faq/entry/{row.pk}/delete/", {"post": "yes"})
    assert Client().get(row.get_absolute_url()).status_code == 404
    body = page(client, "/admin/faq/entry/bin/")
    assert row.title[:20] in body
    answer = client.post("/admin/faq/entry/bin/", {"entry": row.pk}, follow=True)
    assert "取回来了" in answer.content.decode()
    assert row.phrasings.exists()
    assert EntryEvent.objects.filter(entry=row, kind=EntryEvent.Kind.UNBINNED).exists()


@pytest.mark.parametrize("chosen", ["", "abc", "9" * 30, "１", "0"])
def test_an_unknown_entry_is_not_in_the_bin(client: Client, editor: User, chosen: str) -> None:
    assert client.post("/admin/faq/entry/bin/", {"entry": chosen}).status_code == 404


def test_what_is_overdue_is_marked_and_listed(client: Client, editor: User) -> None:
    row = entry()
    Entry.objects.filter(pk=row.pk).update(check_by=timezone.localdate() - datetime.timedelta(days=1))
    assert "现在还没有核对" in page(Client(), row.get_absolute_url())
    assert "过了核对期限的：<strong>1</strong> 条" in page(client, "/admin/")
    assert row.ref in page(client, "/admin/faq/entry/?care=overdue")


def test_lists_of_many_versions_take_few_queries(
    client: Client, editor: User, django_assert_max_num_queries: Any
) -> None:
    row = entry()
    for number in range(12):
        steps.write(row, changed(row, notice=str(number)), editor)
    for path in (history(row), version(row, 5), "/admin/faq/entry/changes/"):
        with django_assert_max_num_queries(25):
            client.get(path)

"""When an entry was last checked: on its page, in its form, by an action."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from faq.models import Entry
from tests.faq.voices import PATH

pytestmark = pytest.mark.django_db


def source(client: Client, path: str = PATH) -> str:
    return client.get(path).content.decode().partition('<footer class="entry-source">')[2].partition("</footer>")[0]


def test_an_entry_says_when_it_was_checked(client: Client, content: None) -> None:
    assert "以上照原资料收录，尚未与现行文件核对。" in source(client)
    Entry.objects.filter(ref="upgrade-01").update(checked_on=date(2025, 11, 3))
    assert "最近核对：2025 年 11 月 3 日。" in source(client)
    assert "还没有再核对过" not in source(client)


def test_an_entry_without_document_mentions_no_check(client: Client, content: None) -> None:
    Entry.objects.filter(ref="upgrade-01").update(document=None, number=None)
    assert "核对" not in source(client)


def form_of(entry: Entry, **fields: Any) -> dict[str, Any]:
    """Fields of the admin's form for this entry as it stands, with these changes."""
    names = ("question", "short_question", "answer", "notice")
    said = "\n".join(entry.phrasings.values_list("text", flat=True))
    keys = {"category": entry.category_id, "document": entry.document_id, "number": entry.number}
    return {name: getattr(entry, name) for name in names} | keys | {"said": said} | fields


def test_an_editor_writes_when_an_entry_was_checked(editor_client: Client) -> None:
    entry = Entry.objects.get(ref="upgrade-01")
    path, today = f"/admin/faq/entry/{entry.pk}/change/", timezone.localdate()
    assert "最近一次对照文件核对内容的日期；没有核对过就留空。" in editor_client.get(path).content.decode()
    for written, kept in ((today.isoformat(), today), ("2025-11-03", date(2025, 11, 3)), ("", None)):
        assert editor_client.post(path, form_of(entry, checked_on=written)).status_code == 302
        assert Entry.objects.get(pk=entry.pk).checked_on == kept


@pytest.mark.parametrize("day", ["tomorrow", "9999-12-31", "2025-02-30", "昨天", "\x00"])
def test_an_impossible_day_is_refused_in_chinese(editor_client: Client, day: str) -> None:
    entry = Entry.objects.get(ref="upgrade-01")
    written = (timezone.localdate() + timedelta(days=1)).isoformat() if day == "tomorrow" else day
    answer = editor_client.post(f"/admin/faq/entry/{entry.pk}/change/", form_of(entry, checked_on=written))
    assert answer.status_code == 200
    [said] = answer.context["adminform"].form.errors["checked_on"]
    assert said == "核对日期不能晚于今天。" if day in ("tomorrow", "9999-12-31") else "日期" in said
    assert Entry.objects.get(pk=entry.pk).checked_on is None


def test_selected_entries_are_marked_as_checked_today(editor_client: Client, client: Client) -> None:
    entries = list(Entry.objects.filter(ref__in=["upgrade-01", "upgrade-02"]))
    today = timezone.localdate()
    Entry.objects.filter(ref="upgrade-02").update(checked_on=today)
    data = {"action": "check_today", "_selected_action": [entry.pk for entry in entries]}
    answer = editor_client.post("/admin/faq/entry/", data, follow=True).content.decode()
    assert "标为今天核对过" in answer
    assert "已标为今天核对过 1 条。" in answer
    first, second = (Entry.objects.get(pk=entry.pk) for entry in entries)
    assert first.checked_on == second.checked_on == today
    assert first.updated_at == entries[0].updated_at  # nothing that anybody reads has changed
    assert first.stamp != entries[0].stamp
    assert second.stamp == entries[1].stamp
    assert "已标为今天核对过" in editor_client.get(f"/admin/faq/entry/{first.pk}/history/").content.decode()
    assert f"最近核对：{today.year} 年 {today.month} 月 {today.day} 日。" in source(client)


def test_today_is_the_day_in_china(editor_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # half past midnight there
    monkeypatch.setattr(timezone, "now", lambda: late)
    data = {"action": "check_today", "_selected_action": [Entry.objects.get(ref="upgrade-01").pk]}
    editor_client.post("/admin/faq/entry/", data)
    assert Entry.objects.get(ref="upgrade-01").checked_on == date(2026, 3, 2)

"""大家在找什么: four lists, each row with the action that mends it, and what that changed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from faq import insight
from faq.editing import steps
from faq.models import Entry, EntryEvent, Feedback, Phrasing, SoughtQuery, SynonymGroup
from tests.cast import make_entry
from tests.faq.editing.authors import changed, entry, wang
from tests.faq.insight.searching import KNOWN, UNKNOWN, look_for, open_from, sought

pytestmark = pytest.mark.django_db

PAGE = "/admin/faq/entry/sought/"


def page(client: Client, **query: str) -> str:
    answer = client.get(PAGE, query)
    assert answer.status_code == 200
    return answer.content.decode()


def part(text: str, kind: str) -> str:
    """The list of that kind on the page."""
    return text.partition(f'id="{kind}"')[2].partition("</section>")[0]


def add(client: Client, query: str, row: Entry, seen: str | None = None, **query_string: str) -> Any:
    version = steps.seen_of(row) if seen is None else seen
    sent = {"query": query, "entry": f"{row.pk}:{version}"}
    return client.post(PAGE, sent, query_params=query_string, follow=True)


@pytest.fixture
def searched(content: None) -> None:
    """Three searches in vain, two that were sure, of which one was followed by an opening."""
    for _ in range(3):
        look_for(UNKNOWN)
    look_for(KNOWN)
    look_for("忘记密码")
    open_from("忘记密码", "credits-05")
    insight.flush()


def test_each_query_stands_in_its_list(editor: User, client: Client, searched: None) -> None:
    text = page(client)
    assert UNKNOWN in part(text, "missed")
    assert KNOWN not in part(text, "missed")
    assert KNOWN in part(text, "unopened")
    assert "忘记密码" not in part(text, "unopened")
    assert [part(text, "most").index(query) for query in (UNKNOWN,)] < [part(text, "most").index(KNOWN)]


def test_one_list_is_shown_alone(editor: User, client: Client, searched: None) -> None:
    text = page(client, list="missed", days="90")
    assert UNKNOWN in text
    assert 'id="unopened"' not in text
    assert 'id="months"' not in text


@pytest.mark.parametrize(
    "query", [{"days": "x", "list": "?"}, {"tried": "\x00"}, {"tried": "a" * 9_000}, {"list": "most"}]
)
def test_whatever_the_address_says_the_page_opens(editor: User, client: Client, query: dict[str, str]) -> None:
    page(client, **query)


def test_entries_that_did_not_help_are_listed(editor: User, client: Client, content: None) -> None:
    for voter in "ab":
        Feedback.record(entry(), voter, helpful=False, reason="", comment="")
    assert re.search(r"<td>2</td>", part(page(client), "unhelpful"))
    Feedback.objects.update(dealt_with_on="2026-01-01")
    assert entry().title[:20] not in part(page(client), "unhelpful")


def test_a_phrasing_is_published_and_its_effect_shown(editor: User, client: Client, searched: None) -> None:
    answer = add(client, UNKNOWN, entry())
    text = answer.content.decode()
    assert "老师现在就能搜到" in text
    effect = text.partition('class="sought-effect"')[2].partition("</section>")[0]
    before, now = effect.split('<th scope="row">现在</th>')
    assert "有答案" not in before
    assert "有答案" in now
    assert entry().title in now
    assert UNKNOWN not in part(text, "missed")
    event = EntryEvent.objects.latest("pk")
    assert (event.kind, event.actor) == ("published", editor)
    assert UNKNOWN in event.revision.content["phrasings"]  # type: ignore[union-attr]


def test_a_query_mended_in_vain_is_listed_again(editor: User, client: Client, searched: None) -> None:
    insight.mark_mended(UNKNOWN)
    assert UNKNOWN not in part(page(client), "missed")
    look_for(UNKNOWN)
    assert sought(UNKNOWN).state == "missed"


def test_a_query_that_finds_its_answer_stays_mended(editor: User, client: Client, searched: None) -> None:
    add(client, UNKNOWN, entry())
    look_for(UNKNOWN)
    assert sought(UNKNOWN).state == "mended"


def test_where_publishing_needs_a_review_the_phrasing_waits(client: Client, searched: None, settings: Any) -> None:
    settings.DIRECT_PUBLISHING = False
    client.force_login(wang())
    text = add(client, UNKNOWN, entry()).content.decode()
    assert "已经提交审核" in text
    assert UNKNOWN in part(text, "missed")
    assert not Phrasing.objects.filter(text=UNKNOWN).exists()
    assert steps.open_revision(entry()).state == "waiting"  # type: ignore[union-attr]


def refused(client: Client, query: str, row: Entry, seen: str | None = None) -> str:
    before = Phrasing.objects.count()
    text = add(client, query, row, seen).content.decode()
    assert Phrasing.objects.count() == before
    assert SoughtQuery.objects.get(query=UNKNOWN).state == "missed"
    return text


def test_a_phrasing_pushes_no_draft_aside(editor: User, client: Client, searched: None) -> None:
    steps.write(entry(), changed(entry(), notice="草稿"), editor)
    assert "还有一版没有发布" in refused(client, UNKNOWN, entry())


def test_an_entry_that_changed_meanwhile_is_refused(editor: User, client: Client, searched: None) -> None:
    assert "又有了变化" in refused(client, UNKNOWN, entry(), seen="7")


def test_a_phrasing_is_added_once(editor: User, client: Client, searched: None) -> None:
    row = entry()
    assert "已经有这个问法了" in refused(client, row.question, row)


def test_a_withdrawn_entry_takes_no_phrasing(editor: User, client: Client, searched: None) -> None:
    steps.withdraw(entry(), editor)
    assert "没有发布" in refused(client, UNKNOWN, entry())


def test_a_query_that_is_too_long_is_refused(editor: User, client: Client, searched: None) -> None:
    assert "最多 60 个字" in refused(client, "食" * 61, entry())


@pytest.mark.parametrize("chosen", ["", "0:1", "x", "9" * 30, "1.5:2"])
def test_no_choice_is_refused(editor: User, client: Client, searched: None, chosen: str) -> None:
    answer = client.post(PAGE, {"query": UNKNOWN, "entry": chosen})
    assert "请选一条问答" in answer.content.decode()


def test_the_refusal_stands_at_its_row_with_what_was_chosen(editor: User, client: Client, searched: None) -> None:
    row = sought(UNKNOWN)
    nearest = Entry.objects.get(ref=row.refs[-1])
    text = part(add(client, UNKNOWN, nearest, seen="7").content.decode(), "missed")
    assert "又有了变化" in text
    assert re.search(rf'<option value="{nearest.pk}:[0-9]+" selected>', text)


def test_a_synonym_leads_back_to_the_query(editor: User, client: Client, searched: None) -> None:
    address = f"/admin/faq/synonymgroup/add/?words={UNKNOWN}&sought={UNKNOWN}"
    assert UNKNOWN in client.get(address).content.decode()
    answer = client.post(address, {"words": "食堂 饭堂 开饭"}, follow=True)
    assert SynonymGroup.objects.filter(words="食堂 饭堂 开饭").exists()
    assert "现在搜到什么" in answer.content.decode()
    assert sought(UNKNOWN).state == "mended"


def test_a_new_entry_leads_back_to_the_query(editor: User, client: Client, searched: None) -> None:
    address = f"/admin/faq/entry/add/?question={UNKNOWN}&sought={UNKNOWN}"
    assert f'value="{UNKNOWN}"' in client.get(address).content.decode()
    fields = {"question": UNKNOWN, "answer": "十二点。", "category": entry().category_id, "position": "100", "said": ""}
    answer = client.post(address, {**fields, "_save": "1"}, follow=True)
    text = answer.content.decode()
    assert "现在搜到什么" in text
    assert "有答案" in text
    assert sought(UNKNOWN).state == "mended"


def test_what_awaits_editors_names_what_was_sought_in_vain(editor: User, client: Client, searched: None) -> None:
    text = client.get("/admin/").content.decode()
    assert re.search(rf'{PAGE}">老师近 30 天搜过几次、没找到的：<strong>1</strong>', text)
    assert f'href="{PAGE}"' in client.get("/admin/faq/entry/").content.decode()


def test_the_form_of_an_entry_says_what_led_to_it(editor: User, client: Client, searched: None) -> None:
    text = client.get(f"/admin/faq/entry/{entry().pk}/change/").content.decode()
    assert re.search("老师搜什么找到这一条.*忘记密码.*1 次", text, re.DOTALL)


def test_names_are_counted_beside_the_lists(editor: User, client: Client, content: None) -> None:
    look_for("王芳老师的学分")
    insight.flush()
    text = page(client)
    assert "另有 1 次搜索里像是有人的姓名" in text
    assert "未记录" not in text


def test_a_draft_is_no_entry_to_choose(editor: User, client: Client, searched: None) -> None:
    draft = make_entry(status="draft", question="草稿里的问题")
    SoughtQuery.objects.filter(query=UNKNOWN).update(nearest=f"{draft.ref} gone-1")
    text = part(page(client), "missed")
    assert "草稿里的问题" not in text
    assert "写一条新问答" in text

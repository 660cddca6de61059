"""Phrasings and synonyms in the admin, and trying a search out."""

from __future__ import annotations

import re
import time
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.test import Client

from faq import search
from faq.models import Entry, Phrasing, SynonymGroup
from tests.admin.forms import change, english, errors, payload, save

pytestmark = pytest.mark.django_db


def test_phrasings_are_saved_with_their_entry_and_found(client: Client, editor: User) -> None:
    save(client, "/admin/faq/entry/add/", payload(ref="iron", said="铁疙瘩  在哪点\r\n\r\n 那个黑按钮"))
    entry = Entry.objects.get(ref="iron")
    assert [phrasing.text for phrasing in entry.phrasings.all()] == ["铁疙瘩 在哪点", "那个黑按钮"]
    assert search.search("黑按钮").hits[0].entry == entry


def test_an_entry_as_shipped_takes_more_phrasings(content: None) -> None:
    for entry in Entry.objects.all():
        assert entry.phrasings.count() <= 0.6 * Phrasing.MOST_PER_ENTRY, entry.ref


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("看课没时长\n看课没时长", "第 2 行“看课没时长”和第 1 行重复了。"),
        ("看課沒時長\n\n看课 没时长！", "第 3 行“看课 没时长！”和第 1 行重复了。"),
        ("好\n？？？", "第 2 行“？？？”没有可以搜索的字。"),
        ("学" * 61, "第 1 行“学学学学学学学学学学…”有 61 个字，一种问法最多 60 个字。"),
        (
            "\n".join(f"第 {number} 种" for number in range(121)),
            "最多写 120 行，您写了 121 行：一行一种问法，请只留最常见的。",
        ),
    ],
)
def test_useless_phrasings_are_refused_by_line(client: Client, editor: User, lines: str, complaint: str) -> None:
    answer = client.post("/admin/faq/entry/add/", payload(ref="iron", said=lines))
    assert answer.context["adminform"].form.errors["said"] == [complaint]
    assert lines in unescape(answer.content.decode())
    assert not Entry.objects.filter(ref="iron").exists()


def test_phrasings_are_changed_line_by_line(client: Client, editor: User) -> None:
    entry = Entry.objects.get(ref="credits-18")
    before = {phrasing.text: phrasing.pk for phrasing in entry.phrasings.all()}
    _, *kept = before
    assert "\n".join(before) in client.get(change(entry)).content.decode()
    source = {"document": entry.document_id, "number": entry.number, "category": entry.category_id}
    said = "\n".join([*kept, "山上就我一个"])
    save(client, change(entry), payload(question=entry.question, answer=entry.answer, said=said, **source))
    after = {phrasing.text: phrasing.pk for phrasing in entry.phrasings.all()}
    assert [*after] == [*kept, "山上就我一个"]
    assert all(after[text] == before[text] for text in kept)
    assert "相似问法" in client.get(f"/admin/faq/entry/{entry.pk}/history/").content.decode()


def test_a_save_over_anothers_is_refused_once(client: Client, editor: User) -> None:
    entry = Entry.objects.get(ref="credits-18")
    seen = re.findall(r'name="seen" value="([^"]+)"', client.get(change(entry)).content.decode())[0]
    entry.notice = "同事写的"
    entry.save()
    source = {"document": entry.document_id, "number": entry.number, "category": entry.category_id}
    mine = payload(question="我写的问题", answer=entry.answer, said="我写的问法", seen=seen, **source)
    answer = client.post(change(entry), mine)
    assert "这条问答被改过了" in str(answer.context["errors"])
    body = unescape(answer.content.decode())
    assert "我写的问题" in body
    assert "我写的问法" in body
    assert Entry.objects.get(pk=entry.pk).notice == "同事写的"
    again = re.findall(r'name="seen" value="([^"]+)"', body)[0]
    save(client, change(entry), mine | {"seen": again})
    assert Entry.objects.get(pk=entry.pk).question == "我写的问题"


@pytest.mark.parametrize(
    "pasted",
    ["怎么补录\n" * 200_000, "".join(f"第{number}种问法\n" for number in range(200_000)), "学" * 1_000_000],
)
def test_what_was_pasted_by_mistake_is_told_soon(client: Client, editor: User, pasted: str) -> None:
    began = time.process_time()
    complaint = errors(client, "/admin/faq/entry/add/", payload(said=pasted))
    assert time.process_time() - began < 2
    assert "最多写 120 行，您写了 200000 行" in complaint or "一种问法最多 60 个字" in complaint
    assert len(complaint) < 500


def test_a_phrasing_of_another_entry_is_told(client: Client, editor: User) -> None:
    answer = client.post("/admin/faq/entry/add/", payload(ref="iron", said="单人校"), follow=True)
    assert "“单人校”也是“" in answer.content.decode()


def test_the_list_finds_entries_by_their_phrasings(client: Client, editor: User) -> None:
    assert "upgrade-10" in client.get("/admin/faq/entry/", {"q": "看了白看"}).content.decode()


@pytest.mark.parametrize(
    ("written", "saved"),
    [("打印机 印表机", "打印机 印表机"), ("打印机，印表机、 列印机", "打印机 印表机 列印机")],
)
def test_synonyms_are_saved_apart_by_spaces(client: Client, editor: User, written: str, saved: str) -> None:
    save(client, "/admin/faq/synonymgroup/add/", {"words": written})
    assert SynonymGroup.objects.filter(words=saved).exists()


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("打印机", "至少写两个不同的词"),
        ("打印机 打印机", "至少写两个不同的词"),
        ("打印机 " + "很" * 13, "最多 12 个字"),
        ("", "请填写"),
        ("支教 的", "“的”不能作同义词"),
        ("支教 ？？", "“？？”不能作同义词"),
        ("录播 回放 重播 回看 重看 补看 看录像", "已经有这一组了"),
        (" ".join("甲乙丙丁" + str(number) for number in range(60)), "一组最多 200 个字"),
    ],
)
def test_synonyms_that_are_none_are_refused(client: Client, editor: User, written: str, complaint: str) -> None:
    assert complaint in errors(client, "/admin/faq/synonymgroup/add/", {"words": written})


def test_trying_a_search_out_explains_what_is_found(client: Client, editor: User) -> None:
    body = client.get("/admin/faq/entry/try/", {"q": "请问 看课没时长"}).content.decode()
    assert "有把握的答案" in body
    assert "不算数的词：请问" in body
    assert f'<a href="{change(Entry.objects.get(ref="upgrade-10"))}" target="_blank"' in body
    assert "最像的一种相似问法是“" in body
    assert "老师一共会看到" in client.get("/admin/faq/entry/try/", {"q": "学分"}).content.decode()
    assert "统一写法以后是：请问 看课没时长" not in body
    nothing = client.get("/admin/faq/entry/try/", {"q": "饕餮盛宴"}).content.decode()
    assert "没有把握" in nothing
    assert "没有一条已发布的问答里有这个词" in nothing
    assert "老师会看到“请换个说法再搜，或者按分类查找”" in nothing
    assert "统一写法以后是：账号 登录" in client.get("/admin/faq/entry/try/", {"q": "帳號 登陆"}).content.decode()
    assert "只用了前 300 个字" in client.get("/admin/faq/entry/try/", {"q": "学" * 301}).content.decode()
    assert english(body) == english(nothing) == set()


@pytest.mark.parametrize("query", ["", " ", "\x00", "的", "<script>alert(1)</script>", "学" * 5000, "(" * 300])
def test_trying_anything_out_works(client: Client, editor: User, query: str) -> None:
    answer = client.get("/admin/faq/entry/try/", {"q": query})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_only_who_may_see_entries_may_try_out(client: Client, content: None) -> None:
    assert client.get("/admin/faq/entry/try/").status_code == 302
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert client.get("/admin/faq/entry/try/").status_code == 403


@pytest.mark.parametrize("path", ["faq/entry/", "faq/synonymgroup/"])
def test_the_lists_lead_to_trying_out(client: Client, editor: User, path: str) -> None:
    assert 'href="/admin/faq/entry/try/"' in client.get(f"/admin/{path}").content.decode()


def test_the_admin_warns_of_an_unwritable_index(client: Client, editor: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "磁盘" not in client.get("/admin/").content.decode()
    monkeypatch.setattr(search.own_replica, "trouble", "搜索索引写不进磁盘：磁盘已满。")
    for path in ("/admin/", "/admin/faq/entry/"):
        assert "搜索索引写不进磁盘：磁盘已满。" in client.get(path).content.decode()

"""Tags, ages and notices: a reader sees from which platform and year an answer comes, and whom its names mean."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.test import Client, override_settings

from faq.models import Document, Entry

fill = importlib.import_module("faq.migrations.0007_where_words_come_from")


@pytest.mark.parametrize(
    ("ref", "tag"),
    [
        ("upgrade-06", "能力提升工程 · 2021"),
        ("credits-05", "学分管理办法 · 未注明日期，约 2019"),
        ("portal-01", "本站说明"),
    ],
)
def test_an_entry_shows_platform_and_age(content: None, client: Client, ref: str, tag: str) -> None:
    page = client.get(f"/faq/{ref}/").content.decode()
    assert page.index("<h1>") < page.index(tag) < page.index('class="answer"')


def test_results_show_platform_and_age(content: None, client: Client) -> None:
    page = client.get("/search/", {"q": "学历冲抵"}).content.decode()
    assert "学分管理办法 · 未注明日期，约 2019" in page


@pytest.mark.parametrize(("ref", "age"), [("upgrade-06", "距今 "), ("credits-05", "距今约 ")])
def test_an_old_entry_says_so_above_the_answer(content: None, client: Client, ref: str, age: str) -> None:
    page = client.get(f"/faq/{ref}/").content.decode()
    assert page.index(age) < page.index('class="answer"')
    assert "请以最新通知为准" in page


def test_a_document_without_a_short_name_is_named_in_full() -> None:
    assert Document(title="新资料").tag == "新资料 · 未注明日期"


@pytest.mark.parametrize("ref", fill.NOTICES)
def test_names_and_groups_are_explained(content: None, ref: str) -> None:
    words, notice = fill.NOTICES[ref]
    entry = Entry.objects.get(ref=ref)
    assert entry.notice == notice
    assert words in entry.answer_text


def test_installations_that_exist_get_tags_and_notices(content: None) -> None:
    Document.objects.update(platform="", year_about=None)
    Entry.objects.filter(ref__in=["credits-03", "credits-04"]).update(notice="")
    Entry.objects.filter(ref="credits-04").update(answer="<p>改过的答案</p>")
    Entry.objects.filter(ref="credits-07").update(notice="自己写的")
    fill.fill(apps, None)
    assert Document.objects.get(slug="credits").tag == "学分管理办法 · 未注明日期，约 2019"
    notices = dict(Entry.objects.values_list("ref", "notice"))
    assert "章老师" in notices["credits-03"]
    assert (notices["credits-04"], notices["credits-07"]) == ("", "自己写的")


@override_settings(RUN_BY="桃源县教师进修学校", RUN_FOR="全县教师", CURRENT_AS_OF="2026 年 9 月", CONTACT_LINE="010-1")
def test_home_says_whose_portal_it_is(content: None, client: Client) -> None:
    page = client.get("/").content.decode()
    facts = page.partition('class="facts"')[2].partition("</dl>")[0]
    assert all(fact in facts for fact in ("桃源县教师进修学校", "全县教师", "2026 年 9 月", "010-1", "约 2019"))


def test_credits_stand_above_the_categories_at_home(content: None, client: Client) -> None:
    page = client.get("/").content.decode()
    assert page.index('id="door"') < page.index('id="categories"')

"""The page of one entry: its neighbours, its relatives, where it is from and how old."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from faq.models import Document, Entry
from tests.cast import make_entry
from tests.markup import read

pytestmark = pytest.mark.django_db


def test_an_entry_leads_to_its_neighbours(client: Client, content: None) -> None:
    page = read(client, "/faq/upgrade-03/")
    assert [page.all("a", rel=rel)[0]["href"] for rel in ("prev", "next")] == ["/faq/upgrade-02/", "/faq/upgrade-04/"]


def test_first_and_last_have_one_neighbour(client: Client, content: None) -> None:
    refs = list(Entry.objects.in_order().filter(category__slug="upgrade-login").values_list("ref", flat=True))
    first, last = (read(client, f"/faq/{ref}/") for ref in (refs[0], refs[-1]))
    assert not first.all("a", rel="prev") and first.all("a", rel="next")
    assert last.all("a", rel="prev") and not last.all("a", rel="next")


@pytest.mark.parametrize("ref", ["upgrade-01", "upgrade-14", "credits-05", "credits-21"])
def test_an_entry_names_relatives_but_not_itself(client: Client, content: None, ref: str) -> None:
    body = client.get(f"/faq/{ref}/").content.decode()
    related = re.findall(r'href="(/faq/[a-z0-9-]+/)"', body.partition('id="related"')[2].partition("</section>")[0])
    assert 1 <= len(related) == len(set(related)) <= 5
    assert f"/faq/{ref}/" not in related


def test_an_old_entry_names_source_and_age(client: Client, content: None) -> None:
    body = client.get("/faq/upgrade-05/").content.decode()
    assert "来源：《2021 年上提升工程学员咨询常见问题汇总》第 5 条" in body
    assert f"距今 {timezone.localdate().year - 2021} 年，规定可能已调整" in body


def test_a_document_without_year_has_no_age(client: Client, content: None) -> None:
    body = client.get("/faq/credits-05/").content.decode()
    assert "来源：《教师学分管理（系统）常见问题》第 5 条。" in body
    assert "年的，已有" not in body


def test_an_entry_of_this_year_is_not_old(client: Client, content: None) -> None:
    document = Document.objects.create(slug="new", title="新资料", year=timezone.localdate().year)
    entry = make_entry(document=document, number=1)
    assert "已有" not in client.get(entry.get_absolute_url()).content.decode()


def test_an_entry_without_a_document_names_no_source(client: Client, content: None) -> None:
    assert "来源：" not in client.get(make_entry().get_absolute_url()).content.decode()


def test_signing_in_elsewhere_is_told_apart(client: Client, content: None) -> None:
    body = client.get("/faq/upgrade-01/").content.decode()
    notice = body.index("以下是登录浙江的教师学习平台的方法，不是本站的账号。本站不会请您提供身份证号码")
    assert notice < body.index('class="answer"') < body.rindex("身份证后六位，即可登录学习")


def test_visitors_are_offered_nothing_to_edit(client: Client, content: None) -> None:
    assert "/admin/" not in client.get("/faq/upgrade-01/").content.decode()


def test_an_editor_is_one_click_from_editing(client: Client, content: None, editor: User) -> None:
    entry = Entry.objects.get(ref="upgrade-01")
    assert f"/admin/faq/entry/{entry.pk}/change/" in client.get("/faq/upgrade-01/").content.decode()

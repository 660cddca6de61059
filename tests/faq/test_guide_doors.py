"""Doors to the guides: on entries, beside results, in categories and on the home page."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from faq.guides.flows import guides
from tests.faq.test_guide_pages import links

pytestmark = pytest.mark.django_db


def doors(client: Client, path: str) -> list[str]:
    body = client.get(path).content.decode().partition('class="guide-door')[2].partition("</div>")[0]
    return re.findall(r'href="/guide/([a-z-]+)/"', body)


@pytest.mark.parametrize(
    ("ref", "slugs"),
    [
        ("credits-03", ["credits-account"]),
        ("upgrade-06", ["login"]),
        ("credits-17", ["new-teacher", "take-part"]),
        ("credits-01", []),
    ],
)
def test_an_entry_leads_to_its_guides(client: Client, content: None, ref: str, slugs: list[str]) -> None:
    assert doors(client, f"/faq/{ref}/") == slugs


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("学分系统账号", "credits-account"),
        ("新设立的区没有账号", "credits-account"),
        ("登录不了", "login"),
        ("登不上去", "login"),
        ("不想继续学", "leave"),
        ("恢复学习", "leave"),
        ("忘了报名", "late-registration"),
        ("新教师", "new-teacher"),
        ("我要不要参加", "take-part"),
        ("借调要参加吗", "take-part"),
        ("学历能不能冲抵", "degree"),
        ("学科怎么报", "subject"),
    ],
)
def test_a_search_leads_to_the_guide(client: Client, content: None, query: str, slug: str) -> None:
    assert slug in doors(client, f"/search/?q={query}")


@pytest.mark.parametrize("query", ["今天星期几", "怎么打印", "听课计学分", "看课没时长"])
def test_a_search_for_something_else_leads_to_none(client: Client, content: None, query: str) -> None:
    assert doors(client, f"/search/?q={query}") == []


def test_home_and_categories_lead_to_guides(client: Client, content: None) -> None:
    for path in ("/", "/faq/", "/search/?q=今天星期几"):
        assert "/guide/" in links(client, path), path
    assert doors(client, "/faq/category/upgrade-login/") == ["login"]
    assert doors(client, "/faq/category/credits-conversion/") == []
    assert [slug for slug in guides() if f"/guide/{slug}/" not in links(client, "/guide/")] == []

"""Pages and files for search engines: structured data, the sitemap, robots.txt."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from hypothesis import given

from faq import structured_data
from faq.guides.flows import guides
from faq.models import Category, Entry
from faq.sitemaps import EntrySitemap
from tests.cast import make_entry
from tests.markup import ANY_TEXT, Markup, read

pytestmark = pytest.mark.django_db


def data_of(page: Markup) -> dict[str, Any]:
    blocks = [text for text in page.texts["script"] if text.strip()]
    assert len(blocks) == 1
    return json.loads(blocks[0])


def test_structured_data_says_what_the_page_says(client: Client, content: None) -> None:
    data = data_of(read(client, "/faq/credits-05/", "script"))
    entry = Entry.objects.get(ref="credits-05")
    assert (data["@type"], data["inLanguage"]) == ("FAQPage", "zh-CN")
    [question] = data["mainEntity"]
    assert (question["name"], question["acceptedAnswer"]["text"]) == (entry.question, entry.answer)


@pytest.mark.parametrize(
    "question", ["a</script><script>alert(1)</script>", "<!--<script>", "\u2028\u2029'\"\\", "&lt;/script&gt;"]
)
def test_nothing_breaks_out_of_the_structured_data(client: Client, content: None, question: str) -> None:
    page = read(client, make_entry(question=question, answer="<p>&lt;/script&gt;</p>").get_absolute_url(), "script")
    assert data_of(page)["mainEntity"][0]["name"] == question
    assert [attributes for attributes in page.all("script") if "src" not in attributes] == [
        {"type": "application/ld+json"}
    ]


@given(ANY_TEXT)
def test_structured_data_is_json_without_markup(text: str) -> None:
    block = structured_data.faq_page([Entry(question=text, answer=text)])
    assert json.loads(block)["mainEntity"][0]["name"] == text
    assert not set(block) & set("<>&")


def located(client: Client, address: str) -> list[str]:
    return re.findall("<loc>http://testserver(.*?)</loc>", client.get(address).content.decode())


def test_the_sitemaps_name_every_page_once(client: Client, content: None) -> None:
    sitemaps = located(client, "/sitemap.xml")
    assert len(sitemaps) == 4
    addresses = [address for sitemap in sitemaps for address in located(client, sitemap)]
    expected = {entry.get_absolute_url() for entry in Entry.objects.all()}
    expected |= {category.get_absolute_url() for category in Category.objects.all()}
    expected |= {f"/guide/{slug}/" for slug in guides()}
    expected |= {"/", "/faq/", "/guide/", "/credits/check/", "/credits/rules/", "/upgrade/"}
    assert sorted(addresses) == sorted(expected)
    assert {client.get(address).status_code for address in addresses} == {200}


def test_a_long_sitemap_is_cut_into_pages(
    client: Client, content: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(EntrySitemap, "limit", 50)
    with django_assert_num_queries(3):  # when an entry was last changed, how many there are, how many categories
        pages = [address for address in located(client, "/sitemap.xml") if "entries" in address]
    assert pages == ["/sitemap-entries.xml", "/sitemap-entries.xml?p=2"]
    assert [len(located(client, page)) for page in pages] == [50, 12]


def test_the_index_says_when_an_entry_last_changed(client: Client, content: None) -> None:
    Entry.objects.filter(ref="upgrade-05").update(updated_at="2100-05-04T03:02:01Z")
    body = client.get("/sitemap.xml").content.decode()
    assert "/sitemap-entries.xml</loc><lastmod>2100-05-04T11:02:01+08:00</lastmod>" in body
    Entry.objects.filter(ref="upgrade-05").update(status="draft")
    assert "2100" not in client.get("/sitemap.xml").content.decode()


def test_robots_names_the_sitemap_and_forbids_the_admin(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert answer["Content-Type"].startswith("text/plain")
    lines = answer.content.decode().splitlines()
    assert {"User-agent: *", "Disallow: /admin/", "Sitemap: http://testserver/sitemap.xml"} <= set(lines)

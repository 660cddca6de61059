"""Long lists of entries are cut into pages, and no page asks a query a row."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from faq import browsing
from faq.models import Category, Entry
from tests.cast import make_entry
from tests.markup import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def short_pages(content: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browsing, "ON_ONE_PAGE", 20)
    monkeypatch.setattr(browsing, "PER_PAGE", 7)


def listed(client: Client, address: str) -> list[str]:
    body = client.get(address).content.decode()
    lists = re.findall('<ul class="question-list">(.*?)</ul>', body, re.DOTALL)
    return re.findall(r'href="/faq/([\w-]+)/"', "".join(lists))


def test_sixty_entries_stand_on_one_page(client: Client, content: None) -> None:
    assert listed(client, "/faq/") == [entry.ref for entry in Entry.objects.in_order()]
    page = read(client, "/faq/")
    assert not page.all("a", rel="next")
    assert page.all("link", rel="canonical")[0]["href"] == "http://testserver/faq/"


def test_the_pages_together_list_every_entry_once(client: Client, short_pages: None) -> None:
    pages = [listed(client, f"/faq/?page={number}") for number in range(1, 10)]
    assert [len(page) for page in pages] == [7] * 8 + [6]
    assert [ref for page in pages for ref in page] == [entry.ref for entry in Entry.objects.in_order()]


def test_pages_lead_to_each_other(client: Client, short_pages: None) -> None:
    page = read(client, "/faq/?page=2")
    assert [page.all("a", rel=rel)[0]["href"] for rel in ("prev", "next")] == ["/faq/", "?page=3"]
    assert page.all("link", rel="canonical")[0]["href"] == "http://testserver/faq/?page=2"
    numbers = [link["href"] for link in page.all("a") if "aria-label" in link]
    assert numbers == ["/faq/", "?page=3", "?page=9"]


def test_a_category_that_goes_on_says_so(client: Client, short_pages: None) -> None:
    assert "接上一页" not in client.get("/faq/").content.decode()
    assert client.get("/faq/?page=2").content.decode().count("接上一页") == 1


def test_a_long_category_has_pages(client: Client, short_pages: None) -> None:
    category = Category.objects.create(slug="long", name="很长")
    made = [make_entry(category=category, question=f"第 {number} 个问题").ref for number in range(21)]
    assert [ref for number in (1, 2, 3) for ref in listed(client, f"/faq/category/long/?page={number}")] == made
    assert "（第 2 页）" in client.get("/faq/category/long/?page=2").content.decode()


@pytest.mark.parametrize("wanted", ["-1", "0", "１", "1e9", "abc", "%00", "", "99999999999999999999"])
def test_a_page_that_is_none_is_another_one(client: Client, short_pages: None, wanted: str) -> None:
    for address in ("/faq/", "/faq/category/upgrade-login/"):
        assert client.get(f"{address}?page={wanted}").status_code == 200


def test_only_the_first_page_is_kept_for_reading_offline(client: Client, short_pages: None) -> None:
    assert "X-Offline" in client.get("/faq/").headers
    assert "X-Offline" not in client.get("/faq/?page=2").headers


QUERIES = {"/": 6, "/faq/": 4, "/faq/category/upgrade-study/": 5, "/search/": 2}


@pytest.mark.parametrize("address", QUERIES)
def test_lists_ask_no_query_a_row(client: Client, content: None, django_assert_num_queries: Any, address: str) -> None:
    with django_assert_num_queries(QUERIES[address]):
        client.get(address)
    for number in range(30):
        make_entry(category=Category.objects.create(slug=f"more-{number}", name="更多"))
        make_entry()
    with django_assert_num_queries(QUERIES[address]):
        client.get(address)

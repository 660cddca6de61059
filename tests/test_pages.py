"""The public pages: what every page has, and what the footer and the privacy page say."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from faq.models import Entry
from tests.markup import CHINESE, read

pytestmark = pytest.mark.django_db


PAGES = {
    "/": "师训问答",
    "/faq/": "全部常见问题",
    "/faq/category/upgrade-login/": "登录问题",
    "/faq/upgrade-01/": "电脑端如何登录学习？",
    "/faq/credits-21/": "-",
    "/guide/": "回答几个问题",
    "/guide/login/": "登录不了",
    "/credits/check/": "查学分",
    "/credits/rules/": "学分规则",
    "/upgrade/": "考核与经验值",
    "/privacy/": "隐私说明",
}
NOT_FOR_CRAWLERS = {"/search/": "搜索", "/search/?q=学历冲抵": "搜索：学历冲抵", "/search/?q=今天星期几": "搜索"}


# --- what every page has -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "title"), (PAGES | NOT_FOR_CRAWLERS).items())
def test_a_page_has_chinese_title_and_heading(client: Client, content: None, path: str, title: str) -> None:
    page = read(client, path, "title", "h1")
    assert title in page.texts["title"][0]
    assert [bool(CHINESE.search(text)) for text in page.texts["title"] + page.texts["h1"]] == [True, True]
    assert page.all("html", lang="zh-Hans")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_its_own_address(client: Client, content: None, path: str) -> None:
    page = read(client, f"{path}?utm_source=wechat")
    assert page.all("link", rel="canonical") == [{"rel": "canonical", "href": f"http://testserver{path}"}]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_describes_itself_to_crawlers(client: Client, content: None, path: str) -> None:
    page = read(client, path)
    [description] = page.all("meta", name="description")
    assert len(CHINESE.findall(description["content"])) > 10
    assert not page.all("meta", name="robots")


@pytest.mark.parametrize("path", NOT_FOR_CRAWLERS)
def test_search_results_are_not_for_crawlers(client: Client, content: None, path: str) -> None:
    assert read(client, path).all("meta", name="robots", content="noindex")


def test_descriptions_of_entries_are_their_own(client: Client, content: None) -> None:
    pages = [read(client, entry.get_absolute_url()) for entry in Entry.objects.all()[:10]]
    assert len({page.all("meta", name="description")[0]["content"] for page in pages}) == 10


@pytest.mark.parametrize("path", [*PAGES, *NOT_FOR_CRAWLERS, "/sitemap.xml", "/robots.txt", "/healthz", "/readyz"])
def test_head_answers_as_get_does(client: Client, content: None, path: str) -> None:
    get, head = client.get(path), client.head(path)
    assert (head.status_code, head["Content-Type"]) == (get.status_code, get["Content-Type"]) != 405


@pytest.mark.parametrize("path", [*PAGES, "/search/", "/robots.txt", "/healthz", "/readyz"])
def test_only_the_form_takes_posts(client: Client, content: None, path: str) -> None:
    if path in ("/credits/check/", "/upgrade/"):
        return
    for method in ("post", "put", "delete", "patch"):
        answer = getattr(client, method)(path)
        assert answer.status_code == 405
        assert set(answer["Allow"].split(", ")) == {"GET", "HEAD"}


# --- whatever is sent --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_parameters_nobody_asked_for_are_ignored(client: Client, content: None, path: str) -> None:
    for extra in ("?%00=%00", "?page=abc", "?=&&=", "?a[]=1&a[b]=2", "?__proto__=1", f"?{'a' * 10_000}"):
        assert client.get(path + extra).status_code == 200
    assert client.get(path + "?" + "a=1&" * 5000).status_code in (200, 400)


# --- the footer and the privacy page -----------------------------------------------------------------------------


def test_the_footer_shows_what_is_set(client: Client, settings: Any) -> None:
    plain = client.get("/").content.decode()
    assert 'href="/privacy/"' in plain
    assert "beian" not in plain
    settings.ICP_NUMBER, settings.POLICE_NUMBER = "浙ICP备00000000号-1", "浙公网安备00000000000000号"
    settings.CONTACT_LINE = "教师发展中心 0570-0000000"
    body = client.get("/").content.decode()
    assert '<a href="https://beian.miit.gov.cn/" rel="noopener">浙ICP备00000000号-1</a>' in body
    assert '<a href="https://beian.mps.gov.cn/" rel="noopener">浙公网安备00000000000000号</a>' in body
    assert "教师发展中心 0570-0000000" in body


def test_the_privacy_page_adds_what_an_installation_says(client: Client, settings: Any) -> None:
    assert 'class="note"' not in client.get("/privacy/").content.decode()
    settings.PRIVACY_NOTICE = "由某县教育局负责。\n\n<b>电话</b> 0570-0000000"
    body = client.get("/privacy/").content.decode()
    assert "<p>由某县教育局负责。</p>" in body
    assert "&lt;b&gt;电话&lt;/b&gt; 0570-0000000" in body


def test_the_privacy_page_is_right_about_cookies(client: Client, content: None) -> None:
    """Reading, searching and working a statement out leave no cookie of the portal's own."""
    for path in ("/", "/faq/", "/faq/upgrade-01/", "/search/?q=学历冲抵", "/privacy/"):
        assert not client.get(path).cookies, path
    assert set(client.get("/credits/check/").cookies) <= {"csrftoken"}


@pytest.mark.parametrize("path", ["/credits/check/", "/sign-in/", "/sign-in/first/", "/faq/upgrade-01/feedback/"])
@pytest.mark.parametrize("charset", ["raw_unicode_escape", "utf-7", "utf-16", "hex", "nonsense"])
def test_a_form_is_always_read_as_utf_8(client: Client, content: None, path: str, charset: str) -> None:
    """Some of Python's encodings would bring lone surrogates, which no page could show again."""
    names = ("staff_number", "code", "comment", "username", "password", "helpful", "as_of", "coordinated-0-project")
    parts = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\na\\ud800b\r\n' for name in names)
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    headers = {"Origin": "http://testserver"}
    answer = client.generic("POST", path, f"{parts}--x--\r\n", kind, headers=headers)
    assert answer.status_code < 500


def test_what_no_page_reads_is_not_parsed(client: Client) -> None:
    """A form's encoding is looked after without reading the query of every address, which may hold too many fields."""
    answer = client.get("/healthz?" + "a&" * 3001)
    assert answer.status_code == 200
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("path", ["/faq/", "/faq/category/upgrade-login/", "/faq/upgrade-01/"])
def test_the_menu_says_where_one_is(client: Client, content: None, path: str) -> None:
    assert '<a href="/faq/" aria-current="page">常见问题</a>' in client.get(path).content.decode()

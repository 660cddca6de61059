"""Pages about errors: ours, kind, and telling no secret."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client

from faq import search
from tests.markup import Markup

pytestmark = pytest.mark.django_db


# --- whatever is sent --------------------------------------------------------------------------------------------


NO_SUCH_ADDRESS = [
    "/faq/none/",
    "/faq/%00/",
    "/faq/99999999999999999999/",
    "/faq/../admin/",
    "/faq/..%2f..%2fetc%2fpasswd/",
    "/faq/%2e%2e/",
    "/faq/" + "a" * 5000 + "/",
    "/faq/学分/",
    "/faq/%ff%fe/",
    "/faq/%ed%a0%80/",
    "/faq/category/",
    "/faq/category/none/",
    "/faq/category/%00/",
    "/faq/category/99999999999999999999/",
    "/faq/category/../../admin/",
    "/faq/upgrade-01/more/",
    "/%00",
    "/../../etc/passwd",
    "/.git/config",
    "/static/../helpdesk/settings.py",
    "/static/%2e%2e/helpdesk/settings.py",
    "/static/css/site.css%00",
    "/sitemap-nothing.xml",
    "/sitemap-entries.xml?p=2",
    "/sitemap-entries.xml?p=abc",
    "/sitemap-entries.xml?p=99999999999999999999",
    "/sitemap-entries.xml?p=%00",
]


@pytest.mark.parametrize("path", NO_SUCH_ADDRESS)
def test_a_missing_address_is_not_found(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "没有找到这一页" in answer.content.decode()


def test_a_near_miss_of_an_entry_is_not_found(client: Client, content: None) -> None:
    near = [
        "upgrade-01%00",
        "UPGRADE-01",
        "%20upgrade-01",
        "upgrade-01%0a",
        "upgrade-1",
        "upgrade－01",
        "upgrade-01/more",
    ]
    assert {ref: client.get(f"/faq/{ref}/").status_code for ref in near} == dict.fromkeys(near, 404)
    assert {client.get(f"/api/v1/entries/{ref}/").status_code for ref in near} == {404}


# --- pages about errors ------------------------------------------------------------------------------------------


def assert_ours(body: str, heading: str) -> None:
    page = Markup(body, "title", "h1")
    assert page.texts["h1"] == [heading]
    assert page.all("a", href="/") and page.all("meta", name="robots", content="noindex")
    assert "Traceback" not in body and "Django" not in body


def test_bad_requests_get_our_page(client: Client) -> None:
    answer = client.get("/", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert_ours(answer.content.decode(), "这一页打不开")


def test_forbidden_pages_are_ours(client: Client, content: None, editor: User) -> None:
    answer = client.get("/admin/auth/user/")
    assert answer.status_code == 403
    assert_ours(answer.content.decode(), "您没有权限看这一页")


def test_a_lost_csrf_token_keeps_what_was_typed(content: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/credits/check/", {"project": "县培 <7>"})
    assert answer.status_code == 403
    assert_ours(answer.content.decode(), "刚才没有提交成功")
    assert '<input type="hidden" name="project" value="县培 &lt;7&gt;">' in answer.content.decode()


def test_sending_it_again_from_that_page_succeeds(content: None) -> None:
    visitor = Client(enforce_csrf_checks=True)
    page = Markup(visitor.post("/credits/check/", {"cycle": "2018", "csrfmiddlewaretoken": "old"}).content.decode())
    again = {field["name"]: field["value"] for field in page.all("input", type="hidden")}
    answer = visitor.post("/credits/check/", again)
    assert answer.status_code == 200
    assert "查学分" in answer.content.decode()


def test_a_missing_page_offers_the_search(client: Client) -> None:
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert_ours(answer.content.decode(), "没有找到这一页")
    assert Markup(answer.content.decode()).all("form", action="/search/")


def test_too_large_a_form_is_told_so(client: Client, settings: Any, content: None) -> None:
    answer = client.post("/credits/check/", {"project": "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)})
    multipart = client.post("/credits/check/", "a=" + "b" * 5_000_000, "application/x-www-form-urlencoded")
    for each in (answer, multipart):
        assert each.status_code == 413
        assert_ours(each.content.decode(), "提交的内容太大")


def test_too_many_fields_are_a_bad_request(client: Client, content: None) -> None:
    answer = client.post("/credits/check/", "a=b&" * 4000, "application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert_ours(answer.content.decode(), "这一页打不开")


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [(RuntimeError("秘密"), 500, "系统出了点问题"), (OperationalError("秘密"), 503, "系统正忙，请稍后再试")],
)
def test_failures_get_our_page_and_tell_no_secret(
    content: None, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, heading: str
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error

    monkeypatch.setattr(search, "search", fail)
    answer = Client(raise_request_exception=False).get("/search/?q=学分")
    assert answer.status_code == status
    assert_ours(answer.content.decode(), heading)
    assert "秘密" not in answer.content.decode()

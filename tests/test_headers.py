"""Headers, cookies and hosts, asked of a real server behind a proxy."""

from __future__ import annotations

import gzip
import re

import pytest
from django.test import Client

from tests.installation import DEMO_PASSWORD, ProxiedVisitor, Server

ADDRESSES = {
    "/": 200,
    "/faq/upgrade-01/": 200,
    "/search/?q=学历冲抵": 200,
    "/credits/check/?example=1": 200,
    "/admin/login/": 200,
    "/admin/": 302,
    "/api/v1/entries/": 200,
    "/api/v1/none": 404,
    "/no-such-page/": 404,
    "/static/no-such-file.css": 404,
    "/static/css/site.css": 200,
    "/sitemap.xml": 200,
    "/healthz": 200,
}


def ascii_path(path: str) -> str:
    return path.replace("学历冲抵", "%E5%AD%A6%E5%8E%86%E5%86%B2%E6%8A%B5")


def policy(visitor: ProxiedVisitor, path: str) -> dict[str, str]:
    """The Content-Security-Policy at `path`, directive → sources."""
    header = visitor.get(ascii_path(path)).headers["Content-Security-Policy"]
    return {name: sources for name, _, sources in (part.strip().partition(" ") for part in header.split(";"))}


@pytest.mark.parametrize("path", ADDRESSES)
def test_every_answer_carries_a_strict_policy(server: Server, path: str) -> None:
    found = policy(server.visitor(), path)
    assert "unsafe-" not in str(found)
    assert found["default-src"] == found["frame-ancestors"] == found["base-uri"] == "'none'"
    assert found["script-src"] == found["style-src"] == found["form-action"] == "'self'"
    assert found["img-src"] == "'self' data:"


@pytest.mark.parametrize(("path", "status"), ADDRESSES.items())
def test_every_answer_carries_the_other_headers(server: Server, path: str, status: int) -> None:
    answer = server.visitor().get(ascii_path(path))
    assert answer.status == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    if not path.startswith("/static/css"):
        assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.fixture(scope="module")
def editor(server: Server) -> ProxiedVisitor:
    visitor = server.visitor()
    assert visitor.sign_in("editor", DEMO_PASSWORD).status == 302
    return visitor


@pytest.mark.parametrize("path", ["/admin/", "/admin/faq/entry/", "/admin/faq/entry/add/", "/admin/nothing/"])
def test_the_signed_in_admin_is_as_strict(editor: ProxiedVisitor, path: str) -> None:
    assert "unsafe-" not in str(policy(editor, path))
    body = editor.get(path).text
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/json|text/html))|\son\w+=|\sstyle=|<style", body)


@pytest.mark.parametrize("path", [path for path in ADDRESSES if not path.startswith(("/api/", "/static/"))])
def test_no_page_holds_what_the_policy_would_refuse(server: Server, path: str) -> None:
    body = server.visitor().get(ascii_path(path)).text
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/ld\+json))|\son\w+=|\sstyle=|<style|javascript:", body)


def test_nothing_is_fetched_from_another_host(server: Server) -> None:
    for path in ("/", "/faq/upgrade-01/", "/credits/check/?example=1", "/admin/login/"):
        fetched = re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', server.visitor().get(path).text)
        foreign = [url for url in fetched if url.startswith(("http:", "https:", "//")) and "canonical" not in url]
        assert [url for url in foreign if "portal.example.invalid" not in url] == []


def test_cookies_are_secure_http_only_and_same_site(server: Server) -> None:
    visitor = server.visitor()
    answers = [visitor.get("/admin/login/"), visitor.sign_in("editor", DEMO_PASSWORD)]
    cookies = [cookie for answer in answers for cookie in answer.headers.get_all("Set-Cookie") or []]
    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-csrftoken", "__Host-sessionid", "device"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie  # nor would a browser take such a name with one


def test_reading_sets_no_cookie(server: Server) -> None:
    for path in ("/", "/faq/", "/faq/upgrade-01/", "/credits/rules/", "/api/v1/entries/", "/no-such-page/"):
        assert "Set-Cookie" not in server.visitor().get(path).headers


def test_pages_are_compressed_for_visitors(server: Server) -> None:
    plain = server.visitor().get("/faq/upgrade-01/")
    small = server.visitor().get("/faq/upgrade-01/", Accept_Encoding="gzip, deflate, br")
    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert gzip.decompress(small.body) == plain.body
    assert len(small.body) < len(plain.body) / 2


def test_personal_pages_are_not_compressed(editor: ProxiedVisitor) -> None:
    for path in ("/", "/admin/", "/credits/check/"):
        answer = editor.get(path, Accept_Encoding="gzip")
        assert answer.status == 200
        assert "Content-Encoding" not in answer.headers


def test_plain_http_goes_to_https_except_monitors(server: Server) -> None:
    visitor = server.visitor()
    answer = visitor.get("/faq/", X_Forwarded_Proto="http")
    assert (answer.status, answer.headers["Location"]) == (301, "https://portal.example.invalid/faq/")
    assert visitor.get("/healthz", X_Forwarded_Proto="http").status == 200
    assert visitor.get("/readyz", X_Forwarded_Proto="http").status == 200


@pytest.mark.parametrize("host", ["evil.example", "portal.example.invalid.evil.example", "a b", "", "[::1"])
def test_a_host_that_is_not_ours_is_refused(server: Server, host: str) -> None:
    for path in ("/", "/credits/check/", "/api/v1/entries/", "/admin/login/"):
        answer = server.visitor().get(path, Host=host)
        assert answer.status == 400
        assert host == "" or host not in answer.text


def test_the_page_about_a_wrong_host_is_ours(server: Server) -> None:
    page, data = server.visitor().get("/", Host="evil.example"), server.visitor().get("/api/v1/", Host="evil.example")
    assert "这一页打不开" in page.text
    assert data.json()["error"]["code"] == "bad_request"


CORRUPT = [
    *("", "x", "a" * 32, "a" * 4000, "12345678\x00", "'; DROP TABLE faq_entry; --", '"\\', "\x7f" * 9),
    "学分学分".encode().decode("latin-1"),
]


@pytest.mark.django_db
@pytest.mark.parametrize("value", CORRUPT)
@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages"])
def test_a_corrupt_cookie_is_ignored(client: Client, name: str, value: str) -> None:
    client.cookies[name] = value
    for path in ("/", "/admin/login/"):  # one asks for the session, the other for all three
        assert client.get(path).status_code == 200


def test_raw_bytes_in_cookies_are_ignored(server: Server) -> None:
    visitor = server.visitor()
    for raw in (
        "__Host-sessionid=\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8",
        '__Host-sessionid="',
        "=;;=",
        "__Host-sessionid",
        "__Host-csrftoken=\xff",
    ):
        assert visitor.get("/faq/upgrade-01/", Cookie=raw).status == 200
        assert visitor.get("/admin/login/", Cookie=raw).status == 200

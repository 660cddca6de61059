"""The scripts as files: in old enough a language, small, found under their hashed names; and what is kept or told."""

from __future__ import annotations

import gzip
import re
import struct
from pathlib import Path
from typing import Any

import esprima
import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.test import Client

from helpdesk import offline
from tests.installation import ROOT, Server

SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
#: Scripts of the visual editor, which the admin alone loads.
EDITOR = sorted((ROOT / "static" / "js" / "editor").glob("*.js"))
IMPORT = re.compile(r'^import [^"]* from "(\./[\w.-]+\.js)";$', re.MULTILINE)
PUBLIC = ["/", "/faq/", "/faq/category/upgrade-login/", "/faq/upgrade-01/", "/credits/check/", "/credits/rules/"]
PUBLIC += ["/search/?q=密码", "/sign-in/", "/sign-in/first/"]


def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# --- the files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*SCRIPTS, *EDITOR, offline.WORKER], ids=lambda path: path.name)
def test_every_script_has_syntax_of_old_browsers(path: Path) -> None:
    # This parser knows ES2017 and nothing newer, which is stricter than the ES2018 that is promised.
    if path == offline.WORKER:
        esprima.parseScript(source(path))
    else:
        esprima.parseModule(source(path))


@pytest.mark.parametrize("newer", ["a ?? b", "a?.b", "try { a() } catch { b() }", "1n", "a ||= b"])
def test_newer_syntax_would_be_seen(newer: str) -> None:
    with pytest.raises(esprima.Error):
        esprima.parseModule(newer)


def test_scripts_are_small() -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes(), 9)) for path in SCRIPTS}
    reader = sum(size for name, size in sizes.items() if f"js/{name}" in offline.FILES)
    assert reader <= 7.5 * 1024, sizes
    assert sum(sizes.values()) <= 20 * 1024, sizes
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in EDITOR) <= 13 * 1024
    assert len(gzip.compress(offline.WORKER.read_bytes(), 9)) <= 3 * 1024


@pytest.mark.parametrize("path", [*SCRIPTS, *EDITOR, offline.WORKER], ids=lambda path: path.name)
def test_no_script_writes_markup_or_makes_code(path: Path) -> None:
    text = source(path)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|https?://\w", text
    )


def test_offline_keeps_every_script_that_an_entry_needs() -> None:
    needed, found = ["main.js"], set()
    while needed:
        name = needed.pop()
        found.add(f"js/{name}")
        imported = [path.removeprefix("./") for path in IMPORT.findall(source(ROOT / "static" / "js" / name))]
        needed += [other for other in imported if f"js/{other}" not in found]
    assert found == {name for name in offline.FILES if name.startswith("js/")}
    assert all(finders.find(name) for name in offline.FILES)


# --- as they are served ----------------------------------------------------------------------------------------


@pytest.mark.server
@pytest.mark.parametrize(("path", "scripts"), [("/faq/upgrade-01/", 8), ("/credits/check/", 12)])
def test_imports_lead_to_hashed_files_kept_for_ever(server: Server, path: str, scripts: int) -> None:
    visitor = server.visitor()
    needed = re.findall(r'<script type="module" src="([^"]+)"', visitor.get(path).text)
    found: set[str] = set()
    while needed:
        address = needed.pop()
        found.add(address)
        answer = visitor.get(address)
        assert answer.status == 200
        assert re.search(r"\.[0-9a-f]{12}\.js$", address)
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Type"].startswith("text/javascript")
        imports = re.findall(r'from\s*"(\./[^"]+)"', answer.text)
        assert len(imports) == answer.text.count("import {")
        needed += [other for name in imports if (other := f"/static/js/{name[2:]}") not in found]
    assert len(found) == scripts


@pytest.mark.server
def test_the_policy_stays_strict_with_scripts(server: Server) -> None:
    header = server.visitor().get("/credits/check/").headers["Content-Security-Policy"]
    assert {part.strip() for part in header.split(";")} == {
        *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'"),
        *("connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'"),
        "frame-ancestors 'none'",
    }


@pytest.mark.server
def test_the_worker_stands_at_the_root(server: Server) -> None:
    visitor = server.visitor()
    answer = visitor.get("/sw.js")
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert visitor.get("/sw.js", If_None_Match=answer.headers["ETag"]).status == 304
    esprima.parseScript(answer.text)
    [files] = re.findall(r"const FILES = (\[.*\]);", answer.text)
    kept = re.findall(r'"([^"]+)"', files)
    assert len(kept) == len(offline.FILES)
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", path) and visitor.get(path).status == 200 for path in kept)


@pytest.mark.server
def test_the_manifest_names_icons_as_they_are(server: Server) -> None:
    visitor = server.visitor()
    answer = visitor.get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["name"], manifest["lang"], manifest["start_url"], manifest["display"]) == (
        *("师训问答", "zh-Hans", "/", "standalone"),
    )
    sizes = {(icon["sizes"], icon["purpose"]): png_size(visitor.get(icon["src"]).body) for icon in manifest["icons"]}
    assert sizes == {
        ("192x192", "any"): (192, 192),
        ("512x512", "any"): (512, 512),
        ("512x512", "maskable"): (512, 512),
    }


def png_size(data: bytes) -> tuple[int, int]:
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


# --- what pages tell -------------------------------------------------------------------------------------------


def meta(body: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">', body))


@pytest.mark.parametrize("path", PUBLIC)
def test_a_shared_public_page_shows_a_card(client: Client, content: None, path: str) -> None:
    card = meta(client.get(path).content.decode())
    assert re.search(r"[\u4e00-\u9fff]", card["og:title"])
    assert card["og:url"] == f"http://testserver{path.partition('?')[0]}"
    assert card["og:site_name"] == "师训问答"
    assert card["og:image"].startswith("http://testserver/static/img/share")
    assert card["twitter:card"] == "summary_large_image"
    assert card["og:type"] == ("article" if path == "/faq/upgrade-01/" else "website")


def test_the_card_of_an_entry_is_its_own(client: Client, content: None) -> None:
    cards = [meta(client.get(f"/faq/upgrade-0{number}/").content.decode()) for number in range(1, 6)]
    assert len({card["og:title"] for card in cards}) == len({card["og:description"] for card in cards}) == 5


def test_the_picture_of_the_card_is_small() -> None:
    data = (ROOT / "static" / "img" / "share.png").read_bytes()
    assert png_size(data) == (1200, 630)
    assert len(data) <= 60 * 1024


# --- what may be kept ------------------------------------------------------------------------------------------

MAY_BE_KEPT = {"/", "/faq/", "/faq/category/upgrade-login/", "/faq/upgrade-01/"}
NEVER = {"/credits/check/", "/credits/rules/", "/sign-in/", "/search/?q=密码", "/api/v1/entries/", "/faq/nothing/"}
NEVER |= {"/admin/login/", "/sitemap.xml", "/offline/"}


@pytest.mark.parametrize("path", sorted(MAY_BE_KEPT | NEVER))
def test_only_public_pages_of_nobody_may_be_kept(client: Client, content: None, path: str) -> None:
    assert ("X-Offline" in client.get(path).headers) == (path in MAY_BE_KEPT)
    client.force_login(User.objects.create_user("teacher"))
    assert "X-Offline" not in client.get(path).headers


@pytest.mark.parametrize("cookie", ["sessionid", "messages"])
def test_a_personal_page_is_not_kept(client: Client, content: None, cookie: str) -> None:
    client.cookies[cookie] = "whatever"
    assert "X-Offline" not in client.get("/faq/upgrade-01/").headers


def test_the_page_for_being_offline_knows_nobody(client: Client, content: None) -> None:
    anonymous = client.get("/offline/").content
    client.force_login(User.objects.create_superuser("boss"))
    assert client.get("/offline/").content == anonymous
    assert client.get("/faq/").content != client.get("/faq/upgrade-01/").content


def test_a_changed_file_makes_a_new_worker(monkeypatch: Any) -> None:
    before = offline._worker.__wrapped__()
    monkeypatch.setattr(offline, "FILES", [*offline.FILES, "img/share.png"])
    after = offline._worker.__wrapped__()
    version = [re.findall(r'const VERSION = "(\w+)"', text) for text in (before, after)]
    assert version[0] != version[1]

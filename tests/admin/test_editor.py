"""The field of an answer and the addresses of its editor, without a browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from faq.models import Entry
from helpdesk.common.audit_rows import AuditRow
from helpdesk.common.models import StoredPicture
from tests.admin.forms import change, payload, save
from tests.installation import ROOT
from tests.test_pictures import drawn

CSS = ROOT / "static" / "css"
PICTURE, PASTE = "admin:faq_entry_picture", "admin:faq_entry_paste"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def send(client: Client, address: str, name: str, content: bytes) -> Any:
    return client.post(reverse(address), {name: SimpleUploadedFile("文件", content)})


# --- without the editor ------------------------------------------------------------------------------------------


def saved(client: Client, **fields: Any) -> str:
    save(client, reverse("admin:faq_entry_add"), payload(**fields))
    return Entry.objects.get(question="玄铁按钮在哪里？").answer


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("1、打开\n2、登录", "<ol><li>打开</li><li>登录</li></ol>"),
        ("第一段\n\n第二段", "<p>第一段</p>\n\n<p>第二段</p>"),
        ("<p>1、打开</p>", "<p>1、打开</p>"),
    ],
)
def test_plain_text_is_written_as_html(admin_client: Client, content: None, typed: str, answer: str) -> None:
    assert saved(admin_client, answer=typed) == answer


def test_what_the_editor_wrote_is_taken_as_html(admin_client: Client, content: None) -> None:
    fields = {"answer": "1、只是文字", "answer-format": "html"}
    assert saved(admin_client, **fields) == "<p>1、只是文字</p>"


def test_a_refused_form_shows_the_text_as_typed(admin_client: Client, content: None) -> None:
    answer = admin_client.post(reverse("admin:faq_entry_add"), payload(question="", answer="1、打开\n2、登录"))
    assert "1、打开\n2、登录</textarea>" in answer.content.decode().replace("\r\n", "\n")


def test_what_word_wrote_is_tidied_and_told(admin_client: Client, content: None) -> None:
    copied = (ROOT / "tests" / "faq" / "clipboard" / "word.html").read_text(encoding="utf-8")
    entry = Entry.objects.get(ref="upgrade-08")
    data = payload(question=entry.question, answer=copied, seen=str(entry.stamp))
    answer = admin_client.post(change(entry), data, follow=True)
    entry.refresh_from_db()
    assert "<ol><li>登录平台。</li>" in entry.answer
    assert "答案里的图片没有保存" in answer.content.decode()


# --- pictures and pasted text ------------------------------------------------------------------------------------


def test_a_picture_is_stored_and_noted(admin_client: Client, media: Path) -> None:
    told = send(admin_client, PICTURE, "picture", drawn("JPEG")).json()
    row = StoredPicture.objects.get()
    assert told == {"src": f"/media/{row.name}", "width": 40, "height": 30}
    assert (media / "pictures" / row.name).exists()
    assert AuditRow.objects.filter(subject=f"common.storedpicture:{row.pk}").exists()


@pytest.mark.parametrize(("content", "sentence"), [(b"<svg/>", "不是能用的图片"), (b"", "不是能用的图片")])
def test_a_refused_picture_is_told_in_json(admin_client: Client, content: bytes, sentence: str) -> None:
    answer = send(admin_client, PICTURE, "picture", content)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]


@pytest.mark.parametrize("address", [PICTURE, PASTE])
def test_a_form_without_a_file_is_told_in_json(admin_client: Client, address: str) -> None:
    answer = admin_client.post(reverse(address))
    assert (answer.status_code, answer.json()) == (400, {"error": "没有收到内容，请再试一次。"})


@pytest.mark.parametrize("address", [PICTURE, PASTE])
def test_nothing_is_taken_without_a_csrf_token(admin_user: Any, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert client.post(reverse(address)).status_code == 403


def test_pasted_html_comes_back_clean(admin_client: Client) -> None:
    answer = send(admin_client, PASTE, "html", '<p style="color:red" onclick="x()">字</p><img src="a.png">'.encode())
    assert answer.json() == {"html": "<p>字</p>", "left_out": ["脚本", "图片"]}


def test_too_much_pasted_is_refused_in_a_sentence(admin_client: Client) -> None:
    long = send(admin_client, PASTE, "html", "<p>很长的一段话</p>".encode() * 10_000)
    assert long.status_code == 400
    assert "一条答案最多 50000 个字符" in long.json()["error"]
    assert send(admin_client, PASTE, "html", b"a" * 5 * 1024 * 1024).status_code == 413


# --- what the editor shows is what the page shows ----------------------------------------------------------------

TOKEN = re.compile(r"--([\w-]+): ([^;]+);")
RULE = re.compile(r"^([^{}@/]+?) \{ (.*?) \}$", re.MULTILINE)
#: The page's headings stand a level higher.
LEVELS = {".answer h2": ".answer h3", ".answer h3": ".answer h4"}
#: What only the page does: cells that do not wrap make its tables wide, and it has a head row.
ONLY_ON_PAGE = {".answer thead th"}


def rules(name: str) -> dict[str, str]:
    """Selector → declarations on the screen."""
    screen = (CSS / name).read_text(encoding="utf-8").split("@media print")[0]
    found: dict[str, str] = {}
    for selectors, declarations in RULE.findall(screen):
        for selector in selectors.split(", "):
            found[selector] = found.get(selector, "") + declarations
    return found


def test_the_editor_looks_like_the_page() -> None:
    page, editor = rules("site.css"), rules("editor.css")
    shared = {name for name in page if name.startswith(".answer ") or name == ".note"} - ONLY_ON_PAGE
    assert ".answer img" in shared
    for name in shared - {".answer .note"}:
        shown = editor.get(f".editor {LEVELS.get(name, name)}", "")
        missing = [one for one in page[name].split(";") if one.strip() and one.strip() not in shown]
        assert missing == [], name


def test_the_editor_has_the_colours_of_the_page() -> None:
    text = (CSS / "editor.css").read_text(encoding="utf-8")
    light, *dark = [dict(TOKEN.findall(block)) for block in re.findall(r"\{\n((?: +--[^}]+)+)\}", text)]
    site = dict(TOKEN.findall((CSS / "site.css").read_text(encoding="utf-8")))
    night = dict(TOKEN.findall((CSS / "dark.css").read_text(encoding="utf-8")))
    assert len(dark) == 2
    assert light.items() <= site.items()
    assert all(block.items() <= night.items() for block in dark)

"""Entries taken out: by command and from the admin, and what a JSON export gives back."""

from __future__ import annotations

import base64
import datetime
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.db.models import Model
from django.test import Client
from PIL import Image

from faq.editing.booklet import pdf
from faq.editing.booklet.rendering import rendered
from faq.editing.spreadsheets.reader import look
from faq.models import Category, Document, Entry, Phrasing, SynonymGroup
from helpdesk.common import audit
from helpdesk.common.audit_rows import AuditRow

pytestmark = pytest.mark.django_db


#: The order in which rows are compared; keys are others after loading.
ORDERS: dict[type[Model], list[str]] = {
    Document: ["slug"],
    Category: ["slug"],
    Entry: ["ref"],
    Phrasing: ["entry__ref", "pk"],
    SynonymGroup: ["words"],
}


def everything() -> list[dict[str, Any]]:
    """All content by its natural keys."""
    return [told(row) for model, order in ORDERS.items() for row in model._default_manager.order_by(*order)]


def told(row: Any) -> dict[str, Any]:
    """The values of a row, its relations by natural key; JSON keeps times to the millisecond."""
    values = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key}
    for name, value in values.items():
        if isinstance(value, datetime.datetime):
            values[name] = value.replace(microsecond=value.microsecond // 1000 * 1000)
        elif isinstance(value, Model):
            values[name] = value.natural_key()  # type: ignore[attr-defined]
    return values


def test_a_json_export_loads_into_an_empty_portal(content: None, tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    call_command("export_entries", str(file), stdout=io.StringIO())
    before = everything()
    for model in reversed(ORDERS):
        model._default_manager.all().delete()
    call_command("loaddata", str(file), verbosity=0)
    assert everything() == before
    assert len(before) > 2400


@pytest.mark.parametrize(("name", "form"), [("a.XLSX", None), ("a.txt", "xlsx")])
def test_the_format_is_that_of_the_name_or_as_said(content: None, tmp_path: Path, name: str, form: str | None) -> None:
    file = tmp_path / name
    out = io.StringIO()
    call_command("export_entries", str(file), format=form, stdout=out)
    assert len(look(file.read_bytes(), name).entries) == Entry.objects.count()
    assert f"已导出 {Entry.objects.count()} 条" in out.getvalue()


@pytest.mark.parametrize(("name", "sentence"), [("a.doc", "请用 --format 写明格式"), ("none/a.json", "写不了")])
def test_a_file_that_cannot_be_is_said(db: None, tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("export_entries", str(tmp_path / name))


@pytest.mark.parametrize("form", ["xlsx", "json"])
def test_a_download_is_recorded(client: Client, editor: User, form: str) -> None:
    answer = client.get(f"/admin/faq/entry/export/{form}/")
    assert f".{form}" in answer.headers["Content-Disposition"]
    row = AuditRow.objects.filter(kind=audit.Kind.EXPORT).get()
    assert (row.actor_id, row.detail) == (editor.pk, {"what": f"entries.{form}", "entries": Entry.objects.count()})


def test_drafts_are_in_the_files_and_not_in_the_booklet(client: Client, editor: User) -> None:
    Entry.objects.filter(ref="upgrade-05").update(status=Entry.Status.DRAFT)
    exported = json.loads(client.get("/admin/faq/entry/export/json/").content)
    assert "upgrade-05" in {row["fields"].get("ref") for row in exported}
    body = client.get("/admin/faq/entry/booklet/").content.decode()
    assert "upgrade-04" in body
    assert "upgrade-05" not in body


def test_only_those_who_may_see_entries_get_them(client: Client, content: None) -> None:
    user = User.objects.create_user("li", is_staff=True)
    client.force_login(user)
    assert client.get("/admin/faq/entry/export/xlsx/").status_code == 403
    user.user_permissions.add(Permission.objects.get(codename="view_entry"))
    assert client.get("/admin/faq/entry/export/xlsx/").status_code == 200


def test_the_list_leads_to_every_download(client: Client, editor: User) -> None:
    body = client.get("/admin/faq/entry/").content.decode()
    for page in ("export/xlsx", "export/json", "booklet"):
        assert f'href="/admin/faq/entry/{page}/"' in body


@pytest.fixture
def pango() -> None:
    """Skips the test where PDFs cannot be laid out."""
    try:
        rendered("", [], {})
    except OSError:
        pytest.skip(f"排版用的组件没有安装，跳过（apt-get install {pdf.LIBRARIES}）")


# --- the booklet -------------------------------------------------------------------------------------------------


def test_the_booklet_names_whose_it_is_and_holds_every_entry(client: Client, editor: User, settings: Any) -> None:
    settings.RUN_BY, settings.RUN_FOR = "桃源县教师进修学校", "桃源县教师"
    body = client.get("/admin/faq/entry/booklet/").content.decode()
    published = Entry.objects.filter(status="published")
    assert f"共 {published.count()} 条" in body
    assert "桃源县教师进修学校" in body
    assert all(f'id="{entry.ref}"' in body and f'href="#{entry.ref}"' in body for entry in published)
    assert "来源：《2021 年上提升工程学员咨询常见问题汇总》第 5 条" in body


def test_an_empty_booklet_says_so(client: Client, editor: User) -> None:
    Entry.objects.update(status=Entry.Status.DRAFT)
    assert "还没有已发布的问答" in client.get("/admin/faq/entry/booklet/").content.decode()


def test_the_pdf_is_made_and_recorded(pango: None, client: Client, editor: User) -> None:
    kept = Entry.objects.filter(ref__in=["credits-01", "upgrade-13"]).values("pk")
    Entry.objects.exclude(pk__in=kept).update(status=Entry.Status.DRAFT)
    answer = client.get("/admin/faq/entry/booklet/pdf/")
    assert answer.content.startswith(b"%PDF")
    assert AuditRow.objects.filter(kind=audit.Kind.EXPORT).get().detail == {"what": "entries.pdf", "entries": 2}


@pytest.mark.parametrize(
    ("script", "sentence"),
    [("raise SystemExit(3)", "libpango-1.0-0"), ("raise SystemExit(1)", "PDF 没有做成，请稍后再试")],
)
def test_where_no_pdf_can_be_made_the_page_says_why(
    client: Client, editor: User, monkeypatch: pytest.MonkeyPatch, script: str, sentence: str
) -> None:
    monkeypatch.setattr(pdf, "COMMAND", ["python3", "-c", script])
    answer = client.get("/admin/faq/entry/booklet/pdf/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert sentence in answer.content.decode()
    assert "常见问题手册" in answer.content.decode()


def test_more_than_a_page_can_wait_for_is_left_to_the_command(
    client: Client, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "MOST_ENTRIES", 10)
    assert "manage.py export_entries" in client.get("/admin/faq/entry/booklet/pdf/").content.decode()


def test_stored_pictures_are_in_the_pdf(pango: None, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    name = f"{'0a' * 16}.png"
    (tmp_path / "pictures").mkdir()
    picture = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(picture, "PNG")
    (tmp_path / "pictures" / name).write_bytes(picture.getvalue())
    html = f'<p>字</p><img src="/media/{name}"><img src="/media/{"0b" * 16}.png">'
    files = pdf._pictures(html)
    assert list(files) == [f"/media/{name}"]
    content = {address: base64.b64decode(text) for address, text in files.items()}
    assert len(rendered(html, [], content)) > len(rendered(html, [], {})) + 10_000


def test_nothing_but_what_is_handed_in_is_fetched(pango: None, tmp_path: Path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>玄铁</text></svg>', encoding="utf-8")
    elsewhere = f'<img src="file://{secret}"><img src="/static/x.png"><img src="http://127.0.0.1:9/x.png">'
    made = [rendered(f"<p>字{images}</p>", [], {}) for images in ("", elsewhere)]
    assert abs(len(made[0]) - len(made[1])) < 600

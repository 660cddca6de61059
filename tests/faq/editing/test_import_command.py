"""`manage.py import_entries`: a preview as JSON, and saving with --confirm."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from faq.models import Entry, EntryImport
from tests.faq.sources import DOCUMENTS

from .test_importing import FIRST, NEWER

pytestmark = pytest.mark.usefixtures("read_here")


def _run(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("import_entries", *arguments, stdout=out, stderr=StringIO())
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def _refused(*arguments: str) -> str:
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("import_entries", *arguments, stdout=StringIO(), stderr=said)
    assert ended.value.code == 1
    return said.getvalue()


@pytest.fixture
def file(tmp_path: Path, db: Any) -> Path:
    path = tmp_path / "问答.txt"
    path.write_text(FIRST, encoding="gb18030")
    return path


def test_preview_is_json_and_saves_nothing(file: Path) -> None:
    answer = _run(str(file))
    assert (answer["numbering"], answer["missing"]) == ("1、", [])
    assert {"numbering": "整篇一条", "entries": 1} in answer["alternatives"]
    assert answer["entries"][0] | {"ref": None} == {
        "number": 1,
        "section": "登录",
        "question": "怎么登录平台？",
        "answer_html": "<p>打开首页，点击登录。</p>",
        "answer_text": "打开首页，点击登录。",
        "action": "add",
        "ref": None,
        "marks": [],
    }
    assert not Entry.objects.exists()


def test_our_document_is_recognised_by_its_title(content: None) -> None:
    answer = _run(str(DOCUMENTS / "upgrade.txt"))
    assert answer["document"] == "upgrade"
    assert {entry["action"] for entry in answer["entries"]} == {"same"}


def test_confirming_saves_and_a_second_time_changes_nothing(file: Path) -> None:
    User.objects.create_superuser("admin")
    _run(str(file), "--document", "platform", "--confirm")
    assert [entry.ref for entry in Entry.objects.order_by("number")] == ["platform-01", "platform-02", "platform-03"]
    answer = _run(str(file), "--document", "platform", "--confirm")
    assert {entry["action"] for entry in answer["entries"]} == {"same"}
    assert EntryImport.objects.count() == 1


def test_newer_edition_names_what_is_missing(file: Path) -> None:
    User.objects.create_superuser("admin")
    _run(str(file), "--document", "platform", "--confirm")
    file.write_text(NEWER, encoding="utf-8-sig")
    answer = _run(str(file), "--document", "platform")
    assert [entry["action"] for entry in answer["entries"]] == ["change", "add", "change"]
    assert answer["missing"] == ["platform-03"]


def test_another_numbering_can_be_named(file: Path) -> None:
    assert len(_run(str(file), "--numbering", "一、")["entries"]) == 2
    assert "可以选" in _refused(str(file), "--numbering", "Q9")


def test_what_cannot_be_read_is_refused_in_chinese(tmp_path: Path, db: Any) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7")
    assert "另存为 docx" in _refused(str(path))
    assert "打不开文件" in _refused(str(tmp_path / "nothing.txt"))


def test_unknown_category_is_refused_and_nothing_is_saved(file: Path) -> None:
    User.objects.create_superuser("admin")
    assert "没有“nowhere”这个分类" in _refused(str(file), "--category", "nowhere", "--confirm")
    assert not Entry.objects.exists()
    assert not EntryImport.objects.exists()


def test_saving_needs_an_account(file: Path) -> None:
    assert "还没有管理员账号" in _refused(str(file), "--confirm")

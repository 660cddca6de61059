"""Pictures of Word documents: stored when the import is confirmed, left as a sentence where they cannot be read."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from django.contrib.auth.models import User

from faq.editing import importing, steps
from faq.editing.documents.pictures import in_words
from faq.editing.importing import Choices
from faq.editing.matching import Action
from faq.models import Entry, EntryImport
from helpdesk.common.decisions import Refusal
from helpdesk.common.models import StoredPicture
from tests.cast import make_editor

from .test_word import PNG
from .word_files import saved

pytestmark = pytest.mark.usefixtures("read_here")

SHOWN = re.compile(r'<p>看下图：</p>\n<p><img src="/media/([0-9a-f]{32}\.png)" alt="(.*?)" width="1" height="1"></p>')


@pytest.fixture
def editor(db: Any) -> User:
    return make_editor()


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    (tmp_path / "pictures").mkdir()
    return tmp_path / "pictures"


def word(description: str = "", content: bytes = PNG, *, line: str = "看下图：") -> bytes:
    """A document of two questions, the first of which is answered with a picture."""
    document = docx.Document()
    for text in ("问答", "1、按钮在哪里？", line):
        document.add_paragraph(text)
    picture: Any = document.add_picture(io.BytesIO(PNG))
    picture._inline.docPr.set("descr", description)
    relation = picture._inline.graphic.graphicData.pic.blipFill.blip.embed
    document.part.related_parts[relation]._blob = content
    document.add_paragraph("2、然后呢？")
    document.add_paragraph("点确认。")
    return saved(document)


def imported(file: bytes, editor: User) -> EntryImport:
    return importing.apply(importing.keep("问答.docx", file, editor), editor, Choices(), publish=True)


def files(media: Path) -> list[str]:
    return [path.name for path in media.iterdir()]


def test_a_described_picture_is_stored_and_published(editor: User, media: Path) -> None:
    imported(word("右上角的“登录”按钮"), editor)
    first, second = Entry.objects.order_by("number")
    shown = SHOWN.fullmatch(first.answer)
    assert shown is not None
    assert shown.groups() == (files(media)[0], "右上角的“登录”按钮")
    assert [row.name for row in StoredPicture.objects.filter(owner=editor)] == files(media)
    assert (first.status, second.status) == ("published", "published")


def test_a_picture_without_description_keeps_a_draft(editor: User) -> None:
    imported(word(), editor)
    first, second = Entry.objects.order_by("number")
    assert SHOWN.fullmatch(first.answer) is not None
    assert (first.status, second.status) == ("draft", "published")


def test_preview_shows_the_place_and_stores_nothing(editor: User, media: Path) -> None:
    row = importing.keep("问答.docx", word(), editor)
    [first, _] = importing.preview_of(row.file_name, row.content_bytes, Choices()).plan.entries
    assert in_words(first.found.answer_html) == "<p>看下图：</p>\n<p>（原文这里有一张图片）</p>"
    assert first.marks[0].startswith("图片还没有说明（1 张）")
    assert (files(media), StoredPicture.objects.count()) == ([], 0)


def test_a_picture_that_cannot_be_read_leaves_a_sentence(editor: User, media: Path) -> None:
    row = imported(word("流程图", b"\xd7\xcd\xc6\x9a a Windows metafile"), editor)
    first = Entry.objects.get(number=1)
    assert first.answer == "<p>看下图：</p>\n<p>（原文这里有一张图片：流程图）</p>"
    assert first.status == "draft"
    assert row.remarks == ["“按钮在哪里？”有 1 张图片读不出来，原来的地方留了一句话，请重新上传。"]
    assert files(media) == []


def test_an_import_that_fails_leaves_no_file(editor: User, media: Path, monkeypatch: Any) -> None:
    write = steps.write_and_publish

    def refuse_the_second(entry: Entry, new: Any, by: User) -> Any:
        if new.question == "然后呢？":
            assert files(media) != []
            raise Refusal("不行。")
        return write(entry, new, by)

    monkeypatch.setattr(steps, "write_and_publish", refuse_the_second)
    with pytest.raises(Refusal, match="不行"):
        imported(word("按钮"), editor)
    assert files(media) == []
    assert not StoredPicture.objects.exists()
    assert not Entry.objects.exists()


@pytest.mark.parametrize("content", [PNG, b"\xd7\xcd\xc6\x9a"])
def test_the_same_document_again_changes_nothing(editor: User, media: Path, content: bytes) -> None:
    imported(word("按钮", content), editor)
    before = files(media)
    with pytest.raises(Refusal, match="没有要导入的"):
        imported(word("按钮", content), editor)
    assert files(media) == before


def test_a_newer_edition_brings_its_pictures(editor: User, media: Path) -> None:
    imported(word("按钮"), editor)
    row = imported(word("按钮", line="点下面的按钮："), editor)
    assert [row.added, row.changed] == [0, 1]
    assert len(files(media)) == 2
    preview = importing.preview_of("问答.docx", word("按钮", line="点下面的按钮："), Choices())
    assert {one.action for one in preview.plan.entries} == {Action.SAME}


def test_pictures_beyond_the_time_leave_their_sentence(editor: User, media: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("faq.editing.documents.pictures.MOST_SECONDS", -1)
    imported(word("按钮"), editor)
    assert Entry.objects.get(number=1).answer.endswith("<p>（原文这里有一张图片：按钮）</p>")
    assert files(media) == []

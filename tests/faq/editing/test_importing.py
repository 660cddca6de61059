"""Importing: what is new, changed, the same and gone; saved as a whole; undone as far as nobody wrote on."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from faq.editing import importing, steps
from faq.editing.content import of_entry
from faq.editing.importing import NO_DOCUMENT, Choices
from faq.editing.matching import Action
from faq.editing.reading_files import PASTED, Unreadable
from faq.models import Category, Document, Entry, EntryImport, Revision
from helpdesk.common.decisions import Refusal
from tests.cast import make_editor
from tests.faq.sources import COUNTS, DOCUMENTS

pytestmark = pytest.mark.usefixtures("read_here")

FIRST = """平台问答
一、登录
1、怎么登录平台？
答：打开首页，点击登录。
2、忘记密码怎么办？
答：点击“忘记密码”。
二、课程
3、课程在哪里选？
答：在课程中心选。
"""
NEWER = """平台问答
一、登录
1、怎么登录平台？
答：打开首页，点击右上角的登录。
2、收不到短信怎么办？
答：等一分钟再试。
3、忘记密码怎么办？
答：点击“忘记密码”。
"""


@pytest.fixture
def editor(db: Any) -> User:
    return make_editor()


def _imported(text: str, editor: User, choices: Choices | None = None, **fields: Any) -> EntryImport:
    row = importing.keep("问答.txt", text.encode(), editor)
    return importing.apply(row, editor, choices or Choices(), **{"publish": True} | fields)


def _actions(text: str, choices: Choices | None = None) -> list[tuple[str, str]]:
    preview = importing.preview_of("问答.txt", text.encode(), choices or Choices())
    return [(str(one.action), one.found.question) for one in preview.plan.entries]


def _numbers() -> dict[int, str]:
    return {entry.number or 0: entry.question for entry in Entry.objects.not_binned()}


# --- the preview --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", COUNTS)
def test_our_own_documents_change_nothing(content: None, slug: str) -> None:
    preview = importing.preview_of("a.txt", (DOCUMENTS / f"{slug}.txt").read_bytes(), Choices())
    assert {one.action for one in preview.plan.entries} == {Action.SAME}
    assert preview.plan.missing == []
    assert preview.plan.document == Document.objects.get(slug=slug)


def test_preview_saves_nothing(db: Any) -> None:
    importing.preview_of("问答.txt", FIRST.encode(), Choices())
    assert not Entry.objects.exists()
    assert not EntryImport.objects.exists()


def test_newer_edition_shows_new_changed_same_and_gone(editor: User) -> None:
    _imported(FIRST, editor)
    assert _actions(NEWER) == [
        ("change", "怎么登录平台？"),
        ("add", "收不到短信怎么办？"),
        ("change", "忘记密码怎么办？"),
    ]
    preview = importing.preview_of("问答.txt", NEWER.encode(), Choices())
    assert [entry.question for entry in preview.plan.missing] == ["课程在哪里选？"]


def test_question_like_a_live_one_is_marked(editor: User) -> None:
    _imported(FIRST, editor)
    text = "另一份问答\n1、怎么登录平台?\n答：用微信登录。\n2、别的问题？\n答：别的答案。"
    preview = importing.preview_of("别的.txt", text.encode(), Choices())
    assert preview.plan.entries[0].action == Action.ADD
    assert any("几乎一样" in mark for mark in preview.plan.entries[0].marks)


# --- saved --------------------------------------------------------------------------------------------------------


def test_import_makes_document_categories_and_entries(editor: User) -> None:
    row = _imported(FIRST, editor)
    entries = Entry.objects.order_by("number")
    assert [(entry.number, entry.category.name, entry.status) for entry in entries] == [
        (1, "登录", "published"),
        (2, "登录", "published"),
        (3, "课程", "published"),
    ]
    assert entries[0].ref == "ping-tai-wen-da-01"
    assert entries[0].document == Document.objects.get(title="平台问答")
    assert (row.state, row.added, row.content_bytes) == ("applied", 3, b"")


def test_drafts_wait_for_somebody_to_publish_them(editor: User) -> None:
    _imported(FIRST, editor, publish=False)
    assert {entry.status for entry in Entry.objects.all()} == {"draft"}
    assert Revision.objects.filter(state="draft").count() == 3


def test_entries_that_need_a_look_stay_drafts(editor: User) -> None:
    asked = "1、找谁？\n答：打 13800000000 找王小明老师。\n2、几点？\n答：九点。"
    text = f"问答\n{asked}\n3、在哪里？\n4、怎么去？\n答：坐车。"
    _imported(text, editor)
    statuses = {entry.question: entry.status for entry in Entry.objects.all()}
    assert statuses == {"找谁？": "draft", "几点？": "published", "在哪里？": "draft", "怎么去？": "published"}


def test_numbers_move_with_the_newer_edition(editor: User) -> None:
    _imported(FIRST, editor)
    first = {entry.question: entry.pk for entry in Entry.objects.all()}
    row = _imported(NEWER, editor)
    assert _numbers() == {1: "怎么登录平台？", 2: "收不到短信怎么办？", 3: "忘记密码怎么办？", 4: "课程在哪里选？"}
    assert Entry.objects.get(number=3).pk == first["忘记密码怎么办？"]
    assert Entry.objects.get(number=1).answer == "<p>打开首页，点击右上角的登录。</p>"
    assert (row.added, row.changed) == (1, 1)
    assert {one for one, _ in _actions(NEWER)} == {"same"}


def test_changed_entries_get_a_version_and_keep_the_rest(editor: User) -> None:
    _imported(FIRST, editor)
    entry = Entry.objects.get(number=1)
    entry.notice = "只在浙江用。"
    entry.save()
    _imported(NEWER, editor, publish=False)
    entry.refresh_from_db()
    draft = steps.open_revision(entry)
    assert entry.answer == "<p>打开首页，点击登录。</p>"
    assert draft is not None
    assert (draft.content["answer"], draft.content["notice"]) == ("<p>打开首页，点击右上角的登录。</p>", "只在浙江用。")


def test_entries_without_source_have_no_number(editor: User) -> None:
    _imported(FIRST, editor, Choices(document=NO_DOCUMENT))
    assert {(entry.document, entry.number) for entry in Entry.objects.all()} == {(None, None)}


def test_sections_go_where_one_chooses(editor: User) -> None:
    category = Category.objects.create(name="已有的", slug="known")
    _imported(FIRST, editor, Choices(sections={"登录": "known"}))
    assert category.entries.count() == 2


def test_entries_can_be_left_out(editor: User) -> None:
    _imported(FIRST, editor, only=[0, 2])
    assert sorted(_numbers()) == [1, 3]


def test_gone_entries_become_drafts_only_when_asked(editor: User) -> None:
    _imported(FIRST, editor)
    gone = Entry.objects.get(number=3)
    _imported(NEWER, editor, withdraw=[gone.ref, Entry.objects.get(number=1).ref])
    gone.refresh_from_db()
    assert gone.status == "draft"
    assert Entry.objects.get(number=1).is_published


def test_greeting_is_cut_only_when_asked(editor: User) -> None:
    text = "问答\n1、几点？\n答：您好，老师，九点。\n2、在哪？\n答：老师，您好！在一楼。"
    kept = importing.preview_of("a.txt", text.encode(), Choices())
    cut = importing.preview_of("a.txt", text.encode(), Choices(cut_greetings=True))
    assert [one.found.answer_html for one in kept.plan.entries] == [
        "<p>您好，老师，九点。</p>",
        "<p>老师，您好！在一楼。</p>",
    ]
    assert [one.found.answer_html for one in cut.plan.entries] == ["<p>九点。</p>", "<p>在一楼。</p>"]


# --- all or nothing -----------------------------------------------------------------------------------------------


def test_question_too_long_for_the_portal_saves_nothing(editor: User) -> None:
    long = "问" * 501
    row = importing.keep("a.txt", f"问答\n1、几点？\n答：九点。\n2、{long}？\n答：好。".encode(), editor)
    with pytest.raises(Refusal, match="问题有 502 个字"):
        importing.apply(row, editor, Choices(), publish=True)
    assert not Entry.objects.exists()
    assert not Document.objects.exists()


def test_what_changed_since_the_preview_is_noticed(editor: User) -> None:
    _imported(FIRST, editor)
    row = importing.keep("a.txt", NEWER.encode(), editor)
    seen = importing.preview_of("a.txt", NEWER.encode(), Choices()).seen
    Entry.objects.get(number=1).save()
    with pytest.raises(Refusal, match="预览以后"):
        importing.apply(row, editor, Choices(), publish=True, seen=seen)
    assert sorted(_numbers()) == [1, 2, 3]


def test_file_is_imported_once(editor: User) -> None:
    row = _imported(FIRST, editor)
    with pytest.raises(Refusal, match="已经导入过了"):
        importing.apply(row, editor, Choices(), publish=True)


def test_unreadable_file_leaves_nothing(editor: User) -> None:
    with pytest.raises(Unreadable, match="另存为 docx"):
        importing.keep("a.pdf", b"%PDF-1.4", editor)
    assert not EntryImport.objects.exists()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><text>1</text></svg>'
HTML = "<p>1、怎么登录平台？</p><p>点击登录。</p>"


@pytest.mark.parametrize(
    ("name", "file", "sentence"),
    [
        ("a.svg", SVG, "不认得这种文件（.svg）"),
        ("a.html", HTML.encode(), "不认得这种文件（.html）"),
        ("a.json", FIRST.encode(), "不认得这种文件（.json）"),
        ("a.exe", b"MZ\x90\x00\x03", "不认得这种文件（.exe）"),
        ("问答", FIRST.encode(), "不认得这种文件。"),
        ("a.doc", FIRST.encode(), "旧版 Word"),
        ("a.txt", SVG, "不认得这种文件"),
        ("a.TXT", HTML.encode("utf-16"), "不认得这种文件"),
        ("a.docx", b'\n[{"question": "1"}]', "不认得这种文件"),
        ("a.txt", b"MZ\x90\x00\x03", "不认得这种文件"),
    ],
)
def test_file_of_another_kind_is_no_text(db: Any, name: str, file: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable, match=sentence):
        importing.preview_of(name, file, Choices())


def test_pasted_web_page_is_read(db: Any) -> None:
    [one] = importing.preview_of(PASTED, HTML.encode(), Choices()).plan.entries
    assert (one.found.question, one.found.answer_html) == ("怎么登录平台？", "<p>点击登录。</p>")


def test_newer_upload_replaces_the_one_that_waits(editor: User) -> None:
    importing.keep("a.txt", FIRST.encode(), editor)
    importing.keep("b.txt", NEWER.encode(), editor)
    assert [row.file_name for row in EntryImport.objects.all()] == ["b.txt"]


# --- undone -------------------------------------------------------------------------------------------------------


def test_undoing_bins_the_new_and_restores_the_changed(editor: User) -> None:
    _imported(FIRST, editor)
    before = of_entry(Entry.objects.get(number=1))
    row = _imported(NEWER, editor, withdraw=[Entry.objects.get(number=3).ref])
    undone = importing.undo(row, editor)
    assert (undone.state, undone.remarks) == ("undone", [])
    assert of_entry(Entry.objects.get(number=1)) == before
    assert Entry.objects.get(question="收不到短信怎么办？").status == "binned"
    assert Entry.objects.get(question="课程在哪里选？").is_published


def test_what_an_undone_import_made_goes_with_the_bin(editor: User) -> None:
    Category.objects.create(name="登录", slug="login")
    importing.undo(_imported(FIRST, editor), editor)
    assert Category.objects.filter(name="课程").exists()
    steps.empty(timezone.now() + steps.KEPT * 2)
    assert [category.name for category in Category.objects.all()] == ["登录"]
    assert not Document.objects.exists()


def test_undoing_drafts_gives_them_up(editor: User) -> None:
    _imported(FIRST, editor)
    row = _imported(NEWER, editor, publish=False)
    importing.undo(row, editor)
    assert not Revision.objects.open().filter(entry__status="published").exists()
    assert Entry.objects.get(question="收不到短信怎么办？").status == "binned"


def test_undoing_leaves_and_names_what_was_written_on(editor: User) -> None:
    row = _imported(FIRST, editor)
    entry = Entry.objects.get(number=2)
    entry.answer = "<p>问学校管理员。</p>"
    entry.save()
    undone = importing.undo(row, editor)
    assert undone.remarks == ["“忘记密码怎么办？”导入以后又改过，没有动它。"]
    assert {one.question for one in Entry.objects.not_binned()} == {"忘记密码怎么办？"}


def test_file_can_be_imported_again_after_undoing(editor: User) -> None:
    importing.undo(_imported(FIRST, editor), editor)
    _imported(FIRST, editor)
    assert sorted(_numbers()) == [1, 2, 3]


def test_import_is_undone_once(editor: User) -> None:
    row = _imported(FIRST, editor)
    importing.undo(row, editor)
    with pytest.raises(Refusal, match="已经撤销"):
        importing.undo(row, editor)


def test_words_that_a_rule_quotes_are_warned_of(content: None) -> None:
    text = (DOCUMENTS / "credits.txt").read_text(encoding="utf-8").replace("最高不超过 8 学分", "最高不超过 9 学分")
    preview = importing.preview_of("a.txt", text.encode(), Choices())
    changed = preview.plan.those(Action.CHANGE)
    assert [one.number for one in changed] == [5]
    assert any("引用" in mark for mark in changed[0].marks), changed[0].marks

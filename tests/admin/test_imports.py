"""Pages of the import: upload or paste, preview with another numbering, confirm, result, undo."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from faq.editing import steps
from faq.models import Category, Entry, EntryImport
from tests.cast import make_editor, signed_in
from tests.faq.editing.sheets import book
from tests.faq.editing.test_importing import FIRST, NEWER

UPLOAD = "/admin/faq/entry/import/"


@pytest.fixture
def editor(db: Any) -> Client:
    return signed_in(make_editor())


def _words(response: Any) -> str:
    text = re.sub(r"<[^>]+>", "", response.content.decode())
    return re.sub(r"\s+", "", html.unescape(text))


def _uploaded(editor: Client, text: str = FIRST) -> str:
    """Uploads a text and returns the address of its preview."""
    answer = editor.post(UPLOAD, {"file": SimpleUploadedFile("问答.txt", text.encode())})
    assert answer.status_code == 302, _words(answer)
    return answer["Location"]


def _sheet(editor: Client, *rows: list[str]) -> str:
    """Uploads a spreadsheet and returns the address of its preview."""
    answer = editor.post(UPLOAD, {"file": SimpleUploadedFile("问答.xlsx", book(*rows))})
    assert answer.status_code == 302, _words(answer)
    return answer["Location"]


def _fields(page: Any) -> dict[str, str]:
    """Returns the hidden fields of the form that confirms."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))


def _confirmed(editor: Client, address: str, **fields: Any) -> Any:
    return editor.post(address, _fields(editor.get(address)) | fields, follow=True)


def test_preview_names_the_numbering_and_the_next_best(editor: Client) -> None:
    words = _words(editor.get(_uploaded(editor)))
    assert "按“1、”分成3条" in words
    assert "按“一、”：2条" in words
    assert "现在还什么都没有保存" in words
    assert not Entry.objects.exists()


def test_another_numbering_is_one_click_away(editor: Client) -> None:
    address = _uploaded(editor)
    assert "按“一、”分成2条" in _words(editor.get(address, {"numbering": "一、"}))
    assert "没有“十、”这种编号" in _words(editor.get(address, {"numbering": "十、"}))


def test_pasted_text_is_read_too(editor: Client) -> None:
    answer = editor.post(UPLOAD, {"text": FIRST}, follow=True)
    assert "按“1、”分成3条" in _words(answer)
    answer = editor.post(UPLOAD, {"text": "<p>1、怎么登录？</p><p>点击登录。</p>"}, follow=True)
    assert "怎么登录？点击登录。" in _words(answer)


def test_confirming_saves_drafts_or_publishes(editor: Client) -> None:
    page = _confirmed(editor, _uploaded(editor))
    assert "新增3条" in _words(page)
    assert {entry.status for entry in Entry.objects.all()} == {"draft"}


def test_chosen_categories_and_left_out_entries_are_honoured(editor: Client) -> None:
    Category.objects.create(slug="known", name="已有的")
    _confirmed(editor, _uploaded(editor), publish="1", leave=["1"], **{"section-0": "known"})
    saved = [(entry.number, entry.category.name, entry.status) for entry in Entry.objects.order_by("number")]
    assert saved == [(1, "已有的", "published"), (3, "课程", "published")]


def test_newer_edition_shows_the_difference_in_words(editor: Client) -> None:
    _confirmed(editor, _uploaded(editor), publish="1")
    page = editor.get(_uploaded(editor, NEWER))
    assert "<ins>右上角的</ins>" in page.content.decode()
    assert "文件里没有了1条" in _words(page)


def test_preview_shows_each_column_that_differs(editor: Client) -> None:
    _confirmed(editor, _uploaded(editor), publish="1")
    entry = Entry.objects.get(number=1)
    head = ["编号", "问题", "答案", "分类", "状态", "提示"]
    address = _sheet(editor, head, [entry.ref, entry.question, entry.answer, "登陆", "草稿", "先看这里"])
    words = _words(editor.get(address))
    assert "提示先看这里分类登录陆状态已发布草稿" in words
    assert "还没有“登陆”这个分类：导入时会新建，写错了请在上面另选" in words
    chosen = {"section-0": Category.objects.get(name="登录").slug}
    assert "改动1条" in _words(_confirmed(editor, address, **chosen))
    entry.refresh_from_db()
    assert (entry.status, entry.category.name, entry.notice) == ("draft", "登录", "先看这里")


def test_preview_folds_what_stays_the_same(editor: Client) -> None:
    _confirmed(editor, _uploaded(editor), publish="1")
    text = FIRST.replace("在课程中心选。", "在课程中心的左边选。")
    body = editor.get(_uploaded(editor, text)).content.decode()
    changed, unchanged = body.split('<details class="import-unchanged">')
    assert "左边" in changed
    assert "怎么登录平台？" not in changed
    assert "和现在一样的：2 条" in unchanged
    assert "怎么登录平台？" in unchanged


def test_preview_can_be_confirmed_at_its_top(editor: Client) -> None:
    body = editor.get(_uploaded(editor)).content.decode()
    assert body.index(">确认导入</button>") < body.index("怎么登录平台？") < body.rindex(">确认导入</button>")


def test_a_former_number_is_named_only_where_it_moves(editor: Client) -> None:
    _confirmed(editor, _uploaded(editor), publish="1")
    assert "序号3（原来是2）" in _words(editor.get(_uploaded(editor, NEWER)))
    entry = Entry.objects.get(number=2)
    row = [entry.ref, entry.question, "<p>新答案。</p>", entry.document.slug, "2"]
    words = _words(editor.get(_sheet(editor, ["编号", "问题", "答案", "来源文档", "序号"], row)))
    assert "改动1条" in words
    assert "序号2" in words
    assert "原来是" not in words


def test_result_offers_to_undo(editor: Client) -> None:
    page = _confirmed(editor, _uploaded(editor), publish="1")
    address = page.redirect_chain[-1][0]
    assert "没有问答用了就删掉" in _words(page)
    undone = _words(editor.post(address, {"undo": "1"}, follow=True))
    assert "已撤销" in undone
    assert "新建分类登录还在" in undone
    assert {entry.status for entry in Entry.objects.all()} == {"binned"}


def test_result_says_what_still_awaits_submission(editor: Client, settings: Any) -> None:
    _confirmed(editor, _uploaded(editor), publish="1")
    settings.DIRECT_PUBLISHING = False
    page = _confirmed(editor, _uploaded(editor, NEWER))
    assert "改动怎么登录平台？草稿，等您提交审核（老师看到的还是原来的）" in _words(page)
    steps.submit(Entry.objects.get(number=1), User.objects.get())
    words = _words(editor.get(page.redirect_chain[-1][0]))
    assert "改动怎么登录平台？待审（老师看到的还是原来的）" in words
    assert "新增收不到短信怎么办？草稿，等您提交审核" in words


def test_giving_up_forgets_the_file(editor: Client) -> None:
    page = editor.post(_uploaded(editor), {"forget": "1"}, follow=True)
    assert "什么都没有保存" in _words(page)
    assert not EntryImport.objects.exists()


def test_refused_file_keeps_what_was_pasted(editor: Client) -> None:
    answer = editor.post(UPLOAD, {"text": "一句话\x01"})
    assert "认不出来" in _words(answer)
    assert "一句话" in answer.content.decode()


def test_file_that_is_no_document_is_refused_where_it_was_chosen(editor: Client) -> None:
    answer = editor.post(UPLOAD, {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.7")})
    assert "另存为docx" in _words(answer)
    assert "请选一个文件" in _words(editor.post(UPLOAD, {}))
    assert not EntryImport.objects.exists()


def test_refused_confirmation_keeps_what_was_chosen(editor: Client) -> None:
    address = _uploaded(editor)
    page = editor.post(address, _fields(editor.get(address)) | {"seen": "old", "publish": "1", "leave": ["2"]})
    assert "预览以后" in _words(page)
    assert 'value="2" checked' in page.content.decode()
    assert 'id="publish-1" name="publish" value="1" checked' in page.content.decode()
    assert not Entry.objects.exists()


def test_preview_is_for_whoever_uploaded_it(editor: Client) -> None:
    address = _uploaded(editor)
    assert signed_in(make_editor("another")).get(address).status_code == 403


def test_list_of_entries_leads_to_the_import(editor: Client) -> None:
    assert UPLOAD in editor.get("/admin/faq/entry/").content.decode()

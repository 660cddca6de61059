"""Spreadsheets of entries go through the same preview, saving and undo as documents."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User

from faq.editing import importing, steps
from faq.editing.content import of_entry
from faq.editing.exporting import Format, exported
from faq.editing.importing import Choices
from faq.editing.matching import Action, Planned
from faq.editing.merging import further_changes
from faq.models import Category, Entry, EntryImport
from helpdesk.common.decisions import Refusal
from tests.cast import make_editor
from tests.faq.editing.sheets import HEAD, book

pytestmark = pytest.mark.usefixtures("sheets_read_here")

DAY = datetime.date(2026, 3, 1)


@pytest.fixture
def editor(db: Any) -> User:
    return make_editor()


@pytest.fixture
def entry(db: Any) -> Entry:
    category = Category.objects.create(name="签到", slug="sign")
    fields = {"question": "怎么签到？", "answer": "<p>在首页签到。</p>", "status": "published"}
    return Entry.objects.create(ref="q-1", category=category, **fields)


def sheet(header: str, cell: Any) -> bytes:
    """A row on the entry above, in which one column more says something."""
    return book(["编号", *HEAD, header], ["q-1", "怎么签到？", "<p>在首页签到。</p>", cell])


def planned(file: bytes) -> Planned:
    [one] = importing.preview_of("a.xlsx", file, Choices()).plan.entries
    return one


def words(one: Planned) -> list[str]:
    """The parts that differ as the preview shows them: name, and what came."""
    parts = further_changes(one.found, one.before, one.after, one.entry)
    return [f"{part.name}：{''.join(piece.text for piece in part.pieces if piece.kind != 'out')}" for part in parts]


def imported(file: bytes, editor: User, *, publish: bool = True, **choices: Any) -> EntryImport:
    return importing.apply(importing.keep("a.xlsx", file, editor), editor, Choices(**choices), publish=publish)


def test_entries_taken_out_and_read_again_change_nothing(content: None) -> None:
    workbook, number = exported(Format.XLSX)
    plan = importing.preview_of("问答.xlsx", workbook, Choices()).plan
    assert len(plan.those(Action.SAME)) == number


def test_cell_that_was_changed_becomes_a_version(content: None, editor: User) -> None:
    taken_out = openpyxl.load_workbook(io.BytesIO(exported(Format.XLSX)[0]))
    heads = [cell.value for cell in taken_out.worksheets[0][1]]
    column = next(at for at, head in enumerate(heads, 1) if str(head).startswith("问题"))
    row = next(line[0].row or 0 for line in taken_out.worksheets[0].iter_rows(min_row=2) if line[column - 1].value)
    cell = taken_out.worksheets[0].cell(row, column)
    before = str(cell.value)
    cell.value = before.rstrip("？") + "呢？"
    changed = io.BytesIO()
    taken_out.save(changed)
    done = imported(changed.getvalue(), editor)
    assert (done.added, done.changed) == (0, 1)
    assert Entry.objects.filter(question=cell.value).exists()
    importing.undo(done, editor)
    assert Entry.objects.filter(question=before).exists()


@pytest.mark.parametrize(
    ("header", "cell", "field", "value", "shown"),
    [
        ("短标题", "签到", "short_question", "签到", "短标题：签到"),
        ("提示", "每天一次", "notice", "每天一次", "提示：每天一次"),
        ("分类", "另一类", "category.name", "另一类", "分类：另一类"),
        ("分类", "other", "category.name", "另一类", "分类：另一类"),
        ("适用年份从", 2016, "valid_from", 2016, "适用年份：2016 年起"),
        ("适用年份到", 2020, "valid_to", 2020, "适用年份：到 2020 年为止"),
        ("核对日期", DAY, "checked_on", DAY, "核对日期：2026-03-01"),
        ("状态", "草稿", "status", "draft", "状态：草稿"),
        ("相似问法", "签到在哪", "said", ["签到在哪"], "相似问法：签到在哪"),
    ],
)
def test_a_column_is_shown_taken_over_and_undone(
    entry: Entry, editor: User, header: str, cell: Any, field: str, value: Any, shown: str
) -> None:
    Category(name="另一类", slug="other").save()

    def now() -> Any:
        found = Entry.objects.get(pk=entry.pk)
        said = {"said": [phrasing.text for phrasing in found.phrasings.all()], "category.name": found.category.name}
        return (said | vars(found))[field]

    before = now()
    assert words(planned(sheet(header, cell))) == [shown]
    done = imported(sheet(header, cell), editor)
    assert now() == value
    assert planned(sheet(header, cell)).action == Action.SAME
    assert importing.undo(done, editor).remarks == []
    assert now() == before
    assert Entry.objects.get(pk=entry.pk).is_published


@pytest.mark.parametrize("header", ["短标题", "提示", "分类", "适用年份从", "核对日期", "状态", "相似问法"])
def test_an_empty_cell_takes_nothing_away(entry: Entry, header: str) -> None:
    entry.short_question, entry.notice, entry.valid_from, entry.checked_on = "短", "注意", 2016, DAY
    entry.save()
    assert planned(sheet(header, "")).action == Action.SAME


def test_layout_that_was_changed_in_a_cell_counts(entry: Entry, editor: User) -> None:
    file = book(["编号", *HEAD], ["q-1", "怎么签到？", "<p>在<strong>首页</strong>签到。</p>"])
    [part] = further_changes((one := planned(file)).found, one.before, one.after, one.entry)
    assert "只改了排版" in part.remark
    imported(file, editor)
    assert Entry.objects.get(pk=entry.pk).answer == "<p>在<strong>首页</strong>签到。</p>"


def test_plain_words_leave_the_layout_as_it_is(entry: Entry) -> None:
    entry.answer = "<p>在<strong>首页</strong>签到。</p>"
    entry.save()
    assert planned(book(["编号", *HEAD], ["q-1", "怎么签到？", "在首页签到。"])).action == Action.SAME


# --- states -------------------------------------------------------------------------------------------------------


def test_a_draft_is_published_where_publishing_was_chosen(entry: Entry, editor: User) -> None:
    steps.withdraw(entry, editor)
    imported(sheet("状态", "已发布"), editor, publish=False)
    assert not Entry.objects.get(pk=entry.pk).is_published
    done = imported(sheet("状态", "已发布"), editor)
    assert Entry.objects.get(pk=entry.pk).is_published
    assert importing.undo(done, editor).remarks == []
    assert Entry.objects.get(pk=entry.pk).status == "draft"


def test_a_new_row_that_says_draft_stays_one(editor: User) -> None:
    rows = [["怎么签到？", "在首页。", "草稿"], ["怎么请假？", "找学校。", "已发布"]]
    imported(book([*HEAD, "状态"], *rows), editor)
    statuses = {one.question: one.status for one in Entry.objects.all()}
    assert statuses == {"怎么签到？": "draft", "怎么请假？": "published"}


def test_withdrawn_and_changed_in_one_row_is_undone_whole(entry: Entry, editor: User) -> None:
    before = of_entry(entry)
    file = book(["编号", *HEAD, "状态"], ["q-1", "在哪里签到？", "<p>在别处。</p>", "草稿"])
    done = imported(file, editor)
    row = Entry.objects.get(pk=entry.pk)
    assert (row.status, row.question, done.changed, done.withdrawn) == ("draft", "在哪里签到？", 1, 1)
    assert importing.undo(done, editor).remarks == []
    row = Entry.objects.get(pk=entry.pk)
    assert row.is_published
    assert of_entry(row) == before


def test_who_may_not_publish_takes_nothing_down(entry: Entry, editor: User, settings: Any) -> None:
    settings.DIRECT_PUBLISHING = False
    done = imported(sheet("状态", "草稿"), editor)
    assert Entry.objects.get(pk=entry.pk).is_published
    assert done.remarks == ["“怎么签到？”要改回草稿，得由审核人来做，没有动它的状态。"]


def test_a_day_of_checking_somebody_renewed_is_left(entry: Entry, editor: User) -> None:
    done = imported(sheet("核对日期", DAY), editor)
    steps.care(entry, editor, checked_on=datetime.date(2026, 4, 1))
    assert importing.undo(done, editor).remarks == ["“怎么签到？”的核对日期后来又改过，没有动它。"]


# --- categories and sources ---------------------------------------------------------------------------------------


def test_an_unknown_category_is_said_and_made(entry: Entry, editor: User) -> None:
    assert planned(sheet("分类", "新分类")).marks == ("还没有“新分类”这个分类：导入时会新建，写错了请在上面另选",)
    assert not Category.objects.filter(name="新分类").exists()
    imported(sheet("分类", "新分类"), editor)
    assert Entry.objects.get(pk=entry.pk).category == Category.objects.get(name="新分类")


def test_undoing_removes_the_category_it_made(entry: Entry, editor: User) -> None:
    importing.undo(imported(sheet("分类", "新分类"), editor), editor)
    assert [category.name for category in Category.objects.all()] == ["签到"]


def test_undoing_leaves_a_category_that_others_use(entry: Entry, editor: User) -> None:
    row = imported(sheet("分类", "新分类"), editor)
    made = Category.objects.get(name="新分类")
    Entry.objects.create(ref="q-2", category=made, question="另一条？", answer="<p>是。</p>")
    importing.undo(row, editor)
    assert Category.objects.filter(pk=made.pk).exists()


def test_for_an_unknown_category_another_can_be_chosen(entry: Entry, editor: User) -> None:
    Category(name="登录问题", slug="login").save()
    imported(sheet("分类", "登陆问题"), editor, sections={"登陆问题": "login"})
    assert Entry.objects.get(pk=entry.pk).category.slug == "login"
    assert not Category.objects.filter(name="登陆问题").exists()


def test_another_source_is_left_and_said(content: None) -> None:
    live = Entry.objects.get(ref="credits-05")
    head = ["编号", *HEAD, "来源文档", "序号"]
    one = planned(book(head, ["credits-05", live.question, live.answer, "credits", 99]))
    assert one.action == Action.SAME
    assert one.marks[-1:] == ("来源文档或序号和现在的不一样：导入不改来源，请在这一条的编辑页里改",)


def test_years_that_end_before_they_begin_are_refused(entry: Entry, editor: User) -> None:
    entry.valid_from = 2020
    entry.save()
    with pytest.raises(Refusal, match="第 2 行：适用年份从 2020 年到 2016 年"):
        imported(sheet("适用年份到", 2016), editor)

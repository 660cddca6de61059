"""The pages of an import: its template, upload, preview and problems."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from credits.models import (
    SpreadsheetImport,
    Teacher,
)
from credits.spreadsheets import importing
from tests.cast import (
    Place,
    make_teacher,
)
from tests.credits.imports.helpers import (
    IMPORTS,
    KINDS,
    body,
    everything,
    file_of,
    text_of,
    uploaded,
)
from tests.credits.sheets import book, broken

pytestmark = pytest.mark.usefixtures("cycles")


def test_a_preview_that_another_upload_displaces_says_so(place: Place) -> None:
    client = place.client("staff")
    first = uploaded(client, "teachers", file_of("teachers", {}), "甲.xlsx")
    assert "再上传一份能导入的表格，这份预览就作废" in body(client, first)
    assert "甲.xlsx" in text_of(body(client, IMPORTS)).partition("还在等您确认")[0]
    second = uploaded(client, "teachers", file_of("teachers", {"staff_number": "N-2"}), "乙.xlsx")
    answer = client.post(f"{first}confirm/", follow=True)
    assert answer.status_code == 200
    assert "您后来又上传了“乙.xlsx”，这份预览就作废了，什么都没有保存。" in answer.content.decode()
    assert not Teacher.objects.filter(staff_number="N-1").exists()
    displaced = SpreadsheetImport.objects.get(file_name="甲.xlsx")
    assert (displaced.rows, displaced.done) == ([], [])
    assert client.post(f"{second}confirm/", follow=True).status_code == 200
    assert Teacher.objects.filter(staff_number="N-2").exists()


def test_a_displaced_preview_can_be_deleted(place: Place) -> None:
    client = place.client("staff")
    first, _ = (uploaded(client, "teachers", file_of("teachers", {})) for _ in range(2))
    client.post(f"{first}discard/")
    assert SpreadsheetImport.objects.count() == 1


def test_an_upload_that_is_refused_displaces_nothing(place: Place) -> None:
    client = place.client("staff")
    first = uploaded(client, "teachers", file_of("teachers", {}))
    uploaded(client, "teachers", b"no table")
    assert "确认导入" in body(client, first)


def test_a_refusal_quotes_what_stands_in_the_cell(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers", {"formally_employed_on": "6月30号"}))
    assert "第 2 行 正式任教日期 “6月30号” 请写完整的年、月、日" in text_of(body(client, there))


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_downloaded(place: Place, kind: str) -> None:
    answer = place.client("staff").get(f"{IMPORTS}template/{kind}/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert ".xlsx" in answer.headers["Content-Disposition"]
    assert importing.reader.read(kind, answer.content).problems[0].code == "no_rows"


def test_the_way_from_upload_to_undoing(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(
        client, "teachers", file_of("teachers", {}, {"staff_number": "A-1", "name": "张三丰"}), "新<b>.xlsx"
    )
    page = body(client, there)
    assert "新&lt;b&gt;.xlsx" in page
    assert "新增 1 条，修改 1 条，没有变化 0 条" in text_of(page)
    assert "<del>张三</del> <ins>张三丰</ins>" in page
    assert not Teacher.objects.filter(staff_number="N-1").exists()
    answer = client.post(f"{there}confirm/", follow=True)
    assert answer.redirect_chain == [(there, 302)]
    assert "导入好了：新增 1 条，修改 1 条，没有变化 0 条。" in answer.content.decode()
    assert Teacher.objects.get(staff_number="N-1").school == place.school
    assert "已经导入过了" in client.post(f"{there}confirm/", follow=True).content.decode()
    assert f'action="{there}undo/"' in body(client, IMPORTS)
    answer = client.post(f"{there}undo/", follow=True)
    assert "”：删除 1 条，恢复 1 条。" in answer.content.decode()
    assert not Teacher.objects.filter(staff_number="N-1").exists()
    assert f"{there}undo/" not in body(client, IMPORTS)
    for path in (there, IMPORTS):
        shown = text_of(body(client, path)).partition("办理记录")[0]
        assert "已撤销，没有留下" in shown
        assert "新增 1" not in shown


def test_a_namesake_in_the_same_school_is_mentioned_in_the_preview_and_hinders_nothing(place: Place) -> None:
    make_teacher(place.other, staff_number="B-7", name="周八")
    client = place.client("reviewer")
    rows = [
        {"staff_number": "N-1", "name": "张三", "school": "桃源一小"},
        {"staff_number": "N-2", "name": "周八", "school": "桃源一小"},
        {"staff_number": "N-3", "name": "周八", "school": "桃源一小"},
    ]
    there = uploaded(client, "teachers", file_of("teachers", *rows))
    shown = text_of(body(client, there))
    assert "第 2 行 “姓名”：桃源一小已有一位同名教师（编号 A-1），请核对是不是同一人。" in shown.replace("行“", "行 “")
    assert "编号 N-2" in shown and "编号 B-7" not in shown
    client.post(f"{there}confirm/")
    assert Teacher.objects.filter(name="张三", school=place.school).count() == 2


def test_undoing_takes_two_steps(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers", {}))
    client.post(f"{there}confirm/")
    for path in (there, IMPORTS):
        form = body(client, path).partition(f'action="{there}undo/"')[2].partition("</form>")[0]
        assert re.search(r"<details class=\"confirm\"><summary.*撤销.*….*</summary>\s*<button.*确定撤销", form, re.S)


def test_problems_stand_with_row_column_and_sentence(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers", {"staff_number": 7}, {"staff_number": "0008", "name": ""}))
    shown = text_of(body(client, there))
    assert "第 2 行 教师编号 “7” 这一格是数字" in shown
    assert "什么都没有保存" in shown
    assert "改好以后系统会再查一遍，可能还会查出别的问题。" in shown
    assert f"{there}confirm/" not in body(client, there)


@pytest.mark.parametrize("name", ["truncated", "macros", "billion laughs", "encrypted", "two million cells"])
def test_a_broken_file_is_answered_with_a_sentence(place: Place, name: str) -> None:
    content, code = broken()[name]
    client = place.client("staff")
    before = everything()
    there = uploaded(client, "teachers", content)
    assert importing.reader.SENTENCES[code] in body(client, there)
    assert everything() == before


def test_only_the_first_problems_and_rows_are_shown(place: Place) -> None:
    client = place.client("staff")
    many = [{"staff_number": f"N-{at}"} for at in range(250)]
    shown = body(client, uploaded(client, "teachers", file_of("teachers", *many)))
    assert len(re.findall(r"<td>新增</td>", shown)) == 50
    assert "前 50 行" in shown
    wrong = body(client, uploaded(client, "teachers", file_of("teachers", *(one | {"name": ""} for one in many))))
    assert len(re.findall(r"请填写。", wrong)) == 200
    assert "只列出了前 200 处" in wrong


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "teachers"}, "请选择文件。"),
        ({"kind": "teachers", "file": SimpleUploadedFile("空.xlsx", b"")}, "文件是空的"),
        ({"kind": "teachers", "file": SimpleUploadedFile("大.xlsx", bytes(5 * 1024 * 1024 + 1))}, "文件超过 5 MB"),
        ({"kind": "teachers", "file": "no file"}, "请选择文件。"),
        ({"kind": "grades", "file": SimpleUploadedFile("表.xlsx", b"x")}, "没有这个选项。"),
        ({}, "请选择。"),
    ],
)
def test_an_upload_that_is_none_is_answered_at_its_field(place: Place, data: dict[str, Any], words: str) -> None:
    answer = place.client("staff").post(IMPORTS, data)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not SpreadsheetImport.objects.exists()


def test_a_long_name_of_a_file_is_cut_to_its_end(place: Place) -> None:
    client = place.client("staff")
    uploaded(client, "teachers", file_of("teachers"), "长" * 200 + "尾.xlsx")
    name = SpreadsheetImport.objects.get().file_name
    assert len(name) == 120
    assert name.endswith("尾.xlsx")


def test_where_nothing_changes_there_is_nothing_to_confirm(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers", {"staff_number": "A-1", "name": "张三"}))
    assert "没有变化：表格里的内容系统里都有了" in body(client, there)
    assert f"{there}confirm/" not in body(client, there)


def test_a_column_that_is_not_used_is_mentioned_in_the_preview_and_hinders_nothing(place: Place) -> None:
    client = place.client("staff")
    content = book([["教师编号", "姓名", "手机<i>"], ["N-1", "新老师", "一二三"]])
    there = uploaded(client, "teachers", content)
    assert "第 1 行“手机&lt;i&gt;”：这一列没有用到（C 列）。" in body(client, there)
    client.post(f"{there}confirm/")
    assert Teacher.objects.filter(staff_number="N-1").exists()


def test_what_hinders_nothing_is_not_told_where_the_sheet_is_refused(place: Place) -> None:
    client = place.client("staff")
    content = book([["教师编号", "姓名", "手机"], ["N-1", "", "一二三"]])
    shown = text_of(body(client, uploaded(client, "teachers", content)))
    assert "请填写。" in shown
    assert "不影响导入" not in shown
    assert "没有用到" not in shown


@pytest.mark.parametrize(
    ("chosen", "headers", "words"),
    [
        ("results", ["教师编号", "姓名", "学校", "任教学科"], "这像是教师表，您选的是培训成绩。"),
        ("teachers", ["项目编号", "教师编号", "姓名", "学时"], "这像是培训成绩表，您选的是教师。"),
        ("degrees", ["项目编号", "教师编号", "学时"], "这像是培训成绩表，您选的是学历。"),
        ("results", ["教师编号", "姓名", "备注"], ""),
        ("results", ["项目编号", "教师编号", "姓名", "课时"], ""),
    ],
)
def test_a_sheet_of_another_kind_is_recognized_where_it_is_refused(
    place: Place, chosen: str, headers: list[str], words: str
) -> None:
    client = place.client("reviewer")
    there = uploaded(client, chosen, book([["某校"], headers, ["X-1", "X-2", "某某", "40"][: len(headers)]]))
    assert SpreadsheetImport.objects.get().state == "refused"
    shown = body(client, there)
    assert ("这像是" in shown) == bool(words)
    if words:
        assert text_of(shown).partition("问题 第 2 行")[2].startswith(f" 整行 {words}")

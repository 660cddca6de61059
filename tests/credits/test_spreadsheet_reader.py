"""Spreadsheets taken apart in a bounded child: what schools have is read, what is broken is refused with its place."""

from __future__ import annotations

import datetime
import io
import json
import subprocess
import sys
import time
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from credits.spreadsheets import reader
from credits.spreadsheets.reader import Problem, Reading, read
from credits.spreadsheets.sheets import GUIDE, SHEETS, safe_cell, template, without_quote, write_xlsx

from .sheets import (
    SHEET,
    TYPES,
    book,
    broken,
    changed,
    example,
    fill_in,
    filled,
    measured,
    packed,
    parts_of,
    replaced,
    saved,
    with_texts,
)

HEAD = ["教师编号", "姓名", "学校"]
ROW = ["0001", "张三", "桃源一小"]


def rows(content: bytes, kind: str = "teachers") -> list[dict[str, str]]:
    reading = read(kind, content)
    assert reading.problems == []
    return [cells for _, cells in reading.rows]


def told(problems: list[Problem]) -> list[tuple[Any, ...]]:
    return [(problem.code, problem.row, problem.column) for problem in problems]


def problems(content: bytes, kind: str = "teachers") -> list[tuple[Any, ...]]:
    reading = read(kind, content)
    assert reading.rows == []
    assert all(problem.sentence for problem in reading.problems)
    return told(reading.problems)


# --- broken files -----------------------------------------------------------------------------------------------

BROKEN = broken()
#: Those that try to take time or memory.
HEAVY = [
    "two million cells",
    "two million cells beside noise",
    "300 MB of blanks",
    "billion laughs",
    "a hundred thousand levels",
    "endless texts",
    "a table of more than a million texts",
    "a million styles",
]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_within_ten_seconds_and_says_why(name: str) -> None:
    content, code = BROKEN[name]
    begun = time.monotonic()
    reading = read("teachers", content)
    assert time.monotonic() - begun <= 10
    assert {problem.code for problem in reading.problems} == {code}
    assert reading.rows == []


@pytest.mark.parametrize("name", HEAVY)
def test_no_broken_file_takes_more_than_256_megabytes(name: str) -> None:
    assert 10 < measured("teachers", BROKEN[name][0]).megabytes <= 256


def test_an_entity_from_outside_never_reaches_a_cell() -> None:
    outside = b'<!DOCTYPE x [<!ENTITY out SYSTEM "file:///etc/passwd">]>'
    content = changed(book([HEAD, ROW]), SHEET, lambda part: outside + part.replace("张三".encode(), b"&out;"))
    assert b"root:" not in measured("teachers", content).told
    assert problems(content) == [("doctype", None, "")]


def test_the_child_knows_no_django_and_none_of_the_settings() -> None:
    modules = "import sys, credits.spreadsheets.reader, openpyxl; print('django' in sys.modules, openpyxl.DEFUSEDXML)"
    command = [sys.executable, "-c", modules]
    done = subprocess.run(command, cwd=reader.ROOT, env=reader.surroundings(), capture_output=True, check=True)
    assert done.stdout.split() == [b"False", b"True"]
    assert not {"SECRET_KEY", "DATABASE_URL"} & set(reader.surroundings())


def test_the_child_may_take_no_more_than_it_says() -> None:
    limits = (
        "import io, sys; from resource import *; from credits.spreadsheets import reader;"
        "sys.argv = ['reader', 'teachers']; sys.stdin = io.TextIOWrapper(io.BytesIO(b'')); reader.main(); print();"
        "print(*(getrlimit(one)[1] for one in (RLIMIT_AS, RLIMIT_CPU, RLIMIT_FSIZE)))"
    )
    done = subprocess.run([sys.executable, "-c", limits], cwd=reader.ROOT, capture_output=True, check=True)
    memory, seconds, written = map(int, done.stdout.splitlines()[-1].split())
    assert (memory, written) == (256 * 1024 * 1024, 0)
    assert seconds <= 10


def test_the_largest_sheet_that_is_allowed_is_read_within_the_bounds() -> None:
    made = Workbook(write_only=True)
    page = made.create_sheet("教师")
    page.append(HEAD + [f"别的 {at}" for at in range(37)])
    for at in range(5000):
        page.append([f"T{at:05}", "张三", "桃源一小", *(f"文字 {at}-{column}" for column in range(37))])
    taken = measured("teachers", saved(made))
    assert len(json.loads(taken.told)["rows"]) == 5000
    assert taken.seconds <= 10
    assert taken.megabytes <= 256


def test_more_rows_than_allowed_are_refused() -> None:
    content = book([HEAD, *([f"T{at}", "张三", "桃源一小"] for at in range(5001))])
    assert problems(content) == [("too_many_rows", 5002, "")]


# --- headers ----------------------------------------------------------------------------------------------------


def test_a_header_is_found_below_titles_and_whatever_schools_add_to_it() -> None:
    content = book([["桃源一小教师名册"], [], ["制表：教务处"], ["教师编号（必填）", " 姓 名 ", "学校*"], ROW])
    assert read("teachers", content).rows == [(5, {"staff_number": "0001", "name": "张三", "school": "桃源一小"})]


def test_other_usual_headers_are_understood() -> None:
    assert rows(book([["工号", "教师姓名", "所在学校"], ROW])) == [
        {"staff_number": "0001", "name": "张三", "school": "桃源一小"}
    ]


def test_a_missing_header_is_named() -> None:
    assert problems(book([["姓名", "学校"], ["张三", "桃源一小"]])) == [("missing_header", 1, "教师编号")]


def test_a_doubled_header_is_named_with_its_columns() -> None:
    reading = read("teachers", book([[*HEAD, "工号"], [*ROW, "0002"]]))
    assert told(reading.problems) == [("doubled_header", 1, "教师编号")]
    assert "A 列、D 列" in reading.problems[0].sentence


def test_a_header_that_is_not_ours_is_named_and_keeps_nobody_from_importing() -> None:
    reading = read("teachers", book([[*HEAD, "备注"], [*ROW, "=1+1"]]))
    assert reading.problems == []
    assert told(reading.notes) == [("unused_column", 1, "备注")]
    assert "没有用到" in reading.notes[0].sentence
    assert reading.rows == [(2, {"staff_number": "0001", "name": "张三", "school": "桃源一小"})]


def test_without_a_header_nothing_is_guessed() -> None:
    assert problems(book([ROW, ROW])) == [("no_header", None, "")]


@pytest.mark.parametrize("content", [book([]), book([HEAD]), book([HEAD, [" ", "　", None]]), template("teachers")])
def test_a_sheet_without_data_is_refused(content: bytes) -> None:
    assert problems(content) == [("no_rows", None, "")]


def test_the_sheet_with_the_right_title_is_read_else_the_first_that_is_shown() -> None:
    made = Workbook()
    first: Any = made.active
    first.title = GUIDE
    hidden = made.create_sheet("旧数据")
    hidden.sheet_state = "hidden"
    for line in (HEAD, ["9999", "旧人", "旧校"]):
        hidden.append(line)
    for line in (HEAD, ROW):
        made.create_sheet("Sheet1") if "Sheet1" not in made.sheetnames else None
        made["Sheet1"].append(line)
    assert rows(saved(made))[0]["staff_number"] == "0001"
    titled = made.create_sheet("教师")
    for line in (HEAD, ["0002", "李四", "桃源二小"]):
        titled.append(line)
    assert rows(saved(made))[0]["staff_number"] == "0002"


# --- cells ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ({"教师编号": 1}, "number_as_code"),
        ({"教师编号": 1001.5}, "number_as_code"),
        ({"姓名": 12}, "number_as_name"),
        ({"教师编号": datetime.date(2019, 1, 1)}, "date_as_text"),
        ({"姓名": datetime.time(8, 30)}, "date_as_text"),
        ({"姓名": True}, "truth_as_text"),
        ({"正式任教日期": datetime.time(8, 30)}, "not_a_date"),
        ({"姓名": "字" * 500}, "long_text"),
        ({"现在任教学科": "#N/A"}, "error_value"),
    ],
)
def test_a_cell_of_the_wrong_type_is_refused_with_row_and_column(cell: dict[str, Any], code: str) -> None:
    good = {"教师编号": "0001", "姓名": "张三"}
    [header] = cell
    assert problems(filled("teachers", good, good | cell)) == [(code, 3, header)]


def test_a_number_for_a_project_is_refused_and_its_zeros_are_spoken_of() -> None:
    reading = read("results", filled("results", {"项目编号": 17, "教师编号": "0001", "学时": 40}))
    assert told(reading.problems) == [("number_as_code", 2, "项目编号")]
    assert "前面的 0 可能已经丢了" in reading.problems[0].sentence


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?"])
def test_an_error_value_is_refused_with_its_cell(error: str) -> None:
    reading = read("teachers", filled("teachers", {"教师编号": error, "姓名": "张三"}))
    assert told(reading.problems) == [("error_value", 2, "教师编号")]
    assert error in reading.problems[0].sentence


def formula(cached: str, kind: str = "") -> bytes:
    """A sheet with a formula in its second column, and what a program computed it to."""
    content = book([HEAD, ["0001", "甲乙丙", "桃源一小"]])
    inline = '<c r="B2" t="inlineStr"><is><t>甲乙丙</t></is></c>'
    return replaced(content, SHEET, inline, f'<c r="B2"{kind}><f>A9&amp;B9</f>{cached}</c>')


def test_a_formula_that_was_not_computed_is_refused_with_its_cell() -> None:
    assert problems(formula("")) == [("uncalculated", 2, "姓名")]
    assert problems(formula("<v></v>")) == [("uncalculated", 2, "姓名")]
    assert problems(book([HEAD, ["0001", "=A9", "桃源一小"]])) == [("uncalculated", 2, "姓名")]


def test_of_a_computed_formula_the_value_is_taken() -> None:
    assert rows(formula("<v>王五</v>", ' t="str"'))[0]["name"] == "王五"
    assert "name" not in rows(formula("<v></v>", ' t="str"'))[0]


def test_many_problems_are_all_named_up_to_a_bound() -> None:
    found = problems(filled("teachers", *({"教师编号": at, "姓名": at} for at in range(400))))
    assert found[:3] == [
        ("number_as_code", 2, "教师编号"),
        ("number_as_name", 2, "姓名"),
        ("number_as_code", 3, "教师编号"),
    ]
    assert len(found) == reader.MOST_PROBLEMS


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        (datetime.date(2010, 9, 1), "2010-09-01"),
        (datetime.datetime(2010, 9, 1, 8, 30), "2010-09-01"),  # noqa: DTZ001  as Excel has it
        ("２０１０年９月１日", "２０１０年９月１日"),
        (20100901, "20100901"),
        ("2010.9.1", "2010.9.1"),
    ],
)
def test_dates_come_as_dates_or_as_typed(typed: Any, text: str) -> None:
    record = {"教师编号": "0001", "姓名": "张三", "正式任教日期": typed}
    assert rows(filled("teachers", record))[0]["formally_employed_on"] == text


@pytest.mark.parametrize(
    ("typed", "text"), [(40, "40"), (2.5, "2.5"), (0.1 + 0.2, "0.3"), (3.0, "3"), ("１２", "１２"), (1e300, "1e+300")]
)
def test_numbers_have_the_digits_that_excel_shows(typed: Any, text: str) -> None:
    record = {"项目编号": "P-1", "教师编号": "0001", "学时": typed}
    assert rows(filled("results", record), "results")[0]["hours"] == text


def test_true_and_false_are_yes_and_no() -> None:
    record = example("activities") | {"列入方案": True, "有过程记录": False}
    [row] = rows(filled("activities", record), "activities")
    assert (row["in_plan"], row["has_record"]) == ("是", "否")


def test_texts_lose_what_nobody_sees_and_names_their_padding() -> None:
    record = {
        "教师编号": " 00\u200b01\ufeff",
        "姓名": "张　三\n",
        "学校": "桃源\u202e一小",
        "现在任教学科": "语文\n 书法",
    }
    assert rows(filled("teachers", record)) == [
        {"staff_number": "0001", "name": "张三", "school": "桃源一小", "subject": "语文 书法"}
    ]
    assert rows(filled("teachers", record | {"姓名": "Li  Na 欧阳·买买提"}))[0]["name"] == "Li Na 欧阳·买买提"


def test_blank_rows_are_skipped_and_rows_keep_their_numbers() -> None:
    content = book([HEAD, [], ROW, [None, "　", ""], [], ["0002", "李四", "桃源一小"], []])
    assert [number for number, _ in read("teachers", content).rows] == [3, 6]


def test_rows_of_merged_cells_are_skipped_and_said_to_be() -> None:
    made = load_workbook(io.BytesIO(book([HEAD, ["语文组"], ROW])))
    made.worksheets[0].merge_cells("A2:C2")
    reading = read("teachers", saved(made))
    assert [number for number, _ in reading.rows] == [3]
    assert told(reading.notes) == [("merged_across", 2, "")]


def test_cells_merged_over_several_rows_are_refused_one_by_one() -> None:
    made = load_workbook(io.BytesIO(book([HEAD, ROW, ["0002", "李四", None], ["0003", "王五", "桃源一小"]])))
    made.worksheets[0].merge_cells("C2:C3")
    assert problems(saved(made)) == [("merged_down", 2, "学校"), ("merged_down", 3, "学校")]


def test_texts_are_read_from_the_table_where_excel_keeps_them() -> None:
    content = book([HEAD, ["0001", "甲乙丙", "桃源一小"]])
    cell = '<c r="B2" t="inlineStr"><is><t>甲乙丙</t></is></c>'
    rich = "<si><r><t>欧</t></r><r><rPr><b/></rPr><t>阳·锋</t></r><rPh sb='0' eb='1'><t>ou</t></rPh></si>"
    content = with_texts(replaced(content, SHEET, cell, '<c r="B2" t="s"><v>1</v></c>'), f"<si><t>别人</t></si>{rich}")
    assert rows(content)[0]["name"] == "欧阳·锋"


def test_formatted_cells_without_content_count_for_nothing() -> None:
    made = load_workbook(io.BytesIO(book([HEAD, ROW])))
    for row in range(3, 3000):
        made.worksheets[0].cell(row=row, column=1).number_format = "@"
    assert len(rows(saved(made))) == 1


def test_a_sheet_that_lies_about_its_size_is_read_whole() -> None:
    content = replaced(book([HEAD, ROW, ["0002", "李四", "桃源二小"]]), SHEET, 'ref="A1:C3"', 'ref="A1:A1"')
    assert [row["staff_number"] for row in rows(content)] == ["0001", "0002"]


def test_what_stands_behind_the_data_cannot_spoil_it() -> None:
    wrong = '</sheetData><dataValidations count="x"><dataValidation type="nonsense" sqref="?"/></dataValidations>'
    content = replaced(book([HEAD, ROW, ["0002", "李四", "桃源一小"]]), SHEET, "</sheetData>", wrong)
    assert len(rows(content)) == 2


# --- text that looks like a formula, in and out -----------------------------------------------------------------

ACTIVE = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", "=HYPERLINK(“x”)"]


@pytest.mark.parametrize("text", ACTIVE)
def test_text_that_looks_like_a_formula_is_text_on_import(text: str) -> None:
    content = changed(
        book([HEAD, ["0001", "甲乙丙", "桃源一小"]]), SHEET, lambda part: part.replace("甲乙丙".encode(), text.encode())
    )
    assert rows(content)[0]["name"] == text.strip()


@pytest.mark.parametrize("text", [*ACTIVE, *(f"'{text}" for text in ACTIVE), "''=1"])
def test_text_that_looks_like_a_formula_is_quoted_on_export_and_comes_back(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert without_quote(safe_cell(text)) == text
    written = write_xlsx(["教师编号", "姓名"], [["0001", text]])
    [cell] = [row[1] for row in load_workbook(io.BytesIO(written)).worksheets[0].iter_rows(min_row=2)]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")
    if not text.startswith("'"):
        assert rows(written)[0]["name"] == text.strip()


@pytest.mark.parametrize("text", ["张三", "", "1-2", "'", "it's", "'张三'", "#N/A", "a=b"])
def test_other_text_is_written_as_it_is(text: str) -> None:
    assert safe_cell(text) == without_quote(text) == text
    written = write_xlsx(["姓名"], [[text]])
    [cell] = [row[0] for row in load_workbook(io.BytesIO(written)).worksheets[0].iter_rows(min_row=2)]
    assert (cell.value or "") == text
    assert cell.data_type != "e"


def test_numbers_and_dates_are_written_as_such_and_control_characters_not_at_all() -> None:
    written = write_xlsx(
        ["编\x00号", "学分", "日期"], [["007\x0b", 1.5, datetime.date(2020, 1, 2)], [None, None, None]]
    )
    page = load_workbook(io.BytesIO(written)).worksheets[0]
    head, row, *_ = list(page.iter_rows())
    assert [cell.value for cell in head] == ["编号", "学分", "日期"]
    assert [cell.value for cell in row] == ["007", 1.5, datetime.datetime(2020, 1, 2)]  # noqa: DTZ001  as Excel has it
    assert page.freeze_panes == "A2"


# --- templates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SHEETS)
def test_a_template_filled_in_with_its_example_is_read_as_the_example(kind: str) -> None:
    reading = read(kind, fill_in(template(kind), example(kind)))
    assert reading.problems == reading.notes == []
    assert reading.rows == [(2, {column.field: column.example for column in SHEETS[kind].columns})]


@pytest.mark.parametrize("kind", SHEETS)
def test_a_template_keeps_codes_as_text_offers_choices_and_explains(kind: str) -> None:
    made = load_workbook(io.BytesIO(template(kind)))
    page, guide = made.worksheets
    sheet = SHEETS[kind]
    assert [cell.value for cell in page[1]] == [one.header + ("*" if one.required else "") for one in sheet.columns]
    assert page.freeze_panes == "A2"
    assert guide.title == GUIDE
    explained = " ".join(str(cell.value) for row in guide.iter_rows() for cell in row)
    listed = {str(one.sqref).split("2")[0]: one.formula1 for one in page.data_validations.dataValidation}
    for at, column in enumerate(sheet.columns):
        letter = "ABCDEFGHI"[at]
        if column.holds.name == "CODE":
            assert page.column_dimensions[letter].number_format == "@"
        if column.choices:
            assert listed[letter] == f'"{",".join(column.choices)}"'
            assert len(listed[letter]) <= 257  # what Excel allows
        assert column.header in explained
        assert column.example in explained


def test_a_template_is_a_plain_workbook_without_macros_or_links() -> None:
    parts = parts_of(template("teachers"))
    assert b"macroEnabled" not in parts[TYPES]
    assert not [name for name in parts if "vba" in name or "externalLink" in name]
    assert packed(parts)


def test_a_reading_that_fails_in_any_other_way_is_a_problem_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "command", lambda kind: [sys.executable, "-c", "raise SystemExit(3)"])
    assert read("teachers", b"PK") == Reading(problems=[Problem("damaged")])


def test_a_child_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "command", lambda kind: [sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(reader, "MOST_SECONDS", 0.5)
    begun = time.monotonic()
    assert read("teachers", b"PK") == Reading(problems=[Problem("too_much")])
    assert time.monotonic() - begun < 5

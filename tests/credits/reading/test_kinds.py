"""Files as programs write them, read by their content: what a name or an odd format says does not matter."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from credits.spreadsheets.reader import read
from tests.credits.reading.helpers import HEAD, ROW, rows, told
from tests.credits.sheets import (
    GOOD,
    SHEET,
    TYPES,
    WORKBOOK,
    book,
    changed,
    filled,
    measured,
    packed,
    parts_of,
    replaced,
    with_texts,
)
from tests.writers.contents import invented

FILES = Path(__file__).parents[2] / "writers" / "files"
WRITTEN = sorted(FILES.glob("*-*.*"))
RELATIONS, STYLES, CORE = "xl/_rels/workbook.xml.rels", "xl/styles.xml", "docProps/core.xml"
SIMPLE = [{"staff_number": "0001", "name": "张三", "school": "桃源一小"}]
STRICT = {
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main": b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships"
    ),
}


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: file.name)
def test_a_workbook_of_another_program_is_read_as_it_was_written(file: Path) -> None:
    [seed] = re.findall(r"-(\d+)\.", file.name)
    content = invented(int(seed))
    reading = read(content.kind, file.read_bytes())
    assert reading.problems == []
    assert reading.rows == content.rows


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_errors_and_hidden_rows_are_seen_in_other_kinds_too(ending: str) -> None:
    reading = read("teachers", (FILES / f"errors.{ending}").read_bytes())
    subject = "现在任教学科"
    assert told(reading.problems) == [("error_value", 2, subject), ("error_value", 3, subject)]
    assert [problem.where for problem in reading.problems] == ["#N/A", "#DIV/0!"]
    assert [(note.code, note.where) for note in reading.notes] == [("hidden_rows", "4")]


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_a_stray_cell_is_named_in_other_kinds_too(ending: str) -> None:
    taken = measured("teachers", (FILES / f"stray.{ending}").read_bytes())
    [problem] = json.loads(taken.told)["problems"]
    assert (problem["code"], problem["where"]) == ("too_many_columns", "IV9000")
    assert taken.megabytes <= 256


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_a_broken_file_of_other_kinds_is_refused(ending: str) -> None:
    content = (FILES / f"errors.{ending}").read_bytes()
    for cut in (600, len(content) // 2, len(content) - 700):
        assert read("teachers", content[:cut]).problems


# --- odd workbooks ------------------------------------------------------------------------------------------------


def with_shared_texts() -> bytes:
    cell = '<c r="B2" t="inlineStr"><is><t>张三</t></is></c>'
    content = replaced(book([HEAD, ROW]), SHEET, cell, '<c r="B2" t="s"><v>0</v></c>')
    return with_texts(content, "<si><t>张三_x000D_</t></si>")


def renamed(content: bytes, change: Callable[[str], str]) -> bytes:
    return packed({change(name): part for name, part in parts_of(content).items()})


def strict() -> bytes:
    parts = parts_of(book([HEAD, ROW]))
    for name, part in parts.items():
        for usual, other in STRICT.items():
            part = part.replace(usual, other)
        parts[name] = part
    return packed(parts)


def other_texts(content: bytes) -> bytes:
    """The table of texts under a name in other letters than the relation has."""
    return renamed(content, lambda name: name.replace("sharedStrings", "SharedStrings"))


def sheet_elsewhere(content: bytes) -> bytes:
    parts = parts_of(content)
    moved = {name.replace("sheet1.xml", "sheet1.dat"): part for name, part in parts.items()}
    return packed({name: part.replace(b"sheet1.xml", b"sheet1.dat") for name, part in moved.items()})


def styled(old: str, new: str) -> bytes:
    return replaced(book([HEAD, ROW]), STYLES, old, new)


SHEETJS_TYPE = '<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
ODD = {
    "an empty fill": lambda: changed(
        book([HEAD, ROW]), STYLES, lambda part: re.sub(rb"<fill>.*?</fill>", b"<fill/>", part)
    ),
    "an odd colour": lambda: styled("<fonts", '<colors><mruColors><color rgb="red"/></mruColors></colors><fonts'),
    "an odd alignment": lambda: styled('pivotButton="0"', 'pivotButton="no"><alignment horizontal="middle"/></xf><xf'),
    "a style without a name": lambda: styled('<cellStyle name="Normal"', "<cellStyle"),
    "no styles": lambda: packed({name: part for name, part in parts_of(book([HEAD, ROW])).items() if name != STYLES}),
    "a broken date of creation": lambda: changed(
        book([HEAD, ROW]), CORE, lambda part: re.sub(rb"\d{4}-\d\d-\d\dT[^<]*", b"yesterday", part)
    ),
    "properties that are no XML": lambda: changed(book([HEAD, ROW]), CORE, lambda part: part[:-9]),
    "shared texts in other letters": lambda: other_texts(with_shared_texts()),
    "a carriage return behind a name": with_shared_texts,
    "backslashes in paths": lambda: renamed(book([HEAD, ROW]), lambda name: name.replace("/", "\\")),
    "Strict Open XML": strict,
    "a type with macros for parts that are not there": lambda: replaced(
        book([HEAD, ROW]), TYPES, "<Default", f"{SHEETJS_TYPE}<Default"
    ),
    "a relative path": lambda: replaced(book([HEAD, ROW]), RELATIONS, '"/xl/worksheets/', '"worksheets/'),
    "a sheet in a part of another ending": lambda: sheet_elsewhere(book([HEAD, ROW])),
    "a state that is none": lambda: replaced(book([HEAD, ROW]), WORKBOOK, 'state="visible"', ""),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_about_a_workbook_does_not_matter(name: str) -> None:
    assert rows(ODD[name]()) == SIMPLE


@pytest.mark.parametrize("number", [14, 27, 30, 31, 36, 50, 57, 58])
def test_a_built_in_format_of_days_needs_no_code(number: int) -> None:
    content = filled("teachers", GOOD | {"正式任教日期": 44012})
    content = replaced(content, SHEET, '<c r="E2"', '<c s="1" r="E2"')
    content = replaced(content, STYLES, "</cellXfs>", f'<xf numFmtId="{number}" applyNumberFormat="1"/></cellXfs>')
    assert rows(content)[0]["formally_employed_on"] == "2020-06-30"


# --- text ---------------------------------------------------------------------------------------------------------

TEXT = "教师编号,姓名,学校\r\n0001,张三,桃源一小\r\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.encode("utf-16"),
        TEXT.replace(",", "\t").encode("utf-16"),
        TEXT.replace(",", ";").encode("gb18030"),
        TEXT.replace("0001", '"=""0001"""').encode(),
        TEXT.replace("0001", '="0001"').encode(),
        TEXT.replace("0001", "'0001").encode(),
        TEXT.replace("张三", '"张三\n"').encode(),
    ],
)
def test_a_table_as_text_is_read_in_the_letters_that_schools_use(content: bytes) -> None:
    assert rows(content) == SIMPLE


def test_rare_characters_of_names_are_read_from_text() -> None:
    assert rows(TEXT.replace("张三", "𠮷㛃").encode("gb18030"))[0]["name"] == "𠮷㛃"


@pytest.mark.parametrize("typed", ["1.23457E+11", "1E+11"])
def test_a_number_that_a_program_has_rounded_is_no_code(typed: str) -> None:
    reading = read("teachers", TEXT.replace("0001", typed).encode())
    assert told(reading.problems) == [("rounded_code", 2, "教师编号")]
    assert reading.problems[0].cell == typed


# --- zeros that only a format shows -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "shown"),
    [("0000", "0007"), ('"T-"000', "T-007"), ("0000;-0000", "0007"), ("00000_)", None), ("General", None), ("0", None)],
)
def test_zeros_that_a_format_shows_are_read(code: str, shown: str | None) -> None:
    content = filled("teachers", GOOD | {"教师编号": 7})
    content = replaced(content, SHEET, '<c r="A2"', '<c s="1" r="A2"')
    escaped = code.replace('"', "&quot;")
    formats = f'<numFmts count="1"><numFmt numFmtId="170" formatCode="{escaped}"/></numFmts>'
    content = changed(content, STYLES, lambda part: re.sub(rb"<numFmts[^>]*/>", formats.encode(), part))
    content = replaced(content, STYLES, "</cellXfs>", '<xf numFmtId="170"/></cellXfs>')
    reading = read("teachers", content)
    if shown:
        assert reading.rows[0][1]["staff_number"] == shown
    else:
        assert told(reading.problems) == [("number_as_code", 2, "教师编号")]

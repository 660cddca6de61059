"""Broken and hostile files: refused within the bounds of the child, with a sentence."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from openpyxl import Workbook

from credits.spreadsheets import reader
from credits.spreadsheets.reader import Problem, Reading, read
from helpdesk.common import child
from tests.credits.reading.helpers import HEAD, ROW, problems
from tests.credits.sheets import (
    SHEET,
    book,
    broken,
    changed,
    heavy,
    measured,
    saved,
)

BROKEN = broken()
#: Those that try to take time or memory.
HEAVY = [
    "two million cells",
    "two million cells beside noise",
    "an .ods of repeated cells",
    "300 MB of blanks",
    "billion laughs",
    "a hundred thousand levels",
    "endless texts",
]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_within_ten_seconds_and_says_why(name: str) -> None:
    content, code = BROKEN[name]
    begun = time.monotonic()
    reading = read("teachers", content)
    assert time.monotonic() - begun <= 10
    assert {problem.code for problem in reading.problems} == {code}
    assert reading.rows == []


@pytest.mark.parametrize("name", heavy())
def test_masses_beside_the_data_are_borne(name: str) -> None:
    taken = measured("teachers", heavy()[name])
    assert len(json.loads(taken.told)["rows"]) == 1
    assert taken.seconds <= 10
    assert taken.megabytes <= 256


@pytest.mark.parametrize("name", HEAVY)
def test_no_broken_file_takes_more_than_256_megabytes(name: str) -> None:
    assert 10 < measured("teachers", BROKEN[name][0]).megabytes <= 256


def test_an_entity_from_outside_never_reaches_a_cell() -> None:
    outside = b'<!DOCTYPE x [<!ENTITY out SYSTEM "file:///etc/passwd">]>'
    content = changed(book([HEAD, ROW]), SHEET, lambda part: outside + part.replace("张三".encode(), b"&out;"))
    assert b"root:" not in measured("teachers", content).told
    assert problems(content) == [("doctype", None, "")]


def test_the_child_knows_no_django_and_none_of_the_settings() -> None:
    modules = "import sys, credits.spreadsheets.reading;"
    modules += "print(*(name in sys.modules for name in ('django', 'openpyxl', 'pypinyin')))"
    command, surroundings = [sys.executable, "-c", modules], child.surroundings()
    done = subprocess.run(command, cwd=child.ROOT, env=surroundings, capture_output=True, check=True)
    assert done.stdout.split() == [b"False"] * 3
    assert not {"SECRET_KEY", "DATABASE_URL"} & set(surroundings)


def test_the_child_may_take_no_more_than_it_says() -> None:
    limits = (
        "import io, sys; from resource import *; from credits.spreadsheets.reading import main;"
        "sys.argv = ['reader', 'teachers']; sys.stdin = io.TextIOWrapper(io.BytesIO(b'')); main(); print();"
        "print(*(getrlimit(one)[1] for one in (RLIMIT_AS, RLIMIT_CPU, RLIMIT_FSIZE)))"
    )
    done = subprocess.run([sys.executable, "-c", limits], cwd=child.ROOT, capture_output=True, check=True)
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


def test_a_reading_that_fails_in_any_other_way_is_a_problem_with_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "command", lambda kind: [sys.executable, "-c", "raise SystemExit(3)"])
    assert read("teachers", b"PK") == Reading(problems=[Problem("damaged")])


def test_a_child_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "command", lambda kind: [sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(child, "MOST_SECONDS", 0.5)
    begun = time.monotonic()
    assert read("teachers", b"PK") == Reading(problems=[Problem("too_much")])
    assert time.monotonic() - begun < 5

"""Helpers of the tests of reading: a sheet's first rows, and what was found in a file."""

from __future__ import annotations

from typing import Any

from credits.spreadsheets.reader import Problem, read

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

"""The platform's own list, pasted: what is read, and what is named with its line."""

from __future__ import annotations

import html
import json
import re

import pytest

from credits.forms.pasted import Pasted, read_pasted
from credits.upgrade.kinds import Kind
from tests.credits.ledgers import FIXTURES

SAMPLE = """经验说明\t经验来源\t经验数量\t时间
访问空间\t个人空间\t1\t2021-03-26 08:24:34
访问空间\t个人空间\t1\t2021-03-25 10:09:48
教学互动\t手机移动端\t1\t2021-03-24 22:00:12
工具\t学科基地校\t1\t2021-03-24 21:59:53
工具\t学科基地校\t1\t2021-03-24 21:59:48
工具\t学科基地校\t1\t2021-03-24 21:59:46
"""
KINDS = [Kind.SPACE, Kind.SPACE, Kind.INTERACT, *[Kind.PROVINCE_APP] * 3]


def kinds(pasted: Pasted) -> list[Kind]:
    assert pasted.problems == []
    return [row.kind for row in pasted.rows]


def problem(line: str) -> str:
    """The sentence on one line that stands below a right one."""
    pasted = read_pasted(f"用户登录\t平台\t1\t2021-03-01\n{line}")
    assert len(pasted.rows) == 1
    [(number, sentence)] = pasted.problems
    assert number == 2
    assert sentence.endswith("。")
    return sentence


def test_the_sample_is_that_of_the_entry() -> None:
    rows = json.loads((FIXTURES / "documents.json").read_text(encoding="utf-8"))
    [answer] = [row["fields"]["answer"] for row in rows if row["fields"].get("ref") == "upgrade-13"]
    cells = [html.unescape(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", answer)]
    assert SAMPLE.split() == " ".join(cells).split()


def test_the_sample_of_upgrade_13_is_read() -> None:
    pasted = read_pasted(SAMPLE)
    assert kinds(pasted) == KINDS
    assert [(row.line, str(row.on), str(row.amount)) for row in pasted.rows][:2] == [
        (2, "2021-03-26", "1"),
        (3, "2021-03-25", "1"),
    ]


@pytest.mark.parametrize("gap", ["    ", "　", " ", "\xa0\xa0", " \t "])
def test_rows_may_be_parted_by_spaces(gap: str) -> None:
    assert kinds(read_pasted(SAMPLE.replace("\t", gap))) == KINDS


def test_lines_of_windows_and_empty_ones_are_read() -> None:
    pasted = read_pasted("\r\n" + SAMPLE.replace("\n", "\r\n\r\n"))
    assert kinds(pasted) == KINDS
    assert pasted.rows[0].line == 4


def test_columns_stand_in_any_order_under_their_heading() -> None:
    lines = [line.split("\t") for line in SAMPLE.splitlines()]
    turned = "\n".join("\t".join([time, said, amount, source]) for said, source, amount, time in lines)
    assert kinds(read_pasted(turned)) == KINDS


def test_without_a_heading_the_columns_are_the_samples() -> None:
    assert kinds(read_pasted(SAMPLE.partition("\n")[2])) == KINDS


@pytest.mark.parametrize(
    "time",
    ["2021-3-1", "2021/03/01 12:30", "2021年3月1日", "２０２１年３月１日 08:00:00", "2021-03-01T08:24:34", "2021.3.1"],
)
def test_days_are_read_as_people_write_them(time: str) -> None:
    [row] = read_pasted(f"课堂教学\tPC 端\t5\t{time}").rows
    assert str(row.on) == "2021-03-01"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("资源传播\t网络\t1\t2021-03-01", "分不清"),
        ("资源报送\t县级审核\t3\t2021-03-01", "最高"),
        ("看新闻\t首页\t1\t2021-03-01", "“看新闻”（首页）在细则表里没有"),
        ("课堂教学\t学科基地校\t5\t2021-03-01", "不同的项目"),
        ("用户登录\t平台\t-1\t2021-03-01", "经验数量"),
        ("用户登录\t平台\t一\t2021-03-01", "经验数量"),
        ("用户登录\t平台\t1\t0000-01-01", "没有这一天"),
        ("用户登录\t平台\t1\t10000-01-01", "时间"),
        ("用户登录\t平台\t1\t2021-02-29", "没有这一天"),
        ("用户登录\t平台\t1", "有 3 列"),
        ("用户登录\t\t1\t2021-03-01", "有 3 列"),
        ("总分：61.5", "有 1 列"),
        ("<script>alert(1)</script>", "有 1 列"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, words: str) -> None:
    assert words in problem(line)


def test_a_foreign_column_is_told_and_left_out() -> None:
    text = "\n".join(f"{line}\t{cell}" for line, cell in zip(SAMPLE.splitlines(), ["备注", *"abcdef"], strict=True))
    pasted = read_pasted(text)
    assert [row.kind for row in pasted.rows] == KINDS
    [(number, sentence)] = pasted.problems
    assert number == 1
    assert "备注" in sentence


def test_under_another_screens_heading_nothing_is_read() -> None:
    pasted = read_pasted("课程\t时间\t得分\n用户登录\t2021-03-01\t1\n" + SAMPLE)
    assert [number for number, _ in pasted.problems] == [1, 2]
    assert "经验说明" in pasted.problems[0][1]
    assert len(pasted.rows) == 6  # the platform's own heading sets the columns anew


def test_a_hundred_thousand_lines_are_gone_through() -> None:
    assert len(read_pasted("x\n" * 100_000).problems) == 100_000

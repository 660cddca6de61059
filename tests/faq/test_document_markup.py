"""Steps, tables, notes and links of the documents became markup, and no other markup is there."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.faq.sources import BLOCKS, REFS, answer_of, entry_of, every_entry, source, words

TABLES: Final = {
    "upgrade-13": (6, ["经验说明", "经验来源", "经验数量", "时间"]),
    "upgrade-14": (10, ["分类", "指标", "分值", "规则"]),
}

INLINE: Final = {"strong", "a", "br"}
ATTRIBUTES: Final = {
    "a": {"href"},
    "th": {"scope", "rowspan", "colspan"},
    "td": {"scope", "rowspan", "colspan"},
    "div": {"class"},
}


# --- Steps, tables, notes and links ------------------------------------------------------------------------------


# Steps, tables, notes and links
@every_entry
def test_numbered_steps_are_an_ordered_list(ref: str) -> None:
    steps = source(ref).steps
    assert answer_of(ref).lists == ([steps] if steps else []), ref


def test_two_entries_have_numbered_steps() -> None:
    counts = {ref: len(source(ref).steps) for ref in REFS if source(ref).steps}
    assert counts == {"upgrade-13": 6, "upgrade-14": 2}


@every_entry
def test_tables_are_where_the_document_has_them(ref: str) -> None:
    answer = answer_of(ref)
    assert len(answer.tables) == (1 if ref in TABLES else 0), ref
    assert bool(source(ref).table) == (ref in TABLES), ref


@pytest.mark.parametrize("ref", TABLES)
def test_table_has_every_row_and_cell(ref: str) -> None:
    grid = answer_of(ref).grid()
    assert grid == source(ref).table, ref
    assert len(grid) == TABLES[ref][0] + 1, ref


@pytest.mark.parametrize("ref", TABLES)
def test_table_has_header_cells(ref: str) -> None:
    (header, *body) = answer_of(ref).tables[0]
    assert [cell.text for cell in header] == TABLES[ref][1], ref
    assert {(cell.tag, cell.part) for cell in header} == {("th", "thead")}, ref
    assert {cell.attributes.get("scope") for cell in header} == {"col"}, ref
    assert {cell.part for row in body for cell in row} == {"tbody"}, ref


def test_the_experience_table_has_group_headers() -> None:
    groups = [
        (cell.text, cell.attributes.get("rowspan") or "1")
        for row in answer_of("upgrade-14").tables[0]
        for cell in row
        if cell.tag == "th" and cell.attributes.get("scope") == "rowgroup"
    ]
    assert groups == [("空间", "3"), ("资源", "3"), ("教学", "3"), ("应用", "1")]


@every_entry
def test_remark_is_a_note(ref: str) -> None:
    answer, pieces = answer_of(ref), source(ref).pieces
    remark = words(*pieces[pieces.index("注：") :]) if "注：" in pieces else ""
    assert words(answer.text_in_note) == remark, ref
    assert bool(remark) == (ref == "upgrade-14"), ref


@every_entry
def test_address_is_a_link(ref: str) -> None:
    links = [attributes.get("href") for tag, attributes in answer_of(ref).tags if tag == "a"]
    assert links == re.findall(r"https?://[!-~]+", " ".join(source(ref).pieces)), ref


# --- Markup ------------------------------------------------------------------------------------------------------


# Markup
@every_entry
def test_answer_has_only_allowed_markup(ref: str) -> None:
    for tag, attributes in answer_of(ref).tags:
        assert tag in BLOCKS | INLINE, f"{ref}: <{tag}>"
        assert set(attributes) <= ATTRIBUTES.get(tag, set()), f"{ref}: <{tag}> {attributes}"
        if tag == "div":
            assert attributes == {"class": "note"}, f"{ref}: <div> {attributes}"


@every_entry
def test_answer_is_well_formed(ref: str) -> None:
    assert answer_of(ref).faults == [], ref
    assert "&" not in re.sub(r"&(?:amp|lt|gt|quot|#[0-9]+);", "", entry_of(ref)["answer"]), ref

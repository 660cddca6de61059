"""The rows of the credit form come and go without a script."""

from __future__ import annotations

import re

import pytest

from credits.forms.check import MAX_ROWS
from credits.rules.evaluate import evaluate
from credits.rules.serialize import statement_data
from tests.credits.form.sending import (
    BROWSER,
    PREFIXES,
    SOME_ROWS,
    TYPED,
    URL,
    is_judged,
    many_rows,
    page_of,
    post,
    statement_of,
)
from tests.credits.ledgers import (
    make_form,
)

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_added_row_keeps_all_that_was_typed(prefix: str) -> None:
    page = page_of(post(TYPED | {"add": prefix}))
    total = int(TYPED[f"{prefix}-TOTAL_FORMS"])
    assert page.typed[f"{prefix}-TOTAL_FORMS"] == str(total + 1)
    kept = {name: value for name, value in page.typed.items() if not name.startswith(f"{prefix}-{total}-")}
    assert kept == TYPED | {f"{prefix}-TOTAL_FORMS": str(total + 1)}


@pytest.mark.parametrize("action", [{"add": "coordinated"}, {"add": "x"}, {"remove": "degrees-1"}, {"remove": "x"}])
def test_adding_and_removing_rows_shows_no_errors(action: dict[str, str]) -> None:
    response = post(TYPED | action)
    page = page_of(response)
    assert page.errors == {}
    assert "需要修改" not in page.text
    assert not is_judged(response)


def test_adding_a_row_marks_no_field_as_wrong() -> None:
    """Neither to the eye (is-invalid) nor to a screen reader (aria-invalid): nothing was judged yet."""
    assert page_of(post(TYPED | {"add": "coordinated"})).marked == []


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_added_row_is_ignored_until_filled(prefix: str) -> None:
    page = page_of(post(make_form(SOME_ROWS) | {"add": prefix}))
    assert statement_of(post(page.typed)) == statement_data(evaluate(SOME_ROWS))


@pytest.mark.parametrize("index", range(3))
def test_removed_row_takes_nothing_else_with_it(index: int) -> None:
    def row(data: dict[str, str], number: int) -> dict[str, str]:
        start = f"coordinated-{number}-"
        return {name.removeprefix(start): value for name, value in data.items() if name.startswith(start)}

    page = page_of(post(TYPED | {"remove": f"coordinated-{index}"}))
    rest = [row(TYPED, number) for number in range(3) if number != index]
    assert [row(page.typed, number) for number in range(2)] == rest
    assert page.typed["coordinated-TOTAL_FORMS"] == "2"
    others = {name: value for name, value in TYPED.items() if not name.startswith("coordinated-")}
    assert {name: value for name, value in page.typed.items() if not name.startswith("coordinated-")} == others


def test_only_row_can_be_removed_and_added_again() -> None:
    blank = page_of(BROWSER.get(URL)).typed
    removed = page_of(post(blank, remove="coordinated-0"))
    assert removed.rows == ["自主 1", "学历 1", "冲抵 1"]
    assert is_judged(post(removed.typed))
    assert page_of(post(removed.typed, add="coordinated")).typed == blank


@pytest.mark.parametrize(
    "row",
    [
        "",
        "coordinated",
        "coordinated-",
        "coordinated-5",
        "coordinated--1",
        "coordinated-²",
        "coordinated-９",
        "x-0",
        "0",
    ],
)
def test_removing_no_row_changes_nothing(row: str) -> None:
    assert page_of(post(TYPED, remove=row)).typed == TYPED


def test_buttons_need_no_script() -> None:
    html = page_of(BROWSER.get(URL)).html
    shown = re.sub(r"<template>.*?</template>", "", html, flags=re.S)  # the script's own blank rows
    assert shown.count('type="submit" name="add"') == 4
    assert shown.count('type="submit" name="remove"') == 4


def test_sixty_rows_are_judged() -> None:
    response = post(many_rows(MAX_ROWS))
    assert MAX_ROWS == 60
    assert len(statement_of(response)["lines"]) == 60


def test_the_sixty_first_row_is_refused_and_kept() -> None:
    data = many_rows(61)
    response = post(data)
    page = page_of(response)
    assert not is_judged(response)
    assert "一次最多核对 60 条，现在有 61 条" in page.text
    assert page.typed == data


def test_blank_rows_beyond_sixty_do_not_count() -> None:
    data = many_rows(60) | {"coordinated-TOTAL_FORMS": "16", "coordinated-15-converted": "on"}
    assert is_judged(post(data))

"""The credit form before anything is typed: blank, with the example, in the cycle of today."""

from __future__ import annotations

import datetime

import pytest

from credits.models import TrainingCycle
from credits.statements.calendar import today
from tests.credits.form.sending import BROWSER, URL, is_judged, page_of, post, statement_of

pytestmark = pytest.mark.usefixtures("cycles")


def test_the_blank_form_has_no_errors() -> None:
    before = today()
    response = BROWSER.get(URL)
    page = page_of(response)
    assert page.rows == ["统筹 1", "自主 1", "学历 1", "冲抵 1"]
    assert (page.errors, page.marked, is_judged(response)) == ({}, [], False)
    assert page.typed["as_of"] in (before.isoformat(), today().isoformat())
    assert page.typed["position"] == "teaching"
    assert page.typed["formally_employed_on"] == ""


def test_the_blank_form_gives_the_statement_of_nothing() -> None:
    blank = page_of(BROWSER.get(URL)).typed
    assert statement_of(post(blank))["coordinated"]["missing"] == "26"


def test_the_cycle_of_today_is_chosen() -> None:
    TrainingCycle.objects.filter(code="2023").update(ends_on="2100-12-31")
    page = page_of(BROWSER.get(URL))
    assert page.typed["cycle"] == "2023"
    assert "2023—2100 周期的数值沿用上一周期" in page.text
    assert "2018—2023 周期的数值沿用上一周期" not in page.text


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2018-09-01", "2018"),
        ("2023-08-31", "2018"),
        ("2023-09-01", "2023"),
        ("2028-08-31", "2023"),
        ("2028-09-01", "2023"),
        ("2001-01-01", "2018"),
    ],
)
def test_cycle_of_a_day(day: str, code: str) -> None:
    cycle = TrainingCycle.objects.holding(datetime.date.fromisoformat(day))
    assert cycle is not None
    assert cycle.code == code


def test_example_is_filled_in_and_judged() -> None:
    response = BROWSER.get(URL, {"example": "1"})
    page = page_of(response)
    assert statement_of(response)["verdict"] == "short"
    assert page.typed["coordinated-0-credits"] == "5"
    assert page.typed["offsets-0-credits"] == "1"
    assert page.errors == {}
    assert post(page.typed).context["page"].statement == response.context["page"].statement


def test_head_is_answered() -> None:
    assert BROWSER.head(URL).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(method: str) -> None:
    assert getattr(BROWSER, method)(URL).status_code == 405

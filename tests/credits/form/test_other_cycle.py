"""A date in another cycle than the chosen one: the field says so and offers that cycle."""

from __future__ import annotations

import re

import pytest

from credits.statements.calendar import today
from tests.credits.form.sending import BROWSER, URL, page_of, post, statement_of
from tests.credits.ledgers import make_coordinated, make_form, make_ledger, make_offset

pytestmark = pytest.mark.usefixtures("cycles")
WRONG = make_form(make_ledger(make_coordinated("3", "national", "2019-07-15"))) | {"cycle": "2023", "as_of": ""}
BUTTON = 'name="to_cycle" value="2018"'


@pytest.mark.parametrize("day", ["2019-07-15", "2019年7月", "2018-2019学年"])
def test_the_field_offers_the_cycle_of_its_date(day: str) -> None:
    body = post(WRONG, coordinated__0__completed_on=day).content.decode()
    field = body.partition('id="div_id_coordinated-0-completed_on"')[2].partition("</button>")[0]
    assert "这个日期在 2018—2023 周期里" in field and BUTTON in field


def test_another_offset_offers_the_cycle_of_its_date_too() -> None:
    body = post(make_form(make_ledger(make_offset(2))) | {"cycle": "2023", "as_of": ""}).content.decode()
    field = body.partition('id="div_id_offsets-0-awarded_on"')[2].partition("</button>")[0]
    assert "这个日期在 2018—2023 周期里" in field and BUTTON in field


def test_the_button_switches_and_keeps_what_was_typed() -> None:
    data = WRONG | {"formally_employed_on": "２０１６年９月"}
    answer = post(data, to_cycle="2018")
    assert statement_of(answer)["coordinated"]["counted"] == "3"
    assert page_of(answer).typed == data | {"cycle": "2018"}
    assert BUTTON not in answer.content.decode()


def test_a_date_in_no_cycle_is_told_without_a_button() -> None:
    body = post(WRONG, coordinated__0__completed_on="2009-07-15").content.decode()
    assert "不在所选的周期（2023 年 9 月 1 日至 2028 年 8 月 31 日）里" in body
    assert "to_cycle" not in body


def test_the_script_gets_the_offer_too() -> None:
    for data in (WRONG, WRONG | {"coordinated-0-credits": "三"}):
        alone = BROWSER.post(URL, data, headers={"X-Requested-With": "fetch"}).content.decode()
        assert '<li data-at="coordinated-0-completed_on">' in alone and BUTTON in alone


def test_an_unknown_cycle_is_told() -> None:
    assert set(page_of(post(WRONG, to_cycle="1999")).errors) == {"cycle"}


@pytest.mark.parametrize(("code", "first", "last"), [("2018", "2018-09-01", "2023-08-31"), ("2023", "2023-09-01", "")])
def test_the_example_is_a_date_of_the_chosen_cycle(code: str, first: str, last: str) -> None:
    body = post(WRONG | {"cycle": code}).content.decode()
    examples = set(re.findall(r'placeholder="如 ([\d-]+)"', body))
    assert len(examples) == 1
    assert first <= examples.pop() <= (last or today().isoformat())

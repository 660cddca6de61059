"""The credit form as a browser sends it, and the statement that comes back."""

from __future__ import annotations

from typing import Any

from django.test import Client

from credits.rules.serialize import statement_data
from credits.rules.types import Ledger
from tests.credits.form.page import FormPage
from tests.credits.ledgers import (
    make_coordinated,
    make_degree,
    make_form,
    make_ledger,
    make_offset,
    make_self_directed,
)

URL = "/credits/check/"
#: One browser for all tests: loading the middleware anew for each takes longer than the answer.
BROWSER = Client()
PREFIXES = ("coordinated", "self_directed", "degrees", "offsets")
AMOUNTS = ["coordinated-0-credits", "self_directed-0-amount", "degrees-0-credits", "offsets-0-credits"]
DATES = [
    "as_of",
    "formally_employed_on",
    "coordinated-0-completed_on",
    "self_directed-0-completed_on",
    "degrees-0-awarded_on",
    "offsets-0-awarded_on",
]


def one_of_each(**about: Any) -> Ledger:
    """A ledger with one record in each section of the form."""
    return make_ledger(
        make_coordinated("4", "national", project="P-17", id="c001"),
        make_self_directed("25", "other", id="s001"),
        make_degree("5", id="d001"),
        make_offset("2", id="o001"),
        **about,
    )


def post(data: dict[str, str], **more: str) -> Any:
    return BROWSER.post(URL, data | {name.replace("__", "-"): value for name, value in more.items()})


def page_of(response: Any) -> FormPage:
    assert response.status_code == 200
    return FormPage(response.content.decode())


def statement_of(response: Any) -> dict[str, Any]:
    """The statement on the page, JSON-ready; the form must have been taken."""
    assert response.context["page"] is not None, page_of(response).errors
    return statement_data(response.context["page"].statement)


def is_judged(response: Any) -> bool:
    return response.context["page"] is not None


def many_rows(count: int) -> dict[str, str]:
    """`count` rows, spread over the four sections."""
    quarter = count // 4
    return make_form(
        make_ledger(
            *(make_coordinated("0.01", project=f"P-{number}") for number in range(count - 3 * quarter)),
            *(make_self_directed("0.01") for _ in range(quarter)),
            *(make_degree("0.01") for _ in range(quarter)),
            *(make_offset("0.01") for _ in range(quarter)),
        )
    )


#: Two or three rows in a section, and typed with mistakes in them.
SOME_ROWS = make_ledger(
    make_coordinated("4", "national", "2019-07-10", project="P-17", id="c001"),
    make_coordinated("3", "municipal", "2019-07-11", id="c002"),
    make_coordinated("2", "county", "2020-05-28", converted=False, id="c003"),
    make_self_directed("25", "other", plan="submitted", has_record=False, id="s001"),
    make_degree("5", id="d001"),
    make_degree("6", "2021-06-30", level="doctor", id="d002"),
    make_offset("2.5", id="o001"),
    make_offset("1", "2021-05-01", basis="课题", id="o002"),
)
TYPED = make_form(SOME_ROWS) | {"coordinated-1-credits": "12,5", "as_of": "soon", "degrees-0-level": ""}

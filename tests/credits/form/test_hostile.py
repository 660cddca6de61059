"""Requests to the credit form that no browser sends, and that the form stores nothing."""

from __future__ import annotations

import pytest
from django.test import Client

from credits.forms.check import MOST_ROWS_READ
from credits.models import TrainingCycle
from helpdesk import middleware
from tests.credits.form.sending import (
    BROWSER,
    PREFIXES,
    TYPED,
    URL,
    is_judged,
    one_of_each,
    page_of,
    post,
    statement_of,
)
from tests.credits.ledgers import (
    make_form,
    make_mixed_ledger,
)
from tests.credits.test_statement_api import rows_of_all_tables

pytestmark = pytest.mark.usefixtures("cycles")


NO_ROWS = {f"{prefix}-{field}": "0" for prefix in PREFIXES for field in ("TOTAL_FORMS", "INITIAL_FORMS")}


@pytest.mark.parametrize("action", [{}, {"add": "degrees"}], ids=["judged", "row added"])
@pytest.mark.parametrize(
    "value", ["", "x", "-1", "1e3", "1.5", "１", "²", "9" * 5000, "\x00"], ids=lambda value: value[:3]
)
def test_tampered_row_counts_never_break_the_page(value: str, action: dict[str, str]) -> None:
    tampered = {"coordinated-TOTAL_FORMS": value, "degrees-INITIAL_FORMS": value}
    assert post(make_form(one_of_each()) | tampered | action).status_code == 200


def test_huge_row_counts_get_a_bounded_page() -> None:
    """A page of 450 rows takes longer than two seconds to draw."""
    data = make_form(one_of_each()) | {f"{prefix}-TOTAL_FORMS": "99999" for prefix in PREFIXES}
    response = post(data | {"degrees-INITIAL_FORMS": "99999"})
    assert not is_judged(response)
    assert len(page_of(response).rows) <= MOST_ROWS_READ


@pytest.mark.parametrize("value", [None, "", "x", "-1", "999999"])
def test_rows_with_an_unreadable_count_are_never_dropped(value: str | None) -> None:
    """A request cut short on its way must not be answered with a verdict on less than was typed."""
    data = make_form(one_of_each()) | {"coordinated-TOTAL_FORMS": value or ""}
    if value is None:
        del data["coordinated-TOTAL_FORMS"]
    response = post(data)
    assert not is_judged(response) or statement_of(response)["coordinated"]["by_category"]["national"] == "4"


@pytest.mark.parametrize("action", [{}, {"add": "coordinated"}, {"remove": "coordinated-0"}])
@pytest.mark.parametrize("data", [{}, NO_ROWS, {"cycle": "2018"}, {"coordinated-0-credits": "4"}])
def test_missing_fields_never_break_the_page(data: dict[str, str], action: dict[str, str]) -> None:
    response = post(data | action)
    assert response.status_code == 200
    assert not is_judged(response)


@pytest.mark.parametrize(
    "part", ["coordinated-0", "self_directed-0", "degrees-0", "offsets", "_FORMS", "TOTAL", "INITIAL", "_on"]
)
def test_any_part_of_the_form_may_be_missing(part: str) -> None:
    data = {name: value for name, value in make_form(one_of_each()).items() if part not in name}
    assert post(data).status_code == 200


def test_portal_without_any_cycle_still_shows_the_form() -> None:
    TrainingCycle.objects.all().delete()
    assert BROWSER.get(URL).status_code == 200
    assert BROWSER.get(URL, {"example": "1"}).status_code == 200
    assert "cycle" in page_of(post(make_form(one_of_each()))).errors


def test_a_form_without_its_token_is_kept() -> None:
    response = Client(enforce_csrf_checks=True).post(URL, make_form(one_of_each()))
    assert response.status_code == 403
    assert 'name="coordinated-0-project" value="P-17"' in response.content.decode()


def test_too_many_checks_are_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(middleware.RATE_LIMITED, "credits:check", (1, 10**9))
    client, data = Client(), make_form(one_of_each())
    assert client.post(URL, data).status_code == 200
    response = client.post(URL, data)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert 'name="coordinated-0-project" value="P-17"' in response.content.decode()


@pytest.mark.parametrize(
    ("data", "status"),
    [({"as_of": "x" * 5 * 1024 * 1024}, 413), ({f"k{number}": "" for number in range(3001)}, 400)],
    ids=["5 MB", "3,001 fields"],
)
def test_too_much_is_refused(data: dict[str, str], status: int) -> None:
    body = "&".join(f"{name}={value}" for name, value in data.items())
    response = BROWSER.post(URL, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == status


@pytest.mark.parametrize("body", [b"\xff=%FF&as_of=%ff%fe", b"as_of=%ED%A0%80", b"=&&&==", b"%00=%00", b""])
def test_broken_encodings_never_break_the_page(body: bytes) -> None:
    assert BROWSER.generic("POST", URL, body, "application/x-www-form-urlencoded").status_code == 200


def test_broken_multipart_is_refused() -> None:
    response = BROWSER.generic("POST", URL, b"--x\r\nbroken", "multipart/form-data; boundary=\xe9")
    assert response.status_code in (200, 400)


def test_nothing_is_stored() -> None:
    before = rows_of_all_tables()
    post(make_form(make_mixed_ledger()))
    BROWSER.get(URL, {"example": "1"})
    post(TYPED, add="coordinated")
    assert rows_of_all_tables() == before

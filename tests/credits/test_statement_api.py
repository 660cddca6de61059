"""`POST /api/v1/credits/statement`: one ledger in, its statement out, and nothing left behind."""

from __future__ import annotations

import json
import logging
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.http import HttpResponseBase
from django.test import Client
from pytest_django import Settings

from credits.rules.evaluate import evaluate
from credits.rules.serialize import statement_data
from credits.rules.types import Ledger
from helpdesk import middleware
from helpdesk.common.models import RateCounter
from tests.credits.ledgers import (
    make_coordinated,
    make_degree,
    make_json,
    make_ledger,
    make_mixed_ledger,
    make_offset,
    make_self_directed,
)

pytestmark = pytest.mark.usefixtures("cycles")

URL = "/api/v1/credits/statement"
#: One caller for all tests: loading the middleware anew for each takes longer than the answer.
CALLER = Client(enforce_csrf_checks=True)
LEDGERS = {
    "mixed": make_mixed_ledger(),
    "empty": make_ledger(),
    "met": make_ledger(make_coordinated(26), make_self_directed(10)),
    "other cycle": make_ledger(make_coordinated("0.01", on="2024-01-01"), cycle="2023", as_of="2026-01-01"),
    "other offsets": make_ledger(make_offset("2.5"), make_offset(1, "2018-08-31"), make_degree(9)),
    "seconded": make_ledger(position="seconded", employed_on=None),
}


def post(body: Any, client: Client | None = None, content_type: str = "application/json") -> Any:
    """The answer to `body`: text or bytes as they are, anything else as JSON."""
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    # The test client names the type of an empty body only on request.
    return (client or CALLER).post(URL, text, content_type=content_type, CONTENT_TYPE=content_type)


def error_of(response: HttpResponseBase) -> dict[str, Any]:
    """The error object, once its shape is checked."""
    assert response.headers["Content-Type"] == "application/json"
    data = response.json()  # type: ignore[attr-defined]
    assert set(data) == {"error"}
    assert set(data["error"]) == {"code", "message", "fields"}
    assert any("一" <= character <= "鿿" for character in data["error"]["message"])
    return data["error"]


def rows_of_all_tables() -> dict[str, int]:
    models = [model for model in apps.get_models() if model is not RateCounter]
    return {model._meta.label: model._default_manager.count() for model in models}


# --- statements ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LEDGERS)
def test_api_and_command_give_the_engines_statement(name: str, tmp_path: Path) -> None:
    ledger: Ledger = LEDGERS[name]
    response = post(make_json(ledger))
    answer = response.json()
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    file, out = tmp_path / "ledger.json", StringIO()
    file.write_text(json.dumps(make_json(ledger)), encoding="utf-8")
    call_command("credit_statement", str(file), stdout=out)
    assert json.loads(out.getvalue()) == answer
    assert answer.pop("notice") == "仅供核对，以主管部门认定为准。"
    assert "教师学分管理" in answer.pop("scheme")
    assert answer == statement_data(evaluate(ledger))


def test_scheme_is_the_setting(settings: Settings) -> None:
    settings.SCHEME_NAME = "某地办法"
    assert post(make_json(make_ledger())).json()["scheme"] == "某地办法"


def test_scheme_is_never_called_by_a_province() -> None:
    assert "浙江" not in json.dumps(post(make_json(make_mixed_ledger())).json(), ensure_ascii=False)


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", 'application/json; charset="UTF-8"'])
def test_charset_utf_8_may_be_named(content_type: str) -> None:
    assert post(make_json(make_ledger()), content_type=content_type).status_code == 200


def test_byte_order_mark_is_skipped() -> None:
    assert post(b"\xef\xbb\xbf" + json.dumps(make_json(make_ledger())).encode()).status_code == 200


# --- refusals -----------------------------------------------------------------------------------------------


def test_wrong_fields_are_named_by_their_paths() -> None:
    data = make_json(make_ledger(make_coordinated(1), make_coordinated(1)))
    data["records"][1]["credits"] = "12,5"
    del data["cycle"]
    response = post(data)
    assert response.status_code == 400
    assert response.json() == {
        "error": {
            "code": "bad_request",
            "message": "请求有误，请检查参数。",
            "fields": {"cycle": "缺少这一项。", "records[1].credits": "要填数字，如 4 或 1.5，最多两位小数。"},
        }
    }


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="nothing"),
        pytest.param("null", id="null"),
        pytest.param("[]", id="list"),
        pytest.param("{", id="broken"),
        pytest.param(b"\xff\xfe\x00", id="not UTF-8"),
        pytest.param("台账".encode("gbk"), id="GBK"),
        pytest.param("[" * 100_000, id="deep lists"),
        pytest.param('{"records":' * 100_000, id="deep objects"),
        pytest.param('{"records":' + "[" * 900 + "]" * 900 + "}", id="less deep"),
        pytest.param("NaN", id="NaN"),
        pytest.param("9" * 100_000, id="a long number"),
        pytest.param("\x00", id="NUL"),
    ],
)
def test_body_that_is_no_ledger_is_refused(body: str | bytes) -> None:
    response = post(body)
    assert response.status_code == 400
    error = error_of(response)
    assert error["code"] == "bad_request"
    assert error["fields"]
    assert all(message.endswith("。") for message in error["fields"].values())


def test_unknown_key_with_a_lone_surrogate_is_named() -> None:
    assert error_of(post('{"\\ud800": 1}'))["fields"]["\ud800"] == "不认识这一项。"


def test_lone_surrogate_in_an_id_comes_back() -> None:
    data = make_json(make_ledger(make_coordinated(1, id="\ud800")))
    assert post(data).json()["lines"][0]["records"] == ["\ud800"]


def test_refusal_names_a_bounded_number_of_fields() -> None:
    """Four megabytes of unknown keys must not become four times as many bytes of answer, nor take seconds."""
    response = post(make_json(make_ledger()) | {f"k{number}": 0 for number in range(20_000)})
    assert response.status_code == 400
    assert len(error_of(response)["fields"]) <= 10_000


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_other_methods_are_refused(method: str) -> None:
    response = getattr(CALLER, method)(URL)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    if method != "head":
        assert error_of(response)["code"] == "method_not_allowed"


@pytest.mark.parametrize("size", [5 * 1024 * 1024, 4 * 1024 * 1024 + 1])
def test_too_large_a_body_is_refused(size: int) -> None:
    response = post(json.dumps(make_json(make_ledger())).ljust(size))
    assert response.status_code == 413
    assert error_of(response)["code"] == "too_large"


def test_two_thousand_records_with_the_longest_names_fit() -> None:
    record = make_json(make_ledger(make_coordinated("12.34", "provincial")))["records"][0]
    rows = [record | {"id": f"长{number:063}", "project": f"长{number:063}"} for number in range(2000)]
    body = json.dumps(make_json(make_ledger()) | {"records": rows}, indent=4)
    assert post(body).json()["coordinated"]["counted"] == "24680"


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=gbk",
        "application/json; charset=utf-16",
    ],
)
def test_other_content_types_are_refused(content_type: str) -> None:
    response = post(make_json(make_ledger()), content_type=content_type)
    assert response.status_code == 415
    assert error_of(response)["code"] == "unsupported_media_type"


# --- nothing left behind ------------------------------------------------------------------------------------


def test_it_needs_no_token_and_sets_no_cookie() -> None:
    client = Client(enforce_csrf_checks=True)
    for body in (make_json(make_mixed_ledger()), {}):
        response = post(body, client)
        assert not response.cookies
        assert not client.cookies
        assert "Cookie" not in response.headers.get("Vary", "")


def test_corrupt_cookie_is_ignored() -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["sessionid"] = "\x00 corrupt"
    assert post(make_json(make_ledger()), client).status_code == 200


def test_nothing_is_stored() -> None:
    before = rows_of_all_tables()
    post(make_json(make_mixed_ledger()))
    post({"records": [{"id": "x"}]})
    assert rows_of_all_tables() == before


def test_nothing_of_the_ledger_is_logged(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    data = make_json(make_ledger(make_coordinated("77.77", project="SECRET-PROJECT", id="SECRET-ID")))
    post(data)
    post(data | {"SECRET-KEY": "SECRET-VALUE"})
    post(json.dumps(data) + "SECRET-TAIL")
    logged = caplog.text + "".join(capfd.readouterr())
    assert "Bad Request" in logged
    assert "SECRET" not in logged
    assert "77.77" not in logged


def test_the_answer_is_closed_to_other_sites() -> None:
    assert "Access-Control-Allow-Origin" not in post(make_json(make_ledger())).headers
    assert "Access-Control-Allow-Origin" not in post({}).headers
    assert CALLER.get(URL).headers["Access-Control-Allow-Origin"] == "*"


# --- too often ----------------------------------------------------------------------------------------------


def test_too_many_requests_are_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = 10**9  # so long that no window ends during the test
    monkeypatch.setitem(middleware.RATE_LIMITED, "api:credit-statement", (2, seconds))
    assert [post(make_json(make_ledger())).status_code for _ in range(3)] == [200, 200, 429]
    response = post(make_json(make_ledger()))
    assert error_of(response)["code"] == "too_many_requests"
    assert 0 < int(response.headers["Retry-After"]) <= seconds


def test_refused_requests_count_without_cookies_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(middleware.RATE_LIMITED, "api:credit-statement", (2, 10**9))
    assert [post("{", Client(enforce_csrf_checks=True)).status_code for _ in range(3)] == [400, 400, 429]


def test_addresses_are_counted_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(middleware.RATE_LIMITED, "api:credit-statement", (1, 10**9))
    here, there = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="192.0.2.2")
    assert [post({}, client).status_code for client in (here, here, there)] == [400, 429, 400]


def test_limits_can_be_switched_off(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setitem(middleware.RATE_LIMITED, "api:credit-statement", (1, 10**9))
    settings.RATE_LIMITS = False
    assert [post(make_json(make_ledger())).status_code for _ in range(3)] == [200, 200, 200]

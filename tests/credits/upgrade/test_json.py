"""The two JSON addresses and the two commands: what they take, answer and refuse."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client

from credits.statements.public import check_json, points_json
from helpdesk import middleware
from helpdesk.common.json_text import parse_json
from tests.credits.test_statement_api import error_of, rows_of_all_tables

CHECK, POINTS = "/api/v1/upgrade/check", "/api/v1/upgrade/points"
RIGHT: dict[str, Any] = {"compulsory_done": True, "total_score": "61.5", "video_minutes": 850}
LOGIN = {"kind": "login", "on": "2021-03-01"}
SUBMISSION = {"kind": "submission", "on": "2021-03-02", "level": "city", "deleted": False}
DEEDS: dict[str, Any] = {"year": 2021, "as_of": "2021-11-30", "deeds": [SUBMISSION, LOGIN]}


def check_refused(text: str) -> set[str]:
    with pytest.raises(ValidationError) as refusal:
        check_json(parse_json(text))
    return paths_of(refusal.value)


def points_refused(text: str) -> set[str]:
    with pytest.raises(ValidationError) as refusal:
        points_json(parse_json(text))
    return paths_of(refusal.value)


def paths_of(refusal: ValidationError) -> set[str]:
    assert all(messages[0].endswith("。") for messages in refusal.message_dict.values())
    return set(refusal.message_dict)


def with_raw(data: dict[str, Any], name: str, raw: str) -> str:
    """The data as JSON, with a raw text for one of its fields."""
    return json.dumps(data | {name: "@"}).replace('"@"', raw)


def deed_text(raw: str) -> str:
    return with_raw(DEEDS, "deeds", f"[{json.dumps(LOGIN)}, {raw}]")


# --- what comes out ----------------------------------------------------------------------------------------------


def test_a_check_has_the_keys_of_the_contract() -> None:
    answer = check_json(parse_json(json.dumps(RIGHT)))
    assert answer.pop("because")
    assert answer == {
        "verdict": "passed",
        "missing_score": "0",
        "missing_minutes": "50",
        "entries": ["upgrade-15", "upgrade-09"],
    }


def test_points_have_the_keys_of_the_contract() -> None:
    answer = points_json(parse_json(json.dumps(DEEDS)))
    assert {kind: points for kind, points in answer.pop("by_kind").items() if points != "0"} == {
        "login": "1",
        "submission": "10",
    }
    assert answer == {
        "total": "11",
        "lines": [
            {"index": 1, "kind": "login", "on": "2021-03-01", "points": "1", "reason": None},
            {"index": 0, "kind": "submission", "on": "2021-03-02", "points": "10", "reason": None},
        ],
    }


# --- amounts, words and days ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw", ["null", "0", '"0"', "0.0000", "-0", "6e1", '"60.00"', "60.000", "1000", '"0061.5"', "0e-999999999999"]
)
def test_a_score_is_judged_by_its_value(raw: str) -> None:
    assert check_json(parse_json(with_raw(RIGHT, "total_score", raw)))["verdict"]


@pytest.mark.parametrize(
    "raw",
    [
        "-1",
        "1000.01",
        "0.001",
        '"60.000"',
        '""',
        '" 60"',
        '"６０"',
        '"6e1"',
        "true",
        "[]",
        "{}",
        "NaN",
        "1e400",
        "1e-999999999999",
    ],
)
def test_what_is_no_score_is_refused(raw: str) -> None:
    assert check_refused(with_raw(RIGHT, "total_score", raw)) == {"total_score"}


@pytest.mark.parametrize(
    ("raw", "right"), [("100000", True), ("100000.01", False), ('"100000"', True), ("-0.01", False)]
)
def test_minutes_have_their_own_bound(raw: str, right: bool) -> None:
    text = with_raw(RIGHT, "video_minutes", raw)
    if right:
        assert check_json(parse_json(text))["missing_minutes"] == "0"
    else:
        assert check_refused(text) == {"video_minutes"}


@pytest.mark.parametrize("raw", ['"true"', "1", "0", "[]", '""'])
def test_done_is_true_false_or_null(raw: str) -> None:
    assert check_refused(with_raw(RIGHT, "compulsory_done", raw)) == {"compulsory_done"}


@pytest.mark.parametrize("raw", ["1949", "2101", "2021.0", "2.021e3", '"2021"', "null", "true", "-2021"])
def test_the_year_is_a_whole_number(raw: str) -> None:
    assert points_refused(with_raw(DEEDS, "year", raw)) == {"year"}


@pytest.mark.parametrize("raw", ['"0000-01-01"', '"10000-01-01"', '"2021-02-29"', '"2021-1-1"', "null", "20211130"])
def test_what_is_no_day_is_refused(raw: str) -> None:
    assert points_refused(with_raw(DEEDS, "as_of", raw)) == {"as_of"}
    assert points_refused(deed_text(f'{{"kind": "login", "on": {raw}}}')) == {"deeds[1].on"}


# --- paths -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", ["null", "[]", "5", '"x"'])
def test_the_body_itself_has_an_empty_path(raw: str) -> None:
    assert check_refused(raw) == points_refused(raw) == {""}


def test_missing_unknown_and_repeated_keys_are_named() -> None:
    assert check_refused("{}") == {"compulsory_done", "total_score", "video_minutes"}
    assert points_refused('{"x": 1}') == {"year", "as_of", "deeds", "x"}
    assert check_refused(json.dumps(RIGHT)[:-1] + ', "total_score": 1}') == {"total_score"}


@pytest.mark.parametrize(
    ("deed", "paths"),
    [
        ("5", {""}),
        ("[]", {""}),
        ("{}", {".kind", ".on"}),
        ('{"kind": "logins", "on": "x", "level": 5, "z": 1, "z": 1}', {".kind", ".on"}),
        ('{"kind": null, "on": "2021-01-01"}', {".kind"}),
        ('{"kind": ["login"], "on": "2021-03-01"}', {".kind"}),
        ('{"kind": "login", "on": "2021-03-01", "level": "city"}', {".level"}),
        ('{"kind": "login", "on": "2021-03-01", "deleted": false}', {".deleted"}),
        ('{"kind": "login", "kind": "login", "on": "2021-03-01"}', {".kind"}),
        ('{"kind": "x", "on": "2021-03-01", "on": "2021-03-01"}', {".kind", ".on"}),
        ('{"kind": "submission", "on": "2021-03-01"}', {".level"}),
        ('{"kind": "submission", "on": "2021-03-01", "level": null, "deleted": null}', {".level", ".deleted"}),
        ('{"kind": "submission", "on": "2021-03-01", "level": "county", "deleted": 0, "to": 1}', {".deleted", ".to"}),
    ],
)
def test_a_wrong_deed_is_named_by_its_paths(deed: str, paths: set[str]) -> None:
    assert points_refused(deed_text(deed)) == {f"deeds[1]{path}" for path in paths}


@pytest.mark.parametrize("raw", ["null", "{}", '"x"', "[" + "{}," * 5000 + "{}]"])
def test_what_is_no_list_of_deeds_is_refused(raw: str) -> None:
    assert points_refused(with_raw(DEEDS, "deeds", raw)) == {"deeds"}


def test_five_thousand_deeds_are_taken() -> None:
    deeds = [LOGIN] * 5000
    assert points_json(parse_json(json.dumps(DEEDS | {"deeds": deeds})))["total"] == "1"


# --- addresses and commands --------------------------------------------------------------------------------------


def post(path: str, body: str, client: Client | None = None) -> Any:
    return (client or Client(enforce_csrf_checks=True)).post(path, body, content_type="application/json")


def test_the_addresses_need_no_token_and_store_nothing(db: None) -> None:
    before = rows_of_all_tables()
    for path, data in ((CHECK, RIGHT), (POINTS, DEEDS)):
        answer = post(path, json.dumps(data))
        assert answer.status_code == 200
        assert not answer.cookies
    assert rows_of_all_tables() == before


@pytest.mark.parametrize("path", [CHECK, POINTS])
@pytest.mark.parametrize("body", [" ", "{", "[1", "NaN", "[" * 100_000])
def test_what_is_no_json_is_refused_in_words(db: None, path: str, body: str) -> None:
    answer = post(path, body)
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == {""}


@pytest.mark.parametrize("path", [CHECK, POINTS])
def test_other_types_methods_and_sizes_are_refused(db: None, path: str) -> None:
    client = Client()
    assert client.get(path).status_code == 405
    assert client.post(path, "{}", content_type="text/plain").status_code == 415
    assert post(path, " " * (4 * 1024 * 1024 + 1)).status_code == 413


def test_too_many_requests_are_told_to_wait(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(middleware.RATE_LIMITED, "api:upgrade-check", (1, 10**9))
    monkeypatch.setitem(middleware.RATE_LIMITED, "api:upgrade-points", (1, 10**9))
    assert [post(CHECK, "{}").status_code for _ in range(2)] == [400, 429]
    assert [post(POINTS, "{}").status_code for _ in range(2)] == [400, 429]


def run(command: str, data: Any, folder: Path) -> tuple[int, Any]:
    """Exit code and printed JSON of a command on a file of `data`."""
    file, out = folder / "input.json", io.StringIO()
    file.write_text(json.dumps(data), encoding="utf-8")
    try:
        call_command(command, str(file), stdout=out)
    except SystemExit as stop:
        return int(str(stop.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


@pytest.mark.parametrize(
    ("command", "right", "answer"), [("upgrade_check", RIGHT, check_json), ("upgrade_points", DEEDS, points_json)]
)
def test_a_command_answers_as_the_address_does(command: str, right: Any, answer: Any, tmp_path: Path) -> None:
    wanted = answer(parse_json(json.dumps(right)))
    assert run(command, right, tmp_path) == (0, wanted)
    assert run(command, [], tmp_path) == (0, [])
    code, answers = run(command, [right, {}, right], tmp_path)
    assert (code, answers[0], answers[2]) == (1, wanted, wanted)
    assert answers[1]["error"]["code"] == "bad_request"
    assert len(answers[1]["error"]["fields"]) == 3

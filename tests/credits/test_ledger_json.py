"""JSON → a ledger: what is taken. Nothing is guessed."""

from __future__ import annotations

import copy
import datetime
import json
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from credits.rules.types import Coordinated, Ledger, Offset
from credits.statements.from_json import from_json
from helpdesk.common.json_text import parse_json
from tests.credits.json_ledger import (
    COORDINATED,
    DEGREE,
    LECTURE,
    LESSONS,
    OFFSET,
    OPEN_CLASS,
    OTHER,
    VALID,
    WORKSHOP,
    taken,
    with_json,
    without,
)
from tests.credits.ledgers import (
    make_json,
    make_mixed_ledger,
)
from tests.credits.rules.strategies import every_ledger, ledgers

pytestmark = pytest.mark.usefixtures("cycles")


def test_ledger_is_read_as_it_stands() -> None:
    assert taken(make_json(make_mixed_ledger())) == make_mixed_ledger()


@every_ledger
@given(ledgers)
def test_every_ledger_survives_the_way_through_json(ledger: Ledger) -> None:
    data = make_json(ledger)
    assert make_json(from_json(parse_json(json.dumps(data)))) == data


@pytest.mark.parametrize(
    ("raw", "credits"),
    [
        ("4", "4"),
        ("4.0", "4"),
        ("4.50", "4.5"),
        ("4.500000", "4.5"),
        ("1e2", "100"),
        ("1E+2", "100"),
        ("10e-1", "1"),
        ("100.000", "100"),
        ("0.01", "0.01"),
        ("1e-2", "0.01"),
        ('"4"', "4"),
        ('"4.5"', "4.5"),
        ('"4.50"', "4.5"),
        ('"007"', "7"),
        ('"0.01"', "0.01"),
        ('"100.00"', "100"),
        (f'"{"0" * 400}4"', "4"),
        (f"4.{'0' * 400}", "4"),
    ],
)
def test_odd_but_exact_amounts_are_taken(raw: str, credits: str) -> None:
    record = taken(with_json([f"{COORDINATED}.credits"], raw)).records[0]
    assert isinstance(record, Coordinated)
    assert isinstance(record.credits, Decimal)
    assert record.credits == Decimal(credits)


@pytest.mark.parametrize("raw", ["2", "2.0", "2.00", '"2"', '"2.00"', '"002"', "2e0", "20e-1"])
def test_whole_counts_are_taken_however_they_are_written(raw: str) -> None:
    ledger = taken(with_json([f"{OPEN_CLASS}.count", f"{LESSONS}.count"], raw))
    assert [ledger.records[index].amount for index in (1, 5)] == [2, 2]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        (f"{COORDINATED}.credits", "100"),
        (f"{WORKSHOP}.credits", '"100.00"'),
        (f"{DEGREE}.credits", "0.01"),
        (f"{OFFSET}.credits", "100"),
        (f"{OFFSET}.basis", json.dumps("途" * 64)),
        (f"{OFFSET}.awarded_on", '"2100-12-31"'),
        (f"{OTHER}.hours", "2000"),
        (f"{OTHER}.hours", '"2000.00"'),
        (f"{LESSONS}.count", "1000"),
        (f"{LECTURE}.count", "1e3"),
        ("as_of", '"1950-01-01"'),
        ("as_of", '"2100-12-31"'),
        (f"{DEGREE}.awarded_on", '"2020-02-29"'),
        ("teacher.formally_employed_on", "null"),
        (f"{COORDINATED}.project", "null"),
        (f"{COORDINATED}.project", '" x\u3000"'),
        (f"{COORDINATED}.id", json.dumps("长" * 64)),
        (f"{COORDINATED}.id", '"\\ud800"'),
        (f"{COORDINATED}.id", '"a\\u0000b"'),
        ("records", "[]"),
        ("cycle", '"2023"'),
    ],
)
def test_values_at_the_edge_are_taken(path: str, raw: str) -> None:
    taken(with_json([path], raw))


@pytest.mark.parametrize("basis", [" 自学\u3000考试 ", "<b>课题</b>", "一\n二", "Ａ"])
def test_basis_of_an_offset_stays_as_written(basis: str) -> None:
    record = taken(with_json([f"{OFFSET}.basis"], json.dumps(basis))).records[-1]
    assert isinstance(record, Offset)
    assert record.basis == basis


def test_two_thousand_records_are_taken() -> None:
    rows = [VALID["records"][0] | {"id": f"r{number}", "project": None} for number in range(2000)]
    assert len(taken(VALID | {"records": rows}).records) == 2000


@pytest.mark.parametrize("ids", [["r1", "R1"], ["r1", " r1"], ["r1", "ｒ1"], ["é", "e\u0301"]])
def test_ids_are_compared_exactly(ids: list[str]) -> None:
    rows = [VALID["records"][0] | {"id": id} for id in ids]
    assert [record.id for record in taken(VALID | {"records": rows}).records] == ids


def test_as_of_left_out_is_today_in_shanghai() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    before = datetime.datetime.now(shanghai).date()
    as_of = taken(without("as_of")).as_of
    assert as_of in (before, datetime.datetime.now(shanghai).date())


def test_converted_and_project_have_defaults() -> None:
    data = copy.deepcopy(VALID)
    for name in ("converted", "project"):
        del data["records"][0][name]
    record = taken(data).records[0]
    assert isinstance(record, Coordinated)
    assert (record.converted, record.project) == (True, None)

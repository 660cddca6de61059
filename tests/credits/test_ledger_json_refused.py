"""JSON → a ledger: what is refused, and at which path."""

from __future__ import annotations

import copy
import json

import pytest

from credits.rules.types import AMOUNT_OF_ACTIVITY, LEVELLED, Activity
from credits.statements.from_json import from_json
from helpdesk.common.json_text import JsonSyntaxError, parse_json
from tests.credits.json_ledger import (
    AMOUNTS,
    COORDINATED,
    DATES,
    DEGREE,
    FLAGS,
    LECTURE,
    LESSONS,
    NAMES,
    OFFSET,
    OPEN_CLASS,
    OTHER,
    REQUIRED,
    VALID,
    WORDS,
    WORKSHOP,
    changed,
    place_of,
    refused,
    taken,
    with_json,
    without,
)
from tests.credits.ledgers import (
    make_json,
    make_ledger,
    make_self_directed,
)

pytestmark = pytest.mark.usefixtures("cycles")


# --- amounts and dates -------------------------------------------------------------------------------------------


BAD_AMOUNTS = [
    *("NaN", "Infinity", "-Infinity", "-1", "-0", "-0.0", "0", "0.00", "0e5", "1e309", "1e999999999999999999999"),
    *("26.0000001", "1e-3", "0.001", "1e-999999999", "9" * 400, f"0.{'0' * 400}1", f"1.{'0' * 400}1"),
    *("true", "false", "null", "[]", "{}", "[4]", '{"value": 4}'),
    *('"NaN"', '"Infinity"', '"-1"', '"-0"', '"0"', '"0.00"', '"+4"', '"1e309"', '"1e2"', '"1_0"', '"1,000"'),
    *('"٣"', '"½"', '"²"', '"１２"', '"十二"', '"0x1A"', '"0b1"', '"26.0000001"', '"12,5"', '"4."', '".5"', '"4..5"'),
    *('""', '" "', '" 4"', '"4 "', '"4\\n"', '"4\\u0000"', '"4\\u200b"', '"\\ud800"', '"4%"', '"4学分"', '"null"'),
    f'"{"9" * 400}"',
]
BAD_DATES = [
    *('"2018-02-30"', '"2019-02-29"', '"2019-13-01"', '"2019-00-10"', '"2019-01-00"', '"0000-01-01"', '"0001-01-01"'),
    *('"1949-12-31"', '"2101-01-01"', '"9999-12-31"', '"10000-01-01"', '"02/08/2018"', '"2018/02/08"', '"20180208"'),
    *('"2018-2-8"', '"18-02-08"', '"2018-W06-4"', '"2018-039"', '"2018年2月8日"', '"２０１８年２月８日"'),
    *('"２０１８-０２-０８"', '"２０１８-02-08"', '"2018-０2-08"', '"2018-02-0８"', '"٢٠١٨-02-08"', '"2018-02-٠٨"'),
    *('"2018-02-08T00:00:00"', '" 2018-02-08"', '"2018-02-08\\n"', '"2018-02-08\\u0000"', '"-2018-02-08"', '"NaN"'),
    *('""', '"today"', '"\\ud800"', "20180208", "0", "NaN", "true", "[]", "{}", '["2018-02-08"]'),
]


@pytest.mark.parametrize("raw", BAD_AMOUNTS, ids=lambda raw: raw[:24])
def test_bad_amount_is_refused_in_every_field(raw: str) -> None:
    assert set(refused(with_json(AMOUNTS, raw))) == set(AMOUNTS)


@pytest.mark.parametrize(
    ("path", "raw", "message"),
    [
        (f"{COORDINATED}.credits", "100.01", "学分不能超过 100。"),
        (f"{WORKSHOP}.credits", '"101"', "学分不能超过 100。"),
        (f"{DEGREE}.credits", "1e3", "学分不能超过 100。"),
        (f"{DEGREE}.credits", "0.125", "学分最多两位小数。"),
        (f"{OFFSET}.credits", '"100.01"', "学分不能超过 100。"),
        (f"{OTHER}.hours", "2000.01", "学时不能超过 2000。"),
        (f"{OTHER}.hours", "0", "学时要大于 0。"),
        (f"{LESSONS}.count", "1001", "节数或次数不能超过 1000。"),
        (f"{LESSONS}.count", "1.5", "节数或次数要填整数。"),
        (f"{LECTURE}.count", '"2.50"', "节数或次数要填整数。"),
        (f"{LECTURE}.count", "1e-1", "节数或次数要填整数。"),
    ],
)
def test_amount_beyond_its_bounds_is_told_why(path: str, raw: str, message: str) -> None:
    assert refused(with_json([path], raw)) == {path: message}


@pytest.mark.parametrize("raw", BAD_DATES)
def test_bad_date_is_refused_in_every_field(raw: str) -> None:
    assert set(refused(with_json(DATES, raw))) == set(DATES)


def test_only_the_date_of_employment_may_be_null() -> None:
    assert set(refused(with_json(DATES, "null"))) == {*DATES} - {"teacher.formally_employed_on"}


# --- words, flags, names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", ['"x"', '""', '" "', "null", "1", "true", "[]", "{}", "NaN", '"\\ud800"', '"二"'])
def test_unknown_word_is_refused_in_every_field(raw: str) -> None:
    assert set(refused(with_json(WORDS, raw))) == set(WORDS)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("cycle", " 2018"),
        ("cycle", "２０１８"),
        ("cycle", "2028"),
        ("teacher.position", "Teaching"),
        ("teacher.position", "Position.TEACHING"),
        (f"{COORDINATED}.kind", "degree "),
        (f"{COORDINATED}.category", "degree"),
        (f"{COORDINATED}.category", "国培"),
        (f"{OPEN_CLASS}.activity", "OPEN_CLASS"),
        (f"{OPEN_CLASS}.level", "municipal"),
        (f"{OPEN_CLASS}.level", "bachelor"),
        (f"{DEGREE}.level", "school"),
        (f"{LESSONS}.plan", "draft"),
    ],
)
def test_word_of_another_place_is_refused(path: str, value: str) -> None:
    assert path in refused(changed(path, value))


@pytest.mark.parametrize("raw", ['"true"', '"on"', '""', "1", "0", "null", "[]", "{}", "NaN"])
def test_a_flag_is_true_or_false(raw: str) -> None:
    assert set(refused(with_json(FLAGS, raw))) == set(FLAGS)


@pytest.mark.parametrize("raw", ['""', '" "', '"\\u3000\\t"', json.dumps("x" * 65), "5", "true", "[]", "{}", "NaN"])
def test_blank_long_or_other_name_is_refused(raw: str) -> None:
    assert set(refused(with_json(NAMES, raw))) == set(NAMES)


@pytest.mark.parametrize("path", [f"{DEGREE}.id", f"{OFFSET}.basis"])
def test_only_the_project_may_be_null_of_the_names(path: str) -> None:
    assert set(refused(with_json([path], "null"))) == {path}


def test_an_id_used_before_is_refused() -> None:
    rows = [row | {"id": "r1"} for row in VALID["records"][:3]]
    assert refused(VALID | {"records": rows}) == {f"records[{index}].id": "这个 id 前面用过了。" for index in (1, 2)}


# --- shapes and keys ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raw", ["null", "[]", '"x"', "5", "true", "NaN", "[{}]"])
def test_ledger_that_is_no_object_is_refused(raw: str) -> None:
    assert set(refused(raw)) == {"ledger"}


@pytest.mark.parametrize("path", ["teacher", COORDINATED])
@pytest.mark.parametrize("raw", ["null", "[]", '"x"', "5", "true", "NaN"])
def test_part_that_is_no_object_is_refused(path: str, raw: str) -> None:
    assert set(refused(with_json([path], raw))) == {path}


@pytest.mark.parametrize("raw", ["null", "{}", '"x"', "5", "true", "NaN"])
def test_records_that_are_no_list_are_refused(raw: str) -> None:
    assert set(refused(with_json(["records"], raw))) == {"records"}


def test_more_than_two_thousand_records_are_refused() -> None:
    assert set(refused(changed("records", [None] * 2001))) == {"records"}


@pytest.mark.parametrize("path", REQUIRED)
def test_missing_key_is_refused(path: str) -> None:
    assert refused(without(path)) == {path: "缺少这一项。"}


@pytest.mark.parametrize(
    "path",
    [
        "x",
        "Cycle",
        "confirmed",
        "teacher.x",
        "teacher.as_of",
        "teacher.name",
        f"{COORDINATED}.x",
        f"{COORDINATED}.hours",
        f"{COORDINATED}.awarded_on",
        f"{COORDINATED}.plan",
        f"{OPEN_CLASS}.category",
        f"{OPEN_CLASS}.converted",
        f"{OPEN_CLASS}.project",
        f"{OTHER}.level",
        f"{LESSONS}.level",
        f"{WORKSHOP}.level",
        f"{OFFSET}.level",
        f"{OFFSET}.completed_on",
        f"{OFFSET}.project",
        f"{OFFSET}.plan",
        f"{DEGREE}.basis",
        f"{DEGREE}.completed_on",
        f"{DEGREE}.converted",
        f"{DEGREE}.has_record",
        f"{DEGREE}.project",
    ],
)
def test_an_unknown_key_is_refused_even_as_null(path: str) -> None:
    expected = {path: "不认识这一项。"}
    assert refused(changed(path, None)) == refused(changed(path, "x")) == expected


@pytest.mark.parametrize("path", ["cycle", "as_of", "records", "teacher.position", f"{DEGREE}.id", f"{OFFSET}.basis"])
def test_key_that_is_written_twice_is_refused(path: str) -> None:
    """Even with the same value, and even where the first value would do and the second would not."""
    place, key = place_of(VALID, path)
    value = json.dumps(place[key])
    assert refused(with_json([path], f'{value}, "{key}": {value}')) == {path: "这一项写了两次。"}
    assert set(refused(with_json([path], f'{value}, "{key}": null'))) == {path}


def test_unknown_key_that_is_written_twice_is_refused() -> None:
    assert set(refused(with_json(["teacher.x"], '1, "x": 2'))) == {"teacher.x"}


@pytest.mark.parametrize("activity", Activity)
@pytest.mark.parametrize("wrong", ["credits", "hours", "count", "amount"])
def test_each_activity_takes_its_own_amount_only(activity: Activity, wrong: str) -> None:
    right = AMOUNT_OF_ACTIVITY[activity]
    row = make_json(make_ledger(make_self_directed(1, activity, level="school" if activity in LEVELLED else None)))
    data = copy.deepcopy(row)
    data["records"][0].pop(right)
    data["records"][0][wrong] = "1"
    if wrong == right:
        taken(data)
        return
    assert refused(data) == {f"records[0].{wrong}": "不认识这一项。", f"records[0].{right}": "缺少这一项。"}
    data["records"][0][right] = "1"
    assert refused(data) == {f"records[0].{wrong}": "不认识这一项。"}


@pytest.mark.parametrize("path", [COORDINATED, DEGREE, OFFSET])
@pytest.mark.parametrize("wrong", ["hours", "count"])
def test_training_and_offsets_take_credits_only(path: str, wrong: str) -> None:
    assert refused(changed(f"{path}.{wrong}", "1")) == {f"{path}.{wrong}": "不认识这一项。"}


def test_every_wrong_field_is_named_at_once() -> None:
    data = {
        "cycle": "1999",
        "as_of": "soon",
        "teacher": {"position": "x", "sole_teacher_school": "no", "age": 40},
        "records": [{"id": "", "kind": "degree"}, 5, {"id": "r3", "kind": "gift"}],
        "note": "",
    }
    assert set(refused(data)) == {
        "cycle",
        "as_of",
        "teacher.position",
        "teacher.sole_teacher_school",
        "teacher.formally_employed_on",
        "teacher.age",
        "records[0].id",
        "records[0].level",
        "records[0].credits",
        "records[0].awarded_on",
        "records[1]",
        "records[2].kind",
        "note",
    }


def test_words_that_may_stand_are_named() -> None:
    assert refused(changed("cycle", "x"))["cycle"] == "没有这个培训周期，只能是：2018、2023。"
    message = refused(changed("teacher.position", "x"))["teacher.position"]
    assert message == "只能是：teaching、administration、seconded。"


# --- text that is no JSON ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "}",
        "nul",
        "{'cycle': 1}",
        '{"a": 1,}',
        "[1,]",
        '{"a": 1} x',
        '{"a": 01}',
        '{"a": +1}',
        '{"a": .5}',
        '{"a": 1_0}',
        '{"a": 0x1A}',
        '{"a": ½}',
        '{"a": ٣}',
        '{"a": 十二}',
        '{"a": "\n"}',
        "{a: 1}",
        pytest.param("[" * 100_000, id="deep lists"),
        pytest.param('{"a":' * 100_000, id="deep objects"),
        b"\xff\xfe{}",
        b'{"a": "\xe4\xb8"}',
        '{"a": "中"}'.encode("gbk"),
        "{}".encode("utf-16"),
    ],
)
def test_text_without_json_is_refused_in_chinese(text: str | bytes) -> None:
    with pytest.raises(JsonSyntaxError, match=r"[一-鿿].*。$"):
        parse_json(text)


def test_byte_order_mark_is_skipped() -> None:
    assert from_json(parse_json(b"\xef\xbb\xbf" + json.dumps(VALID).encode())) == taken(VALID)

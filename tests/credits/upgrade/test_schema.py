"""openapi.json and the server refuse the same, whatever stands in any field of a check or a deed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from credits.statements.public import check_json, points_json
from helpdesk.common.json_text import parse_json
from helpdesk.pages import _openapi
from tests.credits.upgrade.test_json import DEEDS, LOGIN, RIGHT, SUBMISSION

TRIES = settings(max_examples=150, deadline=None, derandomize=True)
raws = st.one_of(
    st.sampled_from(["null", "true", "false", "0", "-1", "1000", "1000.01", "100000", "0.001", "[]", "{}", '""']),
    st.sampled_from(['"0"', '"1000.00"', '"1000.01"', '"007.5"', '"100000.0"', '"1e3"', '"60\\n"', "60.5", "1e2"]),
    st.sampled_from(['"login"', '"submission"', '"county"', '"province"', '"2021-11-30"', '"2021-02-29"']),
    st.sampled_from(['"0000-01-01"', '"10000-01-01"', '"1950-01-01"', '"1949-12-31"', '"2100-12-31"', '"2101-01-01"']),
)


def schema(name: str) -> jsonschema.Draft202012Validator:
    document = json.loads(json.dumps(_openapi()), parse_float=Decimal)
    own = document["components"]["schemas"][name]
    return jsonschema.Draft202012Validator({**own, "components": document["components"]})


def is_taken(answer: Any, text: str) -> bool:
    try:
        answer(parse_json(text))
    except ValidationError:
        return False
    return True


def agree(name: str, answer: Any, text: str) -> None:
    allowed = schema(name).is_valid(json.loads(text, parse_float=Decimal))
    assert is_taken(answer, text) == allowed, text


@TRIES
@given(st.sampled_from([*RIGHT, "other"]), raws)
def test_schema_and_server_refuse_the_same_check(name: str, raw: str) -> None:
    agree("UpgradeProgress", check_json, json.dumps(RIGHT | {name: "@"}).replace('"@"', raw))


@TRIES
@given(st.sampled_from([LOGIN, SUBMISSION]), st.sampled_from(["kind", "on", "level", "deleted", "other"]), raws)
def test_schema_and_server_refuse_the_same_deed(deed: dict[str, Any], name: str, raw: str) -> None:
    data = DEEDS | {"deeds": [LOGIN, deed | {name: "@"}]}
    agree("UpgradeDeeds", points_json, json.dumps(data).replace('"@"', raw))


@pytest.mark.parametrize("name", ["kind", "on", "level"])
def test_both_refuse_a_deed_without_a_key(name: str) -> None:
    deed = {key: value for key, value in SUBMISSION.items() if key != name}
    text = json.dumps(DEEDS | {"deeds": [deed]})
    assert not schema("UpgradeDeeds").is_valid(json.loads(text))
    assert not is_taken(points_json, text)


def test_the_answers_hold_their_schemas() -> None:
    jsonschema.validate(
        json.loads(json.dumps(check_json(parse_json(json.dumps(RIGHT))))), schema("UpgradeCheck").schema
    )
    answer = json.loads(json.dumps(points_json(parse_json(json.dumps(DEEDS)))))
    jsonschema.validate(answer, schema("UpgradePoints").schema)

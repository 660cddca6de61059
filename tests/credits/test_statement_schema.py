"""openapi.json and the server refuse the same ledgers, whatever is put into any of their fields."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from django.test import Client
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from helpdesk.pages import _openapi
from tests.credits.json_ledger import AMOUNTS, DATES, FLAGS, NAMES, REQUIRED, VALID, WORDS, place_of

pytestmark = pytest.mark.usefixtures("cycles")
PLACES = sorted({*AMOUNTS, *DATES, *WORDS, *FLAGS, *NAMES, *REQUIRED})
MISSING, EXTRA = "missing", "extra"

#: JSON texts, by what they look like; each is put into every kind of field.
digits = st.from_regex(r"\A0{0,2}[0-9]{0,5}(\.[0-9]{0,3})?\Z")
numbers = st.builds(lambda text, end: text + end, digits, st.sampled_from(["", "", "e0", "E1", "e-1"]))
edges = st.sampled_from(["0", "0.01", "0.001", "100", "100.01", "1000", "1001", "2000", "2000.01", "-1", "1e3", "1.0"])
days = st.builds(
    "{:04}-{:02}-{:02}{}".format,
    st.integers(1945, 2105),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from(["", "", "", "\n", " "]),
)
odd_days = [
    "1950-01-01",
    "1949-12-31",
    "2100-12-31",
    "2101-01-01",
    "2000-02-29",
    "2100-02-29",
    "2019-02-29",
    "２０１９-01-01",
]
words = [
    "2018",
    "20-18",
    "培训",
    "county",
    "school",
    "degree",
    "offset",
    "coordinated",
    "teaching",
    "none",
    "approved",
    "lecture",
]
texts = st.one_of(
    days,
    st.sampled_from(odd_days + words),
    digits,
    st.text(max_size=3),
    st.sampled_from([" ", "　", "x" * 64, "x" * 65]),
)
raws = st.one_of(
    texts.map(json.dumps),
    edges,
    edges.map(json.dumps),
    numbers,
    st.sampled_from(["null", "true", "[]", "{}", MISSING, EXTRA]),
)
changes = st.lists(st.tuples(st.sampled_from(PLACES), raws), max_size=2, unique_by=lambda change: change[0])


def body_of(changed: list[tuple[str, str]]) -> str:
    """A right ledger with other JSON texts at some places. A place that another change took away is left out."""
    data = copy.deepcopy(VALID)
    put: dict[str, str] = {}
    for at, (path, raw) in enumerate(changed):
        try:
            place, key = place_of(data, path)
            if raw == EXTRA and isinstance(place, dict):
                place[f"{key}x"] = 1
            elif raw == MISSING:
                del place[key]
            else:
                place[key] = f"@{at}@"
                put[f'"@{at}@"'] = raw
        except (KeyError, TypeError, IndexError):
            continue
    text = json.dumps(data)
    for mark, raw in put.items():
        text = text.replace(mark, raw)
    return text


def exact(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def schema() -> jsonschema.Draft202012Validator:
    document = exact(json.dumps(_openapi()))
    ledger = document["components"]["schemas"]["Ledger"]
    return jsonschema.Draft202012Validator({**ledger, "components": document["components"]})


def is_told_of_in_words_alone(data: Any) -> bool:
    """True for what no schema can say and the descriptions do: the cycles there are, and that ids differ."""
    ids = [record.get("id") for record in data.get("records") or [] if isinstance(record, dict)]
    texts = [one for one in ids if isinstance(one, str)]
    return data.get("cycle") not in ("2018", "2023") or len(set(texts)) < len(texts)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(changed=changes)
def test_schema_and_server_refuse_the_same(changed: list[tuple[str, str]]) -> None:
    text = body_of(changed)
    try:
        data = exact(text)
    except json.JSONDecodeError:
        assume(False)
    allowed = schema().is_valid(data)
    answer = Client().post("/api/v1/credits/statement", text, content_type="application/json")
    if allowed and is_told_of_in_words_alone(data):
        assert answer.status_code == 400
    else:
        assert (answer.status_code == 200) == allowed, (answer.content.decode(), changed)


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        (AMOUNTS[0], '"100.01"'),
        (AMOUNTS[0], "0.001"),
        (AMOUNTS[0], '"0.00"'),
        (AMOUNTS[1], '"1.5"'),
        (AMOUNTS[1], "1001"),
        (AMOUNTS[2], '"2000.01"'),
        (DATES[0], '"1949-12-31"'),
        (DATES[2], '"2019-02-29"'),
        (DATES[2], '"2100-02-29"'),
        (NAMES[0], '"   "'),
        (NAMES[1], '""'),
        (WORDS[0], '"二〇一八"'),
    ],
)
def test_the_schema_knows_the_bounds(path: str, raw: str) -> None:
    assert not schema().is_valid(exact(body_of([(path, raw)])))


def test_most_that_is_generated_is_not_always_refused() -> None:
    """Else the comparison above would show nothing."""
    right = [(AMOUNTS[0], "100"), (AMOUNTS[1], '"5.00"'), (AMOUNTS[2], '"0000.50"'), (DATES[2], '"2020-02-29"')]
    for change in ([], *([one] for one in right), right):
        text = body_of(change)
        assert schema().is_valid(exact(text)), change
        answer = Client().post("/api/v1/credits/statement", text, content_type="application/json")
        assert answer.status_code == 200

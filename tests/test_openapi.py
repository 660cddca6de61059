"""The OpenAPI document and the JSON addresses say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.urls import get_resolver
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.errors import UnsupportedSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """The bare WSGI application would close the test's own connection, as Django's test client knows not to."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
IDENTITY = {"Accept-Encoding": "identity"}  # schemathesis' WSGI client unpacks nothing
OPERATIONS = [result.ok() for result in schema.get_all_operations()]  # type: ignore[union-attr]
TRIES = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


@schema.parametrize()
@settings(TRIES, phases=[Phase.explicit])
def test_every_edge_gets_a_described_answer(case: Any, content: None) -> None:
    case.call_and_validate(headers=IDENTITY, checks=CHECKS)


@pytest.mark.parametrize(
    ("operation", "mode"),
    [
        pytest.param(operation, mode, id=f"{mode.value} {operation.label}")
        for operation in OPERATIONS
        for mode in GenerationMode
        if mode.is_positive or operation.query or operation.body  # where nothing can be sent, nothing can be wrong
    ],
)
@TRIES
@given(data=st.data())
def test_whatever_is_sent_gets_a_described_answer(
    operation: Any, mode: GenerationMode, data: st.DataObject, content: None
) -> None:
    try:
        case = data.draw(operation.as_strategy(generation_mode=mode))
    except UnsupportedSchema:  # schemathesis cannot spell every negation out: that draw is left out, not the test
        reject()
    case.call_and_validate(headers=IDENTITY, checks=CHECKS)


LEDGER = {
    "cycle": "2018",
    "as_of": "2021-06-30",
    "teacher": {"position": "teaching", "formally_employed_on": None, "sole_teacher_school": False},
    "records": [
        {"id": "a", "kind": "coordinated", "category": "county", "credits": "4", "completed_on": "2019-07-10"},
        {"id": "d", "kind": "degree", "level": "master", "credits": 5, "awarded_on": "2020-06-30"},
    ],
}

#: Address → what it is posted.
BODIES: dict[str, Any] = {
    "/api/v1/credits/statement": LEDGER,
    "/api/v1/upgrade/check": {"compulsory_done": None, "total_score": 59.5, "video_minutes": None},
    "/api/v1/upgrade/points": {
        "year": 2021,
        "as_of": "2021-11-30",
        "deeds": [
            {"kind": "teach", "on": "2021-03-01"},
            {"kind": "submission", "on": "2021-03-01", "level": "city", "deleted": True},
        ],
    },
}


def answer_schema(document: dict[str, Any], path: str, method: str, status: str) -> dict[str, Any]:
    """The schema of one answer, with the document's components at hand for its references."""
    answer = document["paths"][path][method]["responses"][status]
    if "$ref" in answer:
        name = answer["$ref"].removeprefix("#/components/responses/")
        answer = document["components"]["responses"][name]
    return {**answer["content"]["application/json"]["schema"], "components": document["components"]}


@pytest.mark.parametrize(
    ("method", "url", "path", "status"),
    [
        ("get", "/api/v1/search?q=学历冲抵", "/api/v1/search", 200),
        ("get", "/api/v1/search?q=今天天气怎么样", "/api/v1/search", 200),
        ("get", "/api/v1/search?q=a&limit=0", "/api/v1/search", 400),
        ("get", "/api/v1/suggest?q=xue", "/api/v1/suggest", 200),
        ("get", "/api/v1/entries/", "/api/v1/entries/", 200),
        ("get", "/api/v1/entries/upgrade-14/", "/api/v1/entries/{ref}/", 200),
        ("get", "/api/v1/entries/none/", "/api/v1/entries/{ref}/", 404),
        ("post", "/api/v1/credits/statement", "/api/v1/credits/statement", 200),
        ("post", "/api/v1/upgrade/check", "/api/v1/upgrade/check", 200),
        ("post", "/api/v1/upgrade/points", "/api/v1/upgrade/points", 200),
    ],
)
def test_real_answers_hold_the_schema(
    client: Client, content: None, method: str, url: str, path: str, status: int
) -> None:
    document = client.get("/api/v1/openapi.json").json()
    body = {"data": json.dumps(BODIES[url]), "content_type": "application/json"} if method == "post" else {}
    response = getattr(client, method)(url, **body)
    assert response.status_code == status
    jsonschema.validate(response.json(), answer_schema(document, path, method, str(status)))


def test_every_json_address_is_described(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    [api] = [pattern for pattern in get_resolver().url_patterns if getattr(pattern, "app_name", None) == "api"]
    paths = ["/api/v1/" + str(pattern.pattern) for pattern in api.url_patterns]  # type: ignore[union-attr]
    real = {re.sub(r"<\w+:(\w+)>", r"{\1}", path) for path in paths}
    assert real == set(document["paths"])


def test_a_wrong_answer_would_fail(client: Client, content: None) -> None:
    document = client.get("/api/v1/openapi.json").json()
    answer = client.get("/api/v1/entries/credits-05/").json()
    del answer["answer_text"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(answer, answer_schema(document, "/api/v1/entries/{ref}/", "get", "200"))

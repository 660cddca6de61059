"""Limits of asking: another site uses up nobody's tries, and codes cannot be tried for days."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from helpdesk import middleware
from tests.faq.asking.asking import send

pytestmark = pytest.mark.django_db
ELSEWHERE = {"Origin": "https://evil.example"}
FORMS = ["/ask/", "/ask/look/", "/ask/find/", "/ask/aaaaaaaaaaaaaaaaaaaaaa/"]


@pytest.fixture(autouse=True)
def two_tries(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATE_LIMITS = True
    for name in middleware.SENT_BY_OUR_PAGES | {"api:questions"}:
        monkeypatch.setitem(middleware.RATE_LIMITED, name, (2, 24 * 3600))


@pytest.mark.parametrize("path", FORMS)
def test_another_site_uses_up_nobodys_tries(client: Client, path: str) -> None:
    codes = [client.post(path, {"text": "x"}, headers=ELSEWHERE).status_code for _ in range(3)]
    assert codes[2] == 429
    assert send(client, path).status_code != 429


def test_a_foreign_page_uses_up_nothing_of_a_schools_programme(client: Client) -> None:
    codes = [client.post("/api/v1/questions", "{}", content_type="text/plain").status_code for _ in range(3)]
    assert codes == [415, 415, 429]
    assert client.post("/api/v1/questions", "{}", content_type="application/json").status_code == 400


def test_codes_are_tried_so_often_a_day_and_no_more(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(middleware.RATE_LIMITED, "faq:ask-find", (100, 60))
    monkeypatch.setitem(middleware.LIMITED_BY_PATH, "faq:ask-find", (2, 24 * 3600))
    codes = [send(client, "/ask/find/", code="AAAAAAAA").status_code for _ in range(3)]
    assert codes == [400, 400, 429]

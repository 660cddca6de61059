"""The log says that a page was refused, never by which address a question can be read."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.conf import settings

from helpdesk.log_addresses import WithoutTokens

TOKEN = "QzXbCT0Q2Y5GQY4kmvcXyg"


def logged(path: str) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", ("Bad Request", path), None)
    assert WithoutTokens().filter(record)
    return record.getMessage()


@pytest.mark.parametrize("path", [f"/ask/{TOKEN}/", f"/ask/{TOKEN}/pictures/a.png", f"/api/v1/questions/{TOKEN}"])
def test_tokens_are_left_out(path: str) -> None:
    assert TOKEN not in logged(path)
    assert logged(path).startswith("Bad Request: /a")


@pytest.mark.parametrize("path", ["/ask/", "/ask/find/", "/faq/upgrade-01/", "/questions/QzXbCT0Q2Y5GQY4k/"])
def test_other_addresses_stay(path: str) -> None:
    assert logged(path) == f"Bad Request: {path}"


def test_every_line_of_the_log_passes_it() -> None:
    handlers: dict[str, Any] = settings.LOGGING["handlers"]  # type: ignore[assignment]
    for handler in handlers.values():
        assert "without_tokens" in handler["filters"]

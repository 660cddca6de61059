"""Answers that one request asks for once."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from helpdesk.common.once import asking_once, once
from helpdesk.middleware import OnceMiddleware

asked: list[int] = []


def ask() -> int:
    asked.append(1)
    return len(asked)


@pytest.fixture(autouse=True)
def nothing_asked_yet() -> None:
    asked.clear()


def test_within_the_block_it_is_asked_once() -> None:
    with asking_once():
        assert [once("a", ask), once("a", ask), once("b", ask), once("a", ask)] == [1, 1, 2, 1]


def test_an_answer_of_nothing_is_kept_too() -> None:
    with asking_once():
        assert once("a", lambda: asked.append(1)) is None
        assert once("a", lambda: asked.append(1)) is None
    assert len(asked) == 1


def test_outside_it_is_always_asked() -> None:
    assert [once("a", ask), once("a", ask)] == [1, 2]


def test_the_next_block_asks_anew() -> None:
    for expected in (1, 2):
        with asking_once():
            assert once("a", ask) == expected


def test_nothing_is_kept_after_a_failure() -> None:
    with pytest.raises(ValueError), asking_once():
        once("a", ask)
        raise ValueError
    assert [once("a", ask), once("a", ask)] == [2, 3]


@pytest.mark.parametrize(("method", "times"), [("GET", 1), ("HEAD", 1), ("POST", 3), ("DELETE", 3)])
def test_only_requests_that_read_keep_answers(method: str, times: int) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str([once("a", ask) for _ in range(3)]))

    OnceMiddleware(view)(RequestFactory().generic(method, "/"))
    assert len(asked) == times

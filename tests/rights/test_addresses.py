"""Every address × everybody, so that no address is forgotten and none lets a stranger in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, include
from django.urls import path as route

from helpdesk.errors import forbidden
from tests.rights.matrix import LEADS, MATRIX, PEOPLE, REGISTERED, Address, leads_to_signing_in
from tests.rights.world import World

# --- the matrix --------------------------------------------------------------------------------------------------


def names(patterns: Any, prefix: str = "") -> Iterator[str]:
    """Every named address below `patterns`, the admin's aside."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


#: Addresses that a superuser, who is no teacher and owns no long work, does not reach.
NOT_FOR_SUPERUSERS = {"credits:mine", "credits:my-what-if", "credits:my-looks", "credits:job", "credits:job-file"}
NOT_FOR_SUPERUSERS |= {"credits:import"}


def path_of(address: Address, world: World) -> str:
    return address.path if isinstance(address.path, str) else address.path(world)


def test_every_address_is_in_the_matrix() -> None:
    assert sorted(MATRIX) == sorted(names(get_resolver().url_patterns))


def test_an_address_without_a_line_is_seen() -> None:
    new = [route("new/", forbidden, name="new"), route("api/v1/", include(([route("x", forbidden, name="x")], "api")))]
    assert [*names(new), *names([route("", forbidden), *new])] == ["new", "api:x", "None", "new", "api:x"]


@pytest.mark.parametrize("name", [name for name, address in MATRIX.items() if address.post is None])
def test_an_address_without_data_takes_no_post(world: World, name: str) -> None:
    """A new address that takes one needs a line with what it sends and who may send it."""
    answer = world.client("superuser").post(path_of(MATRIX[name], world), headers=MATRIX[name].headers)
    assert (answer.status_code not in (403, 404, 405)) == MATRIX[name].keeps_nothing or name in NOT_FOR_SUPERUSERS


@pytest.mark.parametrize("name", MATRIX)
def test_each_person_sees_what_is_theirs_only(world: World, name: str) -> None:
    address = MATRIX[name]
    path = path_of(address, world)
    got = {who: world.client(who).get(path) for who in PEOPLE}
    assert {who: answer.status_code for who, answer in got.items()} == address.get
    for who, answer in got.items():
        if address.get[who] == 302:
            let_in = name in LEADS and (who != "anonymous" or not name.startswith("credits:"))
            assert answer.headers["Location"].startswith(LEADS[name]) if let_in else leads_to_signing_in(answer), who
        if address.get[who] in (403, 404):
            body = answer.content.decode()
            assert "张三" not in body, who
            assert "A-1" not in body, who


CHANGING = [name for name, address in MATRIX.items() if address.post is not None]
#: Tables that every request may write without having done anything: counters, sessions, the log.
INCIDENTAL = {"session", "signedin", "ratecounter", "signintries", "auditrow"}


#: A look is left by everybody who may see a page, also where they send what they may not.
LOOKS = ("credits.StatementAccess", "faq.QuestionLook")


def everything() -> dict[str, list[Any]]:
    models = [model for model in apps.get_models() if model._meta.model_name not in INCIDENTAL]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


@pytest.mark.parametrize("name", CHANGING)
def test_each_person_changes_what_they_may_only(world: World, name: str) -> None:
    address = MATRIX[name]
    path = path_of(address, world)
    for who in PEOPLE:
        before = everything()
        data = address.post(world) if callable(address.post) else address.post
        with transaction.atomic():
            answer: HttpResponse = world.client(who).post(path, data or {}, headers=address.headers)  # type: ignore[assignment]
            after = everything()
            transaction.set_rollback(True)
        # Signing in notes its time.
        for state in (before, after):
            for user in state["auth.User"]:
                user["last_login"] = None
        if who in address.may:
            assert after != before, f"{who}: nothing was changed ({answer.status_code})"
        else:
            for label in LOOKS:
                del before[label], after[label]
            assert after == before, f"{who} changed something ({answer.status_code})"
            assert leads_to_signing_in(answer) or answer.status_code in (200, 302, 403, 404, 405)


@pytest.mark.parametrize("name", CHANGING)
def test_no_change_without_a_csrf_token(world: World, name: str) -> None:
    address = MATRIX[name]
    data = address.post(world) if callable(address.post) else address.post
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.place.superuser)
    assert client.post(path_of(address, world), data or {}).status_code == 403


# --- the admin ---------------------------------------------------------------------------------------------------


def test_how_large_the_matrix_is(capsys: pytest.CaptureFixture[str]) -> None:
    pages, changes, models = len(MATRIX) * len(PEOPLE), len(CHANGING) * len(PEOPLE), len(REGISTERED) * 5 * len(PEOPLE)
    with capsys.disabled():
        print(f"\nrights matrix: {pages} looks, {changes} changes, {models} in the admin, {len(PEOPLE)} people")
    assert pages > 300
    assert changes > 150

"""Nothing that the signed-in see is kept by a browser or on the way: every address × everybody who is signed in."""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.rights.matrix import MATRIX, PEOPLE, REGISTERED
from tests.rights.test_addresses import path_of
from tests.rights.world import World

#: Addresses that answer everybody the same and never look at the session.
SAME_FOR_ALL = {
    "worker",
    "offline",
    "manifest",
    "sitemap",
    "sitemap-section",
    "robots",
    "favicon",
    "healthz",
    "readyz",
    "metrics",
    "appearance",
}
SAME_FOR_ALL |= {name for name in MATRIX if name.startswith("api:")}
#: The same, by a view that answers POST alone, or whose answer is a redirect made before anybody is looked at.
UNASKED = {"sign-out", "faq:feedback", "styleguide"}


@pytest.mark.parametrize("name", sorted(set(MATRIX) - SAME_FOR_ALL - UNASKED))
def test_what_the_signed_in_see_is_never_stored(world: World, name: str) -> None:
    path = path_of(MATRIX[name], world)
    for who in PEOPLE[1:]:
        answer = world.client(who).get(path)
        stored = "no-store" not in answer.headers.get("Cache-Control", "")
        assert not (stored and answer.status_code == 200), who
        assert not stored or "Cookie" not in answer.headers.get("Vary", ""), who


@pytest.mark.parametrize("name", sorted(SAME_FOR_ALL - {"appearance"}))
def test_the_rest_does_not_know_who_asks(world: World, name: str) -> None:
    path = path_of(MATRIX[name], world)
    answer = world.client("staff").get(path)
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer.content == world.client("anonymous").get(path).content


def admin_addresses() -> list[str]:
    """Every named address of the admin that takes no argument."""
    found = []
    waiting = [pattern for pattern in get_resolver().url_patterns if getattr(pattern, "namespace", "") == "admin"]
    while waiting:
        pattern = waiting.pop()
        if isinstance(pattern, URLResolver):
            waiting += pattern.url_patterns
        elif isinstance(pattern, URLPattern) and pattern.name and not pattern.pattern.regex.groups:
            found.append(pattern.name)
    return sorted(set(found) - {"login", "logout"})


@pytest.mark.parametrize("name", admin_addresses())
def test_no_page_of_the_admin_is_stored(world: World, name: str) -> None:
    answer = world.client("superuser").get(reverse(f"admin:{name}"))
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_readers_of_addresses_find_something() -> None:
    assert len(admin_addresses()) > len(REGISTERED)


def test_a_draft_is_never_stored(world: World) -> None:
    world.entry.status = "draft"
    world.entry.save()
    answer = world.client("editor").get("/faq/credits-01/")
    assert (answer.status_code, "no-store" in answer.headers["Cache-Control"]) == (200, True)


def test_what_readers_see_may_be_kept(world: World) -> None:
    for path in ("/", "/faq/credits-01/"):
        assert "no-store" not in world.client("anonymous").get(path).headers.get("Cache-Control", "")

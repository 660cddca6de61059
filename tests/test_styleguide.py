"""The page of the visual system: there for those who change it only, and complete."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

CSS = Path(__file__).parent.parent / "static" / "css"


def colours(name: str) -> set[str]:
    return set(re.findall(r"--([\w-]+): #", (CSS / name).read_text(encoding="utf-8")))


def test_it_is_not_there_in_production(client: Client, settings: Any, db: None) -> None:
    settings.DEBUG = False
    assert client.get("/styleguide/").status_code == 404


def test_it_shows_every_colour(client: Client, settings: Any, db: None) -> None:
    settings.DEBUG = True
    body = client.get("/styleguide/").content.decode()
    shown = set(re.findall(r"<code>--([\w-]+)</code>", body))
    assert {name for name in shown if not name.startswith(("space-", "text-"))} == colours("site.css")
    assert {f"fill-{name}" for name in colours("site.css")} <= set(re.findall(r'class="(fill-[\w-]+)"', body))


def test_it_shows_every_distance_and_size_of_type(client: Client, settings: Any, db: None) -> None:
    settings.DEBUG = True
    body = client.get("/styleguide/").content.decode()
    tokens = set(re.findall(r"--((?:space|text)-\w+): [\d.]+rem", (CSS / "site.css").read_text(encoding="utf-8")))
    assert tokens and tokens <= set(re.findall(r"<code>--([\w-]+)</code>", body))


def test_distances_and_sizes_of_type_are_named_once() -> None:
    """On the screen everything keeps to the scale; paper has its own measures, in points."""
    screen = (CSS / "site.css").read_text(encoding="utf-8").split("@page {")[0]
    rules = screen.split("/* Bootstrap's own variables")[1]
    allowed = (" .1rem", "2.5rem", "4.5rem", " 5rem", "-99rem", " .7rem")
    off = re.findall(r"(?:margin|padding|gap|font-size)[\w-]*:[^;}]*?\d*\.?\d+rem", rules)
    assert [one for one in off if not one.endswith(allowed)] == []


def test_every_colour_has_one_for_the_dark() -> None:
    assert colours("dark.css") == colours("site.css")


@pytest.mark.parametrize("state", ["is-invalid", "disabled", "aria-current", "note-error", "note-good", "<progress"])
def test_it_shows_parts_in_each_state(client: Client, settings: Any, db: None, state: str) -> None:
    settings.DEBUG = True
    assert state in client.get("/styleguide/").content.decode()

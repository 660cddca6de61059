"""Looks and handling of pages: every appearance, large type on a small phone, the keyboard, what a visit moves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_pages import PAGES, complaints_about
from tests.browser.visiting import Visitor
from tests.cast import Place
from tests.installation import Server, wait_until

LIGHT, DARK = "rgb(255, 255, 255)", "rgb(22, 28, 26)"  # --paper of site.css and dark.css
#: Choice → what then shows: the paper, and the size of the text in pixels. The system itself is light.
APPEARANCES = {
    "light": ({"theme": "light"}, LIGHT, 17.0),
    "dark": ({"theme": "dark"}, DARK, 17.0),
    "large": ({"size": "large"}, LIGHT, 22.0),
    "large and dark": ({"size": "large", "theme": "dark"}, DARK, 22.0),
}


def choose(visitor: Visitor, page: Page, cookies: dict[str, str]) -> None:
    page.context.add_cookies([{"name": name, "value": value, "url": visitor.base} for name, value in cookies.items()])


def paper_and_size(page: Page) -> tuple[str, float]:
    script = (
        "(({ backgroundColor, fontSize }) => [backgroundColor, parseFloat(fontSize)])(getComputedStyle(document.body))"
    )
    paper, size = page.evaluate(script)
    return paper, size


@pytest.mark.parametrize("name", APPEARANCES)
def test_axe_finds_nothing_in_any_appearance(visitor: Visitor, name: str) -> None:
    cookies, paper, size = APPEARANCES[name]
    page = visitor.page()
    choose(visitor, page, cookies)
    for path in PAGES:
        page.goto(path)
        assert paper_and_size(page) == (paper, pytest.approx(size, abs=0.5)), f"{path} is not in {name}"
        response = Axe().run(page, options={"resultTypes": ["violations"]}).response  # in half the time
        found = [(item["id"], item["nodes"][0]["html"][:160]) for item in response["violations"]]
        assert found == [], f"{path} ({name})"
    assert complaints_about(visitor) == []


@pytest.mark.parametrize("name", APPEARANCES)
def test_axe_finds_nothing_on_the_styleguide(visitor: Visitor, settings: Any, name: str) -> None:
    settings.DEBUG = True  # else it is not there
    page = visitor.page(viewport={"width": 320, "height": 640})
    choose(visitor, page, APPEARANCES[name][0])
    answer = page.goto("/styleguide/")
    assert answer and answer.ok
    found = [(item["id"], item["nodes"][0]["html"][:160]) for item in Axe().run(page).response["violations"]]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_choice_of_colours_outdoes_the_system(visitor: Visitor) -> None:
    page = visitor.page(color_scheme="dark")
    page.goto("/")
    assert paper_and_size(page) == (DARK, 17)
    choose(visitor, page, {"theme": "light"})
    page.goto("/")
    assert paper_and_size(page) == (LIGHT, 17)


def test_large_type_never_scrolls_sideways_on_a_phone(visitor: Visitor) -> None:
    page = visitor.page(viewport={"width": 320, "height": 640})
    choose(visitor, page, {"size": "large"})
    for path in PAGES:
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 320, f"{path} is {wide} px wide"


# --- the keyboard ------------------------------------------------------------------------------------------------

#: Numbers whatever can be used, and remembers how it looks while the focus is elsewhere; says what each is.
#: Of radio buttons of one name the browser stops at one only. What is folded away or leads nowhere has no place.
NUMBER = """() => {
  const all = document.querySelectorAll("a[href], button, input, select, textarea, summary");
  const meant = (it) => it.tabIndex >= 0 || it.getAttribute("aria-hidden") !== "true"; // none but Enter's own button
  const usable = (it) => it.checkVisibility({ visibilityProperty: true }) && !it.disabled && meant(it);
  const groups = new Set();
  const stops = Array.from(all).filter(usable).filter((it) => {
    if (it.type !== "radio") return true;
    const chosen = it.form.querySelector(`input[name="${it.name}"]:checked`);
    const stop = chosen ? chosen === it : !groups.has(it.name);
    groups.add(it.name);
    return stop;
  });
  window.looks = new Map(stops.map((it) => [it, getComputedStyle(it).boxShadow]));
  return stops.map((it, place) => {
    it.setAttribute("data-stop", place);
    return it.outerHTML.slice(0, 120);
  });
}"""
#: The element that has the focus: its number (none for a box that scrolls, for the page -1), and if one sees it:
#: a ring of two pixels or another shadow, on the screen, and nothing on top of it.
FOCUSED = """() => {
  const it = document.activeElement;
  if (it === document.body) return { stop: -1, ring: true, seen: true };
  const style = getComputedStyle(it);
  const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  const shadow = window.looks.has(it) && style.boxShadow !== window.looks.get(it);
  const box = it.getClientRects()[0];
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const own = [it, ...Array.from(it.labels || [])];
  const seen = Boolean(top) && (top.contains(it) || own.some((part) => part.contains(top)));
  const stop = it.hasAttribute("data-stop") ? Number(it.getAttribute("data-stop")) : null;
  return { stop, ring: outline || shadow, seen, html: it.outerHTML.slice(0, 120) };
}"""


def tour(page: Page, key: str, most: int) -> list[dict[str, Any]]:
    """The focused element after each press of the key, until the focus has left the page."""
    stops = []
    for _ in range(most):
        page.keyboard.press(key)
        stops.append(page.evaluate(FOCUSED))
        if stops[-1]["stop"] == -1:
            break
    return stops


def walk(page: Page, path: str) -> int:
    """Tabs through the page and back; how many stops there were."""
    page.goto(path)
    expect(page.locator("html.scripted")).to_be_attached()
    named = page.evaluate(NUMBER)
    most = len(named) + 20  # boxes that scroll are stops as well
    there = tour(page, "Tab", most)
    assert there[-1]["stop"] == -1, f"{path}: the focus never leaves the page; last {there[-3:]}"
    for before, after in pairwise(there):
        assert before != after, f"{path}: the focus stays at {after}"
    reached = [stop["stop"] for stop in there if stop["stop"] not in (None, -1)]
    assert reached == sorted(reached), f"{path}: the focus jumps about"
    missed = [named[place] for place in range(len(named)) if place not in reached]
    assert missed == [], f"{path}: never reached"
    for stop in there:
        assert stop["ring"], f"{path}: no ring at {stop}"
        assert stop["seen"], f"{path}: hidden at {stop}"
    back = [stop["stop"] for stop in tour(page, "Shift+Tab", len(there) - 1) if stop["stop"] not in (None, -1)]
    assert back == reached[::-1], f"{path}: another way back"
    return len(reached)


@pytest.mark.parametrize(
    ("path", "fewest"),
    {"/": 20, "/search/?q=看课没时长": 15, "/faq/upgrade-06/": 15, "/credits/check/": 30}.items(),
)
def test_tab_reaches_everything_visibly_and_in_order(visitor: Visitor, path: str, fewest: int) -> None:
    page = visitor.page(service_workers="block", reduced_motion="reduce")
    assert walk(page, path) >= fewest
    assert visitor.complaints == []


@pytest.mark.parametrize("width", [390, 1280])
def test_tab_reaches_everything_on_the_roster(visitor: Visitor, place: Place, width: int) -> None:
    still = {"reduced_motion": "reduce"}  # else the page is still on its way when one looks
    page = visitor.page_of(
        place, "reviewer", service_workers="block", viewport={"width": width, "height": 800}, **still
    )
    assert walk(page, "/credits/teachers/") >= 20
    assert visitor.complaints == []


# --- what a visit moves --------------------------------------------------------------------------------------------

KB = 1024
FIRST_VISIT, NEXT_VISIT = 90, 15  # KB, compressed


@pytest.fixture
def portal(chromium: Browser, plain_server: Server) -> Iterator[tuple[Visitor, Path]]:
    """A visitor of the portal as in production, and the log of how much each answer was."""
    visitor = Visitor(chromium, f"http://localhost:{plain_server.port}")
    yield visitor, plain_server.log.with_name("moved.log")
    for context in chromium.contexts:
        context.close()


def sent(log: Path, lines_before: int) -> dict[str, int]:
    """Path → bytes that the server sent since then, whoever asked: the page, or the worker beside it."""
    moved: dict[str, int] = {}
    for line in log.read_text().splitlines()[lines_before:]:
        size, path = line.split(" ", 1)
        moved[path] = moved.get(path, 0) + int(size.replace("-", "0"))  # “not modified” has no length
    return moved


SHIFTED = """
  window.shifted = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shifted += entry.value; }))
    .observe({ type: "layout-shift", buffered: true });
"""
TWO_ENTRIES = ("/faq/upgrade-06/", "/faq/credits-02/")


def visit(page: Page, log: Path, path: str) -> dict[str, int]:
    """Bytes by path that the server sends for a page and its worker; asserts that the page never shifts."""
    before = len(log.read_text().splitlines())
    page.goto(path)
    lengths = [-1]

    def nothing_new() -> bool:
        lengths.append(log.stat().st_size)
        page.wait_for_timeout(300)
        return lengths[-1] == lengths[-2] == log.stat().st_size

    page.wait_for_load_state("networkidle")
    assert wait_until(nothing_new, 15)
    assert page.evaluate("window.shifted") == 0, path
    return sent(log, before)


@pytest.mark.server
def test_an_entry_receives_little_and_the_next_less(portal: tuple[Visitor, Path]) -> None:
    visitor, log = portal
    page = visitor.page(service_workers="block")  # what a worker answers does not come from the network
    page.add_init_script(SHIFTED)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    visits: list[float] = []
    for path in TWO_ENTRIES:
        received.clear()
        assert "/static/" in str(visit(page, log, path)) or visits
        visits.append(sum(received) / KB)
    first, following = visits
    print(f"an entry's first visit receives {first:.1f} KB, the next {following:.1f} KB")
    assert 30 < first <= FIRST_VISIT, f"the first visit received {first:.1f} KB"
    assert 2 < following <= NEXT_VISIT, f"the next visit received {following:.1f} KB"
    assert visitor.complaints == []


@pytest.mark.server
def test_keeping_pages_offline_stays_within_the_bounds(portal: tuple[Visitor, Path]) -> None:
    visitor, log = portal
    page = visitor.page()
    page.add_init_script(SHIFTED)
    first, following = (visit(page, log, path) for path in TWO_ENTRIES)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    print(f"with the worker {sum(first.values()) / KB:.1f} KB, then {sum(following.values()) / KB:.1f} KB")
    assert {"/sw.js", "/offline/", TWO_ENTRIES[0]} <= first.keys(), first
    assert sum(first.values()) > 30 * KB, first
    assert sum(first.values()) <= FIRST_VISIT * KB, first
    assert 2 * KB < sum(following.values()) <= NEXT_VISIT * KB, following
    assert visitor.complaints == []

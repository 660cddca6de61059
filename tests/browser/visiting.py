"""A visitor with a real browser, and what visitors do on many pages."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, Dialog, Page, expect

from tests.installation import wait_until

if TYPE_CHECKING:  # `make pictures` and `make drawings` visit from outside, with no Django of their own
    from tests.cast import Place

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


class Visitor:
    """Opens pages of the live server and remembers what the browser complained about."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser = browser
        self.base = base
        self.complaints: list[str] = []

    def page(self, **context: Any) -> Page:
        context = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", **context}
        page = self.browser.new_context(base_url=self.base, **context).new_page()
        page.on("console", self._note_error)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._note_foreign)
        return page

    def page_of(self, place: Place, who: str, **context: Any) -> Page:
        """A page in which that person is signed in."""
        page = self.page(**context)
        self.sign_in(page, place, who)
        return page

    def sign_in(self, page: Page, place: Place, who: str) -> None:
        name = settings.SESSION_COOKIE_NAME
        session = place.client(who).cookies[name].value
        page.context.add_cookies([{"name": name, "value": session, "url": self.base}])

    def _note_error(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _note_foreign(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.complaints.append(f"request to another host: {request.url}")


def open_page(visitor: Visitor, path: str, **context: Any) -> Page:
    """A page whose requests no worker answers, so that each can be watched and held up."""
    page = visitor.page(service_workers="block", **context)
    page.goto(path)
    expect(page.locator("html.scripted")).to_be_attached()
    return page


def browser_of(visitor: Visitor, place: Place, who: str, **context: Any) -> Page:
    """A page without scripts, in which that person is signed in."""
    return visitor.page_of(place, who, java_script_enabled=False, **context)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()


def type_slowly(page: Page, text: str) -> None:
    page.keyboard.type(text, delay=20)


def until(page: Page, expression: str) -> None:
    """Waits until `expression` holds. Playwright's own way needs eval, which the policy forbids."""
    assert wait_until(lambda: page.evaluate(expression), 10), expression


def questions(page: Page) -> list[str]:
    """The kinds of questions that the browser asks from now on; each is answered with yes."""
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    return asked


def fill_row(page: Page, row: int = 0, credits: str = "4") -> None:
    page.select_option(f"#id_coordinated-{row}-category", "county")
    page.fill(f"#id_coordinated-{row}-credits", credits)
    page.fill(f"#id_coordinated-{row}-completed_on", "2024-05-08")


def violations(page: Page) -> list[tuple[str, str]]:
    return [(item["id"], item["nodes"][0]["html"][:160]) for item in Axe().run(page).response["violations"]]


def with_worker(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(page, "Boolean(navigator.serviceWorker.controller)")


def until_kept(page: Page, path: str) -> None:
    until(page, f"caches.open('portal-pages').then(cache => cache.match('{path}')).then(Boolean)")

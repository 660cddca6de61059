"""A real Chromium against a real server. Skipped, with a line, where Chromium is not installed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

# Playwright's loop runs in the thread that also asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = os.path.dirname(__file__)
    missing = pytest.mark.skip(reason="Chromium 没有安装，跳过浏览器测试（apt-get install chromium fonts-noto-cjk）")
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and not os.environ.get("REQUIRE_BROWSER"):
                item.add_marker(missing)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "REQUIRE_BROWSER is set, but there is no Chromium"
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


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

    def _note_error(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _note_foreign(self, request: Any) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.complaints.append(f"request to another host: {request.url}")


@pytest.fixture
def visitor(chromium: Browser, live_server: Any, content: None) -> Iterator[Visitor]:
    visitor = Visitor(chromium, live_server.url)
    yield visitor
    for context in chromium.contexts:
        context.close()

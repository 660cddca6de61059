"""A real Chromium against a real server. Skipped, with a line, where Chromium is not installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.visiting import CHROMIUM, FLAGS, Visitor
from tests.cast import Place
from tests.installation import Installation, Server

# Playwright's loop runs in the thread that also asks the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
# Milliseconds to wait for what a page should show; a busy machine takes longer than the five seconds of Playwright.
expect.set_options(timeout=30_000)


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


@pytest.fixture
def place(content: None) -> Place:
    """The county of 桃源 beside the content, for the live server."""
    return Place()


@pytest.fixture
def visitor(chromium: Browser, live_server: Any, content: None) -> Iterator[Visitor]:
    visitor = Visitor(chromium, live_server.url)
    yield visitor
    for context in chromium.contexts:
        context.close()


@pytest.fixture(scope="session")
def plain_server(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The portal as in production, hashed names and all, on plain http of this machine, where service workers work.

    `moved.log` beside its log says of each answer how long it was and for which path.
    """
    home = tmp_path_factory.mktemp("plain")
    twin = installation.twin(home, HTTPS="off", ALLOWED_HOSTS="localhost,portal.example.invalid")
    options = [f"--access-logfile={home / 'moved.log'}", "--access-logformat=%({content-length}o)s %(U)s"]
    with twin.serve("--threads=4", *options) as server:
        yield server

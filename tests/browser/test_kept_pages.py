"""Pages that the phone has kept are shown where the server answers that it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.installation import Installation

pytestmark = pytest.mark.server
ENTRY = "/faq/upgrade-06/"


def kept(page: Page) -> None:
    """Reads the entry until the worker has kept it."""
    page.goto(ENTRY)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("() => Boolean(navigator.serviceWorker.controller)")
    page.wait_for_function(f"async () => Boolean(await (await caches.open('portal-pages')).match('{ENTRY}'))")


def test_a_kept_entry_is_shown_while_the_database_is_away(
    chromium: Browser, installation: Installation, tmp_path: Path
) -> None:
    twin = installation.twin(tmp_path, HTTPS="off", ALLOWED_HOSTS="localhost,portal.example.invalid")
    with twin.serve() as server:
        page = chromium.new_context(base_url=f"http://localhost:{server.port}").new_page()
        kept(page)
        elsewhere = twin.database.rename(twin.database.with_suffix(".away"))
        answer = page.goto(ENTRY)
        assert answer and answer.from_service_worker and answer.status == 200
        expect(page.get_by_text("系统正忙：这是您上次看到的内容。")).to_be_visible()
        assert "解绑" in page.locator(".answer").inner_text()
        answer = page.goto("/faq/credits-02/")  # never read, so what the server says is shown
        assert answer and answer.status == 503
        expect(page.get_by_role("heading", name="系统正忙，请稍后再试")).to_be_visible()
        elsewhere.rename(twin.database)
        page.goto(ENTRY)
        assert page.locator(".offline-note").count() == 0
        page.context.close()

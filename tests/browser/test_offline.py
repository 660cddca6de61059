"""Reading without a network: what is kept on the device, and what never is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visiting import (
    Visitor,
    fill_row,
    until,
    until_kept,
    violations,
    with_worker,
)
from tests.cast import Place
from tests.installation import Server


@pytest.fixture
def portal(chromium: Browser, plain_server: Server) -> Iterator[Visitor]:
    visitor = Visitor(chromium, f"http://localhost:{plain_server.port}")
    yield visitor
    for context in chromium.contexts:
        context.close()


def kept_paths(page: Page) -> set[str]:
    """Every path in every cache of the device."""
    script = """async () => {
      const found = [];
      for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
      }
      return found;
    }"""
    return set(page.evaluate(script))


@pytest.mark.server
def test_a_page_that_was_read_is_there_offline(portal: Visitor) -> None:
    page = portal.page(color_scheme="dark")
    page.goto("/faq/upgrade-06/?from=timeline")
    with_worker(page)
    until_kept(page, "/faq/upgrade-06/")
    page.goto("/faq/credits-02/")
    page.goto("/")
    page.context.set_offline(True)
    answer = page.goto("/faq/upgrade-06/")
    assert answer and answer.from_service_worker and answer.status == 200
    expect(page.get_by_text("离线：这是您上次看到的内容。")).to_be_visible()
    assert "解绑" in page.locator(".answer").inner_text()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 28, 26)"  # its styles too
    expect(page.locator("html.scripted")).to_be_attached()
    answer = page.goto("/credits/check/")
    assert answer and answer.status == 503
    expect(page.get_by_role("heading", name="现在没有网络")).to_be_visible()
    assert violations(page) == []
    listed = page.locator(".question-list a")
    assert listed.count() == 2
    listed.filter(has_text="绑定").click()
    expect(page.locator(".answer")).to_contain_text("解绑")
    page.context.set_offline(False)
    page.goto("/faq/upgrade-06/")
    assert page.locator(".offline-note").count() == 0


@pytest.mark.server
def test_large_type_chosen_later_is_kept_offline_too(portal: Visitor) -> None:
    page = portal.page()
    page.goto("/faq/upgrade-06/")
    with_worker(page)
    page.goto("/faq/upgrade-06/")
    page.goto("/credits/check/")
    page.locator(".size-switch button").click()
    expect(page.locator("html")).to_have_attribute("data-size", "large")
    page.context.set_offline(True)
    page.goto("/faq/upgrade-06/")
    expect(page.locator("html")).to_have_attribute("data-size", "large")


@pytest.mark.server
def test_a_new_worker_clears_only_what_is_old(portal: Visitor) -> None:
    page = portal.page()
    page.goto("/robots.txt")
    page.evaluate("caches.open('portal-static-old').then(cache => cache.put('/static/old.css', new Response('')))")
    page.evaluate("caches.open('somebody-else')")
    page.goto("/faq/upgrade-06/")
    with_worker(page)
    until_kept(page, "/faq/upgrade-06/")
    until(page, "caches.keys().then(names => !names.includes('portal-static-old'))")
    names = set(page.evaluate("caches.keys()"))
    assert {"somebody-else", "portal-pages"} < names
    assert len(names) == 3


@pytest.mark.server
def test_at_most_sixty_pages_are_kept(portal: Visitor) -> None:
    page = portal.page()
    page.goto("/faq/upgrade-06/")
    with_worker(page)
    until_kept(page, "/faq/upgrade-06/")
    fill = """async () => {
      const cache = await caches.open('portal-pages');
      for (let n = 0; n < 60; n += 1) await cache.put(`/faq/old-${n}/`, new Response(''));
    }"""
    page.evaluate(fill)
    page.goto("/faq/credits-02/")
    until_kept(page, "/faq/credits-02/")
    until(page, "caches.open('portal-pages').then(c => c.keys()).then(keys => keys.length === 60)")
    paths = kept_paths(page)
    assert "/faq/old-59/" in paths
    assert not {"/faq/upgrade-06/", "/faq/old-0/"} & paths


def test_nothing_personal_is_cached_after_signing_in(visitor: Visitor, place: Place) -> None:
    page = visitor.page()
    page.goto("/faq/upgrade-01/")
    with_worker(page)
    until_kept(page, "/faq/upgrade-01/")
    visitor.sign_in(page, place, "herself")
    for path in ("/credits/mine/", "/credits/mine/what-if/", "/", "/faq/", "/faq/upgrade-02/", "/faq/upgrade-01/"):
        answer = page.goto(path)
        assert answer and answer.status == 200
        expect(page.get_by_role("button", name="退出")).to_be_visible()
    page.goto("/credits/check/")
    fill_row(page)
    expect(page.locator("#answer .statement")).to_be_visible()
    page.goto("/sign-in/")
    page.goto("/admin/")
    paths = kept_paths(page)
    assert {path for path in paths if not path.startswith("/static/")} == {"/faq/upgrade-01/", "/offline/"}
    script = """async () => {
      const texts = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) texts.push(await (await cache.match(request)).text());
      }
      return texts.join('');
    }"""
    everything = page.evaluate(script)
    assert "电脑端" in everything
    for own in ("张三", "A-1", "退出</button>", 'href="/credits/mine/"', "csrfmiddlewaretoken"):
        assert own not in everything
    page.context.set_offline(True)
    page.goto("/credits/mine/")
    expect(page.get_by_role("heading", name="现在没有网络")).to_be_visible()
    assert "张三" not in page.content()

"""Kept pages: the same as Django's, for nobody but readers without a session, and never older than the content."""

from __future__ import annotations

import datetime
import gzip
import re
import sys
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from credits.models import TrainingCycle
from faq import search
from faq.insight.counting import held
from faq.models import Category, Document, Entry, Feedback, Phrasing, SearchState, SynonymGroup
from helpdesk.common.shared_pages import SharedPage, names_only, page_of, same_for_everybody
from helpdesk.outages import outage
from helpdesk.page_cache import PageCache
from helpdesk.page_cache import pages as kept_pages
from helpdesk.page_cache.keys import Key
from helpdesk.page_cache.pages import Page
from helpdesk.page_cache.store import Shelf, Store
from helpdesk.page_cache.versions import Version, Versions
from tests.cast import make_editor
from tests.credits.ledgers import fields_of_cycle
from tests.faults.postgresql import Wire

pytestmark = pytest.mark.django_db(transaction=True)

ENTRY = "/faq/kept-1/"
HOST = "testserver"


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        whole = gzip.decompress(self.body) if self.headers.get("Content-Encoding") == "gzip" else self.body
        return whole.decode()


class Site:
    """The cache around Django's own handler, and how often that was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self._django = get_wsgi_application()
        self.versions = Versions()
        self.cache = PageCache(self._count, self.versions)

    def _count(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.asked += 1
        return self._django(environ, start_response)

    def ask_django(self, address: str, **headers: str) -> Answer:
        """Asks past the cache."""
        return self._ask(self._django, address, "GET", headers)

    def ask(self, address: str, method: str = "GET", **headers: str) -> Answer:
        """Asks for an address; headers are named as in the environment, without HTTP_."""
        return self._ask(self.cache, address, method, headers)

    @staticmethod
    def _ask(application: Any, address: str, method: str, headers: dict[str, str]) -> Answer:
        path, _, query = address.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "REMOTE_ADDR": "192.0.2.1",
            "HTTP_HOST": HOST,
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
            **{f"HTTP_{name}": value for name, value in headers.items()},
        }
        told: list[Any] = []
        answer = application(environ, lambda status, headers, exc_info=None: told.extend([status, headers]))
        body = b"".join(answer)
        getattr(answer, "close", lambda: None)()
        return Answer(int(told[0][:3]), {name: value.strip() for name, value in told[1]}, body)

    def shows_kept(self, address: str, **headers: str) -> bool:
        """Tells whether an address is answered without asking Django."""
        before = self.asked
        assert self.ask(address, **headers).status == 200
        return self.asked == before


@pytest.fixture
def site(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setattr(kept_pages, "LONGEST_SHOWN", 3600.0)  # however slow the machine is
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = False
    category = Category.objects.create(slug="kept", name="登录")
    for number in (1, 2, 3):
        question = f"海藻投影第 {number} 步怎么做"
        Entry.objects.create(ref=f"kept-{number}", category=category, question=question, status="published")
    TrainingCycle.objects.create(**fields_of_cycle("2018"))
    made = Site()
    yield made
    made.versions.close()


PAGES = [
    "/",
    "/faq/",
    "/faq/category/kept/",
    ENTRY,
    f"/search/?q={quote('海藻')}",
    "/credits/rules/",
    "/guide/",
    "/privacy/",
]
PAGES += [f"/api/v1/search?q={quote('海藻')}", f"/api/v1/suggest?q={quote('海藻')}", "/api/v1/entries/kept-1/"]


@pytest.mark.parametrize("encoding", ["", "gzip"])
@pytest.mark.parametrize("address", PAGES)
def test_a_kept_page_is_what_django_answers(site: Site, address: str, encoding: str) -> None:
    site.ask(address, ACCEPT_ENCODING=encoding)
    assert site.shows_kept(address, ACCEPT_ENCODING=encoding)
    kept = site.ask(address, ACCEPT_ENCODING=encoding)
    made = site.ask_django(address, ACCEPT_ENCODING=encoding)
    assert kept.text == made.text
    added = {"ETag", "Cache-Control", "Content-Length", "Content-Security-Policy"}
    assert {name: kept.headers[name] for name in made.headers if name not in added} == {
        name: value for name, value in made.headers.items() if name not in added
    }
    assert kept.headers["Content-Length"] == str(len(kept.body))


def withdraw() -> None:
    row = Entry.objects.get(ref="kept-2")
    row.status = Entry.Status.DRAFT
    row.save()


CHANGES = {
    "an entry": lambda: Entry.objects.get(ref="kept-1").save(),
    "a withdrawn entry": withdraw,
    "a deleted entry": lambda: Entry.objects.get(ref="kept-3").delete(),
    "a category": lambda: Category.objects.get(slug="kept").save(),
    "a new phrasing": lambda: Phrasing.objects.create(entry=Entry.objects.get(ref="kept-1"), text="投影不亮"),
    "a synonym": lambda: SynonymGroup.objects.create(words="海藻 海草"),
    "a document": lambda: Document.objects.create(slug="new", title="新资料"),
    "a cycle": lambda: TrainingCycle.objects.get().save(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_change_is_seen_at_the_next_request(site: Site, change: Any) -> None:
    site.ask("/faq/")
    change()
    assert not site.shows_kept("/faq/")
    assert site.ask("/faq/").text == site.ask_django("/faq/").text


# --- pages that say which entries they name ----------------------------------------------------------------------

NAMING = ["/", "/faq/", "/faq/category/kept/", "/faq/category/other/", ENTRY, "/faq/kept-2/", "/faq/other-1/"]


def change(known_as: str, **fields: Any) -> None:
    row = Entry.objects.get(ref=known_as)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()


OF_LISTS = CHANGES | {
    "new words": lambda: change("kept-2", question="海藻投影的新问题"),
    "a short question": lambda: change("kept-1", short_question="新的短问题"),
    "a new address": lambda: change("kept-2", ref="kept-9"),
    "another place": lambda: change("kept-3", position=1),
    "another category": lambda: change("kept-2", category=Category.objects.get(slug="other")),
    "a published draft": lambda: change("draft-1", status="published"),
    "a new entry": lambda: Entry.objects.create(
        ref="new-1", category=Category.objects.get(slug="kept"), question="新问题", position=1, status="published"
    ),
}


@pytest.fixture
def two_categories(site: Site) -> Site:
    other = Category.objects.create(slug="other", name="别的")
    Entry.objects.create(ref="other-1", category=other, question="食堂几点开门", status="published")
    Entry.objects.create(ref="draft-1", category=other, question="还没有发布", status="draft")
    return site


@pytest.mark.parametrize("made", OF_LISTS.values(), ids=list(OF_LISTS))
def test_no_change_leaves_a_list_other_than_djangos(two_categories: Site, made: Any) -> None:
    for address in NAMING:
        two_categories.ask(address)
    made()
    for address in NAMING:
        kept, answered = two_categories.ask(address), two_categories.ask_django(address)
        assert (kept.status, kept.text) == (answered.status, answered.text), address


def test_new_words_leave_pages_that_name_another_entry(two_categories: Site) -> None:
    for address in ("/faq/category/other/", "/faq/category/kept/"):
        two_categories.ask(address)
    change("kept-2", question="海藻投影的新问题")
    assert two_categories.shows_kept("/faq/category/other/")
    assert not two_categories.shows_kept("/faq/category/kept/")


def test_an_entry_that_older_code_withdraws_is_named_no_more(site: Site) -> None:
    assert "第 2 步" in site.ask(ENTRY).text
    stamp = SearchState.raise_version(places=False)
    Entry.objects.filter(ref="kept-2").update(status="draft", stamp=stamp)
    assert "第 2 步" not in site.ask(ENTRY).text


# --- beside all changes ------------------------------------------------------------------------------------------


def test_a_withdrawn_entry_is_gone_at_once(site: Site) -> None:
    assert site.ask("/faq/kept-2/").status == 200
    withdraw()
    assert site.ask("/faq/kept-2/").status == 404
    assert "第 2 步" not in site.ask(ENTRY).text


def test_a_change_that_is_rolled_back_makes_no_page_older(site: Site) -> None:
    with transaction.atomic():
        Entry.objects.get(ref="kept-1").save()
        transaction.set_rollback(True)
    before = site.ask(ENTRY).text
    row = Entry.objects.get(ref="kept-1")
    row.question = "海藻投影的新问题"
    row.save()
    assert "海藻投影的新问题" in site.ask(ENTRY).text
    assert "海藻投影的新问题" not in before


def test_a_vote_is_seen_at_home_and_makes_no_other_page_anew(site: Site) -> None:
    site.ask("/")
    site.ask(ENTRY)
    Feedback.record(Entry.objects.get(ref="kept-1"), "voter", helpful=True)
    assert site.shows_kept(ENTRY)
    assert not site.shows_kept("/")


@pytest.mark.parametrize("cookie", ["sessionid=x", "messages=x", f"reader={'r' * 32}", "theme=dark; sessionid="])
def test_a_reader_with_a_session_or_an_opinion_gets_an_own_page(site: Site, cookie: str) -> None:
    site.ask(ENTRY)
    assert not site.shows_kept(ENTRY, COOKIE=cookie)
    site.ask("/faq/kept-2/", COOKIE=cookie)
    assert not site.shows_kept("/faq/kept-2/")


@pytest.mark.parametrize("cookie", ["size=large\xa0", "size\xa0=large", "sessionid\xa0=x; size=large"])
def test_a_cookie_means_to_the_cache_what_it_means_to_django(site: Site, cookie: str) -> None:
    as_sent = cookie.encode().decode("latin-1")
    assert 'data-size="large"' in site.ask(ENTRY, COOKIE=as_sent).text
    assert 'data-size="large"' not in site.ask(ENTRY).text
    assert site.shows_kept(ENTRY, COOKIE=as_sent) == ("sessionid" not in cookie)


def test_the_appearance_is_part_of_a_page_and_foreign_cookies_are_not(site: Site) -> None:
    site.ask(ENTRY)
    assert 'data-size="large"' in site.ask(ENTRY, COOKIE="size=large; theme=dark").text
    assert 'data-size="large"' not in site.ask(ENTRY).text
    asked = site.asked
    for number in range(20):
        site.ask(ENTRY, COOKIE=f"tracker={number}; size=gigantic; theme={number}")
    assert site.asked == asked
    assert len(site.cache._store.plain) == 2


def test_a_browser_that_has_the_page_is_told_so(site: Site) -> None:
    first = site.ask(ENTRY)
    assert first.headers["Cache-Control"] == "no-cache"
    etag = first.headers["ETag"]
    for known in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        again = site.ask(ENTRY, IF_NONE_MATCH=known)
        assert (again.status, again.body) == ((200, first.body) if known == "*" else (304, b""))
    assert "Content-Type" not in site.ask(ENTRY, IF_NONE_MATCH=etag).headers
    Entry.objects.get(ref="kept-1").delete()
    assert site.ask(ENTRY, IF_NONE_MATCH=etag).status == 404


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_browsers_copy_still_holds_in_another_process(site: Site, encoding: str) -> None:
    etag = site.ask(ENTRY, ACCEPT_ENCODING=encoding).headers["ETag"]
    site.cache._store = Store()
    assert site.ask(ENTRY, ACCEPT_ENCODING=encoding, IF_NONE_MATCH=etag).status == 304
    Entry.objects.get(ref="kept-1").delete()
    Entry.objects.create(ref="kept-1", category=Category.objects.get(), question="海藻", status="published")
    assert site.ask(ENTRY, ACCEPT_ENCODING=encoding, IF_NONE_MATCH=etag).status == 200


def test_head_has_the_headers_and_no_body(site: Site) -> None:
    site.ask(ENTRY, "HEAD")
    page = site.ask(ENTRY)
    assert "第 1 步" in page.text
    head = site.ask(ENTRY, "HEAD")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(page.body))


def test_a_host_that_is_not_ours_is_refused_and_keeps_nothing(site: Site, settings: Any) -> None:
    settings.ALLOWED_HOSTS = [HOST, "other.example"]
    site.ask(ENTRY)
    assert site.ask(ENTRY, HOST="evil.example").status == 400
    assert "other.example/faq/kept-1/" in site.ask(ENTRY, HOST="other.example").text
    assert len(site.cache._store.plain) == 2


def test_plain_http_is_sent_to_https_even_where_the_page_is_kept(site: Site, settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["192.0.2.0/24"]
    settings.SECURE_SSL_REDIRECT = True
    site = Site()
    assert site.ask(ENTRY, X_FORWARDED_PROTO="https").status == 200
    assert site.ask(ENTRY, X_FORWARDED_PROTO="http").status == 301
    settings.TRUSTED_PROXIES = []
    assert site.ask(ENTRY, X_FORWARDED_PROTO="https").status == 301


@pytest.mark.parametrize(
    "address", ["/ask/", "/sign-in/", "/healthz", "/faq/nothing/", "/search/?q=%00&page=x" + "y" * 1000]
)
def test_other_pages_are_never_kept(site: Site, address: str) -> None:
    site.ask(address)
    asked = site.asked
    site.ask(address)
    assert site.asked == asked + 1


def test_a_search_and_an_opening_are_counted_at_each_showing(site: Site) -> None:
    held.take()
    results = f"http://{HOST}/search/?q={quote('海藻')}"
    for _ in range(3):
        site.ask(f"/search/?q={quote('海藻')}")
        site.ask(ENTRY, REFERER=results)
    for refusal in ({"DNT": "1"}, {"SEC_GPC": "1"}, {"USER_AGENT": "Googlebot/2.1"}):
        site.ask(f"/search/?q={quote('海藻')}", **refusal)
        site.ask(ENTRY, REFERER=results, **refusal)
    tallies = held.take().values()
    assert sorted((tally.searches, tally.opened) for tally in tallies) == [(0, 3), (3, 0)]


TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([0-9A-Za-z]{64})"')


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_each_reader_of_a_kept_form_has_an_own_token(site: Site, encoding: str) -> None:
    site.ask("/credits/check/", ACCEPT_ENCODING=encoding)
    assert site.shows_kept("/credits/check/", ACCEPT_ENCODING=encoding)
    answers = [site.ask("/credits/check/", ACCEPT_ENCODING=encoding) for _ in range(3)]
    assert len({TOKEN.findall(answer.text)[0] for answer in answers}) == 3
    assert len({answer.headers["Set-Cookie"].partition(";")[0] for answer in answers}) == 3
    assert len({TOKEN.sub("", answer.text) for answer in answers}) == 1
    assert all("ETag" not in answer.headers for answer in answers)


def test_the_token_of_a_kept_form_is_accepted(site: Site) -> None:
    site.ask("/credits/check/")
    answer = site.ask("/credits/check/", ACCEPT_ENCODING="gzip")
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    [token] = TOKEN.findall(answer.text)
    again = site.ask("/credits/check/", COOKIE=cookie)
    assert again.headers["Set-Cookie"].startswith(cookie)
    for known in (token, TOKEN.findall(again.text)[0]):
        assert (
            site.ask("/credits/check/", "POST", COOKIE=cookie, X_CSRFTOKEN=known, ORIGIN="http://testserver").status
            == 200
        )
    assert site.ask("/credits/check/", "POST", COOKIE=cookie, X_CSRFTOKEN="x" * 64).status == 403


def test_a_page_of_yesterday_and_an_old_one_are_made_anew(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.ask(ENTRY)
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    with monkeypatch.context() as later:
        later.setattr(timezone, "localdate", lambda *_: tomorrow)
        assert not site.shows_kept(ENTRY)
    monkeypatch.setattr(kept_pages, "LONGEST_SHOWN", -1.0)
    site.ask("/faq/kept-2/")
    assert not site.shows_kept("/faq/kept-2/")


def test_where_the_version_cannot_be_asked_django_answers(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.ask(ENTRY)
    monkeypatch.setattr(site.versions, "_path", "/nowhere/db.sqlite3")
    monkeypatch.setattr(site.versions, "_file", (1, 1))
    assert site.versions.now() is None
    assert not site.shows_kept(ENTRY)


def test_a_version_that_cannot_be_asked_begins_no_outage(
    site: Site, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    site.ask(ENTRY)
    monkeypatch.setattr(site.versions, "_statement", "SELECT nothing FROM nowhere")
    assert site.versions.now() is None
    assert outage.quiet_for() is None


def test_a_database_that_refuses_connections_makes_no_request_fail(
    site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", f"file:{tmp_path}/none?mode=rw"[-60:])
    assert site.versions.now() is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite has a file")
def test_a_damaged_database_makes_no_request_fail(site: Site, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    damaged = tmp_path / "db.sqlite3"
    damaged.write_bytes(b"\x00damaged" * 1000)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(damaged))
    assert site.versions.now() is None


def test_a_page_is_not_kept_where_its_search_was_older_than_the_index_is_by_now(site: Site) -> None:
    request = RequestFactory().get("/search/")
    same_for_everybody()(lambda request: HttpResponse())(request)
    search.search("海藻")
    Entry.objects.get(ref="kept-1").save()
    with ThreadPoolExecutor(1) as other:
        other.submit(search.search, "海藻").result()
        other.submit(connections.close_all).result()
    search.keep_if_current(request)
    mark = page_of(request.META)
    assert mark is not None
    assert not mark.kept


def test_memory_for_pages_is_bounded() -> None:
    shelf = Shelf(most=100_000)
    version = Version((1, 1), (None, None))

    def page(size: int) -> Page:
        return Page("200 OK", [], b"x" * size, version, timezone.localdate(), SharedPage())

    for number in range(1000):
        shelf.keep(Key("http", HOST, f"/{number}", "", "auto", "usual", gzip=False), page(3000))
    assert shelf.weight <= 100_000
    assert 15 < len(shelf) <= 20
    shelf.keep(Key("http", HOST, "/large", "", "auto", "usual", gzip=False), page(2_000_000))
    assert shelf.get(Key("http", HOST, "/large", "", "auto", "usual", gzip=False)) is None


def test_the_bound_of_memory_holds_for_small_pages_at_long_addresses() -> None:
    shelf = Shelf(most=1_000_000)
    version = Version((1, 1), (None, None))
    tracemalloc.start()
    for number in range(2000):
        headers = [(f"X-{number}-{name}", f"{number}-{name}" * 5) for name in range(12)]
        page = Page("200 OK", headers, b"{}", version, timezone.localdate(), SharedPage())
        shelf.keep(Key("http", HOST, "/", f"q={number}" + "y" * 900, "auto", "usual", gzip=False), page)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0 < taken < 1_200_000


def test_the_bound_of_memory_holds_for_pages_that_name_many_entries() -> None:
    shelf = Shelf(most=1_000_000)
    version = Version((1, 1), (None, None))
    tracemalloc.start()
    for number in range(500):
        named = {1000 * number + entry: 10**18 + entry for entry in range(200)}
        page = Page("200 OK", [], b"{}", version, timezone.localdate(), SharedPage(named=named))
        shelf.keep(Key("http", HOST, f"/{number}", "", "auto", "usual", gzip=False), page)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0 < taken < 1_200_000


def test_made_up_addresses_drive_out_no_page_that_many_read(site: Site) -> None:
    site.cache._store.made_up = Shelf(most=30_000)
    site.ask(ENTRY)
    plain = site.cache._store.plain.weight
    for number in range(1, 20):
        site.ask(f"{ENTRY}?{number}")
        site.ask(ENTRY, HOST=f"{HOST}:{number}")
        site.ask(ENTRY, HOST=f"{HOST.upper()}:{number}")
    assert site.cache._store.plain.weight == plain
    assert site.cache._store.made_up.weight <= 30_000


def test_an_editors_draft_is_shown_to_the_editor_alone(site: Site, client: Any) -> None:
    withdraw()
    client.force_login(make_editor())
    assert "草稿" in client.get("/faq/kept-2/").content.decode()
    assert site.ask("/faq/kept-2/").status == 404


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has poolers")
@pytest.mark.parametrize("ahead", [False, True])
def test_behind_a_pooler_that_changes_connections_pages_are_kept_all_the_same(site: Site, ahead: bool) -> None:
    site.ask(ENTRY)
    site.versions._execute("DEALLOCATE page_version")
    if ahead:
        site.cache.expect(HEAD)
    assert site.shows_kept(ENTRY)
    assert site.versions._statement.lstrip().startswith("SELECT")


# --- the version, asked while the request is read ------------------------------------------------------------------

HEAD = b"GET /faq/kept-1/ HTTP/1.1\r\nHost: testserver\r\n\r\n"


def is_free(versions: Versions) -> bool:
    """Tells whether another thread may ask."""
    return not versions._lock.locked()


def test_a_version_asked_ahead_shows_every_change_before_the_request(site: Site) -> None:
    site.ask(ENTRY)
    for _ in range(2):
        site.cache.expect(HEAD)
        assert site.versions._is_sent == (connection.vendor == "postgresql")
        assert site.shows_kept(ENTRY)
        assert is_free(site.versions)
    change("kept-1", question="海藻投影改成了别的")
    site.cache.expect(HEAD)
    assert "海藻投影改成了别的" in site.ask(ENTRY).text
    assert is_free(site.versions)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a file is asked at once")
def test_what_was_asked_ahead_is_not_asked_again(site: Site) -> None:
    site.ask(ENTRY)
    site.cache.expect(HEAD)
    change("kept-1", question="海藻投影改成了别的")  # after the request had come
    assert site.shows_kept(ENTRY)
    assert not site.shows_kept(ENTRY)


def test_of_two_requests_at_once_only_one_asks_ahead(site: Site) -> None:
    site.ask(ENTRY)
    site.cache.expect(HEAD)
    with ThreadPoolExecutor(1) as other:
        other.submit(site.cache.expect, HEAD).result(5)
        other.submit(site.cache.settle).result(5)
        assert is_free(site.versions) == (connection.vendor != "postgresql")
        assert site.shows_kept(ENTRY)
        assert other.submit(site.shows_kept, ENTRY).result(5)
        other.submit(connections.close_all).result(5)


def test_a_request_that_needs_no_version_holds_up_nobody(site: Site) -> None:
    """One that its parser refuses, and one of somebody who is signed in, whose page may take long."""
    site.ask(ENTRY)
    site.cache.expect(HEAD)
    site.cache.settle()
    assert is_free(site.versions)
    were_free: list[bool] = []
    django = site._django

    def note(environ: dict[str, Any], start_response: Any) -> Any:
        were_free.append(is_free(site.versions))
        return django(environ, start_response)

    site._django = note  # type: ignore[assignment]
    site.cache.expect(HEAD)
    assert site.ask(ENTRY, COOKIE=f"{settings.SESSION_COOKIE_NAME}=abc").status == 200
    assert were_free == [True]


def test_who_is_signed_in_asks_nothing_ahead(site: Site) -> None:
    site.ask(ENTRY)
    site.cache.expect(HEAD[:-2] + f"Cookie: {settings.SESSION_COOKIE_NAME}=abc\r\n\r\n".encode())
    assert is_free(site.versions)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a file ends no connections")
@pytest.mark.parametrize("moment", ["before the question", "before the answer"])
def test_a_connection_that_was_ended_is_replaced_though_it_was_asked_ahead(site: Site, moment: str) -> None:
    site.ask(ENTRY)
    number = site.versions._connection.info.backend_pid
    with transaction.atomic(), connection.cursor() as cursor:
        if moment == "before the answer":
            cursor.execute("LOCK TABLE faq_searchstate")
            site.cache.expect(HEAD)
            assert not is_free(site.versions)
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
    if moment == "before the question":
        site.cache.expect(HEAD)
    assert site.shows_kept(ENTRY)
    assert site.versions._connection.info.backend_pid != number
    assert is_free(site.versions)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a file is not silent")
def test_a_silence_after_the_question_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    place = connection.settings_dict
    account = f"{place['USER']}:{place['PASSWORD']}" if place["PASSWORD"] else place["USER"]
    wire = Wire(f"postgres://{account}@{place['HOST'] or '127.0.0.1'}:{place['PORT'] or 5432}/{place['NAME']}")
    monkeypatch.setitem(place, "HOST", "127.0.0.1")
    monkeypatch.setitem(place, "PORT", urlsplit(wire.url).port)
    site.ask(ENTRY)
    wire.alive.clear()
    site.cache.expect(HEAD)
    began = time.monotonic()
    assert site.versions.now() is None
    assert 0.4 < time.monotonic() - began < 5
    assert is_free(site.versions)
    site.cache.expect(HEAD)  # nothing is asked for a second
    assert is_free(site.versions)
    wire.alive.set()


def test_of_two_stamps_of_an_entry_the_first_read_counts() -> None:
    """The page may show its words of then; named with the later stamp, it would be taken for one with the new words."""
    request = RequestFactory().get("/")

    @same_for_everybody()
    def view(request: Any) -> HttpResponse:
        names_only(request, [(1, 10), (2, 20)])
        names_only(request, [(1, 11), (3, 30), (3, 31)])
        return HttpResponse()

    view(request)
    page = page_of(request.META)
    assert page is not None
    assert page.named == {1: 10, 2: 20, 3: 30}

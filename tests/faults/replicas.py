"""Faults of a primary and its streaming replica: one lags, dies, hangs or is started again while readers read."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from html import unescape
from pathlib import Path
from urllib.parse import quote

from tests.hosts import Editor, bootstrap
from tests.installation import Answer, Installation, Server, wait_until

from .deploys import Readers
from .own_postgresql import OwnPostgreSQL, primary_and_replica
from .table import Row

DATABASE = "portal"
#: Seconds after which a database that is back must be in use again. The replica is left alone for five at a time.
SOON, REPLICA_SOON = 5.0, 15.0
PAGES = (
    *("/", "/faq/", "/faq/category/upgrade-login/", "/faq/upgrade-01/", "/search/?q=abc", "/guide/", "/privacy/"),
    *("/credits/rules/", "/credits/check/", "/sitemap.xml", "/sitemap-entries.xml"),
    *("/api/v1/search?q=abc", "/api/v1/suggest?q=abc", "/api/v1/entries/", "/api/v1/entries/upgrade-01/"),
)
_SCANS = "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'faq_entry'"
_BEHIND = "SELECT pg_wal_lsn_diff('{}', pg_last_wal_replay_lsn()) > 0"


@dataclass
class Scene:
    """Two servers of PostgreSQL, and two hosts: the `first` reads from the replica, the `second` knows of none."""

    primary: OwnPostgreSQL
    replica: OwnPostgreSQL
    first: Server
    second: Server

    def reads(self, server: OwnPostgreSQL) -> int:
        """How often a server of PostgreSQL looked through the entries, as it counts by itself."""
        return int(server.row(_SCANS, DATABASE)[0])

    def catch_up(self) -> bool:
        """Waits until the replica has everything that the primary has now."""
        (reached,) = self.primary.row("SELECT pg_current_wal_lsn()")
        return wait_until(lambda: not self.replica.row(_BEHIND.format(reached))[0], REPLICA_SOON)

    def replica_is_read(self) -> bool:
        """Tells whether the replica is read from within REPLICA_SOON seconds."""
        before = self.reads(self.replica)

        def one_more() -> bool:
            ask_for_new_pages(self.first, 3)
            return self.reads(self.replica) > before

        return wait_until(one_more, REPLICA_SOON)


@contextmanager
def scene(folder: Path) -> Iterator[Scene]:
    """Sets everything up; raises NoServer where PostgreSQL's programs cannot be run."""
    with ExitStack() as stack:
        primary, replica = stack.enter_context(primary_and_replica())
        primary.row(f"CREATE DATABASE {DATABASE}")
        urls = {"DATABASE_URL": primary.url(DATABASE), "RATE_LIMITS": "off"}
        homes = [folder / "first", folder / "second"]
        for home in homes:
            home.mkdir()
        first_place = Installation(homes[0], DATABASE_REPLICA_URL=replica.url(DATABASE), **urls)
        second_place = Installation(homes[1], **urls)
        bootstrap(first_place)
        done = first_place.manage("collectstatic", "--noinput", "-v0")
        assert done.returncode == 0, done.stderr
        (homes[1] / "var").mkdir(exist_ok=True)
        (homes[1] / "var" / "static").symlink_to(homes[0] / "var" / "static")
        first = stack.enter_context(first_place.serve())
        second = stack.enter_context(second_place.serve())
        made = Scene(primary, replica, first, second)
        assert made.catch_up()
        yield made


# --- asking ----------------------------------------------------------------------------------------------------------

_numbers = iter(range(10**9))


def ask_for_new_pages(server: Server, number: int) -> list[int]:
    """Asks for searches that nobody asked for before, so that no page of them is kept; returns the statuses."""
    return [status_of(server, f"/search/?q={quote('密码不对')}&n={next(_numbers)}") for _ in range(number)]


def status_of(server: Server, path: str) -> int:
    try:
        return server.visitor().get(path).status
    except (OSError, http.client.HTTPException):
        return 0


def statuses(server: Server, times: int = 1) -> list[int]:
    """Asks for all public pages with four readers at once."""
    with ThreadPoolExecutor(4) as crowd:
        return list(crowd.map(lambda path: status_of(server, path), PAGES * times))


def form_of(editor: Editor, ref: str) -> dict[str, str]:
    return {"csrfmiddlewaretoken": editor.token, "ref": ref, "question": f"问 {ref}", "answer": "答", "category": "1"}


def typed_is_kept(answer: Answer, form: dict[str, str]) -> bool:
    fields = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', answer.text)
    return {unescape(name): unescape(value) for name, value in fields} == form


# --- rows ------------------------------------------------------------------------------------------------------------


def rows(scene: Scene) -> Iterator[Row]:
    """All faults, one after another."""
    yield from read_from_replica(scene)
    for fault in (lagging_replica, killed_replica, silent_replica, stopped_primary, silent_primary, restarted):
        yield from fault(scene)


def read_from_replica(scene: Scene, number: int = 200) -> Iterator[Row]:
    """New pages look through the entries on the replica, and not on the primary."""
    before = scene.reads(scene.primary), scene.reads(scene.replica)
    failed = number - ask_for_new_pages(scene.first, number).count(200)
    counted = wait_until(lambda: scene.reads(scene.replica) - before[1] >= number, 20)
    of_primary, of_replica = scene.reads(scene.primary) - before[0], scene.reads(scene.replica) - before[1]
    failed += not counted or of_primary > number / 10
    yield Row("pages read from the replica", number, failed, f"entries read: {of_replica} × there, {of_primary} × here")


def lagging_replica(scene: Scene, number: int = 10) -> Iterator[Row]:
    """The replica stands still while an editor publishes and withdraws: each shows at the next request."""
    editor, visitor = Editor(scene.first), scene.first.visitor()
    scene.replica.row("SELECT pg_wal_replay_pause()")
    failed = 0
    for n in range(number):
        ref = f"lagging-{next(_numbers)}"
        list_before = ref in visitor.get("/api/v1/entries/").text
        editor.publish_new(ref, f"副本慢的时候 {n}")
        shown = visitor.get(f"/faq/{ref}/").status == 200 and ref in visitor.get("/api/v1/entries/").text
        (pk,) = scene.primary.row(f"SELECT id FROM faq_entry WHERE ref = '{ref}'", DATABASE)
        editor.withdraw(pk)
        gone = visitor.get(f"/faq/{ref}/").status == 404 and ref not in visitor.get("/api/v1/entries/").text
        failed += list_before or not shown or not gone
    yield Row("edits while the replica lags", 2 * number, failed)
    scene.replica.row("SELECT pg_wal_replay_resume()")
    yield Row("  and it catches up and is read", 1, int(not (scene.catch_up() and scene.replica_is_read())))


def killed_replica(scene: Scene, times: int = 3) -> Iterator[Row]:
    """The replica dies while readers read, and comes back."""
    for _ in range(times):
        yield _while_reading(scene, "replica killed", scene.replica.kill)
        scene.replica.start()
        yield Row("  and back, and read", 1, int(not scene.replica_is_read()))


def silent_replica(scene: Scene) -> Iterator[Row]:
    """The replica's host hangs."""
    with scene.replica.frozen():
        yield _while_reading(scene, "replica silent", lambda: None)
    yield Row("  and speaks again, and is read", 1, int(not scene.replica_is_read()))


def _while_reading(scene: Scene, fault: str, do: Callable[[], object], spared: int = 0, seconds: float = 8) -> Row:
    """Reads for some seconds; so many requests as are `spared` may be told 503, being answered when it happened."""
    asked: list[int] = []
    with Readers(scene.first) as readers:
        asked += ask_for_new_pages(scene.first, 10)
        do()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            asked += ask_for_new_pages(scene.first, 1)
    tried = readers.answered.total() + len(asked)
    unavailable = readers.answered["503"] + asked.count(503)
    failed = tried - readers.answered["200"] - asked.count(200) - min(unavailable, spared)
    return Row(fault, tried, failed, f"{unavailable} × 503, slowest {readers.slowest:.2f} s")


def stopped_primary(scene: Scene, times: int = 2) -> Iterator[Row]:
    """The primary is stopped: public pages go on, what writes is told to come back, and then can."""
    for _ in range(times):
        editor = Editor(scene.first)
        scene.primary.stop()
        try:
            yield from _without_primary(scene, editor)
        finally:
            scene.primary.start()
        yield withdrawn_at_once(scene, editor)
        yield _saved_soon(scene, editor, scene.first)


def _without_primary(scene: Scene, editor: Editor) -> Iterator[Row]:
    answered = statuses(scene.first, 10) + ask_for_new_pages(scene.first, 20)
    known = scene.first.visitor()
    known.cookies["reader"] = "A" * 32
    answered += [known.get(path).status for path in ("/faq/", "/faq/upgrade-01/")]
    yield Row("primary stopped: pages", len(answered), len(answered) - answered.count(200))
    form = form_of(editor, f"kept-{next(_numbers)}")
    answers = [editor.visitor.post("/admin/faq/entry/add/", form) for _ in range(5)]
    borne = [one.status == 503 and "Retry-After" in one.headers and typed_is_kept(one, form) for one in answers]
    yield Row("  what is saved is given back with 503", len(borne), borne.count(False))
    ready = scene.first.visitor().get("/readyz")
    failed = ready.status != 200 or "warning" not in ready.json().get("replica", {})
    yield Row("  /readyz keeps the host and warns", 1, int(failed))
    without = statuses(scene.second)
    yield Row("  a host without a replica", len(without), sum(s not in (200, 503) for s in without), _told(without))


def silent_primary(scene: Scene) -> Iterator[Row]:
    """The primary's host hangs. A page that was just being read from it fails; no later one does."""
    editor = Editor(scene.first)
    with ExitStack() as stack:
        freeze = partial(stack.enter_context, scene.primary.frozen())
        yield _while_reading(scene, "primary silent: pages", freeze, spared=5)
        ready = status_of(scene.first, "/readyz")
        yield Row("  /readyz keeps the host", 1, int(ready != 200))
    yield _saved_soon(scene, editor, scene.first)


def withdrawn_at_once(scene: Scene, editor: Editor) -> Row:
    """An entry withdrawn in the first moment after the primary is back is gone, though the replica follows later."""
    ref = f"back-{next(_numbers)}"
    editor.publish_new(ref, f"刚回来 {ref}")
    (pk,) = scene.primary.row(f"SELECT id FROM faq_entry WHERE ref = '{ref}'", DATABASE)
    shown = [status_of(scene.first, f"/faq/{ref}/")]
    editor.withdraw(pk)
    shown += [status_of(scene.first, f"/faq/{ref}/") for _ in range(10)]
    return Row("  and an edit shows at once", len(shown), int(shown[0] != 200) + len(shown) - 1 - shown.count(404))


def restarted(scene: Scene, times: int = 2) -> Iterator[Row]:
    """PostgreSQL is restarted below both hosts while editors are signed in."""
    for _ in range(times):
        for server in (scene.second, scene.first):
            editor, ref = Editor(server), f"restarted-{next(_numbers)}"
            editor.publish_new(ref, f"重启之前 {ref}")
            scene.primary.stop()
            time.sleep(2)
            meanwhile = [status_of(server, path) for path in PAGES]
            scene.primary.start()
            name = "with" if server is scene.first else "without"
            wrong = sum(status not in (200, 503) for status in meanwhile)
            yield Row(f"PostgreSQL restarted, {name} replica", len(meanwhile), wrong, _told(meanwhile))
            yield _saved_soon(scene, editor, server)
            (found,) = scene.primary.row(f"SELECT count(*) FROM faq_entry WHERE ref = '{ref}'", DATABASE)
            yield Row("  what was saved before is there", 1, int(found != 1))


def _saved_soon(scene: Scene, editor: Editor, server: Server) -> Row:
    """The editor, still signed in, saves within SOON seconds, and all pages are there."""
    began = time.monotonic()
    form = form_of(editor, f"back-{next(_numbers)}")
    saved = wait_until(lambda: editor.visitor.post("/admin/faq/entry/add/", form).status == 302, SOON)
    after = time.monotonic() - began
    served = wait_until(lambda: set(statuses(server)) == {200}, SOON - after)
    return Row("  and back: a save and all pages", 1, int(not (saved and served)), f"saved after {after:.1f} s")


def _told(answered: list[int]) -> str:
    return ", ".join(f"{answered.count(status)} × {status}" for status in sorted(set(answered)))

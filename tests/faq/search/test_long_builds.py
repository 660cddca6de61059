"""Readers are answered while an index is missing, failing or being built."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection

from faq import search
from faq.models import Entry
from faq.search import generations
from faq.search.content import current_version
from faq.search.index import Index
from faq.search.replica import Keeper, Replica, _build_in_child
from tests.faults.searching import delete
from tests.installation import ROOT, wait_until

from .helpers import committed, flip_a_bit, make_entry, refs


@committed
def test_the_database_answers_until_an_index_is_built(large: None, replica: Replica) -> None:
    entry = make_entry("量子打印机怎么用")
    shutil.rmtree(generations.current().path.parent)
    woken: list[bool] = []
    fresh = Replica()
    fresh.wake = lambda: woken.append(True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "own_replica", fresh)
        result = search.search("量子打印机")
        assert ([hit.entry for hit in result.hits], result.confident) == ([entry], False)
        assert (search.suggest("量子"), search.related(entry), search.explain("量子").available) == ([], [], False)
        assert woken
        fresh.bring_up()
        assert search.search("量子打印机").confident
        assert search.status().healthy


@committed
def test_the_old_index_answers_during_a_long_build(large: None, replica: Replica) -> None:
    entries = [make_entry(f"第 {number} 号量子打印机") for number in range(70)]
    kept = make_entry("火星移民怎么办")
    replica.bring_up()
    old = replica.current()
    for entry in entries:
        entry.status = Entry.Status.DRAFT
        entry.question = "海藻投影怎么用"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Replica, "bring_up", lambda *arguments, **named: None)
            entry.save()
    assert replica.current() is old
    assert (refs("量子打印机"), refs("海藻投影"), search.suggest("量子")) == ([], [], [])
    assert search.related(entries[0]) == [kept]
    replica.bring_up()
    assert replica.current() is not old
    assert (search.status().entries, search.status().healthy) == (1, True)


@committed
def test_another_process_loads_what_the_builder_wrote(
    large: None, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(70):
        make_entry(f"第 {number} 号量子打印机")
    replica.bring_up()
    other = Replica()
    other.bring_up()
    with monkeypatch.context() as patch:
        patch.setattr(Replica, "bring_up", lambda *arguments, **named: None)
        for entry in Entry.objects.all():
            entry.save()
    replica.bring_up()
    monkeypatch.setattr("faq.search.replica.build", None)
    with generations.alone(0):
        other.bring_up()  # somebody else is at it
    held = other.current()
    assert held is not None
    assert held.version == current_version()


@committed
def test_a_large_index_is_built_apart(large: None, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    delete(folder)
    monkeypatch.setattr("faq.search.replica.APART", 0)
    other = Replica()
    serving = Replica()

    def build_in_other(lock: int) -> bool:
        other.bring_up(rebuild=True)
        return True

    serving.build_apart = build_in_other
    serving.bring_up()
    with monkeypatch.context() as patch:
        patch.setattr(search, "own_replica", serving)
        patch.setattr("faq.search.replica.build", None)
        assert refs("量子打印机") == [entry.ref]
        assert search.search("量子打印机").confident


@committed
def test_where_nothing_can_be_built_apart_it_is_built_here(
    large: None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_entry("量子打印机怎么用")
    delete(folder)
    monkeypatch.setattr("faq.search.replica.APART", 0)
    serving = Replica()
    serving.build_apart = lambda lock: False
    serving.bring_up()
    assert serving.current() is None
    serving.bring_up()
    assert serving.current() is not None


@committed
def test_one_process_of_a_host_builds_apart(large: None, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others go on without, and hold what was written afterwards; none of them builds."""
    entry = make_entry("量子打印机怎么用")
    delete(folder)
    monkeypatch.setattr("faq.search.replica.APART", 0)
    builder, first, second = Replica(), Replica(), Replica()

    def build_in_other(lock: int) -> bool:
        second.bring_up()
        assert second.current() is None
        builder.bring_up(rebuild=True)
        return True

    first.build_apart = build_in_other
    second.build_apart = lambda lock: pytest.fail("two processes build")
    first.bring_up()
    with monkeypatch.context() as patch:
        patch.setattr("faq.search.replica.build", None)
        second.bring_up()
        patch.setattr(search, "own_replica", second)
        assert refs("量子打印机") == [entry.ref]


@committed
def test_a_keeper_rests_while_another_process_builds(
    large: None, folder: Path, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_entry("量子打印机怎么用")
    delete(folder)
    replica.fail()
    rounds: list[float] = []
    bring_up = replica.bring_up

    def counted(**options: Any) -> None:
        rounds.append(time.monotonic())
        bring_up(**options)

    monkeypatch.setattr(replica, "bring_up", counted)
    monkeypatch.setattr("faq.search.replica.CHECK_EVERY", 60.0)
    keeper = Keeper(replica)
    with generations.alone(0):
        keeper.start()
        try:
            assert wait_until(lambda: rounds, 10)
            time.sleep(0.5)
            assert len(rounds) == 1
            keeper.wake()
            assert wait_until(lambda: len(rounds) == 2, 10)
        finally:
            keeper.stop()


@committed
def test_who_began_a_build_may_end_before_it(folder: Path) -> None:
    """The lock stays with the process that builds."""
    search.sync()
    script = "import sys, time; print(flush=True); time.sleep(60)"
    with generations.apart() as lock:
        assert lock is not None
        child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, pass_fds=[lock])
    try:
        assert child.stdout and child.stdout.readline()
        with generations.apart() as lock:
            assert lock is None
    finally:
        child.kill()
        child.communicate()
    with generations.apart() as lock:
        assert lock is not None


@committed
def test_the_process_apart_builds_for_real(
    large: None, folder: Path, replica: Replica, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = make_entry("量子打印机怎么用")
    delete(folder)
    monkeypatch.setenv("SEARCH_INDEX_DIR", str(folder))
    monkeypatch.setenv("DATABASE_URL", database_url())
    with generations.apart() as lock:
        assert lock is not None and _build_in_child(lock)
    monkeypatch.setattr("faq.search.replica.build", None)
    assert refs("量子打印机") == [entry.ref]


def database_url() -> str:
    """Return the address of the database that the tests use."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{urlsplit(str(database['NAME'])).path}"
    user = ":".join(filter(None, (database["USER"], database["PASSWORD"])))
    return f"postgres://{user}@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"


@committed
def test_the_keeper_writes_changes_and_mends_files(
    monkeypatch: pytest.MonkeyPatch, folder: Path, replica: Replica
) -> None:
    monkeypatch.setattr("faq.search.replica.CHECK_EVERY", 0.2)
    keeper = Keeper(replica)
    monkeypatch.setattr(search, "own_keeper", keeper)
    keeper.start()
    try:
        assert keeper.at_work
        make_entry("量子打印机怎么用")
        assert wait_until(lambda: search.status().healthy, 10)
        delete(folder)
        assert wait_until(lambda: search.status().healthy, 10)
        flip_a_bit(next(path for path in generations.current().path.iterdir() if path.suffix == ".stored"))
        assert not generations.is_whole(current_version())
        assert wait_until(lambda: generations.is_whole(current_version()), 10)
    finally:
        keeper.stop()
    assert not keeper.at_work


def test_no_thread_runs_before_gunicorn_forks() -> None:
    """A master with `--preload` forks its workers right after the import, whatever threads are doing then."""
    script = "import threading; from helpdesk import wsgi; print([thread.name for thread in threading.enumerate()])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['MainThread']"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["in a transaction", pytest.param("committed", marks=committed)])
def test_an_index_that_fails_is_built_anew(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    entry = make_entry("量子打印机怎么用")
    broken = search.own_replica.current()
    session = Index.session

    def fail(index: Index) -> Any:
        if index is broken:
            raise RuntimeError("broken")
        return session(index)

    monkeypatch.setattr(Index, "session", fail)
    assert refs("量子打印机") == [entry.ref]
    assert search.own_replica.current() is not broken


@committed
def test_the_database_answers_without_an_index(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    draft = make_entry("量子投影仪怎么用", status=Entry.Status.DRAFT)

    def fail(index: Index) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(Index, "session", fail)
    result = search.search("量子")
    assert ([hit.entry for hit in result.hits], result.confident, result.step) == ([entry], False, search.Step.NEAREST)
    assert search.suggest("量子") == []
    assert search.related(draft) == [entry]

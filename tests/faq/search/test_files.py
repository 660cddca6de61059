"""Search goes on whatever happens to the files of the index."""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from faq import search
from faq.models import SearchState
from faq.search import generations
from faq.search.content import current_version
from faq.search.replica import Replica

from .helpers import committed, flip_a_bit, make_entry, new_process, refs


def damage_all(change: Callable[[Path], None]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for path in [path for path in folder.rglob("*") if path.is_file()]:
            change(path)

    return damage


def write_garbage(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir(mode=0o700)


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "deleted": shutil.rmtree,
    "emptied": empty,
    "truncated": damage_all(lambda path: os.truncate(path, path.stat().st_size // 2)),
    "all files empty": damage_all(lambda path: os.truncate(path, 0)),
    "garbage": damage_all(write_garbage),
    "a bit flipped": damage_all(flip_a_bit),
    "CURRENT elsewhere": lambda folder: (folder / "CURRENT").write_text("../../etc"),
    "CURRENT not text": lambda folder: (folder / "CURRENT").write_bytes(b"\xff\xfe"),
    "a manifest of another kind": lambda folder: next(folder.glob("*/manifest.json")).write_text("[1]"),
    "open to others": lambda folder: folder.chmod(0o777),
}


@committed
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_search_goes_on_with_damaged_files(
    monkeypatch: pytest.MonkeyPatch, folder: Path, damage: Callable[[Path], None]
) -> None:
    entry = make_entry("量子打印机怎么用")
    assert refs("量子打印机") == [entry.ref]
    assert search.status().healthy
    damage(folder)
    assert refs("量子打印机") == [entry.ref]
    new_process(monkeypatch)
    assert refs("量子打印机") == [entry.ref]
    newer = make_entry("海藻投影怎么用")
    assert refs("海藻投影") == [newer.ref]
    assert search.sync().healthy


@committed
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_the_keeper_mends_damaged_files(
    replica: Replica, monkeypatch: pytest.MonkeyPatch, folder: Path, damage: Callable[[Path], None]
) -> None:
    entry = make_entry("量子打印机怎么用")
    damage(folder)
    replica.bring_up()
    assert search.status().healthy
    assert generations.is_whole(current_version())
    new_process(monkeypatch)
    monkeypatch.setattr("faq.search.replica.build", None)
    assert refs("量子打印机") == [entry.ref]


@committed
@pytest.mark.parametrize("failure", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_search_goes_on_when_writing_fails(monkeypatch: pytest.MonkeyPatch, folder: Path, failure: int) -> None:
    make_entry("量子打印机怎么用")

    def fail(handle: int) -> None:
        raise OSError(failure, os.strerror(failure))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        entry = make_entry("海藻投影怎么用")
        assert refs("海藻投影") == [entry.ref]
        status = search.sync()
        assert (status.healthy, status.database_version) == (False, SearchState.current())
        assert not list(folder.glob("*.new/*"))
    assert search.sync().healthy


@committed
def test_search_goes_on_without_a_folder(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    settings.SEARCH_INDEX_DIR = tmp_path / "a file" / "search"
    entry = make_entry("量子打印机怎么用")
    assert refs("量子打印机") == [entry.ref]
    status = search.sync(rebuild=True)
    assert (status.healthy, status.indexed_version, status.entries, status.generation) == (False, None, 0, "")


@committed
def test_files_of_other_code_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    with monkeypatch.context() as other:
        other.setattr(generations, "_code_digest", lambda: "other code")
        search.sync(rebuild=True)
    assert not search.status().healthy
    new_process(monkeypatch)
    assert refs("量子打印机") == [entry.ref]
    assert search.sync().healthy


@committed
def test_two_older_generations_stay_unfinished_ones_go(folder: Path) -> None:
    (folder / "0000000001-00000000.new").mkdir(parents=True)
    for number in range(6):
        make_entry(f"第 {number} 号打印机")
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    assert len(names) == 3
    assert (folder / "CURRENT").read_text() == names[-1]
    assert names[-1].startswith(f"{SearchState.current():010d}-")


@committed
def test_the_folders_are_private(folder: Path) -> None:
    make_entry("量子打印机怎么用")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert generations.current().path.stat().st_mode & 0o777 == 0o700


@committed
def test_a_new_process_loads_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    assert search.sync().healthy
    new_process(monkeypatch)
    monkeypatch.setattr("faq.search.replica.build", None)
    assert refs("量子打印机") == [entry.ref]


@committed
def test_searching_does_not_wait_for_another_builder(folder: Path) -> None:
    search.sync()
    written = generations.current()
    with generations.alone(0) as alone:
        assert alone
        with generations.alone(0) as second:
            assert not second
        entry = make_entry("量子打印机怎么用")  # waits a while, then leaves it to the other
        assert refs("量子打印机") == [entry.ref]
        assert generations.current() == written
    assert search.sync().healthy


@committed
def test_the_status_describes_the_index(folder: Path) -> None:
    assert search.status().message
    make_entry("量子打印机怎么用")
    status = search.sync()
    assert (status.healthy, status.indexed_version, status.entries) == (True, SearchState.current(), 1)
    assert Path(status.generation).parent == folder
    SearchState.raise_version()
    behind = search.status()
    assert (behind.healthy, behind.database_version) == (False, SearchState.current())
    assert "落后" in behind.message


@committed
def test_trouble_with_the_disk_is_reported(replica: Replica, monkeypatch: pytest.MonkeyPatch, client: Any) -> None:
    make_entry("量子打印机怎么用")
    assert search.trouble() == ""

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        make_entry("海藻投影怎么用")
        assert "磁盘已满" in search.trouble()
        search.sync()
        assert "磁盘已满" in search.trouble()
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["search"]["healthy"]) == (200, False)
        assert "磁盘已满" in ready.json()["search"]["warning"]
    replica.bring_up()
    assert search.trouble() == ""
    assert "warning" not in client.get("/readyz").json()["search"]


@committed
def test_trouble_ends_where_another_process_could_write(replica: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        make_entry("海藻投影怎么用")
        assert "磁盘已满" in replica.trouble
    Replica().bring_up()
    replica.bring_up()
    assert replica.trouble == ""

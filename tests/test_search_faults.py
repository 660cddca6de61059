"""Search while processes are killed, files damaged and disks full, under real gunicorn workers.

Workers run as in production, with nothing sped up: the keeper looks at the files every ten seconds and at what was
written past the models every thirty.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.page_cache.pages import LONGEST_SHOWN
from tests.faults import index
from tests.faults.deploys import Readers
from tests.faults.searching import DAMAGES, REPAIRED, SEARCHES, Editor, found, healthy, index_folder, whole
from tests.faults.table import failures
from tests.installation import Installation, Server, wait_until

pytestmark = pytest.mark.server
#: `make faults` kills a hundred.
KILLS = 20


@pytest.fixture(scope="module")
def place(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return installation.twin(tmp_path_factory.mktemp("faults"), RATE_LIMITS="off")


@pytest.fixture(scope="module")
def busy(place: Installation) -> Iterator[Server]:
    with place.serve() as server:
        assert wait_until(lambda: healthy(server), REPAIRED), server.log.read_text()
        yield server


def past_the_models(place: Installation, statement: str, *values: object) -> int:
    with sqlite3.connect(place.database, timeout=20) as database:
        return database.execute(statement, values).rowcount


# --- killed ------------------------------------------------------------------------------------------------------


def test_workers_killed_at_random_fail_no_search(place: Installation) -> None:
    assert failures(index.killed_workers(place, KILLS, "--preload", pause=0.175)) == []


def test_builders_killed_midway_leave_a_whole_index(place: Installation) -> None:
    """A child writes generation after generation and is killed at random, so in the middle of it."""
    script = """
        import os, random, signal, sys, time
        sys.path.insert(0, os.getcwd())
        os.environ["DJANGO_SETTINGS_MODULE"] = "helpdesk.settings"
        import django
        django.setup()
        from django.db import connections
        from faq import search
        from faq.models import SearchState
        from faq.search import generations
        from faq.search.content import take_snapshot
        from faq.search.index import build

        index = build(take_snapshot())
        generations.publish(index)
        connections.close_all()
        chance = random.Random(11)
        midway = 0
        for kill in range(int(sys.argv[1])):
            before = (generations._folder() / "CURRENT").read_text()
            child = os.fork()
            if child == 0:
                while True:
                    with generations.alone(0) as alone:
                        assert alone
                        generations.publish(index)
            time.sleep(chance.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            midway += any(path.name.endswith(".new") for path in generations._folder().iterdir())
            loaded = generations.load(generations.current())
            assert loaded.version == index.version and loaded.size == index.size
        generations.publish(index)
        assert search.search("密码不对").confident
        names = [path.name for path in generations._folder().iterdir() if path.is_dir()]
        assert len(names) == 3, names
        print(midway)
    """
    done = place.run("-c", textwrap.dedent(script), "200")
    assert done.returncode == 0, done.stderr
    print(f"200 kills, {done.stdout.strip()} of them in the middle of writing")
    assert int(done.stdout) >= 20


# --- damaged while serving ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DAMAGES)
def test_damaged_files_fail_no_search_and_are_mended(place: Installation, busy: Server, kind: str) -> None:
    assert failures(index.damaged(place, busy, [kind])) == []
    assert found(busy, "密码不对")[0] == "upgrade-03"


def test_a_worker_that_starts_on_damaged_files_answers(place: Installation, busy: Server) -> None:
    DAMAGES["bits flipped"](index_folder(place))
    for worker in busy.workers:
        os.kill(worker, signal.SIGKILL)
    assert wait_until(lambda: len(busy.workers) == 2, 10)
    assert "upgrade-03" in found(busy, "密码不对")  # from the database, where making an index takes too long
    assert wait_until(lambda: found(busy, "密码不对")[0] == "upgrade-03", REPAIRED)
    assert wait_until(lambda: whole(index_folder(place)), REPAIRED)


def test_two_builders_at_once_leave_one_whole_index(place: Installation, busy: Server) -> None:
    with Readers(busy, 3, SEARCHES) as readers:
        builders = [place.start("manage.py", "search_index", "--rebuild") for _ in range(3)]
        done = [builder.communicate(timeout=60) for builder in builders]
    assert [builder.returncode for builder in builders] == [0, 0, 0], done
    assert set(readers.answered) == {"200"}
    assert whole(index_folder(place))


# --- changed behind its back -------------------------------------------------------------------------------------


def test_changes_past_the_models_are_found(place: Installation, busy: Server) -> None:
    editor = Editor(busy, "by-hand")
    assert editor.add("火星移民怎么办理手续") == 302
    assert found(busy, "火星移民") == ["by-hand"]
    assert past_the_models(place, "UPDATE faq_entry SET status = 'draft' WHERE ref LIKE 'credits-0%'") == 9
    assert past_the_models(place, "UPDATE faq_entry SET question = '海藻投影仪怎么借' WHERE ref = 'by-hand'") == 1
    assert past_the_models(place, "DELETE FROM faq_phrasing") > 900
    drafts = {f"credits-0{number}" for number in range(1, 10)}
    assert past_the_models(place, "DELETE FROM faq_entry WHERE ref = 'upgrade-19'") == 1
    time.sleep(LONGEST_SHOWN)  # kept pages were made before; nothing tells them of such changes
    began = time.monotonic()
    with Readers(busy, 3, SEARCHES) as readers:
        while not all(found_only_as_it_is_now(busy) for _ in range(6)):  # both workers, probably
            assert time.monotonic() - began < 60
            for query in ("学分", "学历冲抵", "听课学分", "补报", "查学分"):
                assert not {*drafts, "upgrade-19"} & set(found(busy, query))
            time.sleep(0.2)
    print(f"found after {time.monotonic() - began:.1f} s")
    assert set(readers.answered) == {"200"}
    assert wait_until(lambda: healthy(busy), REPAIRED)
    assert "索引中的问答：" in place.manage("search_index", "--status").stdout


def found_only_as_it_is_now(server: Server) -> bool:
    return found(server, "海藻投影") == ["by-hand"] and found(server, "火星移民") == []


# --- a full disk -------------------------------------------------------------------------------------------------


def test_a_full_disk_stops_nothing_and_is_told(installation: Installation, tmp_path: Path) -> None:
    try:
        assert failures(index.full_disk(installation, tmp_path)) == []
    except PermissionError as error:
        pytest.skip(str(error))

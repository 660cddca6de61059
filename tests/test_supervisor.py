"""The worker of long work beside the server: started with it, started again where it dies, ended with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation import Installation, Server, wait_until

pytestmark = pytest.mark.server
SECONDS = 120


@pytest.fixture
def with_jobs(installation: Installation, tmp_path: Path) -> Installation:
    return installation.twin(tmp_path, JOBS="on")


def workers(installation: Installation) -> list[int]:
    """The process ids of the workers that have given a sign of life and still live."""
    found = []
    for path in (installation.home / "var" / "db.jobs").glob("*.json"):
        pid = int(json.loads(path.read_text())["worker"].rsplit("-", 2)[1])
        if is_alive(pid):
            found.append(pid)
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def the_worker(installation: Installation, other_than: int = 0) -> int:
    """The process id of the one worker, as soon as it gives a sign of life."""
    assert wait_until(lambda: [pid for pid in workers(installation) if pid != other_than], SECONDS)
    [pid] = workers(installation)
    return pid


def test_a_worker_that_is_killed_is_started_again(with_jobs: Installation) -> None:
    with with_jobs.serve():
        first = the_worker(with_jobs)
        os.kill(first, signal.SIGKILL)
        second = the_worker(with_jobs, other_than=first)
        assert is_alive(second)


def test_a_reload_of_the_server_renews_the_worker(with_jobs: Installation) -> None:
    with with_jobs.serve() as server:
        first = the_worker(with_jobs)
        os.kill(server.pid, signal.SIGHUP)
        assert the_worker(with_jobs, other_than=first) != first
        assert not is_alive(first)


def test_the_worker_ends_with_the_server(with_jobs: Installation) -> None:
    with with_jobs.serve():
        pid = the_worker(with_jobs)
    assert wait_until(lambda: not is_alive(pid), SECONDS)
    assert workers(with_jobs) == []


def test_the_worker_ends_with_a_killed_server(with_jobs: Installation) -> None:
    server: Server
    with with_jobs.serve() as server:
        pid = the_worker(with_jobs)
        os.kill(server.pid, signal.SIGKILL)
        assert wait_until(lambda: not is_alive(pid), SECONDS)


def test_a_second_supervisor_waits_for_the_first(with_jobs: Installation) -> None:
    around = ["-m", "helpdesk.common.supervisor", sys.executable, "-c", "import time; time.sleep(600)"]
    first = with_jobs.start(*around)
    pid = the_worker(with_jobs)
    second = with_jobs.start(*around)
    try:
        first.terminate()
        first.communicate(timeout=SECONDS)
        assert not is_alive(pid)
        assert is_alive(the_worker(with_jobs, other_than=pid))
    finally:
        second.terminate()
        second.communicate(timeout=SECONDS)
    assert workers(with_jobs) == []


def test_around_a_command_its_exit_code_is_passed_on(with_jobs: Installation) -> None:
    done: subprocess.CompletedProcess[str] = with_jobs.run(
        "-m", "helpdesk.common.supervisor", sys.executable, "-c", "raise SystemExit(7)"
    )
    assert done.returncode == 7

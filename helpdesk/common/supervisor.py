"""Keeps one worker of long work alive beside the server of this host, and ends with the server.

As a command around the server's, `python -m helpdesk.common.supervisor gunicorn …`, it passes signals on to the
server and ends with its exit code. Without a command it ends with the process that started it, as `Beside` does
from a server's own start.
One supervisor a host is enough: a second one waits until the first has ended, as during a restart that overlaps.
This file needs no Django, so that it costs little memory.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK = ROOT / "var" / "jobs.lock"
WORKER = [sys.executable, str(ROOT / "manage.py"), "jobs", "--with-parent"]
#: Seconds between two looks at the processes.
EVERY = 0.2
#: Seconds before a worker that died is started again, doubled each time up to the longest.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
#: A worker that lived for so many seconds was a healthy one; the next pause is the first again.
HEALTHY = 60.0
#: Seconds that the worker has to finish or hand back its job before it is killed.
PATIENCE = 20.0
PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)


class Supervisor:
    """Starts the worker, starts it again where it dies, and stops it when `is_wanted` says so."""

    def __init__(self, is_wanted: Callable[[], bool], command: Sequence[str] = WORKER) -> None:
        self.is_wanted = is_wanted
        self.command = command
        self.worker: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.pause = FIRST_PAUSE
        self.lock: IO[str] | None = None

    def run(self) -> None:
        """Supervises until it is not wanted any more; then stops the worker."""
        try:
            while self.is_wanted():
                if self._is_the_only_one():
                    self._look()
                time.sleep(EVERY)
        finally:
            self._stop()

    def restart(self) -> None:
        """Lets the worker end and be started again, with the code and settings as they are by then."""
        if self.worker is not None and self.worker.poll() is None:
            self.pause = 0.0
            self.worker.terminate()

    def _is_the_only_one(self) -> bool:
        """True where this supervisor holds the host's lock, which the kernel frees with the process."""
        if self.lock is None:
            LOCK.parent.mkdir(exist_ok=True)
            file = LOCK.open("w")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                return False
            self.lock = file
        return True

    def _look(self) -> None:
        lived = time.monotonic() - self.started_at
        if self.worker is None:
            self._start()
        elif self.worker.poll() is not None and lived >= self.pause:
            self.pause = FIRST_PAUSE if lived >= HEALTHY else min(LONGEST_PAUSE, max(FIRST_PAUSE, 2 * self.pause))
            self._start()

    def _start(self) -> None:
        self.worker = subprocess.Popen(self.command, cwd=ROOT)  # noqa: S603  our own command
        self.started_at = time.monotonic()

    def _stop(self) -> None:
        if self.worker is None or self.worker.poll() is not None:
            return
        self.worker.terminate()
        try:
            self.worker.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.worker.kill()  # its claim lapses, and the next worker goes on


class Beside:
    """A supervisor in a process of its own that ends with the process that started it, however that ends.

    `JOBS=off` starts none, on a host that only serves while workers run elsewhere.
    """

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, unless it is there."""
        is_wanted = os.environ.get("JOBS", "on") != "off"
        if is_wanted and (self.process is None or self.process.poll() is not None):
            self.process = subprocess.Popen([sys.executable, "-m", "helpdesk.common.supervisor"], cwd=ROOT)

    def restart_worker(self) -> None:
        """Makes the worker end and begin again with new code; the supervisor too where that has died."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGHUP)
        else:
            self.start()

    def stop(self) -> None:
        """Tells it to end; nobody waits for the worker to hand back its job."""
        if self.process is not None:
            self.process.terminate()


def _beside_parent() -> int:
    """Supervises as long as the process lives that started this one, and it is not told to stop."""
    parent = os.getppid()
    told: list[int] = []
    supervisor = Supervisor(lambda: not told and os.getppid() == parent)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _: told.append(number))
    signal.signal(signal.SIGHUP, lambda *_: supervisor.restart())
    supervisor.run()
    return 0


def _around(command: Sequence[str]) -> int:
    """Runs the server's command with a worker beside it; returns the server's exit code."""
    server = subprocess.Popen(command)  # noqa: S603  as given by whoever starts this
    supervisor = Supervisor(lambda: server.poll() is None)

    def pass_on(number: int, _: object) -> None:
        server.send_signal(number)
        if number == signal.SIGHUP:
            supervisor.restart()

    for number in PASSED_ON:
        signal.signal(number, pass_on)
    supervisor.run()
    return server.wait()


if __name__ == "__main__":
    sys.exit(_around(sys.argv[1:]) if sys.argv[1:] else _beside_parent())

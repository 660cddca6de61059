"""Workers for tests: in a thread, or as real processes on the database that the test uses."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection, connections

from helpdesk.common.models import Job
from helpdesk.common.worker import Worker

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def working() -> Iterator[Worker]:
    """A worker in a thread of this process, with signs of life; for tests whose rows are committed."""
    worker = Worker(grace=0)

    def run() -> None:
        try:
            worker.run()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield worker
    finally:
        worker.stop()
        thread.join(20)
        assert not thread.is_alive()


def database_url() -> str:
    """The address of the database that this process uses, for processes it starts."""
    parts = connection.settings_dict
    name = str(parts["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name.removeprefix('file://').partition('?')[0]}"
    account = f"{quote(parts['USER'])}:{quote(parts['PASSWORD'])}@" if parts["USER"] else ""
    return f"postgres://{account}{parts['HOST']}:{parts['PORT'] or 5432}/{name}"


def start_worker(*options: str) -> subprocess.Popen[str]:
    """A worker as a real process on this database; what it logs can be read from `stderr`."""
    environment = os.environ | {"DATABASE_URL": database_url(), "SECRET_KEY": settings.SECRET_KEY}
    command = [sys.executable, "manage.py", "jobs", *options]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)


def ended(job: Job, seconds: float = 180) -> Job:
    """The job as it is when it is over."""
    assert wait_until(lambda: Job.objects.get(pk=job.pk).is_over, seconds), vars(Job.objects.get(pk=job.pk))
    return Job.objects.get(pk=job.pk)


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """True where `holds()` becomes true within `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True

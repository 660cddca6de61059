"""How gunicorn serves the portal: `.venv/bin/gunicorn` reads this file; its command line wins.

The hooks at the end say what happens beside serving, and when.
"""

import os
import resource
import sys
from typing import Any

# At a reload (HUP) this file is read again, and the worker's new code with it.
sys.modules.pop("helpdesk.server", None)
from helpdesk.common import supervisor  # noqa: E402
from helpdesk.server import Generation  # noqa: E402

wsgi_app = "helpdesk.wsgi"
bind = "127.0.0.1:8000"
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
worker_class = "helpdesk.server.Worker"
#: Threads that only read; half as many beside them may write. Each keeps one connection to PostgreSQL.
threads = 8
#: Connections, waiting ones too, in each worker; above it the one that has been waiting longest is cut.
worker_connections = 1000
#: Seconds a connection is kept for the next request.
keepalive = 5
graceful_timeout = 30
limit_request_line = 8190
forwarded_allow_ips = ""  # the portal itself looks at TRUSTED_PROXIES
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Once, in the master, before the first worker: as many files and connections as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    server.generation = Generation()


def pre_fork(server: Any, worker: Any) -> None:
    """In the master, before each worker."""
    worker.generation = server.generation
    worker.generation.note_started(worker.age)


def post_worker_init(worker: Any) -> None:
    """In a worker that is about to serve."""
    from faq import insight, search
    from helpdesk import reading_ahead, uploads
    from helpdesk.sqlite.base import keep_connections

    reading_ahead.read_all()
    keep_connections()
    search.keep_up()
    insight.keep_counting()
    uploads.keep_swept()
    worker.generation.note_ready(worker.age)


# --- long work, in a process of its own beside the server ---------------------------------------------------------

jobs = supervisor.Beside()


def when_ready(server: Any) -> None:
    """Once, in the master, when it listens. A reload reads this file anew, so the server keeps the supervisor."""
    server.jobs = jobs
    server.jobs.start()


def on_reload(server: Any) -> None:
    """In the master, at HUP."""
    server.jobs.restart_worker()


def on_exit(server: Any) -> None:
    """In the master, at its end."""
    server.jobs.stop()

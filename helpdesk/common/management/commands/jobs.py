"""`manage.py jobs`: works off long work until it is told to stop."""

from __future__ import annotations

import argparse
import datetime
import os
import signal
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from helpdesk.common.models import LEASE, LONGEST_LEASE
from helpdesk.common.worker import GRACE, Worker

#: Added to the process's priority number: readers come first.
NICE = 10
#: Seconds that the work waits for another writer on SQLite.
LOCK_SECONDS = 120


class Command(BaseCommand):
    help = "办理导入、导出、批量审核等费时的事；收到 TERM、HUP 或 INT 信号时把手上的事办完或交回，然后退出。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--lease",
            type=float,
            default=LEASE.total_seconds(),
            help="办理进程没有动静多少秒以后，由别的进程接着办",
        )
        parser.add_argument("--grace", type=float, default=GRACE, help="收到退出信号以后，手上的事最多再办多少秒")
        parser.add_argument("--nice", type=int, default=NICE, help="比网页让先多少（0 到 19）")
        parser.add_argument("--with-parent", action="store_true", help="启动它的进程结束时，跟着结束")

    def handle(self, *args: Any, **options: Any) -> None:
        os.nice(options["nice"])
        if connection.vendor == "sqlite":
            # The other writer may be another worker that saves an import.
            connection.settings_dict["OPTIONS"]["timeout"] = LOCK_SECONDS
        lease = min(datetime.timedelta(seconds=options["lease"]), LONGEST_LEASE)
        parent = os.getppid()
        follows = options["with_parent"]
        worker = Worker(lease=lease, grace=options["grace"], is_wanted=lambda: not follows or os.getppid() == parent)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop())
        worker.run()

"""`manage.py housekeeping`: every duty of a timer, once."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from helpdesk.common import timers
from helpdesk.common.only_one import only_one


class Command(BaseCommand):
    help = (
        "把定时要办的事都办一遍：到期的清理、重新计算学分、核对搜索索引和审计记录等；每天运行一次，重复运行没有影响。"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Does every duty and says how each went; exits with 1 where one failed. Does nothing beside another one."""
        with only_one("housekeeping") as is_ours:
            if not is_ours:
                self.stdout.write("已有一个在做，这次什么也没有做。")
                return
            failed = [done for done in timers.run_all() if self._say(done)]
        if failed:
            sys.exit(1)

    def _say(self, done: timers.Done) -> bool:
        """Prints how a duty went, and returns whether it failed."""
        out = self.stderr if done.failed else self.stdout
        out.write(done.sentence)
        return done.failed

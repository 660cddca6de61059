"""State of long work in two cheap queries, with the one bound that `doctor`, `/readyz` and `/metrics` share."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Min
from django.utils import timezone

from helpdesk.common import signs
from helpdesk.common.models import Job

#: A worker takes the next job within seconds, or when it is through with a large import, which takes minutes.
LONGEST_WAIT = datetime.timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Work:
    """Workers that live, jobs that none of them holds, and the seconds since the oldest of these was asked for."""

    workers: int
    waiting: int
    oldest_seconds: int

    @property
    def warning(self) -> str:
        """Says in Chinese what is wrong with it; empty where nothing is."""
        if not self.workers:
            return f"没有办理进程在运行，有 {self.waiting} 件事等着；定时发布、发邮件也停着。"
        if self.oldest_seconds > LONGEST_WAIT.total_seconds():
            return f"有 {self.waiting} 件事等着办，等得最久的已经 {self.oldest_seconds // 60} 分钟。"
        return ""


def work() -> Work:
    """Returns the state of long work. Raises django.db.Error if the database fails."""
    found = Job.objects.to_claim().aggregate(waiting=Count("pk"), oldest=Min("created_at"))
    since = timezone.now() - found["oldest"] if found["oldest"] else datetime.timedelta()
    return Work(len(signs.fresh()), found["waiting"], max(0, int(since.total_seconds())))

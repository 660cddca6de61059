"""Does a worker live, and does long work get on?"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models.functions import Now

from helpdesk.care import waiting
from helpdesk.common.jobs import MOST_ATTEMPTS
from helpdesk.common.models import SILENT, Job

from .findings import Finding

LOGS = "看运行日志里的原因；人都不用的时候重新启动网站，没办完的会接着办。"

START = (
    "照部署指南装的，运行 systemctl restart peixun-jobs.service。"
    "别的装法，没有设 JOBS=off 的重新启动网站，它会带起办理进程；设了的单独运行 manage.py jobs。"
)


def look() -> Iterator[Finding]:
    """Finds that no worker lives, that work waits for one, and work that keeps being interrupted."""
    work = waiting.work()
    if not work.workers:
        yield Finding(work.warning, START)
        return
    if work.warning:
        yield Finding(work.warning, LOGS)
    still = Job.objects.to_claim().filter(created_at__lt=Now() - 4 * SILENT, attempts__gt=0).count()
    if still:
        yield Finding(f"有 {still} 件事中断以后还没有人接着办。", LOGS)
    again = Job.objects.unfinished().filter(attempts__gte=MOST_ATTEMPTS).count()
    if again:
        yield Finding(f"有 {again} 件事办了 {MOST_ATTEMPTS} 次都中断。", LOGS)

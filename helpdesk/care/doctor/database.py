"""Is the database there, sound and up to date, and does its clock agree with ours?"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from helpdesk.care import replica
from helpdesk.care.snapshot import applied_migrations
from helpdesk.common.audit_rows import AuditRow

from .findings import Finding

#: Codes of the second factor do not fit beyond it.
MOST_APART = datetime.timedelta(seconds=30)
CLOCK = "在服务器上打开自动对时（timedatectl set-ntp true），各台机器都要。"


def look() -> Iterator[Finding]:
    """Finds a database that cannot be read, is damaged, lacks migrations, or makes readers and writers wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        if connection.vendor == "sqlite":
            yield from _look_at_file()
    if applied_migrations() is None:
        yield Finding("数据库还没有更新到这一版程序。", "运行 manage.py bootstrap。")


def _look_at_file() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone()
        cursor.execute("PRAGMA quick_check(1)")
        (state,) = cursor.fetchone()
    if mode != "wal":
        yield Finding(
            f"数据库文件不是 WAL 方式（现在是 {mode}），有人保存时别人打不开页面，备份时也不能保存。",
            "把数据库文件放到本机的磁盘上（不要放在网络盘、共享文件夹），再重新启动网站。",
        )
    if state != "ok":
        yield Finding(
            f"数据库文件损坏了（{state}）。", "停下网站，留一份现在的文件，再用最近的备份恢复（manage.py restore）。"
        )


def look_at_clock() -> Iterator[Finding]:
    """Finds a clock of the database that differs from ours, and rows that were written in what is still to come."""
    now = timezone.now()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (theirs,) = cursor.fetchone()
        if abs(theirs - now) > MOST_APART:
            yield Finding("这台服务器和数据库服务器的时间不一样。", CLOCK)
    last = AuditRow.objects.aggregate(at=Max("at"))["at"]
    if last is not None and last > now + MOST_APART:
        written = f"{timezone.localtime(last):%Y-%m-%d %H:%M}"
        yield Finding(f"审计记录里有还没到的时间（{written}），服务器的时间不对，或者以前不对。", CLOCK)


def look_at_replica() -> Iterator[Finding]:
    """Finds a replica that does not answer or does not follow the primary; nothing where the settings name none."""
    found = replica.look()
    if found and found.warning:
        remedy = "检查副本那台机器的 PostgreSQL 和 DATABASE_REPLICA_URL；不用副本了就去掉这项设置，再重新启动网站。"
        yield Finding(found.warning, remedy, urgent=False)

"""Is the database there, sound and up to date, and does its clock agree with ours?"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator

from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from helpdesk.care import replica
from helpdesk.care.snapshot import applied_migrations, is_ahead
from helpdesk.common.audit_rows import AuditRow
from helpdesk.common.database_file import database_file, is_damaged

from . import machine
from .findings import Finding

#: Codes of the second factor do not fit beyond it.
MOST_APART = datetime.timedelta(seconds=30)
CLOCK = "在服务器上打开自动对时（timedatectl set-ntp true），各台机器都要。"
RESTORE = "停下网站，留一份现在的文件，再用最近的备份恢复；部署指南“备份和恢复”里有做法。"
GONE = Finding(
    "数据库文件不见了（或是空的）。",
    "新装的才运行 manage.py bootstrap；用过的请恢复备份，部署指南“备份和恢复”里有做法。"
    "DATABASE_URL 写错了路径也会这样。",
)


def failure(error: DatabaseError) -> Finding:
    """Returns the finding for an error of the database."""
    reason = str(error).strip().partition("\n")[0]
    if is_damaged(error):
        return Finding(f"数据库文件损坏了（{reason}）。", RESTORE)
    if connection.vendor == "sqlite":
        return Finding(
            f"数据库出错：{reason}", "检查 DATABASE_URL 写的路径，看磁盘满没满、是不是好的；再把这句话发给维护人员。"
        )
    return Finding(f"数据库出错：{reason}", "检查 DATABASE_URL 和数据库服务（systemctl status postgresql）。")


def look() -> Iterator[Finding]:
    """Finds a database that cannot be read, is damaged, lacks migrations, or makes readers and writers wait."""
    found = list(_look_at_file()) if connection.vendor == "sqlite" else []
    yield from found
    if found:
        return
    if applied_migrations() is None:
        yield Finding("数据库还没有更新到这一版程序。", "运行 manage.py bootstrap。")
    elif is_ahead():
        yield Finding(
            "数据库已经是较新一版程序的，这一版认不全，也备份不了。",
            "装回较新的那一版；一定要用旧版的，请恢复更新以前的备份。",
        )


def _look_at_file() -> Iterator[Finding]:
    file = database_file()
    beside = [file.with_name(file.name + ending) for ending in ("", "-wal", "-shm")]
    unwritable = list(machine.unwritable([file.parent, *beside]))
    if unwritable:
        yield from unwritable
    elif not os.path.exists(file):
        yield GONE
    else:
        yield from _look_into_file()


def _look_into_file() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master")
        (tables,) = cursor.fetchone()
        cursor.execute("PRAGMA journal_mode")
        (mode,) = cursor.fetchone()
        cursor.execute("PRAGMA quick_check(1)")
        (state,) = cursor.fetchone()
    if not tables:
        yield GONE
    if mode != "wal":
        yield Finding(
            f"数据库文件不是 WAL 方式（现在是 {mode}），有人保存时别人打不开页面，备份时也不能保存。",
            "把数据库文件放到本机的磁盘上（不要放在网络盘、共享文件夹），再重新启动网站。",
        )
    if state != "ok":
        yield Finding(f"数据库文件损坏了（{state}）。", RESTORE)


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

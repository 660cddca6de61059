"""Duties of the whole site that come due by the clock; those of the apps stand with them."""

from __future__ import annotations

import datetime
from importlib import import_module

from django.conf import settings
from django.utils import timezone

from faq import search
from helpdesk import uploads
from helpdesk.common import audit, timers


def register_all() -> None:
    """Registers them for housekeeping: they read much, or are of no hurry."""
    nightly = timers.BY_HOUSEKEEPING
    timers.register("forget sessions", forget_sessions, every=nightly, title="清理过期的登录")
    timers.register("sweep uploads", uploads.sweep, every=nightly, title="清理没有传完的文件")
    timers.register("bring up the index", bring_up_index, every=nightly, title="核对搜索索引")
    timers.register("check the audit log", check_audit, every=nightly, title="核对审计记录、清理到期的")


def forget_sessions() -> str:
    """Deletes the sessions that are over."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    return "清理好了"


def bring_up_index() -> str:
    """Brings the search index up to the database, whatever wrote there. Raises Undone where it cannot be."""
    index = search.sync()
    if not index.healthy:
        raise timers.Undone(index.message)
    return f"{index.entries} 条问答，与数据库一致"


def check_audit() -> str:
    """Chains and checks the audit log, and deletes what is old enough. Raises Undone where the chain is broken."""
    audit.seal()
    broken = audit.check()
    if broken:
        raise timers.Undone(f"{broken}旧的一条也没有删。请保留现场，联系维护人员。")
    deleted = audit.purge(timezone.now() - datetime.timedelta(days=settings.AUDIT_DAYS))
    number, digest = audit.head()
    return f"完整，清理了 {deleted} 条，末尾是 {number}:{digest}"

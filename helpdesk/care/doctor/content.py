"""Do index, backups, shipped rows, quoted clauses and the audit log stand as they should?"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Max, Min
from django.utils import timezone

from credits.statements.citations import missing_quotes
from faq import search
from faq.models import Entry
from helpdesk.common import audit
from helpdesk.common.audit_rows import AuditRow
from helpdesk.fixtures import edited
from helpdesk.management.commands.bootstrap import FIXTURES

from .findings import Finding

#: Age beyond which the last backup is named.
BACKUP_AFTER = datetime.timedelta(days=7)
BACK_UP = (
    "每天定时运行 manage.py backup，部署指南里有做法；已经设了的，看它为什么没有跑。用别的办法备份的，不用管这一条。"
)
#: Rows that a sentence names.
MOST_NAMED = 5


def look_at_index() -> Iterator[Finding]:
    """Finds an index on disk that is missing or behind the database."""
    index = search.status()
    if not index.healthy:
        remedy = "运行 manage.py search_index；还不行就看磁盘满没满、SEARCH_INDEX_DIR 能不能写。"
        yield Finding(index.message, remedy)


def look_at_backups() -> Iterator[Finding]:
    """Finds that the last backup was made long ago, or none where the portal has been in use for a while."""
    last = AuditRow.objects.filter(kind=AuditRow.Kind.BACKUP).aggregate(at=Max("at"))["at"]
    first = User.objects.aggregate(at=Min("date_joined"))["at"]
    now = timezone.now()
    if last is None and first is not None and now - first > BACKUP_AFTER:
        yield Finding("没有用 manage.py backup 备份过的记录。", BACK_UP, urgent=False)
    elif last is not None and now - last > BACKUP_AFTER:
        yield Finding(f"最近一次备份是 {(now - last).days} 天前。", BACK_UP, urgent=False)


def look_at_shipped_rows() -> Iterator[Finding]:
    """Finds rows that the program ships in new words, and that stayed since somebody edited them."""
    kept = [key for name in FIXTURES for key in edited(name)]
    if kept:
        named = "、".join(kept[:MOST_NAMED]) + ("等" if len(kept) > MOST_NAMED else "")
        yield Finding(
            f"{len(kept)} 条内容在新版本里有新的写法，因为您改过，保持原样：{named}。",
            "请编辑看一看要不要照新的改；不改也可以。",
            urgent=False,
        )


def look_at_citations() -> Iterator[Finding]:
    """Finds clauses of the credit rules whose quoted words stand in their entry no more."""
    entries = Entry.objects.visible_to(AnonymousUser())
    words = {entry.ref: (entry.question, entry.answer_text) for entry in entries}
    for code, quote in missing_quotes(words):
        yield Finding(
            f"学分规则 {code} 引用的“{quote.text}”，问答 {quote.entry} 里没有了。",
            "请编辑把那条问答的原话改回来并发布；规定真的变了，请告诉维护人员改规则。",
        )


def look_at_audit_log() -> Iterator[Finding]:
    """Finds where the chain of the audit log is broken."""
    broken = audit.check()
    if broken:
        yield Finding(
            broken, "不要再改动数据库，留一份备份，查清楚是谁改的；和以前抄下来的末尾对一对（check_audit --known）。"
        )

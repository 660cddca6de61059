"""A look at an installation: what is wrong, and what to do. Each check yields findings, and one that fails is one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import Error as DatabaseError

from . import content, database, machine, settings_of, work
from .findings import Finding

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """A check with its name in Chinese; `asks_database` where it makes no sense without one."""

    title: str
    look: Callable[[], Iterable[Finding]]
    asks_database: bool = True


FIRST = Check("数据库", database.look)
CHECKS = [
    Check("设置", settings_of.look, asks_database=False),
    Check("文件的归属", machine.look_at_files, asks_database=False),
    Check("图片文件夹", machine.look_at_media, asks_database=False),
    Check("磁盘空间", machine.look_at_disks, asks_database=False),
    Check("静态文件", machine.look_at_static_files, asks_database=False),
    Check("PDF 手册", machine.look_at_libraries, asks_database=False),
    Check("只读副本", database.look_at_replica),
    Check("时钟", database.look_at_clock),
    Check("搜索索引", content.look_at_index),
    Check("备份", content.look_at_backups),
    Check("随程序更新的内容", content.look_at_shipped_rows),
    Check("规则引用的原话", content.look_at_citations),
    Check("审计记录", content.look_at_audit_log),
    Check("批量办理", work.look),
]


def examine() -> Iterator[tuple[str, list[Finding]]]:
    """Yields each check's name and findings. Where the database is wrong, what would ask it is left out."""
    findings = _findings(FIRST)
    yield FIRST.title, findings
    for check in CHECKS:
        if not (check.asks_database and findings):
            yield check.title, _findings(check)


def _findings(check: Check) -> list[Finding]:
    try:
        return list(check.look())
    except DatabaseError as error:
        return [database.failure(error)]
    except Exception:
        logger.exception("the check %s failed", check.title)
        return [Finding("没有查成，原因写在上面的运行日志里。", "把运行日志发给维护人员。")]

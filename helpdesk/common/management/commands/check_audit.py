"""`manage.py check_audit`: is the chain of the audit log whole? With `--purge` it then deletes what is old enough."""

from __future__ import annotations

import argparse
import datetime
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from helpdesk.common import audit


class Command(BaseCommand):
    help = "核对审计记录有没有被改过、删过；对不上就说明是哪一条，并以 1 退出。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--known",
            type=_known,
            action="append",
            default=[],
            metavar="编号:摘要",
            help="以前抄下来的末尾，看还在不在",
        )
        parser.add_argument(
            "--purge", action="store_true", help=f"核对无误以后，删除 {settings.AUDIT_DAYS} 天以前的（AUDIT_DAYS）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Seals, checks, and purges only what was found whole; exits with 1 where something is broken."""
        audit.seal()
        wrong = audit.check() or _missing(options["known"])
        if wrong:
            self.stderr.write(wrong)
            sys.exit(1)
        if options["purge"]:
            deleted = audit.purge(timezone.now() - datetime.timedelta(days=settings.AUDIT_DAYS))
            self.stdout.write(f"删除了 {deleted} 条旧记录。")
        number, digest = audit.head()
        self.stdout.write(f"审计记录完整，末尾是 {number}:{digest}")


def _known(text: str) -> tuple[int, str]:
    """Returns the number and the digest of an end of the chain that was copied; raises ValueError for other texts."""
    number, _, digest = text.partition(":")
    return int(number), digest


def _missing(known: list[tuple[int, str]]) -> str:
    """Returns which of the copied ends the chain has no more, in Chinese; empty where it has all."""
    for number, digest in known:
        if not audit.holds(number, digest):
            return f"以前抄下来的第 {number} 号和现在的对不上：整个记录改写过，或者末尾被删过。"
    return ""

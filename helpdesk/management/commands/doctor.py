"""`manage.py doctor`: what is wrong with this installation, and what to do."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from helpdesk.care.called import as_called
from helpdesk.care.doctor import examine


class Command(BaseCommand):
    help = "检查这套系统：哪里不对、怎么办；有一定要办的就以 1 退出。"
    #: It says itself, in Chinese, what Django's checks find.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints a line for each check and two for each finding; exits with 1 where something must be done."""
        urgent = other = 0
        for title, findings in examine():
            self.stdout.write(f"{title}：{'有问题' if findings else '好'}")
            for finding in findings:
                urgent, other = urgent + finding.urgent, other + (not finding.urgent)
                self.stdout.write(f"  {'【要办】' if finding.urgent else '【建议】'}{as_called(finding.wrong)}")
                self.stdout.write(f"    怎么办：{as_called(finding.remedy)}")
        self.stdout.write(f"要办的 {urgent} 件，建议 {other} 件。")
        if urgent:
            sys.exit(1)

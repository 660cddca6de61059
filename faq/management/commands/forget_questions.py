"""`manage.py forget_questions`: what the workers do by the clock, for an installation without workers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from faq.asking import forgetting, pictures


class Command(BaseCommand):
    help = (
        "关闭早已答复的提问，删除到期提问里的姓名、学校、联系方式和图片，以及没有提交的图片；"
        "可以放进定时任务，重复运行没有影响。"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        pictures.sweep()
        closed = forgetting.close_settled()
        forgotten = forgetting.forget_due()
        self.stdout.write(f"关闭了 {closed} 个提问，删除了 {forgotten} 个提问里的个人信息。")

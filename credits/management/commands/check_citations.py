"""`manage.py check_citations`: compares the clauses' quoted words with the live entries."""

from __future__ import annotations

import sys
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.management.base import BaseCommand

from credits.statements.citations import missing_quotes
from faq.models import Entry


class Command(BaseCommand):
    help = "核对每条规则引用的原文是否还在问答里；有不在的就列出来，并以 1 退出。"

    def handle(self, *args: Any, **options: Any) -> None:
        entries = Entry.objects.visible_to(AnonymousUser())
        words = {entry.ref: (entry.question, entry.answer_text) for entry in entries}
        gone = missing_quotes(words)
        for code, quote in gone:
            where = "问答不在了或没有发布" if quote.entry not in words else "问答里找不到这句话"
            self.stderr.write(f"{code} {quote.entry} {where}：“{quote.text}”")
        if gone:
            sys.exit(1)
        self.stdout.write("每条规则引用的原文都还在。")

"""Votes on entries as pages of ours send them, and what is kept of them."""

from __future__ import annotations

from html import unescape

from django.http import HttpResponse
from django.test import Client

from faq.models import Entry, Feedback

PATH = "/faq/upgrade-01/"
FROM_HERE = {"Origin": "http://testserver"}
WHY = {"helpful": "0", "reason": "fails", "comment": "第三步没有这个按钮", "tell": "1"}


def vote(client: Client, path: str = PATH, **fields: str) -> HttpResponse:
    """Sends a vote as our own page does."""
    return client.post(f"{path}feedback/", {"helpful": "1"} | fields, headers=FROM_HERE)  # type: ignore[return-value]


def section(client: Client, path: str = PATH) -> str:
    """The part of the page about the reader's vote; empty where there is none."""
    body = client.get(path).content.decode()
    return unescape(body.partition('<section id="feedback"')[2].partition("</section>")[0])


def voices(ref: str = "upgrade-01") -> list[tuple[bool, str, str]]:
    return list(Feedback.objects.filter(entry__ref=ref).order_by("pk").values_list("helpful", "reason", "comment"))


def speak_of(ref: str, helped: int, failed: int = 0) -> None:
    entry = Entry.objects.get(ref=ref)
    said = [True] * helped + [False] * failed
    rows = [Feedback(entry=entry, voter=f"{ref} {number}", helpful=helpful) for number, helpful in enumerate(said)]
    Feedback.objects.bulk_create(rows)

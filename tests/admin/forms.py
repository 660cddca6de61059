"""The admin as a test uses it: signing in, sending its forms, reading its English."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from faq.models import Category, Entry

LOGIN = "/admin/login/"


def sign_in(name: str, password: str, **extra: str) -> Any:
    """One try by a browser that was never here before."""
    return Client(**extra).post(LOGIN, {"username": name, "password": password, "next": "/admin/"})  # type: ignore[arg-type]


def payload(**fields: Any) -> dict[str, Any]:
    """Fields of the entry form, complete and valid unless a test says otherwise."""
    blank = {
        "ref": "",
        "short_question": "",
        "notice": "",
        "document": "",
        "number": "",
        "position": "100",
        "said": "",
    }
    category = Category.objects.get(slug="upgrade-study").pk
    return blank | {"question": "玄铁按钮在哪里？", "answer": "在首页。", "category": category} | fields


def save(client: Client, path: str, data: dict[str, Any]) -> None:
    """Saves a form that is right."""
    answer = client.post(path, data)
    assert answer.status_code == 302, answer.context["errors"]


def errors(client: Client, path: str, data: dict[str, Any]) -> str:
    """Sends a form that must be refused; returns its errors as text."""
    answer = client.post(path, data)
    assert answer.status_code == 200
    return str(answer.context["errors"])


def change(entry: Entry) -> str:
    return reverse("admin:faq_entry_change", args=[entry.pk])


READ = ["title", "placeholder", "aria-label", "alt"]


def english(body: str) -> set[str]:
    """English words among what a page lets people read or hear, names of our own aside."""
    body = re.sub(r"(?s)<(script|style|svg|code)\b.*?</\1>|<!--.*?-->|&\w+;", "", body)
    texts = [re.sub("<[^>]*>", "\n", body), *re.findall(rf'\b(?:{"|".join(READ)})="([^"]*)"', body)]
    words = {word for text in texts for word in re.findall(r"[A-Za-z]{2,}[A-Za-z ]*", text)}
    left = {"Search"}  # the picture beside the search field, whose caption Django's template writes in English
    own = r"(editor|upgrade|credits|portal|HTML|login|account)"
    return {word.strip() for word in words if not re.match(own, word)} - left

"""People who edit entries in these tests, and content for them to write."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib.auth.models import Group, User

from faq.editing import content
from faq.editing.content import Content
from faq.models import Entry
from helpdesk.management.commands.bootstrap import editors, reviewers

PUBLISHED = "credits-05"


def make_author(name: str, group: Group) -> User:
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(group)
    return user


def wang() -> User:
    """An editor."""
    return make_author("wang", editors())


def li() -> User:
    """A reviewer."""
    return make_author("li", reviewers())


def entry() -> Entry:
    return Entry.objects.get(ref=PUBLISHED)


def changed(row: Entry, **fields: Any) -> Content:
    """The content of an entry with these fields changed."""
    return dataclasses.replace(content.of_entry(row), **fields)

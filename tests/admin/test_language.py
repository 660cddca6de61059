"""The admin reads and sounds Chinese."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from faq.models import Entry
from tests.admin.forms import english

pytestmark = pytest.mark.django_db


PAGES_OF_THE_ADMIN = [
    "",
    "faq/",
    "faq/entry/",
    "faq/entry/?q=1",
    "faq/entry/add/",
    "faq/entry/try/",
    "faq/synonymgroup/",
    "faq/synonymgroup/add/",
    "faq/category/add/",
    "faq/feedback/",
    "faq/feedback/?q=1",
]


@pytest.mark.parametrize("path", PAGES_OF_THE_ADMIN)
def test_editors_read_and_hear_chinese(client: Client, editor: User, path: str) -> None:
    assert english(client.get(f"/admin/{path}").content.decode()) <= {
        "PC",
        "pc",
        "deng",
        "lu",
    }  # a synonym of 电脑, and an example of pinyin


@pytest.mark.parametrize("path", ["add/", "1/password/"])
def test_the_pages_of_accounts_are_chinese_too(client: Client, path: str) -> None:
    client.force_login(User.objects.create_superuser("account", pk=1))
    assert english(client.get(f"/admin/auth/user/{path}").content.decode()) <= {"jiaoshi", "LDAP"}


@pytest.mark.parametrize("path", ["change", "delete", "history"])
def test_the_pages_of_an_entry_are_chinese_too(client: Client, editor: User, path: str) -> None:
    entry = Entry.objects.get(ref="credits-05")
    assert english(client.get(f"/admin/faq/entry/{entry.pk}/{path}/").content.decode()) == set()

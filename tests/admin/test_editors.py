"""The rights of editors in the admin."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client

from credits.models import TrainingCycle
from faq.models import Document, Entry
from helpdesk.management.commands.bootstrap import EDITORS, editors
from tests.admin.forms import payload
from tests.cast import make_editor

pytestmark = pytest.mark.django_db


def test_editors_have_rights_to_what_they_write_only() -> None:
    rights = {permission.codename for permission in editors().permissions.all()}
    assert rights == {
        f"{verb}_{model}"
        for verb in ("add", "change", "delete", "view")
        for model in ("entry", "category", "synonymgroup", "answerphrase")
    } | {"view_feedback", "delete_feedback", "answer_question"}
    assert editors().name == EDITORS


def test_an_editor_sees_only_what_they_write(client: Client, editor: User) -> None:
    links = set(re.findall(r'href="/admin/(\w+/\w+)/"', client.get("/admin/").content.decode()))
    assert links == {"faq/entry", "faq/category", "faq/synonymgroup", "faq/feedback", "faq/answerphrase"}


@pytest.mark.parametrize("model", [User, Group, TrainingCycle, Document])
def test_an_editor_cannot_open_anything_else(client: Client, editor: User, model: type[Model]) -> None:
    one = model._default_manager.all()[0].pk
    for page in ("", "add/", f"{one}/change/", f"{one}/delete/", f"{one}/history/"):
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{page}"
        assert {client.get(path).status_code, client.post(path, {"post": "yes"}).status_code} == {403}


def test_an_editor_cannot_change_anothers_password(client: Client, editor: User) -> None:
    other = make_editor("other")
    assert client.get(f"/admin/auth/user/{other.pk}/password/").status_code == 403


def test_only_what_one_may_edit_is_offered(client: Client, editor: User) -> None:
    body = client.get("/admin/faq/entry/add/").content.decode()
    assert "/admin/faq/category/add/" in body
    assert "/admin/faq/document/add/" not in body


def test_changing_needs_a_csrf_token(editor: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(editor)
    assert browser.post("/admin/faq/entry/add/", payload(ref="forged")).status_code == 403
    assert not Entry.objects.filter(ref="forged").exists()

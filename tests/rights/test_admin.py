"""Every page of the admin × everybody."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from credits.models import (
    ConversionRate,
    Posting,
    SignInCode,
)
from faq.editing import steps
from faq.models import Document, EntryImport, Feedback, SynonymGroup
from helpdesk.common import audit
from helpdesk.common.audit_rows import AuditRow
from helpdesk.common.models import SignInTries
from tests.rights.matrix import PEOPLE, REGISTERED, leads_to_signing_in
from tests.rights.world import World

#: The pages that the admin has of every model; those from the third on are of one row.
KINDS = ("changelist", "add", "change", "delete", "history")
#: Models that each person in the admin works with, superusers aside, who work with all.
MAY = {
    "editor": {"faq.entry", "faq.category", "faq.synonymgroup", "faq.answerphrase", "faq.feedback"},
    "auditor": {"common.auditrow"},
}
#: Actions that not even superusers take in the admin.
NEVER = {("credits.statementaccess", "add"), ("credits.statementaccess", "delete"), ("credits.teacher", "delete")}
NEVER |= {("common.signintries", "add")}
NEVER |= {("faq.feedback", "add"), ("common.auditrow", "add"), ("common.auditrow", "delete")}


def an_object(label: str, world: World) -> Any:
    model = apps.get_model(label)
    if not model._default_manager.exists():
        if model is SynonymGroup:
            SynonymGroup.objects.create(words="回放 回看")
        elif model is Feedback:
            Feedback.objects.create(entry=world.entry, voter="v", helpful=True)
        elif model is Document:
            Document.objects.create(slug="d", title="资料", year=2021)
        elif model is ConversionRate:
            ConversionRate.objects.create(cycle=world.cycle, category="county", hours_per_credit=10)
        elif model is Posting:
            Posting.objects.create(teacher=world.row, school=world.place.school)
        elif model is AuditRow:
            audit.note(audit.Kind.EXPORT, world.place.staff)
        elif model is SignInCode:
            SignInCode.issue(world.row, None)[0].save()
        elif model is SignInTries:
            later = timezone.now() + datetime.timedelta(minutes=5)
            SignInTries.objects.create(key="k", kind="address", wait_until=later, forget_at=later)
    return model._default_manager.first()


def paths_of(label: str, row: Any) -> dict[str, str]:
    """Kind of page → address, for the pages that the admin has of every model."""
    place = label.replace(".", "_")
    one = {kind: reverse(f"admin:{place}_{kind}", args=[row.pk]) for kind in KINDS[2:]}
    return {kind: reverse(f"admin:{place}_{kind}") for kind in KINDS[:2]} | one


@pytest.mark.parametrize("label", REGISTERED)
def test_the_admin_opens_to_whom_it_is_for(world: World, label: str) -> None:
    row = an_object(label, world)
    assert row is not None
    for kind, path in paths_of(label, row).items():
        for who in PEOPLE:
            answer = world.client(who).get(path)
            if who == "superuser":
                assert (answer.status_code == 200) != ((label, kind) in NEVER), (who, path, answer.status_code)
            elif who in MAY:
                may = label in MAY[who] and (label, kind) not in NEVER
                assert (answer.status_code == 200) == may, (who, path, answer.status_code)
                assert answer.status_code in (200, 403)
            else:
                assert leads_to_signing_in(answer), (who, path)


# --- its other addresses -----------------------------------------------------------------------------------------

IN_THE_ADMIN = ("editor", "auditor", "superuser")
#: Address by name → its path, and who reads it; the others are led to sign in, or refused.
OTHERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "index": ("/admin/", IN_THE_ADMIN),
    "app_list": ("/admin/faq/", ("editor", "superuser")),
    "jsi18n": ("/admin/jsi18n/", IN_THE_ADMIN),
    "autocomplete": (
        "/admin/autocomplete/?app_label=credits&model_name=membership&field_name=organization",
        ("superuser",),
    ),
    "auth_user_password_change": ("/admin/auth/user/1/password/", ("superuser",)),
    "faq_entry_try": ("/admin/faq/entry/try/", ("editor", "superuser")),
    "faq_entry_sought": ("/admin/faq/entry/sought/", ("editor", "superuser")),
    "faq_entry_changes": ("/admin/faq/entry/changes/", ("editor", "superuser")),
    "faq_entry_bin": ("/admin/faq/entry/bin/", ("editor", "superuser")),
    "faq_entry_import": ("/admin/faq/entry/import/", ("editor", "superuser")),
    "faq_entry_order": ("/admin/faq/entry/order/credits/", ("editor", "superuser")),
    "faq_category_order": ("/admin/faq/category/order/", ("editor", "superuser")),
    "faq_entry_export_xlsx": ("/admin/faq/entry/export/xlsx/", ("editor", "superuser")),
    "faq_entry_export_json": ("/admin/faq/entry/export/json/", ("editor", "superuser")),
    "faq_entry_booklet": ("/admin/faq/entry/booklet/", ("editor", "superuser")),
    "faq_entry_booklet_pdf": ("/admin/faq/entry/booklet/pdf/", ("editor", "superuser")),
}
#: Addresses below that of one entry, for the same people as its form.
OF_AN_ENTRY = {
    "faq_entry_version": "versions/1/",
    "faq_entry_preview": "versions/1/preview/",
    "faq_entry_compare": "compare/?a=1&b=1",
}
#: Addresses that only take what is sent; tests of their own say who may.
SENT_TO = {"faq_entry_decide", "faq_entry_elbow"}
#: The page of one import: its preview is for whoever uploaded it.
OF_AN_IMPORT = {"faq_entry_import_one"}
#: Addresses of the editor, which take a file: the field's name; and who may send one.
TO_EDITOR = {"faq_entry_picture": "picture", "faq_entry_paste": "html"}
MAY_WRITE = ("editor", "superuser")
#: Addresses that show nothing of anybody's: they sign in and out, or lead on.
OPEN = {"login", "logout", "view_on_site", "password_change", "password_change_done"}
#: Routes without a name: the old form of a row's address, and whatever else is below /admin/.
UNNAMED = {"<path:object_id>/", "(?P<url>.*)$"}


def admin_patterns(patterns: Any) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from admin_patterns(pattern.url_patterns)
        else:
            yield pattern


def test_every_address_of_the_admin_is_tried() -> None:
    patterns = list(admin_patterns(admin.site.urls[0]))
    of_models = {f"{label.replace('.', '_')}_{kind}" for label in REGISTERED for kind in KINDS}
    assert {
        pattern.name for pattern in patterns if pattern.name
    } == of_models | OTHERS.keys() | OF_AN_ENTRY.keys() | SENT_TO | OF_AN_IMPORT | TO_EDITOR.keys() | OPEN
    assert {str(pattern.pattern) for pattern in patterns if not pattern.name} == UNNAMED


@pytest.mark.parametrize("path", OF_AN_ENTRY.values())
def test_pages_of_an_entry_open_to_editors(world: World, path: str) -> None:
    steps.present_revision(world.entry)
    address = f"/admin/faq/entry/{world.entry.pk}/{path}"
    for who in PEOPLE:
        answer = world.client(who).get(address)
        if who in ("editor", "superuser"):
            assert answer.status_code == 200, who
        else:
            assert leads_to_signing_in(answer) or answer.status_code in (403, 404), who


def test_page_of_an_import_opens_to_editors_its_preview_to_its_owner(world: World) -> None:
    user = User.objects.get(username="editor")
    row = EntryImport.objects.create(
        owner=user, owner_name="editor", file_name="a.txt", content="问答\n1、几点？\n九点。".encode()
    )
    address = f"/admin/faq/entry/import/{row.public_id}/"
    assert world.client("editor").get(address).status_code == 200
    assert world.client("superuser").get(address).status_code == 403
    EntryImport.objects.update(state="applied", applied_at=timezone.now())
    for who in PEOPLE:
        answer = world.client(who).get(address)
        if who in ("editor", "superuser"):
            assert answer.status_code == 200, who
        else:
            assert leads_to_signing_in(answer) or answer.status_code == 403, who


@pytest.mark.parametrize("name", OTHERS)
def test_other_addresses_of_the_admin_open_to_whom_they_are_for(world: World, name: str) -> None:
    path, readers = OTHERS[name]
    path = path.replace("/1/", f"/{world.place.staff.pk}/")
    for who in PEOPLE:
        answer = world.client(who).get(path)
        if who in readers:
            assert answer.status_code == 200, (who, answer.status_code)
        else:
            assert leads_to_signing_in(answer) or answer.status_code in (403, 404), (who, answer.status_code)


@pytest.mark.parametrize("name", TO_EDITOR)
def test_only_who_writes_entries_sends_to_the_editor(world: World, name: str, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    for who in PEOPLE:
        client = world.client(who)
        sent = {TO_EDITOR[name]: SimpleUploadedFile("x", b"<p>x</p>")}
        answer = client.post(reverse(f"admin:{name}"), sent)
        if who in MAY_WRITE:
            assert answer.status_code == (200 if name == "faq_entry_paste" else 400), who
            assert answer.headers["Content-Type"] == "application/json"
            assert client.get(reverse(f"admin:{name}")).status_code == 405
        else:
            assert leads_to_signing_in(answer) or answer.status_code == 403, (who, answer.status_code)

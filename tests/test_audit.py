"""The audit log's chain: rows are only added, sealed in order, checked, and cut off with a checkpoint."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from faq.models import Category
from helpdesk import urls
from helpdesk.common import audit
from helpdesk.common.audit import Kind
from helpdesk.common.audit_rows import AppendOnly, AuditRow
from helpdesk.common.worker import Worker
from tests.cast import Place, make_editor, signed_in
from tests.installation import wait_until

pytestmark = pytest.mark.django_db

DAYS = datetime.timedelta(days=1)


def write(number: int, *, days_ago: int = 0) -> list[AuditRow]:
    """So many sealed rows of that age, in the order of the chain."""
    for count in range(number):
        audit.note(Kind.EXPORT, None, f"test:{count}", teachers=count)
    fresh = AuditRow.objects.waiting()
    models.QuerySet.update(fresh, at=timezone.now() - days_ago * DAYS)
    audit.seal()
    return list(AuditRow.objects.chained())


def tamper(row: AuditRow, **fields: Any) -> None:
    """Changes a row as somebody with rights in the database could."""
    models.QuerySet.update(AuditRow.objects.filter(pk=row.pk), **fields)


def check_audit(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    out = StringIO()
    try:
        call_command("check_audit", *arguments, stdout=out, stderr=out)
    except SystemExit as error:
        return int(str(error.code)), out.getvalue()
    return 0, out.getvalue()


# --- only added --------------------------------------------------------------------------------------------------


def test_django_changes_and_deletes_no_row() -> None:
    [row] = write(1)
    rows = AuditRow.objects.all()
    attempts: list[Callable[[], object]] = [
        row.save,
        row.delete,
        rows.delete,
        AuditRow._base_manager.all().delete,
        lambda: rows.update(subject="x"),
        lambda: rows.bulk_update([row], ["subject"]),
        lambda: rows.bulk_create([row], update_conflicts=True, unique_fields=["id"], update_fields=["subject"]),
        lambda: rows.update_or_create({"subject": "x"}, pk=row.pk),
        lambda: rows._raw_delete("default"),
    ]
    for attempt in attempts:
        with pytest.raises(AppendOnly):
            attempt()
    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        AuditRow(pk=row.pk, kind=Kind.EXPORT).save()
    assert AuditRow.objects.get().subject == "test:0"


def test_a_row_outlives_the_account_and_names_nobody() -> None:
    editor = make_editor("secret-name")
    audit.note(Kind.SIGN_IN, editor)
    key = editor.pk
    editor.delete()
    row = AuditRow.objects.get()
    assert row.actor_id == key
    assert "secret-name" not in str(AuditRow.objects.values())


# --- the chain ---------------------------------------------------------------------------------------------------


def test_each_row_carries_the_digest_of_the_one_before() -> None:
    rows = write(3)
    assert [row.number for row in rows] == [1, 2, 3]
    for before, row in zip(["", *(row.digest for row in rows)], rows, strict=False):
        assert row.digest == row.digest_after(before, row.number or 0)
    assert check_audit() == (0, f"审计记录完整，末尾是 3:{rows[-1].digest}\n")


CHANGES: list[dict[str, Any]] = [
    {"subject": "test:9"},
    {"actor_id": 1},
    {"kind": "undo"},
    {"detail": {"teachers": 8}},
    {"at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)},
    {"digest": "0" * 64},
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_row_is_named(change: dict[str, Any]) -> None:
    row = write(5)[2]
    tamper(row, **change)
    code, said = check_audit()
    assert code == 1
    assert f"第 3 号记录（数据库主键 {row.pk}）" in said


def test_a_row_taken_out_is_named() -> None:
    models.QuerySet._raw_delete(AuditRow.objects.filter(pk=write(5)[2].pk), "default")
    assert check_audit()[0] == 1
    assert "第 3 号记录不见了" in check_audit()[1]


def test_a_beginning_cut_off_without_a_checkpoint_is_told() -> None:
    models.QuerySet._raw_delete(AuditRow.objects.filter(pk=write(5)[0].pk), "default")
    assert "记录从第 2 号开始" in check_audit()[1]


def test_rows_that_changed_places_are_told() -> None:
    rows = write(4)
    tamper(rows[1], number=99)
    tamper(rows[2], number=2)
    tamper(rows[1], number=3)
    assert check_audit()[0] == 1


@pytest.mark.parametrize("rewrite", [True, False])
def test_a_copied_end_tells_what_the_chain_cannot(rewrite: bool) -> None:
    """A person who may do everything in the database writes a new chain, or cuts off the end of this one."""
    last = write(3)[-1]
    if rewrite:
        tamper(last, number=None, digest="", subject="test:9")
    else:
        models.QuerySet._raw_delete(AuditRow.objects.filter(pk=last.pk), "default")
    audit.seal()
    assert check_audit()[0] == 0
    code, said = check_audit("--known", f"3:{last.digest}")
    assert (code, "第 3 号" in said) == (1, True)


# --- purged ------------------------------------------------------------------------------------------------------


def test_a_purge_leaves_the_chain_whole() -> None:
    old = write(4, days_ago=200)
    write(3, days_ago=10)
    code, said = check_audit("--purge")
    assert (code, said.splitlines()[0]) == (0, "删除了 4 条旧记录。")
    kept = list(AuditRow.objects.chained())
    assert [row.number for row in kept] == [5, 6, 7, 8]
    assert kept[-1].kind == Kind.CHECKPOINT
    assert kept[-1].detail == {"number": 4, "digest": old[-1].digest}
    assert check_audit("--known", f"4:{old[-1].digest}")[0] == 0


def test_purges_follow_each_other() -> None:
    write(2, days_ago=500)
    for _ in range(3):
        assert check_audit("--purge")[0] == 0
        write(2, days_ago=300)
    assert check_audit()[0] == 0
    assert check_audit("--purge")[1].splitlines()[0] == "删除了 0 条旧记录。"


def test_a_broken_chain_is_not_purged() -> None:
    tamper(write(3, days_ago=200)[1], subject="x")
    assert check_audit("--purge")[0] == 1
    assert AuditRow.objects.count() == 3


def test_a_forged_checkpoint_is_told() -> None:
    write(4, days_ago=200)
    check_audit("--purge")
    write(2)
    checkpoint = AuditRow.objects.get(kind=Kind.CHECKPOINT)
    tamper(checkpoint, detail={"number": 5, "digest": "0" * 64})
    models.QuerySet._raw_delete(AuditRow.objects.filter(number=5), "default")
    assert check_audit()[0] == 1


# --- who writes, and when ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_many_at_once_write_and_seal_one_chain() -> None:
    """Eight threads write twenty rows each, some in long transactions, and all of them seal."""

    def work(thread: int) -> None:
        try:
            for count in range(20):
                with transaction.atomic():
                    audit.note(Kind.EXPORT, None, f"thread:{thread}", teachers=count)
                audit.seal()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    audit.seal()
    assert [row.number for row in AuditRow.objects.chained()] == list(range(1, 161))
    assert check_audit()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_seals_while_it_waits() -> None:
    audit.note(Kind.EXPORT, None)
    worker = Worker()
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        assert wait_until(lambda: AuditRow.objects.chained().exists(), 20)
    finally:
        worker.stop()
        thread.join()


def begin_and_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    with transaction.atomic():
        Category.objects.create(slug="begun", name="begun")
        audit.note(Kind.ADD, request.user, "faq.category:begun")
        raise PermissionDenied


class Refusing:
    urlpatterns = [path("refused/<int:pk>/", begin_and_refuse, name="refused"), *urls.urlpatterns]
    handler403 = urls.handler403


@pytest.mark.django_db(transaction=True)
def test_a_refusal_survives_what_is_rolled_back(settings: Any) -> None:
    settings.ROOT_URLCONF = Refusing
    user = User.objects.create_user("somebody")
    assert signed_in(user).get("/refused/7/").status_code == 403
    assert not Category.objects.exists()
    assert list(AuditRow.objects.values_list("kind", "actor", "detail")) == [
        ("refused", user.pk, {"method": "GET", "view": "refused", "pk": 7})
    ]


def test_nobody_fills_the_log_with_refusals(place: Place) -> None:
    client = place.client("nobody")
    for _ in range(audit.MOST_AN_HOUR + 5):
        assert client.get("/credits/work/").status_code == 403
    refused = AuditRow.objects.filter(kind=Kind.REFUSED, actor=place.nobody)
    assert refused.count() == audit.MOST_AN_HOUR
    assert refused.first().detail["last_for_an_hour"]  # type: ignore[union-attr]


def test_readers_and_teachers_leave_no_row(cycles: None, place: Place) -> None:
    Client().get("/")
    Client().get("/credits/work/")
    herself = place.client("herself")
    for address in ("/", "/credits/mine/", "/credits/check/"):
        assert herself.get(address).status_code == 200
    herself.post("/sign-out/")
    assert not AuditRow.objects.exists()

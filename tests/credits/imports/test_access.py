"""Access to an import, how long it is kept, and its page while it runs."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credits.models import (
    SpreadsheetImport,
    Teacher,
)
from credits.spreadsheets.importing import undo
from credits.views import imports
from helpdesk.common import worker
from helpdesk.common.models import Job
from tests.cast import Place
from tests.credits.imports.helpers import (
    IMPORTS,
    body,
    file_of,
    imported,
    prepared,
    uploaded,
)

pytestmark = pytest.mark.usefixtures("cycles")


@pytest.mark.parametrize(
    ("who", "status"), [("staff", 200), ("reviewer", 404), ("superuser", 404), ("herself", 403), ("nobody", 403)]
)
def test_only_the_owner_sees_an_import(place: Place, who: str, status: int) -> None:
    one = prepared("teachers", place.staff)
    client = place.client(who)
    there = reverse("credits:import", args=[one.public_id])
    assert client.get(there).status_code == status
    for step in ("confirm", "undo", "discard"):
        if status != 200:
            assert client.post(f"{there}{step}/").status_code == status
        assert client.get(f"{there}{step}/").status_code == (403 if status == 403 else 405)
    assert client.get(IMPORTS).status_code == (403 if status == 403 else 200)
    assert client.get(f"{IMPORTS}template/teachers/").status_code == (403 if status == 403 else 200)


def test_who_is_not_signed_in_is_asked_to(client: Client, place: Place) -> None:
    for path in (IMPORTS, f"{IMPORTS}x/", f"{IMPORTS}template/teachers/"):
        assert client.get(path).headers["Location"] == f"/sign-in/?next={path}"


@pytest.mark.parametrize("path", ["template/grades/", "%00/", "x/", "1/", "../", f"{'x' * 300}/"])
def test_no_address_breaks_the_pages(place: Place, path: str) -> None:
    assert place.client("staff").get(f"{IMPORTS}{path}").status_code in (302, 404)


def test_pages_of_imports_are_kept_by_no_cache_and_have_no_inline_code(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers"))
    for path in (IMPORTS, there):
        answer = client.get(path)
        assert "no-store" in answer.headers["Cache-Control"]
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", answer.content.decode())


def test_a_large_import_goes_on_behind_its_job(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers", *({"staff_number": f"N-{at}"} for at in range(201))))
    answer = client.post(f"{there}confirm/")
    job = Job.objects.get()
    assert answer.headers["Location"] == reverse("credits:job", args=[job.public_id])
    assert not Teacher.objects.filter(staff_number__startswith="N-").exists()
    worker.work_off()
    job.refresh_from_db()
    assert (job.state, job.message, job.back) == ("done", "导入好了：新增 201 条，修改 0 条，没有变化 0 条。", there)
    assert Teacher.objects.filter(staff_number__startswith="N-").count() == 201


def test_while_an_import_runs_its_page_leads_to_the_job(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers"))
    one = SpreadsheetImport.objects.get()
    job = Job.objects.create(
        kind="import", key=f"import:{one.pk}", title="x", owner=place.staff, back=there, state="running"
    )
    assert reverse("credits:job", args=[job.public_id]) in body(client, there)
    assert f"{there}confirm/" not in body(client, there)
    assert client.post(f"{there}confirm/").headers["Location"] == reverse("credits:job", args=[job.public_id])
    assert not Teacher.objects.filter(staff_number="N-1").exists()


def test_a_step_begun_by_another_at_this_moment_is_said(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers"))
    one = SpreadsheetImport.objects.get()
    Job.objects.create(kind="undo-import", key=f"import:{one.pk}", title="撤销导入", owner=place.staff, back=there)
    monkeypatch.setattr(imports, "_running", lambda subject: None)  # it was begun after this was asked
    answer = client.post(f"{there}confirm/", follow=True)
    assert "“撤销导入”还没有办完，这一次没有办。请等它办完再办。" in answer.content.decode()
    assert not Teacher.objects.filter(staff_number="N-1").exists()


def test_what_was_imported_is_not_dropped(place: Place) -> None:
    one = imported("teachers", place.staff)
    place.client("staff").post(reverse("credits:import-discard", args=[one.public_id]))
    assert SpreadsheetImport.objects.get().state == "applied"


def test_rows_and_names_are_kept_no_longer_than_needed(place: Place) -> None:
    assert prepared("teachers", place.staff, {"staff_number": "Ä"}).rows == []
    one = imported("teachers", place.staff)
    assert one.rows == []
    undo(one, place.staff)
    one.refresh_from_db()
    assert one.done == []


def test_a_file_that_is_not_confirmed_can_be_dropped_and_goes_by_itself_after_a_day(place: Place) -> None:
    client = place.client("staff")
    there = uploaded(client, "teachers", file_of("teachers"))
    assert re.search(rf'action="{there}discard/">.*?>不导入，删除这份表格</button>', body(client, there), re.DOTALL)
    assert "已删除这份表格，什么都没有保存。" in client.post(f"{there}discard/", follow=True).content.decode()
    assert client.get(there).status_code == 404
    there = uploaded(client, "teachers", file_of("teachers"))
    SpreadsheetImport.objects.update(created_at=timezone.now() - datetime.timedelta(days=1, seconds=1))
    assert client.get(there).status_code == 404
    assert client.post(f"{there}confirm/").status_code == 404
    assert there not in body(client, IMPORTS)
    place.client("reviewer").post(IMPORTS)
    assert not SpreadsheetImport.objects.exists()


def test_whatever_is_over_leads_back(place: Place) -> None:
    client = place.client("staff")
    for end in ("refused", "applied", "undone"):
        there = uploaded(client, "teachers", file_of("teachers", {"staff_number": "ä" if end == "refused" else "N-1"}))
        if end != "refused":
            client.post(f"{there}confirm/")
        if end == "undone":
            client.post(f"{there}undo/")
        assert SpreadsheetImport.objects.latest("pk").state == end
        assert f'<a class="btn btn-quiet" href="{IMPORTS}">回到导入</a>' in body(client, there), end
        if end == "applied":
            client.post(f"{there}undo/")

"""Spreadsheets of teachers, results, activities and degrees: template, upload, preview, confirmation, undoing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from helpdesk.common import jobs
from helpdesk.common.decisions import Refusal
from helpdesk.common.models import Job
from helpdesk.common.spreadsheets import writing
from helpdesk.common.spreadsheets.sheets import Column

from ..forms.uploads import UploadForm
from ..models import SpreadsheetImport, StatementAccess, Teacher
from ..spreadsheets import columns, importing, undoing
from ..spreadsheets.judging import judge
from ..spreadsheets.judging.base import Action, RowChange
from ..spreadsheets.saving import teacher_of
from ..spreadsheets.template import template as template_of
from ..steps.history import events_of
from ..steps.looks import note_looks
from ..steps.uploads import WAITS, forget_overdue_uploads, overdue_uploads
from .common import for_staff, require_get_or_post, staff_page, user_of
from .histories import told
from .jobs import download

SECTION = "imports"
LISTED = 50
SHOWN_ROWS, SHOWN_PROBLEMS, SHOWN_EVENTS = 50, 200, 20
ACTIONS = {Action.ADD: "新增", Action.CHANGE: "修改", Action.SAME: "没有变化"}


# --- uploading -----------------------------------------------------------------------------------------------


@for_staff
@require_get_or_post
def imports(request: HttpRequest) -> HttpResponse:
    """The form that takes a spreadsheet; below it, the user's earlier imports."""
    user = user_of(request)
    form = UploadForm(initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST":
        forget_overdue_uploads()
        form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        prepared = importing.prepare(data["kind"], form.file_name, data["file"].read(), user)
        return redirect("credits:import", prepared.public_id)
    return staff_page(
        request,
        "imports.html",
        SECTION,
        form=form,
        kinds=SpreadsheetImport.Kind.choices,
        imports=_own_imports(request).defer("rows", "problems", "done")[:LISTED],
        undoable=importing.undoable(user),
        undo_days=settings.IMPORT_UNDO_DAYS,
        waiting=_own_imports(request)
        .filter(state=SpreadsheetImport.State.READY)
        .only("public_id", "file_name")
        .first(),
    )


@for_staff
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty spreadsheet of a kind, to download."""
    if kind not in columns.SHEETS:
        raise Http404
    name = f"{columns.SHEETS[kind].title}导入模板.xlsx"
    return download(template_of(kind), name, writing.MEDIA_TYPE)


def _own_imports(request: HttpRequest) -> QuerySet[SpreadsheetImport]:
    """Returns the user's imports, without those that were not confirmed in time."""
    own = SpreadsheetImport.objects.filter(owner=user_of(request))
    return own.exclude(pk__in=overdue_uploads())


def _own_import(request: HttpRequest, public_id: str) -> SpreadsheetImport:
    return get_object_or_404(_own_imports(request), public_id=public_id)


# --- one import ----------------------------------------------------------------------------------------------


@for_staff
@require_safe
def spreadsheet(request: HttpRequest, public_id: str) -> HttpResponse:
    """One import: what it would do, what is wrong with it, or what was done."""
    shown = _own_import(request, public_id)
    context = {
        "import": shown,
        "columns": columns.SHEETS[shown.kind].columns,
        "total": shown.added + shown.changed + shown.unchanged,
        "undoable": importing.undoable(user_of(request)) == shown,
        "until": undoing.undoable_until(shown),
        "too_late": undoing.is_too_late(shown),
        "running": _running(shown),
        "events": told(events_of(shown)[:SHOWN_EVENTS], user_of(request)),
        "waits": shown.created_at + WAITS,
    }
    context |= _findings(shown)
    if shown.state == SpreadsheetImport.State.READY:
        context |= _preview(request, shown)
    return staff_page(request, "import.html", SECTION, **context)


def _findings(shown: SpreadsheetImport) -> dict[str, Any]:
    """Returns what keeps the file from being imported, and what should be looked at before it is."""
    problems = [finding for finding in shown.findings if not finding.is_reminder]
    reminders = [finding for finding in shown.findings if finding.is_reminder]
    if shown.state == SpreadsheetImport.State.REFUSED:
        reminders = []
    return {
        "problems": problems[:SHOWN_PROBLEMS],
        "more_problems": len(problems) > SHOWN_PROBLEMS,
        "notes": reminders[:SHOWN_PROBLEMS],
    }


def _preview(request: HttpRequest, shown: SpreadsheetImport) -> dict[str, Any]:
    """Returns the first rows as they would be saved, judged anew, so that they are never older than the page."""
    wrong, preview = judge(shown.kind, shown.rows[:SHOWN_ROWS], user_of(request))
    note_looks(request, _known_teachers(preview.changes), StatementAccess.Kind.IMPORT)
    kind_columns = columns.SHEETS[shown.kind].columns
    return {
        "now_wrong": wrong,
        "steps": [_row_view(change, kind_columns) for change in preview.changes],
        "more_rows": shown.added + shown.changed + shown.unchanged > SHOWN_ROWS,
    }


def _known_teachers(changes: Iterable[RowChange]) -> set[int]:
    """Returns the keys of the teachers that these rows are about, those that would be added aside."""
    rows = [change.row for change in changes]
    return {teacher_of(row) for row in rows if not isinstance(row, Teacher) or row.pk}


def _row_view(change: RowChange, kind_columns: tuple[Column, ...]) -> dict[str, Any]:
    """Returns a row as it will be saved; a cell that changes, with what was there before."""
    cells = []
    for column in kind_columns:
        now, before = change.shown[column.field], change.shown_before.get(column.field)
        differs = before not in (None, now)
        cells.append({"header": column.header, "now": now, "before": before, "differs": differs})
    return {"number": change.number, "action": change.action, "label": ACTIONS[change.action], "cells": cells}


# --- confirming and undoing, as jobs -------------------------------------------------------------------------


@for_staff
@require_POST
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begins to save what the preview shows."""
    confirmed = _own_import(request, public_id)
    if confirmed.state == SpreadsheetImport.State.DISPLACED:
        return redirect("credits:import", public_id)  # the page says why it cannot be imported
    return _begin(request, confirmed, "import", f"导入{confirmed}")


@for_staff
@require_POST
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Begins to take an import back."""
    undone = _own_import(request, public_id)
    return _begin(request, undone, "undo-import", f"撤销导入{undone}")


@for_staff
@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Forgets a file that was not imported."""
    discarded = _own_import(request, public_id)
    waiting = (SpreadsheetImport.State.READY, SpreadsheetImport.State.REFUSED, SpreadsheetImport.State.DISPLACED)
    deleted, _ = SpreadsheetImport.objects.filter(pk=discarded.pk, state__in=waiting).delete()
    if not deleted:
        messages.error(request, "这份表格已经导入，不能删除；要收回请用“撤销”。")
        return redirect("credits:import", public_id)
    messages.success(request, "已删除这份表格，什么都没有保存。")
    return redirect("credits:imports")


def _begin(request: HttpRequest, subject: SpreadsheetImport, kind: str, title: str) -> HttpResponse:
    """Begins a job on the import, and leads to the job, or back where it is over already."""
    here = reverse("credits:import", args=[subject.public_id])
    running = _running(subject)
    if running:  # pressed twice
        return redirect("credits:job", running.public_id)
    total = subject.added + subject.changed
    rows = total + subject.unchanged
    key = _key(subject)
    try:
        job = jobs.start(kind, title, user_of(request), key=key, back=here, total=total, rows=rows, row=subject.pk)
    except Refusal as refusal:  # the other step on it was begun at this moment
        messages.error(request, refusal.sentence)
        return redirect(here)
    if not job.is_over:
        return redirect("credits:job", job.public_id)
    say = messages.success if job.state == Job.State.DONE else messages.error
    say(request, job.message)
    return redirect(here)


def _key(subject: SpreadsheetImport) -> str:
    """Returns the one key for importing and undoing it."""
    return f"import:{subject.pk}"


def _running(subject: SpreadsheetImport) -> Job | None:
    """Returns the job that imports or undoes it just now."""
    return jobs.under_way(_key(subject))

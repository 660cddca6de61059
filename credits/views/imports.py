"""Spreadsheets of teachers, results, activities and degrees: template, upload, preview, confirmation, undoing."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import jobs
from ..models import Job, SpreadsheetImport
from ..processes.history import events_of
from ..spreadsheets import importing, judging, sheets
from ..spreadsheets.reader import MOST_BYTES, SENTENCES
from ..staff_forms import StaffForm
from .common import for_staff, staff_page, user_of
from .jobs import download

SECTION = "imports"
LISTED = 50
SHOWN_ROWS, SHOWN_PROBLEMS = 50, 200
#: How long a file waits to be confirmed; then its rows are deleted.
WAITS = datetime.timedelta(days=1)
ACTIONS = {"add": "新增", "change": "修改", "same": "没有变化"}


class UploadForm(StaffForm):
    kind = forms.ChoiceField(label="导入什么", choices=SpreadsheetImport.Kind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label="填好的表格",
        widget=forms.FileInput(attrs={"accept": f".xlsx,{sheets.MEDIA_TYPE}"}),
        help_text=f"Excel 表格（.xlsx），最大 {MOST_BYTES // 1024 // 1024} MB，最多 {sheets.MOST_ROWS} 行。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        missing = "请选择文件。"
        self.fields["file"].error_messages |= {
            "required": missing,
            "missing": missing,
            "invalid": missing,
            "empty": SENTENCES["empty_file"],
        }

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(SENTENCES["too_large"])
        return file


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """What to import and from which file; below it, what the user imported before."""
    user, posted = user_of(request), request.method == "POST"
    _forget_what_waited()
    form = UploadForm(*((request.POST, request.FILES) if posted else ()), initial={"kind": request.GET.get("kind", "")})
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        row = importing.prepare(form.cleaned_data["kind"], _name(file), file.read(), user)
        return redirect("credits:import", row.public_id)
    return staff_page(
        request,
        "imports.html",
        SECTION,
        form=form,
        kinds=SpreadsheetImport.Kind.choices,
        imports=SpreadsheetImport.objects.filter(owner=user).defer("rows", "problems", "done")[:LISTED],
        undoable=importing.newest(user),
    )


def _forget_what_waited() -> None:
    """Whoever uploaded it: what was not confirmed in time is not kept."""
    waited = SpreadsheetImport.objects.filter(
        state=SpreadsheetImport.State.READY, created_at__lt=timezone.now() - WAITS
    )
    if waited.exists():
        waited.delete()


def _name(file: UploadedFile) -> str:
    name = "".join(character for character in file.name or "" if character.isprintable())
    longest = SpreadsheetImport._meta.get_field("file_name").max_length
    return name[-longest:] if longest else name


@for_staff
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    if kind not in sheets.SHEETS:
        raise Http404
    return download(sheets.template(kind), f"{sheets.SHEETS[kind].title}导入模板.xlsx", sheets.MEDIA_TYPE)


@for_staff
@require_safe
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """One import: what it would do, what is wrong with it, or what was done."""
    user, row = user_of(request), _own(request, public_id)
    problems = [problem for problem in row.problems if not importing.is_note(problem)]
    notes = [
        (number, column, sentence.removeprefix(judging.NOTE))
        for number, column, sentence in row.problems
        if row.state != row.State.REFUSED and importing.is_note((number, column, sentence))
    ]
    columns = sheets.SHEETS[row.kind].columns
    context: dict[str, Any] = {
        "import": row,
        "problems": problems[:SHOWN_PROBLEMS],
        "more_problems": len(problems) > SHOWN_PROBLEMS,
        "notes": notes[:SHOWN_PROBLEMS],
        "columns": columns,
        "total": row.added + row.changed + row.unchanged,
        "undoable": importing.newest(user) == row,
        "running": _running(row),
        "events": events_of(row)[:20],
        "waits": row.created_at + WAITS,
    }
    if row.state == row.State.READY:
        # The first rows are judged anew, so that what is shown is never older than the page.
        context["now_wrong"], plan = judging.judge(row.kind, row.rows[:SHOWN_ROWS], user)
        context["steps"] = [_shown(step, columns) for step in plan.steps]
        context["more_rows"] = context["total"] > SHOWN_ROWS
    return staff_page(request, "import.html", SECTION, **context)


def _shown(step: judging.Step, columns: tuple[sheets.Column, ...]) -> dict[str, Any]:
    """A row as it will be saved; where it changes, with what was there before."""
    cells = []
    for column in columns:
        now, before = step.shown[column.field], step.shown_before.get(column.field)
        cells.append({"header": column.header, "now": now, "before": before, "differs": before not in (None, now)})
    return {"number": step.number, "action": step.action, "label": ACTIONS[step.action], "cells": cells}


def _own(request: HttpRequest, public_id: str) -> SpreadsheetImport:
    if "\x00" in public_id:
        raise Http404
    return get_object_or_404(SpreadsheetImport, owner=user_of(request), public_id=public_id)


# --- confirming and undoing, as jobs ----------------------------------------------------------------------------


@for_staff
@require_POST
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _own(request, public_id)
    return _do(request, row, "import", f"导入{row}", row.added + row.changed)


@for_staff
@require_POST
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _own(request, public_id)
    return _do(request, row, "undo-import", f"撤销导入{row}", row.added + row.changed)


@for_staff
@require_POST
def discard(request: HttpRequest, public_id: str) -> HttpResponse:
    """Forgets a file that was not imported."""
    row = _own(request, public_id)
    waiting = (SpreadsheetImport.State.READY, SpreadsheetImport.State.REFUSED)
    if not SpreadsheetImport.objects.filter(pk=row.pk, state__in=waiting).delete()[0]:
        messages.error(request, "这份表格已经导入，不能删除；要收回请用“撤销”。")
        return redirect("credits:import", public_id)
    messages.success(request, "已删除这份表格，什么都没有保存。")
    return redirect("credits:imports")


def _do(request: HttpRequest, row: SpreadsheetImport, kind: str, title: str, total: int) -> HttpResponse:
    here = reverse("credits:import", args=[row.public_id])
    if running := _running(row):  # pressed twice
        return redirect("credits:job", running.public_id)
    job = jobs.start(kind, title, user_of(request), back=here, total=total, row=row.pk)
    if not job.is_over:
        return redirect("credits:job", job.public_id)
    (messages.success if job.state == Job.State.DONE else messages.error)(request, job.message)
    return redirect(here)


def _running(row: SpreadsheetImport) -> Job | None:
    """The job that is importing or undoing this just now."""
    begun = Job.objects.filter(owner=row.owner_id, kind__in=("import", "undo-import"), parameters__row=row.pk)
    going = begun.filter(state__in=(Job.State.WAITING, Job.State.RUNNING)).defer("file")
    return next((job for job in going if not job.has_died), None)


def _run(job: Job, progress: jobs.Progress, step: Callable[..., str]) -> None:
    row = SpreadsheetImport.objects.get(pk=job.parameters["row"])
    # All is saved in one transaction, from which nothing is seen before its end.
    progress(0, "正在核对，核对完一起保存")
    job.message = step(row, job.owner, progress)


@jobs.runner("import")
def run_import(job: Job, progress: jobs.Progress) -> None:
    _run(job, progress, importing.apply)


@jobs.runner("undo-import")
def run_undo(job: Job, progress: jobs.Progress) -> None:
    _run(job, progress, importing.undo)

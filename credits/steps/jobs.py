"""Long work of this app, registered by kind for `helpdesk.common.jobs`.

Each function gets the work, reports progress to it, sets its job's `message`, `details` or file, and raises Refusal
where its subject is gone or the step cannot be taken any more. Rights are asked anew, as they are when it runs.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import QueryDict

from helpdesk.common.decisions import Refusal
from helpdesk.common.jobs import NOT_ALLOWED, Work, runner
from helpdesk.common.models import Job

from ..models import SpreadsheetImport, Teacher, TrainingProject, TrainingResult
from ..spreadsheets import exporting, importing
from ..statements.roster import Roster, chosen_teachers
from ..statements.summaries import refresh
from . import following, projects
from . import joint_activities as joint

MOST_REFUSALS_SHOWN = 200
#: So many teachers are locked in one transaction while an activity of many is entered.
TEACHERS_AT_ONCE = 20
#: An export is read again so often where a teacher in it is deleted at the moment it is kept.
MOST_READINGS = 3

NOBODY_LEFT = "选中的教师已经删除，或者不再归您管理，没有办成。"
CHANGED_MEANWHILE = "刚才有人改了同样的数据，没有办成。请再办一次。"

#: The step of a review, in words.
REVIEWED = "审核"
PROJECT_GONE = "这个项目已经删除了，没有办成。"

BatchStep = Callable[[TrainingProject, Collection[int], User, projects.ReviewReport, projects.Versions], None]


@runner("recompute")
def recompute(work: Work) -> None:
    """Computes the summaries of the chosen teachers anew, as the daily `refresh_statements` does.

    An attempt that was interrupted is simply begun again: the sums come out the same.
    """
    job = work.job
    chosen = chosen_teachers(job.owner, QueryDict(job.parameters["selection"]))
    teachers = list(chosen.order_by("pk").values_list("pk", flat=True))
    if not teachers:
        raise Refusal(NOBODY_LEFT)
    job.total = len(teachers)
    refresh(teachers, progress=work)
    job.message = f"已重新计算 {len(teachers)} 位教师的学分。"


# --- the export --------------------------------------------------------------------------------------------------


@runner("export")
def export(work: Work) -> None:
    """Writes the chosen teachers into a workbook, and records that the owner looked at each of them."""
    for reading in range(MOST_READINGS):
        try:
            _export(work)
            return
        except IntegrityError as error:
            # A teacher was deleted after the row was read.
            if reading == MOST_READINGS - 1:
                raise Refusal(CHANGED_MEANWHILE) from error


def _export(work: Work) -> None:
    job = work.job
    roster = Roster(job.owner, QueryDict(job.parameters["selection"]))
    with tempfile.TemporaryFile() as file:
        teachers = exporting.write_workbook(roster, file, work)
        if not teachers:
            raise Refusal(NOBODY_LEFT)
        job.total = len(teachers)
        work(len(teachers), "正在保存文件")
        with work.ending():
            exporting.record_looks(teachers, job.owner)
            job.keep_file(file, exporting.file_name(roster))
            job.message = f"已导出 {len(teachers)} 位教师的名单，可以下载了。文件保留一天。"


# --- results of a project ----------------------------------------------------------------------------------------


@runner("review")
def review(work: Work) -> None:
    """Reviews the results that were ticked, those that can be."""
    _in_batches(work, REVIEWED, projects.review_batch)


@runner("unreview")
def unreview(work: Work) -> None:
    """Takes the review of the ticked results back."""
    _in_batches(work, "取消审核", projects.unreview_batch)


@runner("follow-hours")
def follow_hours(work: Work) -> None:
    """Gives the ticked results the corrected hours of their project."""
    _in_batches(work, following.WORD, following.follow_batch)


def _in_batches(work: Work, word: str, step: BatchStep) -> None:
    """Takes a step on one batch of results after the other; an attempt goes on where the last one was interrupted.

    `seen` are the versions on which its owner decided; work that an earlier release began has none.
    """
    job = work.job
    project = TrainingProject.objects.filter(pk=job.parameters["project"]).select_related("organizer").first()
    if project is None:
        raise Refusal(PROJECT_GONE)
    so_far: dict[str, Any] = job.outcome or {}
    outcome = projects.ReviewReport(word, **so_far)
    stopped = ""
    seen = job.parameters.get("seen", {})
    try:
        for batch in list(projects.batches(job.parameters["results"]))[batches_behind(outcome) :]:
            with work.batch():
                in_charge = in_charge_of(batch, job.owner)
                step(project, in_charge, job.owner, outcome, seen)
                outcome.gone += len(batch) - len(in_charge)
                job.done = outcome.handled
                job.outcome = outcome.kept
            work(outcome.handled)
    except (Refusal, PermissionDenied) as error:
        stopped = error.sentence if isinstance(error, Refusal) else NOT_ALLOWED
    with work.ending():
        projects.record_outcome(project, outcome, job.owner)
        _report(work, outcome, stopped)


def batches_behind(outcome: projects.ReviewReport) -> int:
    """The number of batches that earlier attempts have committed; only the last batch is smaller than the others."""
    return -(-outcome.handled // projects.BATCH)


def in_charge_of(batch: Collection[int], owner: User) -> list[int]:
    """Those of the results whose teachers the owner is still responsible for."""
    teachers = Teacher.objects.managed_by(owner)
    rows = TrainingResult.objects.filter(pk__in=batch, teacher__in=teachers)
    return list(rows.values_list("pk", flat=True))


def _report(work: Work, outcome: projects.ReviewReport, stopped: str) -> None:
    """Says what was done and what was not; `stopped` is why the work ended before all was tried."""
    job = work.job
    job.message = outcome.sentence
    job.details = outcome.refused[:MOST_REFUSALS_SHOWN]
    if outcome.gone:
        job.details.append(f"{outcome.gone} 条成绩已经删除、已由别人办理，或者教师不再归您管理。")
    if stopped:
        left = job.total - outcome.handled
        work.refuse(f"{outcome.sentence}其余 {left} 条没有办：{stopped}" if outcome.done else stopped)


# --- one activity of many teachers -------------------------------------------------------------------------------


@runner("joint-activities")
def joint_activities(work: Work) -> None:
    """Enters one activity for many teachers; an attempt goes on behind the last teachers who are done."""
    job = work.job
    outcome = joint.JointReport(**(job.outcome or {}))
    teachers = job.parameters["teachers"]
    texts, in_plan = job.parameters["texts"], job.parameters["in_plan"]
    while outcome.handled < len(teachers):
        batch = teachers[outcome.handled :][:TEACHERS_AT_ONCE]
        with work.batch():
            joint.enter_for(batch, texts, job.owner, outcome, in_plan=in_plan)
            job.done = outcome.handled
            job.outcome = {"done": outcome.done, "refused": outcome.refused}
        work(outcome.handled)
    with work.ending():
        job.message = outcome.sentence
        job.details = outcome.refused[:MOST_REFUSALS_SHOWN]


# --- imports -----------------------------------------------------------------------------------------------------


@runner("import")
def apply_import(work: Work) -> None:
    """Saves what the preview of a spreadsheet showed, all or nothing."""
    _on_import(work, importing.apply)


@runner("undo-import")
def undo_import(work: Work) -> None:
    """Takes an import back, all or nothing."""
    _on_import(work, importing.undo)


def _on_import(work: Work, step: Callable[..., str]) -> None:
    """Takes a step on an import in the transaction that ends the job, so that it is done once or not at all."""
    job = work.job
    row = SpreadsheetImport.objects.filter(pk=job.parameters["row"]).first()
    if row is None:
        raise Refusal("这份表格已经删除了，没有办成。")
    work(0, "正在核对，核对完一起保存")
    try:
        with work.ending():
            _take(work, step, row)
    except IntegrityError as error:
        raise Refusal(CHANGED_MEANWHILE) from error


def _take(work: Work, step: Callable[..., str], row: SpreadsheetImport) -> None:
    job: Job = work.job
    try:
        job.message = step(row, job.owner, work)
    except Refusal as refusal:
        # The new preview that the refusal speaks of is kept.
        work.refuse(refusal.sentence)

"""Results that follow hours which their project had before: brought along after the project's hours were corrected.

Correcting a project changes no result (credits-01). Whoever is in charge of the teachers brings along those results
that were entered with the old figure before it was corrected; results of any other figure stay, since somebody meant
it. For a reviewed result the documents ask for 取消审核 and 审核 once more, both by a reviewer: here they are taken in
one transaction, as nobody is to lose credits between the two, and the history of the result shows all three steps.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from decimal import Decimal

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone

from helpdesk.common.decisions import step

from ..decisions.findings import Finding
from ..decisions.oneself import own_finding
from ..decisions.results import credits_of
from ..models import Event, Teacher, TrainingProject, TrainingResult
from ..rules.wording import amount_text
from ..statements.summaries import refresh
from .history import event
from .projects import (
    REVIEWED_FIELDS,
    ReviewReport,
    Versions,
    has_changed,
    locked_project,
    locked_results,
    rate_of,
    told_as_changed,
)
from .rights import demand, reviews

WORD = "更正"
#: The action of bringing results along, in the project's history.
BROUGHT_ALONG = f"{WORD}成绩"


def followers(project: TrainingProject, results: QuerySet[TrainingResult]) -> QuerySet[TrainingResult]:
    """Those of a project's `results` that were entered with hours which it had then and has no more."""
    entered_so = Q(pk__in=[])
    for hours, until in project.former_hours.items():
        entered_so |= Q(hours=Decimal(hours), entered_at__lt=datetime.datetime.fromisoformat(until))
    return results.filter(entered_so).exclude(hours=project.hours)


@step
def follow_batch(
    project: TrainingProject, batch: Collection[int], by: User, outcome: ReviewReport, seen: Versions | None = None
) -> None:
    """Gives some results the hours of their project, those that follow its former ones, and adds to `outcome`.

    What was entered still waits for its review; what was reviewed is reviewed again, where `by` may review.
    """
    demand(TrainingProject.objects.visible_to(by).filter(pk=project.pk).exists())
    current = locked_project(project)
    rows = locked_results(current, batch)
    bringing = _BringingAlong(current, by, rows)
    changed = []
    for row in rows:
        if has_changed(row, current, seen or {}):
            outcome.refused.append(told_as_changed(row))
        elif row.pk not in bringing.found:
            outcome.gone += 1
        elif reason := bringing.bring(row):
            outcome.refused.append(f"{row.teacher}：{reason}")
        else:
            changed.append(row)
    _save(changed, bringing)
    outcome.done += len(changed)
    outcome.gone += len(batch) - len(rows)


class _BringingAlong:
    """Brings each result along that `by` may; `found` are the keys of those that follow and are in `by`'s charge."""

    def __init__(self, project: TrainingProject, by: User, rows: Collection[TrainingResult]) -> None:
        self.project = project
        self.by = by
        self.rate = rate_of(project)
        self.reviews = reviews(by, project.organizer)
        keys = [row.pk for row in rows]
        in_charge = project.results.filter(pk__in=keys, teacher__in=Teacher.objects.managed_by(by))
        self.found = set(followers(project, in_charge).values_list("pk", flat=True))
        self.before = {row.pk: Decimal(row.hours) for row in rows}

    def bring(self, row: TrainingResult) -> str:
        """Gives the row its new values, not saved. Returns why the result stays as it is, where it does."""
        reviewed = row.status == TrainingResult.Status.REVIEWED
        if reviewed and not self.reviews:
            body = self.project.organizer.reviewing_body
            return f"已经审核，要由{body or '系统管理员'}的审核员办理。"
        own = own_finding(row.teacher.user_id, self.by.pk, "更正自己的成绩")
        if own:
            return own.sentence
        row.hours = self.project.hours
        return self._problem(row) or self._reviewed_again(row, reviewed)

    def _problem(self, row: TrainingResult) -> str:
        """Returns what the row's own rules say against its new hours."""
        row.project = self.project
        try:
            row.clean()
        except ValidationError as error:
            return " ".join(error.messages)
        return ""

    def _reviewed_again(self, row: TrainingResult, reviewed: bool) -> str:
        """Gives a reviewed result its new conversion. Returns why its hours make no credits, where they do not."""
        credits = credits_of(Decimal(row.hours), self.rate)
        if isinstance(credits, Finding):
            return credits.sentence
        if reviewed:
            row.credits = credits
            row.category, row.form = self.project.category, self.project.form
            row.converted = self.project.converted
            row.reviewed_by, row.reviewed_at = self.by, timezone.now()
        return ""

    def events(self, row: TrainingResult) -> list[Event]:
        """The history of bringing a result along: of a reviewed one, all three steps that the documents name."""
        before, now = amount_text(self.before[row.pk]), amount_text(Decimal(row.hours))
        corrected = event(row, "更正学时", self.by, f"由 {before} 改为 {now} 学时，随项目的学时。")
        if row.status != TrainingResult.Status.REVIEWED:
            return [corrected]
        conversion = "，折算学分。" if row.converted else "，没有勾选折算。"
        again = event(row, "审核", self.by, self.project.kind_in_words + conversion)
        return [event(row, "取消审核", self.by, "为了更正学时。"), corrected, again]


def _save(rows: Collection[TrainingResult], bringing: _BringingAlong) -> None:
    TrainingResult.objects.bulk_update(rows, ["hours", *REVIEWED_FIELDS])
    Event.objects.bulk_create(one for row in rows for one in bringing.events(row))
    reviewed = [row for row in rows if row.status == TrainingResult.Status.REVIEWED]
    refresh(row.teacher_id for row in reviewed)

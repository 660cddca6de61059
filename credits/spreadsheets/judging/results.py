"""Judges rows of results: hours of teachers in a published project (credits-01)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import QuerySet

from ...decisions import results as decisions
from ...decisions.findings import Door, Finding
from ...decisions.results import CycleRates
from ...models import Teacher, TrainingProject, TrainingResult
from ...models.imports import Values
from ...rules.wording import amount_text
from ...steps import projects
from .base import AboutTeachers, Action, Cells, RowChange, Undone
from .cells import amount_problem


class Results(AboutTeachers):
    kind = "results"
    model = TrainingResult
    key = ("project", "staff_number")
    own_deed = "登记自己的成绩"
    written = ("project", "teacher", "hours")
    watched = ("status",)

    def of_teachers(self, found: QuerySet[Teacher]) -> QuerySet[Teacher]:
        """The teachers with their postings, which tell whether a project's organizer stands above their schools."""
        return found.prefetch_related("postings__school")

    def look_up_more(self, rows: Sequence[Cells]) -> None:
        self.rates = projects.cycle_rates()
        codes = self.numbers(rows, "project")
        visible = TrainingProject.objects.visible_to(self.user).filter(code__in=codes)
        # Reviewing takes the projects first too, so nobody reviews meanwhile.
        found = self.locked(visible.select_related("organizer"))
        self.projects = {project.code: project for project in found}
        known = list(self.projects.values())
        entered = TrainingResult.objects.filter(project__in=known, teacher__in=self.ids)
        self.results = {(row.project_id, row.teacher_id): row for row in self.locked(entered)}

    def take_of(self, teacher: Teacher, values: Values) -> None:
        project = self._project(values["project"])
        if project is None:
            return
        hours = values["hours"]
        if self._refuses(project, hours):
            return
        row = self.results.get((project.pk, teacher.pk))
        if row is None:
            new = TrainingResult(project=project, teacher=teacher, entered_by=self.user)
            self.plan(new, {"hours": hours}, existing=False)
        else:
            row.project = project
            row.teacher = teacher
            self._correct(row, hours)

    def _project(self, code: str) -> TrainingProject | None:
        """The published project of that code; None where there is none, which is then named."""
        project = self.projects.get(code)
        if project is None:
            self.say("project", "没有找到这个项目，请核对编号。")
            return None
        published = project.status == TrainingProject.Status.PUBLISHED
        finding = decisions.entering_finding(published, Door.SHEET)
        return None if self.note(finding) else project

    def _refuses(self, project: TrainingProject, hours: Decimal) -> bool:
        """True where these hours are none, or make no credits of this project, which is then named."""
        message = amount_problem(self.cells["hours"], hours, "hours")
        if message:
            self.say("hours", message)
            return True
        rate = projects.rate_or_finding(project, self.rates)
        if isinstance(rate, Finding):
            return self.note(rate)
        credits = decisions.credits_of(hours, rate)
        return isinstance(credits, Finding) and self.note(credits)

    def _correct(self, row: TrainingResult, hours: Decimal) -> None:
        finding = None
        if row.hours != hours:
            reviewed = row.status == TrainingResult.Status.REVIEWED
            finding = decisions.changing_finding(reviewed, row.hours, Door.SHEET)
        if not self.note(finding):
            self.plan(row, {"hours": hours}, existing=True)

    @classmethod
    def rules_on_undoing(cls, rows: Collection[Undone], user: User) -> dict[int, Finding]:
        """Besides what holds of all kinds: the hours of before must still make credits."""
        rates = projects.cycle_rates()
        found = super().rules_on_undoing(rows, user)
        for row in rows:
            finding = cls._conversion_finding(row.before, rates) if row.before else None
            if finding:
                found.setdefault(row.now.pk, finding)
        return found

    @staticmethod
    def _conversion_finding(row: TrainingResult, rates: Sequence[CycleRates]) -> Finding | None:
        rate = projects.rate_or_finding(row.project, rates)
        if isinstance(rate, Finding):
            return rate
        credits = decisions.credits_of(row.hours, rate)
        return credits if isinstance(credits, Finding) else None

    def show(self, row: TrainingResult) -> dict[str, str]:
        about = {
            "project": row.project.code,
            "hours": amount_text(row.hours),
        }
        return super().show(row) | about

    def words(self, change: RowChange) -> tuple[str, str]:
        hours = change.shown["hours"]
        if change.action is Action.ADD:
            return projects.ENTERED, f"{hours} 学时。"
        before = change.shown_before["hours"]
        return "更正学时", f"由 {before} 改为 {hours} 学时。"

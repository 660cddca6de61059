"""Judges rows of degrees and of other offsets, which wait to be credited (credits-05, credits-12)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from ...decisions import awards as decisions
from ...decisions.findings import Door
from ...models import Award, DegreeAward, OffsetAward, Teacher
from ...models.imports import Values
from ...steps.awards import waiting_again
from .base import AboutTeachers, Action, Cells, RowChange


class Awards(AboutTeachers):
    """Judges one kind: `words.detail` of its model may be changed, `what` tells two awards of a day apart."""

    model: type[Award]
    watched = ("credits",)

    def of_teachers(self, found: QuerySet[Teacher]) -> QuerySet[Teacher]:
        """The teachers, locked before their awards, as the steps of an award lock them."""
        return self.locked(found)

    def look_up_more(self, rows: Sequence[Cells]) -> None:
        awarded = self.model._default_manager.filter(teacher__in=self.ids)
        #: By teacher, what it is and day.
        self.awards = {
            (row.teacher_id, getattr(row, self.model.what), row.awarded_on): row for row in self.locked(awarded)
        }

    def take_of(self, teacher: Teacher, values: Values) -> None:
        what = values[self.model.what]
        day = values["awarded_on"]
        detail = values[self.model.words.detail]
        row = self.awards.get((teacher.pk, what, day))
        if row is None:
            new = self.model(teacher=teacher, awarded_on=day, **{self.model.what: what})
            self._plan_waiting(new, detail or "", existing=False)
        else:
            row.teacher = teacher
            self._change_detail(row, detail)

    def _change_detail(self, row: Award, detail: str | None) -> None:
        """Gives a known award another detail; an empty cell leaves it as it is."""
        if detail is None or detail == row.detail:
            self.plan(row, {}, existing=True)
            return
        finding = decisions.changing_finding(row.is_credited, Door.SHEET, row.words)
        if not self.note(finding):
            self._plan_waiting(row, detail, existing=True)

    def _plan_waiting(self, row: Award, detail: str, *, existing: bool) -> None:
        changes = waiting_again(self.user) | {self.model.words.detail: detail}
        self.plan(row, changes, existing=existing)

    def show(self, row: Award) -> dict[str, str]:
        about = {
            self.model.what: row.label,
            "awarded_on": str(row.awarded_on),
            self.model.words.detail: row.detail,
        }
        return super().show(row) | about

    def words(self, change: RowChange) -> tuple[str, str]:
        action = "登记" if change.action is Action.ADD else "修改"
        return f"{action}{self.model.words.noun}", f"{change.shown['awarded_on']} 取得。"


class Degrees(Awards):
    kind = "degrees"
    model = DegreeAward
    key = ("staff_number", "level", "awarded_on")
    own_deed = "登记自己的学历"
    written = ("teacher", "level", "awarded_on", "title", "status", "feedback", "entered_by")


class Offsets(Awards):
    kind = "offsets"
    model = OffsetAward
    key = ("staff_number", "basis", "awarded_on")
    own_deed = "登记自己的其他冲抵"
    written = ("teacher", "basis", "awarded_on", "evidence", "status", "feedback", "entered_by")

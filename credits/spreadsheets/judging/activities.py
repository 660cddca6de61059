"""Judges rows of self-directed activities (credits-09, -10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Prefetch, QuerySet

from helpdesk.common.spreadsheets.sheets import NO, YES

from ...decisions import activities as decisions
from ...decisions.activities import PlanFacts, Standing, Weight
from ...decisions.findings import Door, Finding
from ...models import Posting, SchoolPlan, SelfDirectedActivity, Teacher
from ...models.imports import Values
from ...rules.types import AMOUNT_OF_ACTIVITY, Activity
from ...steps.activities import IDENTITY, describe, plan_facts, weight
from .base import AboutTeachers, Action, Cells, RowChange, Undone
from .cells import amount_problem


def _finding_on_weight(
    before: Weight, after: Weight, plan: SchoolPlan | None, facts: PlanFacts[SchoolPlan]
) -> Finding | None:
    school = plan.school if plan else None
    in_charge = school is not None and school.pk in facts.in_charge
    return decisions.weight_finding(before, after, school, in_charge=in_charge)


class Activities(AboutTeachers):
    kind = "activities"
    model = SelfDirectedActivity
    key = ("staff_number", *IDENTITY)
    written = ("teacher", *IDENTITY, "plan", "credits", "hours", "count", "has_record")
    own_deed = "登记自己的活动"
    fields = {"credits": "amount", "hours": "amount", "count": "amount", "plan": "in_plan"}

    def of_teachers(self, found: QuerySet[Teacher]) -> QuerySet[Teacher]:
        """The teachers with their postings, locked.

        Nothing in the database keeps the same activity from being there twice, so two imports at once must wait.
        """
        postings = Posting.objects.select_related("school").order_by("pk")
        return self.locked(found.prefetch_related(Prefetch("postings", postings)))

    def look_up_more(self, rows: Sequence[Cells]) -> None:
        entered = SelfDirectedActivity.objects.filter(teacher__in=self.ids)
        saved = list(self.locked(entered.select_related("plan__school").defer("plan__content")))
        schools = {row.plan.school_id for row in saved if row.plan}
        self.facts = plan_facts(self.teachers.values(), self.user, schools)
        self.activities: dict[Any, list[SelfDirectedActivity]] = defaultdict(list)
        for row in saved:
            identity = self._identity(row)
            self.activities[identity].append(row)

    @staticmethod
    def _identity(row: SelfDirectedActivity) -> tuple[Any, ...]:
        about = (getattr(row, name) for name in IDENTITY)
        return (row.teacher_id, *about)

    def take_of(self, teacher: Teacher, values: Values) -> None:
        activity = Activity(values["activity"])
        finding = decisions.level_finding(activity, values["level"] or "")
        if self.note(finding):
            return
        kind = AMOUNT_OF_ACTIVITY[activity]
        amount = values["amount"]
        message = amount_problem(self.cells["amount"], amount, kind)
        if message:
            return self.say("amount", message)
        changes = {
            "has_record": values["has_record"],
            kind: int(amount) if kind == "count" else amount,
        }
        row = self._row(teacher, values, changes)
        if row is not None:
            self._plan_row(row, changes, in_plan=values["in_plan"])

    def _row(self, teacher: Teacher, values: Values, changes: Values) -> SelfDirectedActivity | None:
        """The activity that a row is about, perhaps a new one; None where it may be several, which is then named."""
        about = {name: values[name] or "" for name in IDENTITY}
        new = SelfDirectedActivity(teacher=teacher, **about)
        identity = self._identity(new)
        entered = self.activities.get(identity, [])
        for row in entered:
            row.teacher = teacher
        in_plan = values["in_plan"]
        same = [row for row in entered if self._is_same(row, changes, in_plan=in_plan)]
        if len(entered) > 1 and not same:
            self.say("", f"系统里有 {len(entered)} 条这样的活动，不知道要改哪一条，请在教师页面修改。")
            return None
        candidates = same or entered or [new]
        return candidates[0]

    @staticmethod
    def _is_same(row: SelfDirectedActivity, changes: Values, *, in_plan: bool) -> bool:
        """True where a row says what is saved already; its day is the same, so its plan stays if it has one."""
        equal = all(getattr(row, name) == value for name, value in changes.items())
        return equal and (row.plan_id is not None) == in_plan

    def _plan_row(self, row: SelfDirectedActivity, changes: Values, *, in_plan: bool) -> None:
        """Adds the activity to the preview, under the plan that it then stands in."""
        existing = row.pk is not None
        if existing and self.note(self._weight_finding(row, changes)):
            return
        day = row.completed_on
        standing = Standing(day, row.plan) if existing else None
        where = row.teacher.whereabouts
        plan = decisions.plan_of(day, in_plan, standing, where, self.facts, Door.SHEET)
        if isinstance(plan, Finding):
            self.note(plan)
        else:
            self.plan(row, changes | {"plan": plan}, existing=existing)

    def _weight_finding(self, row: SelfDirectedActivity, changes: Values) -> Finding | None:
        kind = AMOUNT_OF_ACTIVITY[Activity(row.activity)]
        before = weight(row)
        after = replace(before, amount=Decimal(changes[kind]))
        return _finding_on_weight(before, after, row.plan, self.facts)

    @classmethod
    def rules_on_undoing(cls, rows: Collection[Undone], user: User) -> dict[int, Finding]:
        """Besides what holds of all kinds: the rules on an activity's plan, which may be another school's by now."""
        found = super().rules_on_undoing(rows, user)
        changed = [row for row in rows if row.before is not None]
        schools = {plan.school_id for row in changed for plan in (row.now.plan, row.before.plan) if plan}
        facts = plan_facts([row.now.teacher for row in changed], user, schools)
        for row in changed:
            finding = cls._plan_finding(row.now, row.before, facts)
            if finding:
                found.setdefault(row.now.pk, finding)
        return found

    @staticmethod
    def _plan_finding(
        now: SelfDirectedActivity, before: SelfDirectedActivity, facts: PlanFacts[SchoolPlan]
    ) -> Finding | None:
        found = _finding_on_weight(weight(now), weight(before), now.plan, facts)
        if found:
            return found
        standing = Standing(now.completed_on, now.plan)
        in_plan, where = before.plan is not None, now.teacher.whereabouts
        plan = decisions.plan_of(before.completed_on, in_plan, standing, where, facts, Door.SHEET)
        return plan if isinstance(plan, Finding) else None

    def show(self, row: SelfDirectedActivity) -> dict[str, str]:
        about = {
            "activity": row.get_activity_display(),
            "level": row.get_level_display() if row.level else "",
            "amount": row.amount_in_words,
            "completed_on": str(row.completed_on),
            "in_plan": YES if row.plan_id else NO,
            "has_record": YES if row.has_record else NO,
            "evidence": row.evidence,
        }
        return super().show(row) | about

    def words(self, change: RowChange) -> tuple[str, str]:
        action = "登记活动" if change.action is Action.ADD else "修改活动"
        return action, describe(change.row)

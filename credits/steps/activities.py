"""Self-directed activities that a school enters of its teachers, under its plan (credits-09, -10)."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User

from helpdesk.common.decisions import Refusal, are_equal, demand_seen, locked, step

from ..decisions import activities as decisions
from ..decisions.activities import PlanFacts, Standing, Weight
from ..decisions.findings import Door
from ..models import Organization, SchoolPlan, SelfDirectedActivity, Teacher
from ..rules import wording
from ..statements.calendar import rules_cycles
from .deciding import decided, demand_no_problem
from .history import record, record_deletion
from .people import demand_in_charge, lock_in_charge
from .rights import manages

#: The fields that tell two activities of one teacher apart; those that are equal in all of them are the same one.
IDENTITY = ("activity", "level", "completed_on", "evidence")


def plan_facts(teachers: Iterable[Teacher], by: User, others: Iterable[int] = ()) -> PlanFacts[SchoolPlan]:
    """The facts on which the plans of these teachers' activities depend, for `by`; in a fixed number of queries
    where the teachers come with their postings. `others` are further schools that may be in `by`'s charge.
    """
    schools = {school.pk for teacher in teachers for school in teacher.whereabouts.schools}
    in_charge = Organization.objects.visible_to(by).filter(pk__in=schools.union(others))
    plans = SchoolPlan.objects.filter(school__in=schools).defer("content")
    return PlanFacts(
        cycles=rules_cycles(),
        in_charge=frozenset(in_charge.values_list("pk", flat=True)),
        plans={(plan.school_id, plan.school_year): plan for plan in plans},
    )


def plan_for(activity: SelfDirectedActivity, by: User) -> SchoolPlan:
    """The plan of the school where the teacher was on that day, for that school year.

    Raises Refusal where there is none: an activity under no plan must be said to be one.
    """
    facts = plan_facts([activity.teacher], by)
    where = activity.teacher.whereabouts
    found = decisions.plan_for(activity.completed_on, where, facts, Door.HAND)
    return decided(found)


@step
def save_activity(activity: SelfDirectedActivity, by: User, *, in_plan: bool, seen: str = "") -> None:
    """Adds or changes an activity; `in_plan` says whether it stands in its school year's plan.

    Writes no event where nothing is changed.
    """
    # Nothing in the database keeps the same activity from being there twice, so two forms at once must wait.
    activity.teacher = lock_in_charge(activity.teacher, by, "登记自己的活动")
    before = _as_saved(activity)
    if before:
        demand_in_charge(before.teacher, by)
        demand_seen(seen, before)
    activity.clean()
    _demand_weight(activity, before, by)
    activity.plan = _plan_of(activity, before, by, in_plan=in_plan)
    activity.full_clean()
    _demand_first(activity)
    if before and are_equal(before, activity):
        return
    activity.save()
    action = "修改活动" if before else "登记活动"
    record(activity, action, by, describe(activity))


def _demand_weight(activity: SelfDirectedActivity, before: SelfDirectedActivity | None, by: User) -> None:
    """Raises Refusal where somebody changes how much an activity counts, who is not in charge of its plan."""
    if before is None or before.plan is None:
        return
    school = before.plan.school
    in_charge = manages(by, school)
    found = decisions.weight_finding(weight(before), weight(activity), school, in_charge=in_charge)
    demand_no_problem([found])


def weight(activity: SelfDirectedActivity) -> Weight:
    return Weight(activity.activity, activity.level, activity.amount, activity.completed_on)


def _as_saved(activity: SelfDirectedActivity) -> SelfDirectedActivity | None:
    """The activity as it is saved, locked; None where it is new. Raises Refusal where it was deleted meanwhile."""
    if activity.pk is None:
        return None
    return locked(SelfDirectedActivity.objects.select_related("plan__school"), activity.pk)


def _plan_of(
    activity: SelfDirectedActivity, before: SelfDirectedActivity | None, by: User, *, in_plan: bool
) -> SchoolPlan | None:
    standing = Standing(before.completed_on, before.plan) if before else None
    facts = plan_facts([activity.teacher], by)
    where = activity.teacher.whereabouts
    found = decisions.plan_of(activity.completed_on, in_plan, standing, where, facts, Door.HAND)
    return decided(found)


def _demand_first(activity: SelfDirectedActivity) -> None:
    """Refuses a second activity that nothing tells from the first, as a spreadsheet would take it for a change."""
    values = {name: getattr(activity, name) for name in IDENTITY}
    same = SelfDirectedActivity.objects.filter(teacher=activity.teacher, **values)
    if same.exclude(pk=activity.pk).exists():
        day = wording.date_in_words(activity.completed_on)
        what = f"{activity.teacher.name} {day}已经登记过{activity.get_activity_display()}"
        raise Refusal({"evidence": f"{what}。同一天的请合在一条里；确实是另一次，请在证明材料里写清楚。"})


@step
def remove_activity(activity: SelfDirectedActivity, by: User) -> None:
    """Deletes an activity of a teacher in charge."""
    lock_in_charge(activity.teacher, by, "删除自己的活动")
    row = locked(SelfDirectedActivity.objects.select_related("teacher__school", "plan"), activity.pk)
    record_deletion(row, "删除活动", by, describe(row))
    row.delete()


def describe(activity: SelfDirectedActivity) -> str:
    """An activity in a few words: 听课 20 节，2019-10-12，列入方案，有过程记录。"""
    level = f"（{activity.get_level_display()}）" if activity.level else ""
    kind = activity.get_activity_display() + level
    under = "列入方案" if activity.plan_id else "没有列入方案"
    kept = "有过程记录" if activity.has_record else "没有过程记录"
    return f"{kind} {activity.amount_in_words}，{activity.completed_on}，{under}，{kept}。"

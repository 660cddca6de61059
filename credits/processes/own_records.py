"""What a school enters of its teachers: activities under its plan, and degrees that a reviewer credits."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ..ledger import school_year
from ..models import DegreeAward, SchoolPlan, SelfDirectedActivity, Teacher, TrainingCycle
from ..rights import demand, manages, reviews
from ..rules import wording
from ..rules.wording import amount
from .history import Refusal, demand_seen, locked, record


def _demand_in_charge(teacher: Teacher, by: User) -> None:
    demand(Teacher.objects.managed_by(by).filter(pk=teacher.pk).exists())


def plan_for(activity: SelfDirectedActivity, by: User) -> SchoolPlan:
    """The plan of the school where the teacher was on that day, for that school year.

    Raises Refusal where there is none: an activity under no plan must be said to be one.
    """
    day = activity.completed_on
    if not TrainingCycle.objects.filter(starts_on__lte=day, ends_on__gte=day).exists():
        raise Refusal({"completed_on": f"{wording.date_in_words(day)}不在任何培训周期里，请检查日期。"})
    school, year = activity.teacher.school_on(day), school_year(day)
    if not manages(by, school):
        raise Refusal({"completed_on": elsewhere(day)})
    plan = SchoolPlan.objects.filter(school=school, school_year=year).first()
    if plan is None:
        missing = f"{school}还没有 {wording.school_year(year)}的校本研修方案"
        raise Refusal({"completed_on": f"{missing}：请先新建方案，或者不勾“列入了当学年的校本研修方案”。"})
    return plan


def elsewhere(day: datetime.date) -> str:
    """That a day belongs to another school's time, whatever that school has or has not."""
    return f"{wording.date_in_words(day)}这位教师在别的学校，那天的活动请由那所学校或上级登记。"


@transaction.atomic
def save_activity(activity: SelfDirectedActivity, by: User, *, in_plan: bool) -> None:
    """Adds or changes an activity; `in_plan` says whether it stands in its school year's plan."""
    _demand_in_charge(activity.teacher, by)
    before = locked(SelfDirectedActivity.objects.select_related("plan"), activity.pk) if activity.pk else None
    if before:
        _demand_in_charge(before.teacher, by)
    activity.clean()
    if in_plan and before and before.plan_id and before.completed_on == activity.completed_on:
        activity.plan = before.plan  # a later transfer does not move what was done before it
    else:
        activity.plan = plan_for(activity, by) if in_plan else None
    activity.full_clean()
    _demand_first(activity)
    activity.save()
    added = before is None
    record(activity, "登记活动" if added else "修改活动", by, describe(activity))


def _demand_first(activity: SelfDirectedActivity) -> None:
    """One day's activity is entered once, as in spreadsheets; what tells two apart is the evidence."""
    same = SelfDirectedActivity.objects.filter(
        teacher=activity.teacher,
        activity=activity.activity,
        level=activity.level,
        completed_on=activity.completed_on,
        evidence=activity.evidence,
    )
    if same.exclude(pk=activity.pk).exists():
        day = wording.date_in_words(activity.completed_on)
        what = f"{activity.teacher.name} {day}已经登记过{activity.get_activity_display()}"
        raise Refusal({"evidence": f"{what}。同一天的请合在一条里；确实是另一次，请在证明材料里写清楚。"})


@transaction.atomic
def remove_activity(activity: SelfDirectedActivity, by: User) -> None:
    _demand_in_charge(activity.teacher, by)
    row = locked(SelfDirectedActivity.objects.select_related("teacher__school", "plan"), activity.pk)
    record(row, "删除活动", by, describe(row))
    row.delete()


def describe(activity: SelfDirectedActivity) -> str:
    """An activity in a few words: 听课 20 节，2019-10-12，有过程记录."""
    value = next(each for each in (activity.credits, activity.hours, activity.count) if each is not None)
    kind = activity.get_activity_display() + (f"（{activity.get_level_display()}）" if activity.level else "")
    unit = wording.UNIT[activity.activity]  # type: ignore[index]
    kept = "有过程记录" if activity.has_record else "没有过程记录"
    under = "列入方案" if activity.plan else "没有列入方案"
    return f"{kind} {amount(Decimal(value))} {unit}，{activity.completed_on}，{under}，{kept}。"


# --- degrees: entered by the school, credited by the reviewer (credits-05) -------------------------------------


@transaction.atomic
def save_degree(degree: DegreeAward, by: User) -> None:
    """Enters a degree, or corrects one that was not credited yet; it waits for the reviewer again."""
    _demand_in_charge(degree.teacher, by)
    added = degree.pk is None
    if not added:
        _demand_not_credited(_locked(degree))
    degree.status, degree.feedback, degree.credits = degree.Status.ENTERED, "", None
    degree.entered_by = by
    degree.full_clean()
    degree.save()
    record(degree, "登记学历" if added else "修改学历", by, f"{degree.get_level_display()}，{degree.awarded_on} 取得。")


@transaction.atomic
def remove_degree(degree: DegreeAward, by: User) -> None:
    _demand_in_charge(degree.teacher, by)
    row = _locked(degree)
    _demand_not_credited(row)
    record(row, "删除学历", by)
    row.delete()


@transaction.atomic
def credit(degree: DegreeAward, credits: Decimal, by: User, *, seen: str = "") -> None:
    """已登记 → 已认定, with the credits that the reviewer sets; the cap is the rules' affair."""
    demand(reviews(by, degree.teacher.school))
    row = _locked(degree)
    demand_seen(seen, row)
    if row.status != row.Status.ENTERED:
        raise Refusal("只有“已登记，待认定”的学历可以认定。")
    if row.teacher.user_id == by.pk:
        raise Refusal("不能认定自己的学历，请别的审核员办理。")
    if reason := too_early(row):
        raise Refusal(f"{reason}。日期如果有误，请退回修改。")
    row.status, row.credits, row.credited_by, row.credited_at = row.Status.CREDITED, credits, by, timezone.now()
    row.full_clean()
    row.save()
    record(row, "认定", by, f"{row.get_level_display()}，{amount(credits)} 学分。")


def too_early(degree: DegreeAward) -> str:
    """Why a degree awarded before formal employment is not credited (C7); empty where it was not."""
    employed = degree.teacher.formally_employed_on
    if not employed or degree.awarded_on >= employed:
        return ""
    awarded, employed_on = wording.date_in_words(degree.awarded_on), wording.date_in_words(employed)
    return f"学历取得日期（{awarded}）早于正式任教日期（{employed_on}），不能冲抵（学分问答第 5 条）"


@transaction.atomic
def send_back(degree: DegreeAward, feedback: str, by: User, *, seen: str = "") -> None:
    """已登记、已认定 → 退回修改, with the reason; what was credited counts no more."""
    demand(reviews(by, degree.teacher.school))
    row = _locked(degree)
    demand_seen(seen, row)
    if row.status == row.Status.RETURNED:
        raise Refusal("这个学历已经退回了。")
    if not feedback.strip():
        raise Refusal({"feedback": "退回时请写明要改什么。"})
    row.status, row.feedback, row.credits = row.Status.RETURNED, feedback, None
    row.credited_by, row.credited_at = None, None
    row.full_clean()
    row.save()
    record(row, "退回修改", by, feedback)


def _demand_not_credited(row: DegreeAward) -> None:
    if row.status == row.Status.CREDITED:
        raise Refusal("已经认定的学历不能改，也不能删：请审核员先退回。")


def _locked(degree: DegreeAward) -> DegreeAward:
    return locked(DegreeAward.objects.select_related("teacher__school__parent"), degree.pk)

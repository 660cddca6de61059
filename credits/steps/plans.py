"""Steps of a school's yearly plan 校本研修方案: 草稿 → 已上报 → 已通过 / 退回修改 (credits-14, -15)."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from helpdesk.common.decisions import Refusal, demand_seen, locked, refusing_doubles, step

from ..models import Organization, SafetyNetPlan, SchoolPlan, Teacher
from ..rules import wording
from .history import record, record_deletion
from .rights import demand, manages, reviews


@step
def start(school: Organization, year: int, content: str, by: User) -> SchoolPlan:
    """Returns a new draft for one school year, saved."""
    demand(manages(by, school))
    plan = SchoolPlan(school=school, school_year=year, content=content)
    plan.full_clean()
    with refusing_doubles(f"{school} {wording.school_year_in_words(year)}已经有方案了。"):
        plan.save()
    record(plan, "新建方案", by)
    return plan


@step
def rewrite(plan: SchoolPlan, content: str, by: User, *, seen: str = "") -> None:
    """草稿、退回修改: changes the text; writes no event where it is the same."""
    demand(manages(by, plan.school))
    row = _locked(plan)
    demand_seen(seen, row)
    if row.status not in (row.Status.DRAFT, row.Status.RETURNED):
        raise Refusal("方案已经上报，不能再改。要改，请先撤回；已通过的，请上级先退回。")
    if row.content != content:
        row.content = content
        row.full_clean()
        row.save()
        record(row, "修改方案", by)


@step
def file(plan: SchoolPlan, by: User, *, seen: str = "") -> None:
    """草稿、退回修改 → 已上报."""
    demand(manages(by, plan.school))
    row = _locked(plan)
    demand_seen(seen, row)
    if row.status not in (row.Status.DRAFT, row.Status.RETURNED):
        raise Refusal("方案已经上报了。")
    if not row.content.strip():
        raise Refusal("方案还没有内容，写好再上报。")
    file_row(row, by, "上报", f"内容 {len(row.content)} 字。")


@step
def take_back(plan: SchoolPlan, by: User) -> None:
    """已上报 → 草稿, as long as nobody has decided on it."""
    demand(manages(by, plan.school))
    row = _locked(plan)
    if row.status != row.Status.FILED:
        raise Refusal("只有已上报、还没审核的方案可以撤回。")
    row.status = row.Status.DRAFT
    row.save()
    record(row, "撤回", by)


@step
def approve(plan: SchoolPlan, feedback: str, by: User, *, seen: str = "") -> None:
    """已上报 → 已通过: its activities count from now on (C10, C13)."""
    demand(reviews(by, plan.school))
    row = _locked(plan)
    demand_seen(seen, row)
    if row.status != row.Status.FILED:
        raise Refusal("只有已上报的方案可以审核。")
    if row.filed_by_id == by.pk and not by.is_superuser:
        raise Refusal("这份方案是您自己上报的，要由别的审核员审核。")
    _demand_of_others(row, by)
    decide(row, row.Status.APPROVED, feedback, by, "审核通过")


def _demand_of_others(row: SchoolPlan, by: User) -> None:
    """Raises Refusal where `by` teaches under this plan: to approve it decides on their own activities."""
    teaches = Teacher.objects.filter(user=by)
    under_it = Q(school=row.school_id) | Q(activities__plan=row)
    if teaches.filter(under_it).exists():
        raise Refusal("您是这所学校的教师，或者有活动列在这份方案里，要由别的审核员审核。")


@step
def send_back(plan: SchoolPlan, feedback: str, by: User, *, seen: str = "") -> None:
    """已上报、已通过 → 退回修改; `feedback` says what is to be changed."""
    demand(reviews(by, plan.school))
    row = _locked(plan)
    demand_seen(seen, row)
    if row.status not in (row.Status.FILED, row.Status.APPROVED):
        raise Refusal("只有已上报或已通过的方案可以退回。")
    decide(row, row.Status.RETURNED, feedback, by, "退回修改")


@step
def discard(plan: SchoolPlan, by: User) -> None:
    """草稿、退回修改: deletes a plan under which no activity stands."""
    demand(manages(by, plan.school))
    row = _locked(plan)
    if row.status not in (row.Status.DRAFT, row.Status.RETURNED):
        raise Refusal("已上报或已通过的方案不能删除；要删除，请先撤回或请上级退回。")
    if row.activities.exists():
        raise Refusal("方案里已经登记了活动，不能删除；要删除方案，请先删除这些活动。")
    record_deletion(row, "删除方案", by)
    row.delete()


def _locked(plan: SchoolPlan) -> SchoolPlan:
    return locked(SchoolPlan.objects.select_related("school__parent"), plan.pk)


# --- steps of both kinds of plans; their callers have checked rights and state -----------------------------------


def file_row(row: SchoolPlan | SafetyNetPlan, by: User, action: str, note: str = "") -> None:
    """Files a plan with the body above; an earlier decision on it is void."""
    row.status = row.Status.FILED
    row.filed_by = by
    row.filed_at = timezone.now()
    row.reviewed_by = None
    row.reviewed_at = None
    row.save()
    record(row, action, by, note)


def decide(row: SchoolPlan | SafetyNetPlan, status: str, feedback: str, by: User, action: str) -> None:
    """Saves the decision of the body above. Raises Refusal where a plan is returned without a word why."""
    if status == row.Status.RETURNED and not feedback.strip():
        raise Refusal({"feedback": "退回时请写明要改什么。"})
    row.status = status
    row.feedback = feedback
    row.reviewed_by = by
    row.reviewed_at = timezone.now()
    row.full_clean()
    row.save()
    record(row, action, by, feedback)

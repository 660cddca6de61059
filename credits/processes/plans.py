"""Plans filed and decided on above: a school's yearly plan (credits-15), a county's safety-net plan (credits-11)."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from ..models import Organization, SafetyNetPlan, SchoolPlan
from ..rights import demand, manages, records_filings, reviews
from ..rules import wording
from .history import Refusal, demand_seen, locked, record

# --- a school's plan 校本研修方案: 草稿 → 已上报 → 已通过 / 退回修改 ------------------------------------------------


@transaction.atomic
def start(school: Organization, year: int, content: str, by: User) -> SchoolPlan:
    """A draft for one school year."""
    demand(manages(by, school))
    plan = SchoolPlan(school=school, school_year=year, content=content)
    plan.full_clean()
    plan.save()
    record(plan, "新建方案", by)
    return plan


@transaction.atomic
def rewrite(plan: SchoolPlan, content: str, by: User, *, seen: str = "") -> None:
    """Changes the text, as long as it is the school's turn."""
    demand(manages(by, plan.school))
    row = _plan(plan)
    demand_seen(seen, row)
    if row.status not in (row.Status.DRAFT, row.Status.RETURNED):
        raise Refusal("方案已经上报，不能再改。要改，请先撤回；已通过的，请上级先退回。")
    if row.content != content:
        row.content = content
        row.full_clean()
        row.save()
        record(row, "修改方案", by)


@transaction.atomic
def file(plan: SchoolPlan, by: User) -> None:
    """草稿、退回修改 → 已上报."""
    demand(manages(by, plan.school))
    row = _plan(plan)
    if row.status not in (row.Status.DRAFT, row.Status.RETURNED):
        raise Refusal("方案已经上报了。")
    if not row.content.strip():
        raise Refusal("方案还没有内容，写好再上报。")
    _file(row, by, "上报", f"内容 {len(row.content)} 字。")


@transaction.atomic
def take_back(plan: SchoolPlan, by: User) -> None:
    """已上报 → 草稿, before anybody decided."""
    demand(manages(by, plan.school))
    row = _plan(plan)
    if row.status != row.Status.FILED:
        raise Refusal("只有已上报、还没审核的方案可以撤回。")
    row.status = row.Status.DRAFT
    row.save()
    record(row, "撤回", by)


@transaction.atomic
def approve(plan: SchoolPlan, feedback: str, by: User, *, seen: str = "") -> None:
    """已上报 → 已通过: its activities count from now on (C10, C13)."""
    demand(reviews(by, plan.school))
    row = _plan(plan)
    demand_seen(seen, row)
    if row.status != row.Status.FILED:
        raise Refusal("只有已上报的方案可以审核。")
    if row.filed_by_id == by.pk and not by.is_superuser:
        raise Refusal("这份方案是您自己上报的，要由别的审核员审核。")
    _decide(row, row.Status.APPROVED, feedback, by, "审核通过")


@transaction.atomic
def send_back(plan: SchoolPlan, feedback: str, by: User, *, seen: str = "") -> None:
    """已上报、已通过 → 退回修改, with what is to be changed."""
    demand(reviews(by, plan.school))
    row = _plan(plan)
    demand_seen(seen, row)
    if row.status not in (row.Status.FILED, row.Status.APPROVED):
        raise Refusal("只有已上报或已通过的方案可以退回。")
    _decide(row, row.Status.RETURNED, feedback, by, "退回修改")


@transaction.atomic
def discard(plan: SchoolPlan, by: User) -> None:
    """Deletes a plan that was never approved and under which nothing stands."""
    demand(manages(by, plan.school))
    row = _plan(plan)
    if row.status not in (row.Status.DRAFT, row.Status.RETURNED):
        raise Refusal("已上报或已通过的方案不能删除；要删除，请先撤回或请上级退回。")
    if row.activities.exists():
        raise Refusal("方案里已经登记了活动，不能删除；要删除方案，请先删除这些活动。")
    record(row, "删除方案", by)
    row.delete()


def _plan(plan: SchoolPlan) -> SchoolPlan:
    return locked(SchoolPlan.objects.select_related("school__parent"), plan.pk)


# --- a county's safety-net plan 托底: 预判 → 方案 → 报上级备案 → 组织实施 --------------------------------------------


@transaction.atomic
def forecast(organization: Organization, year: int, text: str, by: User) -> SafetyNetPlan:
    """预判: that the year's credits cannot be reached otherwise."""
    demand(manages(by, organization))
    if organization.kind == Organization.Kind.SCHOOL:
        raise Refusal("托底培训由教育行政部门提出，学校不能提（学分问答第 11 条）。")
    plan = SafetyNetPlan(organization=organization, school_year=year, forecast=text)
    plan.full_clean()
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError as error:
        raise Refusal(f"{organization} {wording.school_year(year)}已经有托底培训方案了。") from error
    record(plan, "作出预判", by)
    return plan


@transaction.atomic
def draw_up(plan: SafetyNetPlan, text: str, content: str, by: User, *, seen: str = "") -> None:
    """预判、方案、退回修改 → 方案: changes the forecast and writes the plan itself."""
    demand(manages(by, plan.organization))
    row = _safety_net(plan)
    demand_seen(seen, row)
    if row.status not in (row.Status.FORECAST, row.Status.PLANNED, row.Status.RETURNED):
        raise Refusal("方案已经上报，不能再改。")
    if not content.strip():
        raise Refusal("请填写托底培训方案。")
    row.forecast, row.content = text, content
    if row.status == row.Status.FORECAST:
        row.status = row.Status.PLANNED
    row.full_clean()
    row.save()
    record(row, "拟定方案", by)


@transaction.atomic
def file_upwards(plan: SafetyNetPlan, by: User) -> None:
    """方案、退回修改 → 已报上级备案."""
    demand(manages(by, plan.organization))
    row = _safety_net(plan)
    if row.status not in (row.Status.PLANNED, row.Status.RETURNED):
        raise Refusal("先作出预判、拟好方案，才能报上级备案。" if row.status == "forecast" else "方案已经上报了。")
    _file(row, by, "报上级备案")


@transaction.atomic
def put_on_record(plan: SafetyNetPlan, feedback: str, by: User, *, seen: str = "") -> None:
    """已报上级备案 → 上级已备案."""
    demand(records_filings(by, plan.organization))
    row = _safety_net(plan)
    demand_seen(seen, row)
    if row.status != row.Status.FILED:
        raise Refusal("只有已上报的方案可以备案。")
    _decide(row, row.Status.RECORDED, feedback, by, "备案")


@transaction.atomic
def return_for_changes(plan: SafetyNetPlan, feedback: str, by: User, *, seen: str = "") -> None:
    """已报上级备案 → 退回修改, with what is to be changed."""
    demand(records_filings(by, plan.organization))
    row = _safety_net(plan)
    demand_seen(seen, row)
    if row.status != row.Status.FILED:
        raise Refusal("只有已上报、还没备案的方案可以退回。")
    _decide(row, row.Status.RETURNED, feedback, by, "退回修改")


@transaction.atomic
def carry_out(plan: SafetyNetPlan, by: User) -> None:
    """上级已备案 → 组织实施中."""
    demand(manages(by, plan.organization))
    row = _safety_net(plan)
    if row.status != row.Status.RECORDED:
        raise Refusal("上级备案以后才能组织实施（学分问答第 11 条）。")
    row.status = row.Status.UNDER_WAY
    row.save()
    record(row, "组织实施", by)


def _safety_net(plan: SafetyNetPlan) -> SafetyNetPlan:
    return locked(SafetyNetPlan.objects.select_related("organization__parent"), plan.pk)


# --- what both have in common ------------------------------------------------------------------------------------


def _file(row: SchoolPlan | SafetyNetPlan, by: User, action: str, note: str = "") -> None:
    """Sends a plan upwards: whatever was decided on it before is open again."""
    row.status, row.filed_by, row.filed_at = row.Status.FILED, by, timezone.now()
    row.reviewed_by, row.reviewed_at = None, None
    row.save()
    record(row, action, by, note)


def _decide(row: SchoolPlan | SafetyNetPlan, status: str, feedback: str, by: User, action: str) -> None:
    """Notes what was decided above, by whom and with which words; who returns a plan has to say why."""
    if status == row.Status.RETURNED and not feedback.strip():
        raise Refusal({"feedback": "退回时请写明要改什么。"})
    row.status, row.feedback, row.reviewed_by, row.reviewed_at = status, feedback, by, timezone.now()
    row.full_clean()
    row.save()
    record(row, action, by, feedback)

"""Steps of a county's safety-net plan 托底: 预判 → 方案 → 报上级备案 → 组织实施 (C20, credits-11)."""

from __future__ import annotations

from django.contrib.auth.models import User

from helpdesk.common.decisions import Refusal, demand_seen, locked, refusing_doubles, step

from ..models import Organization, SafetyNetPlan
from ..rules import wording
from .history import record
from .plans import decide, file_row
from .rights import demand, manages, records_filings


@step
def forecast(organization: Organization, year: int, text: str, by: User) -> SafetyNetPlan:
    """Returns a new plan with its 预判, saved: the forecast that the year's credits cannot be reached otherwise."""
    demand(manages(by, organization))
    if organization.kind == Organization.Kind.SCHOOL:
        raise Refusal("托底培训由教育行政部门提出，学校不能提（学分问答第 11 条）。")
    plan = SafetyNetPlan(organization=organization, school_year=year, forecast=text)
    plan.full_clean()
    with refusing_doubles(f"{organization} {wording.school_year_in_words(year)}已经有托底培训方案了。"):
        plan.save()
    record(plan, "作出预判", by)
    return plan


@step
def draw_up(plan: SafetyNetPlan, text: str, content: str, by: User, *, seen: str = "") -> None:
    """预判、方案、退回修改 → 方案: changes forecast and text; writes no event where both are the same."""
    demand(manages(by, plan.organization))
    row = _locked(plan)
    demand_seen(seen, row)
    if row.status not in (row.Status.FORECAST, row.Status.PLANNED, row.Status.RETURNED):
        raise Refusal("方案已经上报，不能再改。")
    if not content.strip():
        raise Refusal("请填写托底培训方案。")
    drawn_up = row.status != row.Status.FORECAST
    if drawn_up and (row.forecast, row.content) == (text, content):
        return
    row.forecast = text
    row.content = content
    if row.status == row.Status.FORECAST:
        row.status = row.Status.PLANNED
    row.full_clean()
    row.save()
    record(row, "拟定方案", by)


@step
def file_upwards(plan: SafetyNetPlan, by: User, *, seen: str = "") -> None:
    """方案、退回修改 → 已报上级备案."""
    demand(manages(by, plan.organization))
    row = _locked(plan)
    demand_seen(seen, row)
    if row.status not in (row.Status.PLANNED, row.Status.RETURNED):
        too_early = row.status == row.Status.FORECAST
        raise Refusal("先作出预判、拟好方案，才能报上级备案。" if too_early else "方案已经上报了。")
    file_row(row, by, "报上级备案")


@step
def put_on_record(plan: SafetyNetPlan, feedback: str, by: User, *, seen: str = "") -> None:
    """已报上级备案 → 上级已备案."""
    demand(records_filings(by, plan.organization))
    row = _locked(plan)
    demand_seen(seen, row)
    if row.status != row.Status.FILED:
        raise Refusal("只有已上报的方案可以备案。")
    decide(row, row.Status.RECORDED, feedback, by, "备案")


@step
def return_for_changes(plan: SafetyNetPlan, feedback: str, by: User, *, seen: str = "") -> None:
    """已报上级备案 → 退回修改; `feedback` says what is to be changed."""
    demand(records_filings(by, plan.organization))
    row = _locked(plan)
    demand_seen(seen, row)
    if row.status != row.Status.FILED:
        raise Refusal("只有已上报、还没备案的方案可以退回。")
    decide(row, row.Status.RETURNED, feedback, by, "退回修改")


@step
def carry_out(plan: SafetyNetPlan, by: User) -> None:
    """上级已备案 → 组织实施中."""
    demand(manages(by, plan.organization))
    row = _locked(plan)
    if row.status != row.Status.RECORDED:
        raise Refusal("上级备案以后才能组织实施（学分问答第 11 条）。")
    row.status = row.Status.UNDER_WAY
    row.save()
    record(row, "组织实施", by)


def _locked(plan: SafetyNetPlan) -> SafetyNetPlan:
    return locked(SafetyNetPlan.objects.select_related("organization__parent"), plan.pk)

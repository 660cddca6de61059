"""Degrees and other offsets: entered by the school, credited by the reviewer (credits-05, credits-12)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.utils import timezone

from helpdesk.common.decisions import Refusal, are_equal, demand_seen, locked, refusing_doubles, step

from ..decisions import awards as decisions
from ..decisions.findings import Door
from ..models import Award, DegreeAward, Teacher
from ..rules.wording import amount_text
from .deciding import demand_no_problem
from .history import record, record_deletion
from .people import demand_of_others, lock_in_charge
from .rights import demand, reviews

OneAward = TypeVar("OneAward", bound=Award)


@step
def save(award: Award, by: User, *, seen: str = "") -> None:
    """Enters an award, or corrects one that was not credited yet; it waits for the reviewer again.

    Writes no event where nothing is changed.
    """
    noun = award.words.noun
    award.teacher = lock_in_charge(award.teacher, by, f"登记自己的{noun}")
    before = _locked(award) if award.pk else None
    if before:
        demand_seen(seen, before)
        _demand_not_credited(before)
    award.credits = None
    for name, value in waiting_again(by).items():
        setattr(award, name, value)
    award.full_clean()
    if before and are_equal(before, award):
        return
    with refusing_doubles(f"这位教师的{award.words.one}已经登记过了。"):
        award.save()
    action = "修改" if before else "登记"
    record(award, f"{action}{noun}", by, f"{award.label}，{award.awarded_on} 取得。")


def waiting_again(by: User) -> dict[str, Any]:
    """The values of an award that waits for the reviewer, entered or corrected by `by`."""
    return {"status": Award.Status.ENTERED.value, "feedback": "", "entered_by": by}


@step
def remove(award: Award, by: User) -> None:
    """Deletes an award that was not credited."""
    deed = f"删除自己的{award.words.noun}"
    lock_in_charge(award.teacher, by, deed)
    row = _locked(award)
    _demand_not_credited(row)
    record_deletion(row, f"删除{row.words.noun}", by)
    row.delete()


@step
def credit(award: Award, credits: Decimal, by: User, *, seen: str = "") -> None:
    """已登记 → 已认定, with the credits that the reviewer sets; the cap is the rules' affair."""
    row = _to_decide_on(award, by, "认定", seen)
    if row.status != row.Status.ENTERED:
        raise Refusal(f"只有“已登记，待认定”的{row.words.noun}可以认定。")
    if reason := too_early(row):
        raise Refusal(f"{reason}。日期如果有误，请退回修改。")
    row.status, row.credits = row.Status.CREDITED, credits
    row.credited_by, row.credited_at = by, timezone.now()
    row.full_clean()
    row.save()
    record(row, "认定", by, f"{row.label}，{amount_text(credits)} 学分。")


def too_early(award: Award) -> str:
    """Why a degree awarded before formal employment is not credited (C7); empty where it was not.

    Other offsets may be awarded on any day of the cycle (C24).
    """
    if not isinstance(award, DegreeAward):
        return ""
    return decisions.too_early(award.awarded_on, award.teacher.formally_employed_on)


@step
def send_back(award: Award, feedback: str, by: User, *, seen: str = "") -> None:
    """已登记、已认定 → 退回修改, with the reason; what was credited counts no more."""
    row = _to_decide_on(award, by, "退回", seen)
    if row.status == row.Status.RETURNED:
        raise Refusal(f"{row.words.one}已经退回了。")
    if not feedback.strip():
        raise Refusal({"feedback": "退回时请写明要改什么。"})
    row.status, row.feedback = row.Status.RETURNED, feedback
    row.credits = row.credited_by = row.credited_at = None
    row.full_clean()
    row.save()
    record(row, "退回修改", by, feedback)


def _to_decide_on(award: OneAward, by: User, verb: str, seen: str) -> OneAward:
    """The award and its teacher, locked in the order in which `save` locks them, for what a reviewer does."""
    teacher = locked(Teacher.objects.select_related("school__parent"), award.teacher_id)
    demand(reviews(by, teacher.school))
    demand_of_others(teacher, by, f"{verb}自己的{award.words.noun}", "审核员")
    row = _locked(award)
    demand_seen(seen, row)
    return row


def _demand_not_credited(row: Award) -> None:
    credited = row.status == row.Status.CREDITED
    demand_no_problem([decisions.changing_finding(credited, Door.HAND, row.words)])


def _locked(award: OneAward) -> OneAward:
    rows = type(award)._default_manager.select_related("teacher__school__parent")
    return locked(rows, award.pk)

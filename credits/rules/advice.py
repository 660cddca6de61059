"""Advice beside the verdict: none of it changes the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from .clauses import entries_of
from .types import (
    Advice,
    AdviceCode,
    Category,
    CoordinatedTotal,
    Cycle,
    Line,
    Reason,
    SelfDirectedTotal,
)
from .wording import amount_text

#: The three types of coordinated training of C4, as this system reads them.
TYPES_OF_TRAINING = {
    "national_provincial": ("国家级、省级培训", (Category.NATIONAL, Category.PROVINCIAL)),
    "municipal_county": ("市级、县级培训", (Category.MUNICIPAL, Category.COUNTY)),
    "all_staff": ("全员培训", (Category.ALL_STAFF, Category.SAFETY_NET)),
}
#: The categories that can stand for all-staff training once they reach the requirement (C15).
INSTEAD_OF_ALL_STAFF = (Category.NATIONAL, Category.PROVINCIAL, Category.MUNICIPAL, Category.COUNTY)


def advise(
    cycle: Cycle, coordinated: CoordinatedTotal, self_directed: SelfDirectedTotal, lines: Iterable[Line]
) -> Iterable[Advice]:
    """Yields the advice on these totals and lines, in the contract's order."""
    yield from _types_missing(coordinated)
    if coordinated.missing and self_directed.surplus:
        text = f"自主多出的 {amount_text(self_directed.surplus)} 学分不能用于统筹，统筹须另外补足。"
        yield _advice(AdviceCode.SURPLUS_NOT_TRANSFERABLE, text, "C3")
    by_level = sum((coordinated.by_category[category] for category in INSTEAD_OF_ALL_STAFF), Decimal(0))
    if by_level >= coordinated.required:
        text = (
            f"国培、省培、市县培训已累计 {amount_text(by_level)} 学分，可以不参加全员培训；"
            f"自主培训的 {amount_text(self_directed.required)} 学分仍然要完成。"
        )
        yield _advice(AdviceCode.MAY_SKIP_ALL_STAFF, text, "C15")
    if self_directed.pending:
        text = f"有 {amount_text(self_directed.pending)} 学分要等校本研修方案审核通过才能计入自主，请留意审核结果。"
        yield _advice(AdviceCode.PLAN_PENDING, text, "C13")
    if not cycle.confirmed:
        text = "本周期的要求沿用上一周期的数值，主管部门还没有确认；确认后结果可能变化。"
        yield _advice(AdviceCode.CARRIED_FORWARD, text, "C5")
    if any(line.reason is Reason.NOT_CONVERTED for line in lines):
        text = (
            "有培训项目还没有折算学分。请举办培训的机构依次办理："
            "项目属性 → 重新选择学分折算类型 → 勾选折算 → 成绩登记中先取消审核，再审核。"
        )
        yield _advice(AdviceCode.FIX_CONVERSION, text, "C19")


def _types_missing(coordinated: CoordinatedTotal) -> Iterable[Advice]:
    """Yields one item for each type of coordinated training without any counted credits (C4)."""
    for detail, (name, categories) in TYPES_OF_TRAINING.items():
        if not any(coordinated.by_category[category] for category in categories):
            text = f"您还没有{name}学分；资料建议三类都参加，但不影响达标。"
            yield _advice(AdviceCode.TYPE_MISSING, text, "C4", detail)


def _advice(code: AdviceCode, text: str, clause: str, detail: str | None = None) -> Advice:
    clauses = (clause,)
    return Advice(code, detail, text, clauses, entries_of(clauses))

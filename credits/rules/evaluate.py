"""A ledger becomes a statement: what counts, what it adds up to, and the verdict.

Pure: the same ledger gives the same statement, whatever the order of its records. README.md beside this
file describes the algorithm in prose; the clause behind each decision is named where the decision is taken.
"""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext

from .advice import advise
from .closing import closing_plan, closing_plan_text
from .counting import AS_IT_STANDS, ZERO, Assumption, Tally, count_records
from .types import (
    Alternative,
    ClosingPlan,
    CoordinatedTotal,
    Cycle,
    Ledger,
    Outcome,
    Position,
    Reason,
    SelfDirectedTotal,
    Statement,
    Sums,
    Verdict,
)
from .wording import amount_text

#: Nothing is ever rounded: an inexact result is an error, not an approximation.
EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])


def evaluate(ledger: Ledger) -> Statement:
    """Returns the statement on `ledger`; amounts in credits, exact. Source: the clauses each line names."""
    with localcontext(EXACT):
        cycle = ledger.cycle
        tally = count_records(ledger)
        verdict = decide(ledger, AS_IT_STANDS, tally)
        coordinated = _coordinated_total(cycle, tally)
        self_directed = _self_directed_total(cycle, tally, would_gain(ledger, tally))
        because, clauses = explain_verdict(ledger, verdict, coordinated, self_directed)
        plan = _plan(ledger, verdict, tally, coordinated, self_directed)
        return Statement(
            cycle=cycle,
            as_of=ledger.as_of,
            verdict=verdict,
            because=because,
            verdict_clauses=clauses,
            coordinated=coordinated,
            self_directed=self_directed,
            lines=tuple(tally.lines),
            alternatives=other_readings(ledger, verdict),
            advice=tuple(advise(cycle, coordinated, self_directed, tally.lines)),
            plan=plan,
            plan_text=closing_plan_text(plan, ledger, coordinated, self_directed.pending) if plan else (),
        )


def sums(ledger: Ledger) -> Sums:
    """Returns the verdict and the totals of `evaluate`, in credits, for many ledgers at once.

    Leaves out what a summary does not keep: lines, other readings, advice and plan.
    """
    with localcontext(EXACT):
        tally = count_records(ledger)
        coordinated_missing, self_directed_missing = tally.missing(ledger.cycle)
        return Sums(
            verdict=decide(ledger, AS_IT_STANDS, tally),
            coordinated_counted=tally.coordinated,
            coordinated_missing=coordinated_missing,
            self_directed_counted=tally.self_directed,
            self_directed_pending=would_gain(ledger, tally),
            self_directed_missing=self_directed_missing,
        )


def would_gain(ledger: Ledger, tally: Tally) -> Decimal:
    """Returns the credits that self-directed training would gain if every submitted plan were approved (C13)."""
    if all(line.reason is not Reason.PLAN_NOT_APPROVED for line in tally.lines):
        return ZERO
    supposing = Assumption(plans_approved=True)
    return count_records(ledger, supposing).self_directed - tally.self_directed


def _coordinated_total(cycle: Cycle, tally: Tally) -> CoordinatedTotal:
    missing, _ = tally.missing(cycle)
    return CoordinatedTotal(
        required=cycle.coordinated_required,
        counted=tally.coordinated,
        missing=missing,
        by_category=tally.by_category,
    )


def _self_directed_total(cycle: Cycle, tally: Tally, pending: Decimal) -> SelfDirectedTotal:
    _, missing = tally.missing(cycle)
    return SelfDirectedTotal(
        required=cycle.self_directed_required,
        counted=tally.self_directed,
        pending=pending,
        missing=missing,
        surplus=max(ZERO, tally.self_directed - cycle.self_directed_required),
        by_activity=tally.by_activity,
    )


def _plan(
    ledger: Ledger, verdict: Verdict, tally: Tally, coordinated: CoordinatedTotal, self_directed: SelfDirectedTotal
) -> ClosingPlan | None:
    """Returns the plan to close the gap; None where there is none to close, or nothing is required."""
    if verdict in (Verdict.MET, Verdict.PENDING_POLICY):
        return None
    return closing_plan(ledger, coordinated, self_directed.missing, tally.safety_net_by_year, tally.credited_groups)


# --- the verdict ---------------------------------------------------------------------------------------


def decide(ledger: Ledger, assumption: Assumption, tally: Tally) -> Verdict:
    """Returns the first of the five rules that applies to `tally`, the count of `ledger` under `assumption`."""
    if ledger.teacher.position in ledger.cycle.positions_without_requirement:  # C16, C17
        return Verdict.PENDING_POLICY
    if not any(tally.missing(ledger.cycle)):  # C1, C2: there is no third test
        return Verdict.MET
    if any(line.outcome is Outcome.UNDETERMINED for line in tally.lines):  # C7
        supposing = Assumption(degrees_eligible=True, all_staff_capped=assumption.all_staff_capped)
        if not any(count_records(ledger, supposing).missing(ledger.cycle)):
            return Verdict.CANNOT_DECIDE
    return Verdict.UNDECIDED if ledger.teacher.sole_teacher_school else Verdict.SHORT  # C18


def other_readings(ledger: Ledger, verdict: Verdict) -> tuple[Alternative, ...]:
    """Returns the readings of the documents under which the verdict would differ.

    credits-11 calls both all-staff trainings one concept: capping both is listed where it changes the verdict.
    """
    assumption = Assumption(all_staff_capped=True)
    tally = count_records(ledger, assumption)
    other = decide(ledger, assumption, tally)
    if other is verdict:
        return ()
    return (Alternative("all_staff_capped", other, tally.coordinated),)


def explain_verdict(
    ledger: Ledger, verdict: Verdict, coordinated: CoordinatedTotal, self_directed: SelfDirectedTotal
) -> tuple[str, tuple[str, ...]]:
    """Returns the verdict in one sentence with its totals, and the codes of the clauses it rests on."""
    totals = (
        f"统筹 {amount_text(coordinated.counted)}（要求 {amount_text(coordinated.required)}），"
        f"自主 {amount_text(self_directed.counted)}（要求 {amount_text(self_directed.required)}）"
    )
    gaps = _gaps_in_words(coordinated, self_directed)
    if verdict is Verdict.PENDING_POLICY:
        who, clause = "借调到教育主管部门的人员", "C17"
        if ledger.teacher.position is Position.ADMINISTRATION:
            who, clause = "教育行政部门持证在岗人员", "C16"
        return f"{who}暂不作要求，等后续规定；目前{totals}，供参考。", (clause,)
    if verdict is Verdict.MET:
        return f"{totals}，两项都达到要求。", ("C1", "C2", "C3")
    if verdict is Verdict.CANNOT_DECIDE:
        return f"{totals}，{gaps}；学历如能冲抵即可满足，但正式任教日期未登记，请先核实。", ("C1", "C2", "C7")
    if verdict is Verdict.UNDECIDED:
        open_question = "一人一校的情况，资料答复“等省厅领导的意见”，不作减免，也不下结论"
        return f"{totals}，{gaps}；{open_question}。", ("C1", "C2", "C18")
    return f"{totals}，{gaps}。", ("C1", "C2", "C3")


def _gaps_in_words(coordinated: CoordinatedTotal, self_directed: SelfDirectedTotal) -> str:
    missing = {"统筹": coordinated.missing, "自主": self_directed.missing}
    gaps = [f"{name}还差 {amount_text(credits)} 学分" for name, credits in missing.items() if credits]
    return "，".join(gaps)

"""Amounts and days in templates as the rules write them, references as links, and states with their tone."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django import template
from django.template.context import Context
from django.template.defaultfilters import date
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from helpdesk.common.row_templates import RowTemplate
from helpdesk.common.tones import Tone

from ..models import SelfDirectedActivity, TrainingCycle
from ..models.summaries import VERDICT_LABELS
from ..rules import wording
from ..statements import citations
from ..statements.presentation import LineView
from ..statements.roster import Row

register = template.Library()

#: Stands for a teacher's public id in an address that many get.
ANY_ID = "any-teacher"
_ROSTER_ROW = RowTemplate(
    "credits/_roster_row.html",
    "public_id",
    "name",
    "address",
    "staff_number",
    "school",
    "verdict",
    "verdict_label",
    "coordinated_counted",
    "coordinated_missing",
    "self_directed_counted",
    "self_directed_pending",
    "self_directed_missing",
)


_LINE = RowTemplate("credits/_line.html", "outcome", "names", "outcome_label", "sum", "because", "clauses", "wrong")
_WRONG_LINE = RowTemplate("credits/_wrong_line.html", "address")


@register.filter
def amount(value: Decimal) -> str:
    """Returns the amount without trailing zeros: 20.30000000 → 20.3."""
    return wording.amount_text(value)


@register.filter
def cited(text: str) -> str:
    """Returns the text with a link at each entry that it refers to."""
    return citations.cited(text)


@register.filter(expects_localtime=True)
def day(value: datetime.date | None) -> str:
    """Returns a day as the pages write it: 2026 年 7 月 5 日; nothing for none."""
    return date(value, "Y 年 n 月 j 日")


@register.filter
def school_year(year: int) -> str:
    """Returns 2018—2019 学年 for 2018."""
    return wording.school_year_in_words(year)


@register.filter
def activity_amount(row: SelfDirectedActivity) -> str:
    """Returns the amount of an activity in its own unit: 20 节."""
    return row.amount_in_words


@register.inclusion_tag("credits/_state.html")
def state(row: Any) -> dict[str, Any]:
    """Shows the status or state of a row: its label, in the tone that stands beside the model's enumeration."""
    name = "state" if hasattr(row, "state") else "status"
    value = getattr(row, name)
    label = getattr(row, f"get_{name}_display")
    return {"label": label(), "tone": row.TONES.get(value, Tone.OPEN)}


@register.filter
def lacking(missing: Decimal, verdict: str) -> str:
    """Writes what is missing of a bucket; it stands out where the row's verdict rests on it."""
    if not missing:
        return "—"
    markup = f"<strong>{amount(missing)}</strong>"
    if verdict != "short":
        markup = f'<span class="number">{amount(missing)}</span>'
    return mark_safe(markup)  # noqa: S308  an amount is digits and a point


@register.simple_tag
def roster_rows(rows: Iterable[Row], cycle: TrainingCycle) -> SafeString:
    """Writes the rows of the roster, each with a link to the teacher's statement in this cycle."""
    before, after = reverse("credits:teacher", args=[ANY_ID]).split(ANY_ID)
    addresses = f"{before}{{}}{after}?cycle={cycle.code}"
    return _ROSTER_ROW.rows((_roster_row(row, addresses) for row in rows), between="\n    \n    ")


def _roster_row(row: Row, addresses: str) -> dict[str, str]:
    """Returns what stands in a row, by the template's names; `addresses` are those of statements, without the id."""
    return {
        "public_id": row.public_id,
        "name": row.name,
        "address": addresses.format(row.public_id),
        "staff_number": row.staff_number,
        "school": row.school,
        "verdict": row.verdict,
        "verdict_label": VERDICT_LABELS[row.verdict],
        "coordinated_counted": amount(row.coordinated_counted),
        "coordinated_missing": lacking(row.coordinated_missing, row.verdict),
        "self_directed_counted": amount(row.self_directed_counted),
        "self_directed_pending": amount(row.self_directed_pending) if row.self_directed_pending else "—",
        "self_directed_missing": lacking(row.self_directed_missing, row.verdict),
    }


@register.simple_tag(takes_context=True)
def statement_lines(context: Context, lines: Iterable[LineView]) -> SafeString:
    """Writes lines of a statement; the teacher's own recorded ones with a link by which to say that they are wrong."""
    correction = ""
    if context.get("own") and not context.get("form"):
        correction = f"{reverse('credits:correction-new')}?cycle={context['cycle'].code}&line="
    return _LINE.rows((_line(line, correction) for line in lines), between="\n  \n  ")


def _line(line: LineView, correction: str) -> dict[str, str]:
    """Returns what stands in a line, by the template's names."""
    wrong = [{"address": f"{correction}{quote(line.records)}"}] if correction else []
    return {
        "outcome": line.outcome,
        "names": line.names,
        "outcome_label": line.outcome_label,
        "sum": line.counted if line.counted == line.claimed else f"{line.counted} / {line.claimed}",
        "because": line.because,
        "clauses": mark_safe("".join(clause.reference for clause in line.clauses)),  # noqa: S308  markup of ours
        "wrong": _WRONG_LINE.rows(wrong),
    }

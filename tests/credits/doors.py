"""One case sent through both doors: typed into the forms as a browser sends them, and as a row of a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from credits.models import (
    DegreeAward,
    OffsetAward,
    Organization,
    SelfDirectedActivity,
    SheetFinding,
    SpreadsheetImport,
    Teacher,
    TrainingResult,
)
from credits.spreadsheets.columns import SHEETS
from credits.spreadsheets.importing import apply
from credits.spreadsheets.judging import judge
from helpdesk.common.names import normal_number
from tests.cast import Place

MODELS = {
    "teachers": Teacher,
    "results": TrainingResult,
    "activities": SelfDirectedActivity,
    "degrees": DegreeAward,
    "offsets": OffsetAward,
}
#: Columns that differ each time a row is made.
MADE_ANEW = {"id", "public_id", "entered_at"}


def nothing(place: Place) -> None:
    """Prepares nothing: what is there in the place suffices."""


@dataclass(frozen=True)
class Case:
    kind: str
    #: Content of the row: text by field of the sheet, as the template has it.
    row: dict[str, str]
    saved: bool
    given: Callable[[Place], Any] = nothing
    by: str = "staff"


Rows = list[dict[str, Any]]


def rows_of(kind: str) -> Rows:
    """The saved rows of a kind, without what differs each time."""
    rows = MODELS[kind]._default_manager.order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in MADE_ANEW} for row in rows]


def saved_through(door: Callable[[Case, User], object], case: Case, user: User) -> Rows:
    """The rows that are there when the case has gone through this door; all of it is taken back afterwards."""
    with transaction.atomic():
        door(case, user)
        rows = rows_of(case.kind)
        transaction.set_rollback(True)
    return rows


# --- as a spreadsheet -------------------------------------------------------------------------------------------


def as_sheet(case: Case, user: User) -> list[SheetFinding]:
    """Judges and applies the case as the only row of a sheet; returns the problems."""
    rows = [(2, case.row)]
    problems, preview = judge(case.kind, rows, user)
    if not problems:
        one = SpreadsheetImport(kind=case.kind, state="ready", owner=user, file_name="x.xlsx", rows=rows)
        one.keep_changes(preview.stored)
        one.save()
        apply(one, user)
    return problems


# --- by hand ----------------------------------------------------------------------------------------------------


def by_hand(case: Case, user: User) -> HttpResponse | None:
    """Types the case into the page that a person would open for it; None where there is no such page for them."""
    client = Client()
    client.force_login(user)
    return BY_HAND[case.kind](client, case.row, user)


def meaning(kind: str, row: Mapping[str, str], name: str) -> str:
    """The value behind a word that is chosen; a word that is none stays as it is."""
    text = row.get(name, "")
    words = SHEETS[kind].column(name).words or {}
    return words.get(text, text)


def teacher_in_charge(row: Mapping[str, str], user: User) -> Teacher | None:
    return Teacher.objects.managed_by(user).numbered([row["staff_number"]]).first()


def _teacher(client: Client, row: Mapping[str, str], user: User) -> Any:
    teacher = teacher_in_charge(row, user)
    if teacher:
        return client.post(reverse("credits:teacher-edit", args=[teacher.public_id]), _changed(teacher, row))
    typed = {"position": "teaching", "school": _school(row, user)} | _typed_of_teacher(row)
    return client.post(reverse("credits:teacher-new"), typed)


def _typed_of_teacher(row: Mapping[str, str]) -> dict[str, str]:
    typed = {name: text for name, text in row.items() if name != "school"}
    if "position" in row:
        typed["position"] = meaning("teachers", row, "position")
    return typed


def _changed(teacher: Teacher, row: Mapping[str, str]) -> dict[str, str]:
    """The form of a known teacher, filled in by the page, with what the row says instead."""
    names = ("name", "staff_number", "position", "formally_employed_on", "subject", "stage")
    shown = {name: str(getattr(teacher, name) or "") for name in names}
    return shown | _typed_of_teacher(row)


def _school(row: Mapping[str, str], user: User) -> str:
    """The key of the school that is chosen; where none is, the only one that the form offers."""
    if name := row.get("school"):
        school = Organization.objects.filter(name=name).first()
        return str(school.pk) if school else "0"
    offered = Organization.objects.visible_to(user).filter(kind="school")
    return str(offered.get().pk)


def _result(client: Client, row: Mapping[str, str], user: User) -> Any:
    project, number = row["project"], normal_number(row["staff_number"])
    teacher = teacher_in_charge(row, user)
    entered = TrainingResult.objects.filter(project__code=project, teacher=teacher).first() if teacher else None
    if entered:
        return client.post(reverse("credits:result", args=[project, entered.pk]), {"hours": row["hours"]})
    return client.post(reverse("credits:project-enter", args=[project]), {"numbers": f"{number} {row['hours']}"})


def _activity(client: Client, row: Mapping[str, str], user: User) -> Any:
    teacher = teacher_in_charge(row, user)
    if teacher is None:
        return None
    activity, level = meaning("activities", row, "activity"), meaning("activities", row, "level")
    day, evidence = row["completed_on"], row.get("evidence", "")
    typed = {
        "activity": f"{activity}:{level}" if level else activity,
        "amount": row["amount"],
        "completed_on": day,
        "evidence": evidence,
    }
    typed |= {name: "on" for name in ("in_plan", "has_record") if row[name] == "是"}
    for known in teacher.activities.order_by("pk"):
        if (known.activity, known.level, str(known.completed_on), known.evidence) == (activity, level, day, evidence):
            return client.post(reverse("credits:activity", args=[teacher.public_id, known.pk]), typed)
    return client.post(reverse("credits:activity-new", args=[teacher.public_id]), typed)


def _degree(client: Client, row: Mapping[str, str], user: User) -> Any:
    teacher = teacher_in_charge(row, user)
    if teacher is None:
        return None
    level, day = meaning("degrees", row, "level"), row["awarded_on"]
    typed = {"level": level, "awarded_on": day, "title": row.get("title", "")}
    for known in teacher.degrees.all():
        if (known.level, str(known.awarded_on)) == (level, day):
            return client.post(reverse("credits:degree-edit", args=[teacher.public_id, known.pk]), typed)
    return client.post(reverse("credits:degree-new", args=[teacher.public_id]), typed)


def _offset(client: Client, row: Mapping[str, str], user: User) -> Any:
    teacher = teacher_in_charge(row, user)
    if teacher is None:
        return None
    basis, day = row["basis"], row["awarded_on"]
    typed = {"basis": basis, "awarded_on": day, "evidence": row.get("evidence", "")}
    for known in teacher.offsets.all():
        if (known.basis, str(known.awarded_on)) == (basis, day):
            return client.post(reverse("credits:offset-edit", args=[teacher.public_id, known.pk]), typed)
    return client.post(reverse("credits:offset-new", args=[teacher.public_id]), typed)


BY_HAND: dict[str, Callable[[Client, Mapping[str, str], User], Any]] = {
    "teachers": _teacher,
    "results": _result,
    "activities": _activity,
    "degrees": _degree,
    "offsets": _offset,
}

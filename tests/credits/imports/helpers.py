"""Helpers of the tests of importing: files with right rows, importing them, and the pages about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from credits.models import (
    DegreeAward,
    OffsetAward,
    Organization,
    SelfDirectedActivity,
    SpreadsheetImport,
    StatementSummary,
    Teacher,
    TrainingProject,
    TrainingResult,
)
from credits.spreadsheets.columns import SHEETS
from credits.spreadsheets.importing import apply, prepare
from tests.credits.sheets import filled

KINDS = list(SHEETS)


def row_of(kind: str, **cells: Any) -> dict[str, Any]:
    """A row that is right, about 张三 (A-1), unless `cells` (by field) say otherwise; None leaves a cell out."""
    right: dict[str, dict[str, Any]] = {
        "teachers": {"staff_number": "N-1", "name": "新老师"},
        "results": {"project": "P-1", "staff_number": "A-1", "hours": "40"},
        "activities": {
            "staff_number": "A-1",
            "activity": "听课",
            "amount": "20",
            "completed_on": "2019-10-12",
            "in_plan": "否",
            "has_record": "是",
        },
        "degrees": {"staff_number": "A-1", "level": "硕士", "awarded_on": "2020-06-30"},
        "offsets": {"staff_number": "A-1", "basis": "自学课程", "awarded_on": "2020-05-01"},
    }
    headers = {column.field: column.header for column in SHEETS[kind].columns}
    return {headers[field]: value for field, value in (right[kind] | cells).items() if value is not None}


def file_of(kind: str, *rows: Mapping[str, Any]) -> bytes:
    return filled(kind, *(row_of(kind, **row) for row in rows or ({},)))


def prepared(kind: str, user: User, *rows: Mapping[str, Any]) -> SpreadsheetImport:
    return prepare(kind, f"{kind}.xlsx", file_of(kind, *rows), user)


def imported(kind: str, user: User, *rows: Mapping[str, Any]) -> SpreadsheetImport:
    one = prepared(kind, user, *rows)
    assert (one.state, problems_of(one)) == ("ready", [])
    apply(one, user)
    one.refresh_from_db()
    return one


def problems_of(one: SpreadsheetImport) -> list[tuple[int | None, str, str]]:
    """Row, column and sentence of whatever was found."""
    return [(found.row, found.column, found.sentence) for found in one.findings]


def problems(kind: str, user: User, *rows: Mapping[str, Any]) -> list[tuple[int | None, str, str]]:
    return problems_of(prepared(kind, user, *rows))


def counts(one: SpreadsheetImport) -> tuple[int, int, int]:
    return one.added, one.changed, one.unchanged


def everything() -> list[Any]:
    """All rows an import could touch, with all their values."""
    models = (Teacher, TrainingResult, SelfDirectedActivity, DegreeAward, OffsetAward, TrainingProject, Organization)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def summaries(teacher: Teacher) -> Any:
    return StatementSummary.objects.filter(teacher=teacher, cycle__code="2018").values().get()


IMPORTS = "/credits/import/"


def upload(client: Client, kind: str, content: bytes, name: str = "表.xlsx") -> HttpResponse:
    return client.post(IMPORTS, {"kind": kind, "file": SimpleUploadedFile(name, content)})  # type: ignore[return-value]


def uploaded(client: Client, kind: str, content: bytes, name: str = "表.xlsx") -> str:
    """The address of the import that the upload led to."""
    answer = upload(client, kind, content, name)
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def body(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())

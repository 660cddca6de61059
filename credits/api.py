"""JSON addresses that answer what is posted to them; nothing is stored or logged."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from helpdesk.common.json_text import answer_json

from .statements.from_json import from_json
from .statements.public import check_json, points_json, statement_json


@require_POST
def statement(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/credits/statement`: one ledger in, its statement out."""
    return answer_json(request, "ledger", lambda data: statement_json(from_json(data)))


@require_POST
def upgrade_check(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/upgrade/check`: does a teacher pass the 2021 project, and what is missing."""
    return answer_json(request, "", check_json)


@require_POST
def upgrade_points(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/upgrade/points`: the 之江汇经验值 of a year."""
    return answer_json(request, "", points_json)

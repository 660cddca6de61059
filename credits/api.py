"""JSON addresses that answer what is posted to them; nothing is stored or logged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from .statements.from_json import from_json
from .statements.json_fields import JsonSyntaxError, parse_json
from .statements.public import check_json, points_json, statement_json


@require_POST
def statement(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/credits/statement`: one ledger in, its statement out."""
    return _answer(request, "ledger", lambda data: statement_json(from_json(data)))


@require_POST
def upgrade_check(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/upgrade/check`: does a teacher pass the 2021 project, and what is missing."""
    return _answer(request, "", check_json)


@require_POST
def upgrade_points(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/upgrade/points`: the 之江汇经验值 of a year."""
    return _answer(request, "", points_json)


def _answer(request: HttpRequest, whole: str, answer: Callable[[Any], dict[str, Any]]) -> HttpResponse:
    """Returns the answer to a JSON body; `whole` is the path under which a text that is no JSON is refused.

    400 names every wrong field by its path; 413 over 4 MiB; 415 where the body is not JSON.
    """
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type != "application/json" or charset not in ("utf-8", "utf8"):
        return HttpResponse(status=415)
    try:
        data = parse_json(request.body)
    except RequestDataTooBig:
        return HttpResponse(status=413)
    except JsonSyntaxError as error:
        raise ValidationError({whole: str(error)}) from error
    return JsonResponse(answer(data))

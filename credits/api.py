"""`POST /api/v1/credits/statement`: one ledger in, its statement out; nothing is stored or logged."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from .ledger import JsonSyntaxError, from_json, parse_json
from .statement import statement_json


@require_POST
def statement(request: HttpRequest) -> HttpResponse:
    """400 names every wrong field by its path; 413 over 4 MiB; 415 where the body is not JSON."""
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type != "application/json" or charset not in ("utf-8", "utf8"):
        return HttpResponse(status=415)
    try:
        data = parse_json(request.body)
    except RequestDataTooBig:
        return HttpResponse(status=413)
    except JsonSyntaxError as error:
        raise ValidationError({"ledger": str(error)}) from error
    return JsonResponse(statement_json(from_json(data)))

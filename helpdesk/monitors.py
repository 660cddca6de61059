"""JSON addresses for monitors: liveness and readiness."""

from __future__ import annotations

from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from faq import search


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Says that this process answers (liveness). Touches neither database nor index."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Says whether the database answers, and how far the search index is behind it (readiness); 503 without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        index = search.status()
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "unavailable"}, status=503)
    lag = index.database_version - (index.indexed_version or 0)
    return JsonResponse(
        {
            "status": "ok",
            "database": "ok",
            "search": {
                "database_version": index.database_version,
                "indexed_version": index.indexed_version,
                "lag": lag,
                "healthy": index.healthy,
                **({} if index.healthy else {"warning": index.message}),
            },
        }
    )

"""One line in the log for each request that Django answers, where LOG_FORMAT is `json`.

Kept pages (`page_cache`) and static files are answered before; the proxy's log has all requests.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

from .log_json import route_of

logger = logging.getLogger(__name__)

#: Monitors ask every few seconds; only what goes wrong with them is told.
QUIET = {"healthz", "readyz", "metrics"}


class RequestLogMiddleware:
    """Logs method, route, status and milliseconds until the answer begins."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if settings.LOG_FORMAT != "json":
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        route = route_of(request)
        if route in QUIET and response.status_code < 400:
            return response
        told = {
            "method": request.method,
            "route": route,
            "status": response.status_code,
            "milliseconds": round(1000 * (time.perf_counter() - began), 1),
        }
        logger.info("request", extra=told)
        return response

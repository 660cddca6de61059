"""The address that Prometheus asks."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from helpdesk.common.ratelimit import parse_address

from .exposition import CONTENT_TYPE, written
from .gauges import measured


@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Answers those whom METRICS_FROM names, and everybody else as if there were no such address."""
    if not (settings.METRICS and _may_ask(request)):
        raise Http404
    return _told(request)


@require_safe
def _told(request: HttpRequest) -> HttpResponse:
    return HttpResponse(written(measured()), content_type=CONTENT_TYPE)


def _may_ask(request: HttpRequest) -> bool:
    """Tells whether a request comes from where METRICS_FROM says.

    Behind a proxy on this machine that TRUSTED_PROXIES does not name, everybody would seem to be this machine.
    """
    if getattr(request, "forwarded_by_stranger", False):
        return False
    parsed = parse_address(request.META.get("REMOTE_ADDR", ""))
    return parsed is not None and any(parsed in network for network in settings.METRICS_FROM)

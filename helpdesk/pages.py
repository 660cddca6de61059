"""Small pages of the site itself: privacy, robots.txt, the icon, and the description of the JSON addresses."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from helpdesk.common.shared_pages import same_for_everybody


@require_safe
@same_for_everybody()
def privacy(request: HttpRequest) -> HttpResponse:
    """Shows what the portal stores about readers, teachers and staff, with the text of PRIVACY_NOTICE."""
    context = {
        "notice": settings.PRIVACY_NOTICE,
        "audit_days": settings.AUDIT_DAYS,
        "question_days": settings.QUESTION_KEPT_DAYS,
        "searches_kept_days": settings.SEARCHES_KEPT_DAYS,
    }
    return render(request, "privacy.html", context)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Serves robots.txt: the admin and search results are not for search engines."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /search/",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Redirects to the icon, for pages that name none, such as the admin's."""
    return HttpResponseRedirect(static("img/icon.svg"))


@cache
def _openapi() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "openapi.json").read_text(encoding="utf-8"))


@require_safe
@same_for_everybody()
def openapi(request: HttpRequest) -> JsonResponse:
    """Serves helpdesk/openapi.json, written by hand and held against the answers by tests, with this host's name."""
    document = _openapi() | {"servers": [{"url": request.build_absolute_uri("/").rstrip("/")}]}
    document["info"] = document["info"] | {"title": f"{settings.SITE_NAME} JSON"}
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False})

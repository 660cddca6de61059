"""Reading without a network: the service worker, the pages it may keep on a device, and the app manifest.

No personal page is ever kept: the server marks the few public ones, and only for a browser that is not signed in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

#: Pages that a browser may keep: the same for everybody who is not signed in.
KEPT_VIEWS = {"faq:home", "faq:browse", "faq:category", "faq:entry"}
KEPT_VIEWS |= {"faq:guides", "faq:guide", "faq:guide-step", "faq:guide-letter"}
#: The static files they need, by their plain names.
FILES = [
    "js-lib-bootstrap5/css/bootstrap.min.css",
    "css/site.css",
    "css/dark.css",
    "img/icon.svg",
    *(f"js/{name}.js" for name in ("main", "appearance", "combobox", "dom", "offline", "recent", "tools", "unsent")),
]
WORKER = Path(__file__).parent / "worker.js"


class OfflineMiddleware:
    """Adds `X-Offline: keep` to public pages, for browsers without a session or messages cookie.

    A page that sets a cookie or is marked private is not kept, such as an entry with this reader's own opinion, nor are
    the further pages of a list: browsers keep one page for each path.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        name = request.resolver_match.view_name if request.resolver_match else ""
        personal = {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name} & request.COOKIES.keys()
        # The text of the query: reading its fields would fail for one with too many, which the view may not care for.
        further = "page=" in request.META.get("QUERY_STRING", "")
        private = personal or response.cookies or "private" in response.headers.get("Cache-Control", "")
        if name in KEPT_VIEWS and response.status_code == 200 and not private and not further:
            response.headers["X-Offline"] = "keep"
        return response


@cache
def _worker() -> str:
    """Returns the worker's script with its constants; VERSION changes with the script, the files and the page."""
    source = WORKER.read_text(encoding="utf-8")
    page = reverse("offline")
    files = [static(name) for name in FILES]
    template = Path(get_template("offline.html").origin.name).read_text(encoding="utf-8")  # type: ignore[attr-defined]
    version = hashlib.sha256(json.dumps([source, files, template]).encode()).hexdigest()[:12]
    known = {"VERSION": version, "PAGE": page, "FILES": files}
    return "".join(f"const {name} = {json.dumps(value)};\n" for name, value in known.items()) + source


def _worker_tag(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(_worker().encode()).hexdigest()[:16]}"'


@require_safe
@cache_control(no_cache=True)
@condition(etag_func=_worker_tag)
def worker(request: HttpRequest) -> HttpResponse:
    """Serves the service worker, which may control every page of the site."""
    response = HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = "/"
    return response


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Serves the page that the worker shows in place of one it has not kept; the worker lists the kept entries."""
    return render(request, "offline.html")


@require_safe
@cache_control(max_age=24 * 3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """Serves the manifest of the site as an app on the home screen, under the name of this installation."""
    sizes = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"))
    icons = [*sizes, ("icon-maskable-512.png", "512x512", "maskable")]
    return JsonResponse(
        {
            "id": "/",
            "name": settings.SITE_NAME,
            "short_name": settings.SITE_NAME[:12],
            "description": "查教师培训的常见问题，核对统筹与自主培训学分。",
            "lang": "zh-Hans",
            "dir": "ltr",
            "start_url": reverse("faq:home"),
            "scope": "/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#ffffff",
            "icons": [
                {"src": static(f"img/{name}"), "sizes": size, "type": "image/png", "purpose": purpose}
                for name, size, purpose in icons
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )

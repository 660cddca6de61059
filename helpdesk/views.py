"""The site's own pages: errors, monitors, robots, and the description of the JSON addresses."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseError
from django.db import connection
from django.forms import TextInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from credits.models import Membership, Teacher
from faq import search

from .middleware import API_PREFIX, api_error, typed_fields


def _error(request: HttpRequest, status: int, typed: list[tuple[str, str]] | None = None) -> HttpResponse:
    """An error page, or an error object below /api/; never asks the database."""
    if request.path.startswith(API_PREFIX):
        return api_error(status)
    return render(None, f"{status}.html", {"typed": typed or []}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _error(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return _error(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose CSRF token is gone, as when cookies were cleared.

    What was typed can be sent again with a new token, but only to a page that changes nothing: elsewhere
    the button could be another site's trap.
    """
    if request.path.startswith(API_PREFIX):
        return api_error(403)
    typed = []
    if request.path == reverse("credits:check"):
        typed = [(name, value) for name, value in typed_fields(request) if name != "csrfmiddlewaretoken"]
        typed.append(("csrfmiddlewaretoken", get_token(request)))
    return render(request, "403_csrf.html", {"typed": typed}, status=403)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Liveness: this process answers. Touches nothing."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Readiness: the database answers, and the search index is as new as the database."""
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


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /search/",
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """The icon, for pages that do not name one, as the admin's."""
    return HttpResponseRedirect(static("img/icon.svg"))


@cache
def _openapi() -> dict[str, Any]:
    return json.loads((Path(__file__).parent / "openapi.json").read_text(encoding="utf-8"))


@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """The OpenAPI description of every JSON address."""
    document = _openapi() | {"servers": [{"url": request.build_absolute_uri("/").rstrip("/")}]}
    document["info"] = document["info"] | {"title": f"{settings.SITE_NAME} JSON"}
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False})


class BoundedSignInForm(AuthenticationForm):
    """Refuses a name longer than any account's before it is looked up, and counted, in the database."""

    username = UsernameField(
        label="账号", max_length=150, widget=TextInput(attrs={"autofocus": True, "class": "form-control"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs["class"] = "form-control"


class SignIn(LoginView):
    """Where teachers and staff sign in; then to where they wanted to go, else to what is theirs."""

    form_class = BoundedSignInForm
    template_name = "sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Django would call the site after its address."""
        return super().get_context_data(**kwargs) | {"site_name": settings.SITE_NAME}

    def get_default_redirect_url(self) -> str:
        user = cast("User", self.request.user)
        if Teacher.objects.filter(user=user).exists():
            return reverse("credits:mine")
        if user.is_superuser or Membership.objects.filter(user=user).exists():
            return reverse("credits:teachers")
        return reverse("admin:index" if user.is_staff else "faq:home")

"""The site's own pages: errors, monitors, robots, and the description of the JSON addresses."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, password_validation
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.db import Error as DatabaseError
from django.db import connection
from django.forms import PasswordInput, TextInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from credits.fields import WORDS
from credits.models import Membership, Teacher
from credits.processes.people import code_fits, redeem_code
from credits.views.common import typed_texts
from faq import search
from faq.feedback import forget_reader

from .appearance import appearance
from .middleware import API_PREFIX, api_error, typed_fields


def _error(request: HttpRequest, status: int, typed: list[tuple[str, str]] | None = None) -> HttpResponse:
    """An error page, or an error object below /api/; never asks the database."""
    if request.path.startswith(API_PREFIX):
        return api_error(status)
    context = {"typed": typed or [], "appearance": appearance(request)}
    return render(None, f"{status}.html", context, status=status)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the portal keeps of its readers, teachers and staff, and what the installation adds to that."""
    return render(request, "privacy.html", {"notice": settings.PRIVACY_NOTICE})


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
    typed, copy = [], []
    if request.path == reverse("credits:check"):
        typed = [(name, value) for name, value in typed_fields(request) if name != "csrfmiddlewaretoken"]
        typed.append(("csrfmiddlewaretoken", get_token(request)))
    elif request.path.startswith(reverse("credits:check").removesuffix("check/")):
        copy = typed_texts(request)
    context = {"typed": typed, "copy": copy, "path": _where_from(request)}
    return render(request, "403_csrf.html", context, status=403)


def _where_from(request: HttpRequest) -> str:
    """The page of ours that sent the form, else the form's own address, which may take nothing but forms."""
    sent_by = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(sent_by, {request.get_host()}, require_https=request.is_secure())
    return sent_by if ours else request.get_full_path()


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
        label="账号",
        max_length=150,
        widget=TextInput(attrs={"autofocus": True, "class": "form-control"}),
        help_text="老师的账号一般就是教师编号。",
    )

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "账号或密码不对，请再看一遍。密码分大小写。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs["class"] = "form-control"
        for field in self.fields.values():
            field.error_messages["required"] = "请填写。"


class SignOut(LogoutView):
    """Ends everything that was said to who signs out, too: the next person at this computer is somebody else."""

    next_page = "faq:home"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().post(request, *args, **kwargs)
        answer.delete_cookie("messages")
        forget_reader(answer)
        return answer


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


#: One sentence for all that can be wrong, so that nobody learns from it which staff numbers exist.
WRONG_CODE = (
    "教师编号或登录码不对，或者登录码已经用过、过了有效期。请对着纸条再核对一遍；还是不行，就请学校重新发一张。"
)


class FirstSignInForm(forms.Form):
    """A printed code, and the password that its owner chooses. What is typed is taken as it is meant."""

    staff_number = forms.CharField(
        label="教师编号", max_length=64, widget=TextInput(attrs={"autocomplete": "username", "spellcheck": "false"})
    )
    code = forms.CharField(
        label="登录码",
        max_length=64,
        widget=TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text="纸条上的 10 个字母和数字，大小写都可以。",
    )
    password1 = forms.CharField(
        label="给自己设一个密码",
        max_length=128,
        strip=False,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),  # never sent back to the page
        help_text="至少 10 位，不能全是数字，也不要用太常见的；不要和教师编号相近。",
    )
    password2 = forms.CharField(
        label="把密码再填一遍",
        max_length=128,
        strip=False,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages |= {"required": "请填写。", "max_length": WORDS["max_length"]}
            field.widget.attrs["class"] = "form-control"

    def clean_staff_number(self) -> str:
        plain = unicodedata.normalize("NFKC", self.cleaned_data["staff_number"])
        return re.sub(r"[‐-―−]", "-", re.sub(r"\s", "", plain))

    def clean_code(self) -> str:
        plain = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        return re.sub(r"[\W_]", "", plain).upper()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次填的密码不一样。")
        if first:
            try:
                password_validation.validate_password(first, User(username=data.get("staff_number", "")))
            except ValidationError as error:
                self.add_error("password1", error)
        return data


def _wrong_code(data: dict[str, Any]) -> bool:
    """Told together with what is wrong with the password; a wrong code counts here too."""
    return {"staff_number", "code"} <= data.keys() and not code_fits(data["staff_number"], data["code"])


@sensitive_post_parameters()
@sensitive_variables("form", "data")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_sign_in(request: HttpRequest) -> HttpResponse:
    """A teacher's own password for a printed code: no mail, and no password that anybody else has known."""
    form = FirstSignInForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        # The slow part comes before anything is looked up, for right codes and wrong ones alike.
        user = redeem_code(data["staff_number"], data["code"], make_password(data["password1"]))
        if user is not None:
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            messages.success(request, f"密码设好了。以后登录用账号 {user.get_username()} 和刚才的密码，请记好。")
            return redirect("credits:mine")
        form.add_error(None, WRONG_CODE)
    elif form.is_bound and _wrong_code(form.cleaned_data):
        form.add_error(None, WRONG_CODE)
    return render(request, "first_sign_in.html", {"form": form})

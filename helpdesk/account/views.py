"""Pages of one's own account: password, second factor, and the browsers one is signed in with."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.common.requests import user_of
from helpdesk.sign_in import SignIn, leave

from . import again, duties, factor, passwords, sessions, tries
from .forms import CodeForm, FirstCodeForm, PasswordForm
from .roles import must_have_factor, roles_of
from .ways import asked_for

require_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def start_page(request: HttpRequest) -> str:
    """Returns the page that signing in leads to where no other was asked for."""
    door = SignIn()
    door.setup(request)
    return door.get_default_redirect_url()


@never_cache
@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """Shows where one changes one's password and second factor, and where one is signed in."""
    user = user_of(request)
    context = {
        "nav": "account",
        "browsers": sessions.browsers(request, user),
        "enrolled": factor.is_enrolled(user),
        "codes_left": factor.recovery_codes_left(user),
        "may_enrol": _may_enrol(user),
    }
    return render(request, "account/account.html", context)


@never_cache
@login_required
@require_POST
def leave_everywhere(request: HttpRequest) -> HttpResponse:
    """Signs out in every browser, this one too."""
    sessions.end_all(user_of(request))
    logout(request)
    messages.success(request, "已经全部退出，所有手机和电脑上都要重新登录。")
    return leave(redirect("sign-in"))


# --- the password ------------------------------------------------------------------------------------------------


@sensitive_post_parameters()
@never_cache
@login_required
@require_get_or_post
def password(request: HttpRequest) -> HttpResponse:
    """Changes one's own password, and signs out everywhere else."""
    user = user_of(request)
    must = duties.first(request) == duties.PASSWORD
    form = PasswordForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        passwords.change(request, user, form.cleaned_data["password1"])
        messages.success(request, "密码改好了。别的手机和电脑上都已经退出，请用新密码登录。")
        return redirect(asked_for(request, start_page(request) if must else reverse("account")))
    context = {"nav": "account", "form": form, "must": must, "next": asked_for(request, "")}
    return render(request, "account/password.html", context)


# --- the second factor -------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_get_or_post
def code(request: HttpRequest) -> HttpResponse:
    """Takes the code that somebody gives after their password, in the middle of signing in."""
    if duties.first(request) != duties.CODE:
        return redirect(asked_for(request, start_page(request)))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        problem = again.confirm(request, user_of(request), form.cleaned_data["code"])
        if not problem:
            duties.done(request, duties.CODE)
            return redirect(asked_for(request, start_page(request)))
        form.add_error("code", problem)
    return render(request, "account/code.html", {"form": form, "next": asked_for(request, "")})


def _may_enrol(user: User) -> bool:
    return bool(roles_of(user)) or factor.is_enrolled(user)


@never_cache
@login_required
@require_get_or_post
def second_factor(request: HttpRequest) -> HttpResponse:
    """Sets the second factor up, renews its recovery codes and takes it away; for staff."""
    user = user_of(request)
    if not _may_enrol(user):
        raise Http404
    step = request.POST.get("step", "") if request.method == "POST" else ""
    if step == "begin":
        factor.begin(user)
    elif step == "confirm":
        return _confirm(request, user)
    elif step == "codes" and factor.is_enrolled(user):
        return _codes(request, factor.new_recovery_codes(user))
    elif step == "remove" and not must_have_factor(user):
        factor.remove(user)
        messages.success(request, "已经停用二次验证，以后登录只要密码。")
    if step:
        return redirect(request.get_full_path())
    return _factor_page(request, user, FirstCodeForm())


def _confirm(request: HttpRequest, user: User) -> HttpResponse:
    """Takes the first code of the app and shows the recovery codes, this once."""
    form = FirstCodeForm(request.POST)
    if not form.is_valid():
        return _factor_page(request, user, form)
    if not factor.begun(user):
        return redirect(request.get_full_path())
    wait = tries.seconds_to_wait(user)
    codes = None if wait else factor.confirm(user, form.cleaned_data["code"])
    if codes is None:
        form.add_error("code", tries.too_often(wait) if wait else "验证码不对。请看手机上现在显示的数字，再填一次。")
        return _factor_page(request, user, form)
    duties.done(request, duties.FACTOR)
    again.note(request)
    return _codes(request, codes)


def _codes(request: HttpRequest, codes: list[str]) -> HttpResponse:
    context = {"nav": "account", "codes": codes, "next": asked_for(request, reverse("account"))}
    return render(request, "account/codes.html", context)


def _factor_page(request: HttpRequest, user: User, form: FirstCodeForm) -> HttpResponse:
    device = factor.begun(user)
    context = {
        "nav": "account",
        "form": form,
        "enrolled": factor.is_enrolled(user),
        "must": must_have_factor(user),
        "codes_left": factor.recovery_codes_left(user),
        "device": device,
    }
    if device:
        context |= {"picture": factor.picture(device), "secret": factor.secret(device)}
    return render(request, "account/factor.html", context)

"""A teacher's first sign-in: a password of their own for a printed code."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from credits.steps.codes import code_fits, redeem_code
from helpdesk.common import devices, guessing

from ..forms.first_sign_in import FirstSignInForm
from .common import require_get_or_post

#: The same sentence for every mistake, so that nobody learns from it which staff numbers exist.
WRONG_CODE = (
    "教师编号或登录码不对，或者登录码已经用过、过了有效期。请对着纸条再核对一遍；还是不行，就请学校重新发一张。"
)


@sensitive_post_parameters()
@sensitive_variables("form", "user")
@never_cache
@require_get_or_post
def first_sign_in(request: HttpRequest) -> HttpResponse:
    """Takes a printed code and the password that its teacher chooses, and signs the teacher in."""
    form = FirstSignInForm(request.POST if request.method == "POST" else None)
    form.is_valid()
    if not form.is_bound or not {"staff_number", "code"} <= form.cleaned_data.keys():
        return _page(request, form)
    attempt = guessing.Try(request, guessing.Door.CODE, form.cleaned_data["staff_number"])
    wait = attempt.begin()
    if wait:
        return _to_wait(request, form, wait)
    if not code_fits(form.cleaned_data["staff_number"], form.cleaned_data["code"]):
        form.add_error(None, WRONG_CODE)
        return _page(request, form)
    attempt.was_right()
    user = _redeemed(form)
    return _page(request, form) if user is None else _signed_in(request, user)


def _page(request: HttpRequest, form: FirstSignInForm, status: int = 200) -> HttpResponse:
    return render(request, "credits/first_sign_in.html", {"form": form}, status=status)


def _to_wait(request: HttpRequest, form: FirstSignInForm, seconds: int) -> HttpResponse:
    """The page for somebody who tried too often: the code has not been looked at."""
    form.add_error(None, f"{guessing.too_often(seconds)}登录码不会因此作废。")
    answer = _page(request, form, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


@sensitive_variables("form", "data", "password")
def _redeemed(form: FirstSignInForm) -> User | None:
    """Returns the teacher's account with the password; None where that is unfit, or somebody was faster."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    password = make_password(data["password1"])  # slow, so for codes that fit only, and outside any transaction
    user = redeem_code(data["staff_number"], data["code"], password)
    if user is None:
        form.add_error(None, WRONG_CODE)
    return user


def _signed_in(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    messages.success(request, f"密码设好了。以后登录用账号 {user.get_username()} 和刚才的密码，请记好。")
    answer = redirect("credits:mine")
    devices.remember(request, answer, user.get_username())
    return answer

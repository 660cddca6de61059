"""Middleware that asks for the password or the code again before what cannot be taken back.

It shows a page that holds everything that was sent, and sends it once more with the password. So the step itself
knows nothing of it, and nothing that was chosen or typed is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from helpdesk.common.typed import typed_fields

from . import again, factor
from .middleware import GetResponse, view_name
from .ways import own_page

#: Names of our own fields. “password” in them keeps them out of every page that repeats what was typed.
TYPED = "password_again"
LOOKED = "password_again_looked"
BACK = "password_again_back"
#: Steps before which one is asked again: view name → words for it.
STEPS = {
    "credits:codes": "发登录码",
    "credits:export": "导出名单",
    "credits:print": "打印核对结果",
    "credits:picture-export": "导出各学校的情况",
    "account-factor": "改动二次验证",
}
#: Pages that are not even opened before, since what is typed on them must stand in no other page.
LOOKS = {
    "admin:auth_user_delete": "删除账号",
    "admin:auth_user_password_change": "改别人的密码",
}
#: The same for actions on the lists of the admin: view name → action → words for it.
ACTIONS = {
    "admin:credits_teacher_changelist": {"forget": "按要求删除资料"},
    "admin:auth_user_changelist": {"delete_selected": "删除账号", "remove_factor": "取消别人的二次验证"},
}
#: Their answer may be a file, which is saved while the page stays: so the page has the button once more.
FILES = {"credits:export", "credits:picture-export"}


def step_of(request: HttpRequest) -> str:
    """Returns the words for what is asked for; nothing where nobody is asked again."""
    name = view_name(request)
    if name in LOOKS:
        return LOOKS[name]
    if request.method != "POST":
        return ""
    if name in ACTIONS:
        return ACTIONS[name].get(request.POST.get("action", ""), "")
    return STEPS.get(name, "")


@dataclass
class Sent:
    """Our own fields of a form that was sent."""

    typed: str | None = None
    looked: bool = False
    back: str = ""


def take(request: HttpRequest) -> Sent:
    """Takes our own fields out of what was sent, so that the step gets what it would have got without asking."""
    if request.method != "POST" or TYPED not in request.POST:
        return Sent(looked=request.method != "POST", back=request.headers.get("Referer", ""))
    fields = request.POST.copy()
    [typed, looked, back] = [fields.pop(name, [""])[-1] for name in (TYPED, LOOKED, BACK)]
    request.POST = fields  # type: ignore[assignment]
    return Sent(str(typed), bool(looked), str(back))


class AgainMiddleware:
    """Asks again unless the person has shown lately who they are, and then goes on with what was sent."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        step = step_of(request)
        if not step or not request.user.is_authenticated:
            return None
        sent = take(request)
        if sent.typed is None:
            return None if again.is_good(request) else _ask(request, step, sent)
        problem = again.confirm(request, request.user, sent.typed)
        if problem:
            return _ask(request, step, sent, problem=problem)
        if sent.looked:
            return redirect(request.get_full_path())
        return _ask(request, step, sent, confirmed=True) if view_name(request) in FILES else None


def _ask(request: HttpRequest, step: str, sent: Sent, *, problem: str = "", confirmed: bool = False) -> HttpResponse:
    fields = [(name, value) for name, value in typed_fields(request) if name != "csrfmiddlewaretoken"]
    context = {
        "step": step,
        "problem": problem,
        "confirmed": confirmed,
        "fields": [] if sent.looked else fields,
        "looked": sent.looked,
        "back": own_page(request, sent.back, reverse("account")),
        "names": {"typed": TYPED, "looked": LOOKED, "back": BACK},
        "enrolled": factor.is_enrolled(cast("User", request.user)),
    }
    return render(request, "account/again.html", context)

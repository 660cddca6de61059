"""Parts of every page for staff: the guards, the frame, and how refusals are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from helpdesk.common.requests import user_of as user_of

from ..models import StatementAccess, Teacher
from ..models.people import teacher_managed_by
from ..steps.looks import note_looks
from ..steps.rights import works_here

View = Callable[..., HttpResponseBase]

#: The pages for staff, as the row of links above each of them has them: address, label, section.
STAFF_NAV = [
    ("credits:work", "待办", "work"),
    ("credits:teachers", "教师名单", "teachers"),
    ("credits:projects", "培训项目", "projects"),
    ("credits:plans", "校本方案", "plans"),
    ("credits:safety-net", "托底方案", "safety-net"),
    ("credits:degrees", "学历认定", "degrees"),
    ("credits:offsets", "其他冲抵", "offsets"),
    ("credits:corrections", "学分更正", "corrections"),
    ("credits:looks", "查看记录", "looks"),
    ("credits:imports", "导入", "imports"),
]

#: For pages that show a form and take it.
require_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


# --- requests ------------------------------------------------------------------------------------------------


def asked_by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def posted_texts(request: HttpRequest) -> dict[str, str]:
    """Returns what was sent, field name → text; of a field that was sent twice, the last."""
    return {name: str(value) for name, value in request.POST.items()}


def for_staff(view: View) -> View:
    """Lets in those who work for an organisation, answers others with 403, and keeps the page out of caches."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not works_here(user_of(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return signed_in(guarded)


def signed_in(view: View) -> View:
    """Lets in those who are signed in and leads others to sign in; the page is kept out of caches."""
    return never_cache(login_required(view))


def teacher_in_charge(request: HttpRequest, public_id: str, kind: str = StatementAccess.Kind.FORM) -> Teacher:
    """Returns the teacher of that address, and records the look, of that kind.

    Raises Http404 for a teacher that the user is not responsible for.
    """
    teacher = teacher_managed_by(user_of(request), public_id)
    if teacher is None:
        raise Http404
    note_looks(request, [teacher.pk], kind)
    return teacher


def statement_address(teacher: Teacher) -> str:
    return reverse("credits:teacher", args=[teacher.public_id])


# --- pages ---------------------------------------------------------------------------------------------------


def staff_page(request: HttpRequest, template: str, section: str, **context: Any) -> HttpResponse:
    """Renders a page for staff with the links to the others above it; `section` is the one it belongs to."""
    context |= {"nav": "staff", "section": section, "staff_nav": STAFF_NAV}
    return render(request, f"credits/{template}", context)


def form_page(
    request: HttpRequest,
    section: str,
    form: BaseForm,
    *,
    heading: str,
    submit: str,
    back: str,
    lead: str = "",
    seen: str = "",
) -> HttpResponse:
    """Renders a page that is one form; `seen` is the version of the row that the form was opened on."""
    context = {"form": form, "heading": heading, "submit": submit, "back": back, "lead": lead, "seen": seen}
    return staff_page(request, "form.html", section, **context)


def form_template(request: HttpRequest, whole: str) -> str:
    """Returns the template that answers the credit form: the answer alone where the script asks for it."""
    return "_live.html" if request.method == "POST" and asked_by_script(request) else whole


# --- refusals ------------------------------------------------------------------------------------------------


def take(request: HttpRequest, step: Callable[[], Any], said: str = "") -> bool:
    """Takes a step and says at the top of the next page how it went. Returns False where it was refused."""
    try:
        step()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return False
    if said:
        messages.success(request, said)
    return True


@contextmanager
def refusals_in(form: BaseForm) -> Iterator[None]:
    """Catches a refusal and adds it to the form, at the field it is about or at the head."""
    try:
        yield
    except ValidationError as refusal:
        add_refusal(form, refusal)


@contextmanager
def refusals_on_page(request: HttpRequest, form: BaseForm) -> Iterator[None]:
    """Catches a refusal and adds it to the form where it is about a field, else to the top of the page."""
    try:
        yield
    except ValidationError as refusal:
        if hasattr(refusal, "error_dict"):
            add_refusal(form, refusal)
        else:
            messages.error(request, " ".join(refusal.messages))


def add_refusal(form: BaseForm, refusal: ValidationError) -> None:
    """Adds a refusal to the form, at the field it is about or at the head."""
    by_field = refusal.message_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.messages}
    for name, sentences in by_field.items():
        field = name if name in form.fields else None
        form.add_error(field, sentences)

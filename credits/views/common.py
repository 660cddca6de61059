"""What the pages for staff share: who gets in, what a form or a step says, where it leads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from ..models import StatementAccess, Teacher
from ..processes.history import Refusal
from ..rights import works_here

View = Callable[..., HttpResponse]
Row = TypeVar("Row", bound=Model)

#: The pages for staff, as the row of links above each of them has them: address, label, section.
STAFF_NAV = [
    ("credits:work", "待办", "work"),
    ("credits:teachers", "教师名单", "teachers"),
    ("credits:projects", "培训项目", "projects"),
    ("credits:plans", "校本方案", "plans"),
    ("credits:safety-net", "托底方案", "safety-net"),
    ("credits:degrees", "学历认定", "degrees"),
    ("credits:looks", "查看记录", "looks"),
    ("credits:imports", "导入", "imports"),
]


def staff_page(request: HttpRequest, template: str, section: str, **context: Any) -> HttpResponse:
    """A page for staff, with the links to the others above it; `section` is the one it belongs to."""
    context |= {"nav": "staff", "section": section, "staff_nav": STAFF_NAV}
    return render(request, f"credits/{template}", context)


def form_template(request: HttpRequest, whole: str) -> str:
    """The template that answers the credit form: the answer alone where the script asks while one types."""
    return "_live.html" if request.method == "POST" and asked_by_script(request) else whole


def asked_by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def user_of(request: HttpRequest) -> User:
    return cast("User", request.user)


def for_staff(view: View) -> View:
    """Only for who works for an organisation; the page is kept by no cache."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not works_here(user_of(request)):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return signed_in(guarded)


def signed_in(view: View) -> View:
    """Only for who is signed in. What somebody typed whose sign-in is gone is shown to be copied, nothing is kept."""
    to_sign_in = login_required(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated and not asked_by_script(request) and (copy := typed_texts(request)):
            return render(request, "signed_out.html", {"copy": copy, "path": request.get_full_path()}, status=403)
        return to_sign_in(request, *args, **kwargs)

    return never_cache(guarded)


#: Fields that are never somebody's own words; and values that a list or a button sends.
NOT_WORDS, ONE_WORD = {"csrfmiddlewaretoken", "teacher", "q", "next"}, re.compile(r"[!-~]*")


def typed_texts(request: HttpRequest) -> list[str]:
    """What somebody wrote in words or lines, to be copied where it could not be taken: no numbers of rows, no ids."""
    if request.method != "POST":
        return []
    fields = (
        (name, values) for name, values in request.POST.lists() if name not in NOT_WORDS and "password" not in name
    )
    typed = (value for _, values in fields for value in values if isinstance(value, str))
    return [text for text in typed if text.strip() and (len(text) >= 20 or not ONE_WORD.fullmatch(text))]


#: Whoever comes back to the same page within so long is still looking.
SAME_LOOK = timedelta(minutes=10)


def note_look(request: HttpRequest, teacher: Teacher, kind: str, within: timedelta = SAME_LOOK) -> None:
    """Records that the user looked, once for all looks of that kind `within` a time."""
    user = user_of(request)
    look = {"teacher": teacher, "viewer": user, "kind": kind}
    if not StatementAccess.objects.filter(**look, at__gte=timezone.now() - within).exists():
        StatementAccess.objects.create(**look, viewer_name=user.get_username())


def take(request: HttpRequest, step: Callable[[], Any], said: str = "") -> bool:
    """Takes a step of a process and says how it went at the top of the next page; False where it was refused."""
    try:
        step()
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return False
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return False
    if said:
        messages.success(request, said)
    return True


def teacher_in_charge(request: HttpRequest, public_id: str) -> Teacher:
    """The teacher of that address, among those the user is responsible for: others' teachers do not exist here."""
    if "\x00" in public_id:
        raise Http404
    return get_object_or_404(
        Teacher.objects.managed_by(user_of(request)).select_related("school__parent", "user"), public_id=public_id
    )


def row_or_404(rows: QuerySet[Row], pk: int) -> Row:
    """The row of that number among `rows`; a number larger than any row's is none."""
    if pk >= 2**63:
        raise Http404
    return get_object_or_404(rows, pk=pk)


def add_refusal(form: BaseForm, refusal: ValidationError) -> None:
    """A refused step at the field it is about, else at the head of the form."""
    by_field = refusal.message_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.messages}
    for name, sentences in by_field.items():
        form.add_error(name if name in form.fields else None, sentences)

"""有帮助 / 没帮助: what a reader may say of an entry, and how a browser speaks without anybody knowing whose it is."""

from __future__ import annotations

import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

from .models import Entry, Feedback, normal_words

COOKIE = "reader"
A_YEAR = 365 * 24 * 3600
#: No form of ours is longer.
MOST_BYTES = 512 * 1024


class CommentField(forms.CharField):
    """A line of words. NUL, which no database takes, is told, and stands in the form again as a replacement."""

    default_validators = []  # Django's own comes too late, after the form shows the text again

    def to_python(self, value: Any) -> str:
        if "\x00" in (value or ""):
            raise ValidationError("里面有保存不了的字符（显示为 \ufffd），请删掉再提交。")
        return normal_words(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no `maxlength`: a browser would cut what is pasted, and say nothing

    def bound_data(self, data: Any, initial: Any) -> Any:
        return (data or "").replace("\x00", "\ufffd")


class FeedbackForm(forms.Form):
    helpful = forms.TypedChoiceField(
        choices=[("1", "有帮助"), ("0", "没帮助")],
        coerce=lambda value: value == "1",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请点“有帮助”或者“没帮助”。"),
    )
    reason = forms.ChoiceField(
        choices=Feedback.Reason.choices,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"invalid_choice": "请从这几个原因里选一个。"},
    )
    comment = CommentField(
        label="想补充的话（可以不写，请不要写姓名、电话）",
        max_length=Feedback.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
        error_messages={"max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。"},
    )

    def clean(self) -> dict[str, Any]:
        """Whoever was helped has nothing to explain; whoever pressed 告诉我们 has something to tell."""
        said = super().clean() or {}
        if said.get("helpful"):
            said |= {"reason": "", "comment": ""}
        elif "tell" in self.data and not self.errors and not said["reason"] and not said["comment"]:
            self.add_error("reason", "请选一个原因，或者写一句话；不想说也没关系，您点的“没帮助”已经记下了。")
        return said


def sent_by_our_page(request: HttpRequest) -> bool:
    """Whether a page of this site sent the form, by what the browser, and no page, writes beside it.

    It stands in for the CSRF token, which needs a cookie: whoever only reads gets none, and pages kept for reading
    offline hold nothing of anybody's. Browsers that know no Sec-Fetch-Site, or have no https, name the sender.
    """
    relation = request.headers.get("Sec-Fetch-Site", "none")
    if relation != "none":
        return relation == "same-origin"
    sender = request.headers.get("Origin") or request.headers.get("Referer", "")
    try:
        parts = urlsplit(sender)
    except ValueError:
        return False
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return f"{parts.scheme}://{parts.netloc}" in ours


def token_of(request: HttpRequest) -> str:
    """The random token of this browser; empty where it has none, or something that never was one."""
    token = request.COOKIES.get(COOKIE, "")
    return token if re.fullmatch(r"[A-Za-z0-9_-]{32}", token) else ""


def new_token() -> str:
    return secrets.token_urlsafe(24)


def remember(response: HttpResponse, token: str) -> None:
    """Only entries are told it, and only whoever spoke has one."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=A_YEAR,
        path=reverse("faq:browse"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def forget_reader(response: HttpResponse) -> None:
    """The next person at this computer is somebody else."""
    response.delete_cookie(COOKIE, path=reverse("faq:browse"))


def voter(token: str, entry: Entry) -> str:
    """Who speaks, for this entry alone."""
    return salted_hmac("faq.feedback", f"{token}|{entry.ref}", algorithm="sha256").hexdigest()


def voice_of(request: HttpRequest, entry: Entry) -> Feedback | None:
    """What this browser said of the entry."""
    token = token_of(request)
    return Feedback.objects.filter(entry=entry, voter=voter(token, entry)).first() if token else None

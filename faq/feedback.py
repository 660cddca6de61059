"""Form of a reader's opinion on an entry (有帮助 / 没帮助), and the cookie by which a reader stays anonymous.

The cookie holds a random token. The database holds an HMAC of token and entry only, so that nobody can tell from its
rows who wrote them. There is no CSRF token, because it would need a cookie for everybody who reads:
`helpdesk.common.same_origin` checks the sender instead.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

from helpdesk.common import ratelimit

from .models import Entry, Feedback, normal_words

COOKIE = "reader"
A_YEAR = 365 * 24 * 3600


class CommentField(forms.CharField):
    """Line of words. A NUL character is an error; the form shown again has a replacement character in its place."""

    default_validators = []  # Django's own check of NUL would leave the character in the form shown again

    def to_python(self, value: Any) -> str:
        """Returns the words with one space between two; raises ValidationError for NUL, which PostgreSQL refuses."""
        if "\x00" in (value or ""):
            raise ValidationError("里面有保存不了的字符（显示为 \ufffd），请删掉再提交。")
        return normal_words(super().to_python(value) or "")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no `maxlength`: a browser would cut a long pasted text without saying so

    def bound_data(self, data: Any, initial: Any) -> Any:
        return (data or "").replace("\x00", "\ufffd")


class FeedbackForm(forms.Form):
    """Opinion on an entry: one press of a button, then a reason or a comment for those who were not helped."""

    helpful = forms.TypedChoiceField(
        choices=[("1", "有帮助"), ("0", "没帮助")],
        coerce=lambda value: value == "1",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "请点“有帮助”或者“没帮助”。"),
    )
    reason = forms.ChoiceField(
        choices=Feedback.Complaint.choices,
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
        """Drops reason and comment of a reader who was helped; asks for one of them after 提交 was pressed."""
        said = super().clean() or {}
        if said.get("helpful"):
            said |= {"reason": "", "comment": ""}
        elif "tell" in self.data and not self.errors and not said["reason"] and not said["comment"]:
            self.add_error("reason", "请选一个原因，或者写一句话；不想说也没关系，您点的“没帮助”已经记下了。")
        return said


def token_of(request: HttpRequest) -> str:
    """Returns the reader's token from the cookie; empty where there is none, or one that we never set."""
    token = request.COOKIES.get(COOKIE, "")
    return token if re.fullmatch(r"[A-Za-z0-9_-]{32}", token) else ""


def new_token() -> str:
    """Returns a random token of 32 characters for a browser that has none."""
    return secrets.token_urlsafe(24)


def remember(response: HttpResponse, token: str) -> None:
    """Sets the reader's cookie for a year, on addresses below /faq/ only; call it after an opinion was given."""
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
    """Deletes the reader's cookie, because the next person at this computer may be somebody else."""
    response.delete_cookie(COOKIE, path=reverse("faq:browse"))


def voter(token: str, entry: Entry) -> str:
    """Returns an HMAC of the reader's token and the entry, so that two opinions cannot be linked."""
    return salted_hmac("faq.feedback", f"{token}|{entry.ref}", algorithm="sha256").hexdigest()


def voice_of(request: HttpRequest, entry: Entry) -> Feedback | None:
    """Returns the opinion on the entry that this browser gave before; None where it gave none."""
    token = token_of(request)
    if not token:
        return None
    return Feedback.objects.filter(entry=entry, voter=voter(token, entry)).first()


def counts_at_home(request: HttpRequest, entry: Entry) -> bool:
    """Returns true for the first new opinion on the entry from the reader's network in a year.

    The network is counted by a keyed hash apart from the opinions, so that it can be told of none of them.
    """
    if voice_of(request, entry) is not None:
        return False  # it replaces one that counts or does not, and that stays
    return not ratelimit.exceeded(request, f"helped most: {entry.ref}", 1, A_YEAR)

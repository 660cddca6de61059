"""The doors by which one signs in with a password: the portal's page and the admin's, under the one rule of `guessing`.

First sign-in with a code, `credits.views.first_sign_in`, is under it too.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from helpdesk.common import devices, guessing


class GuardedForm(AuthenticationForm):
    """Sign-in form that looks at no password while one has to wait."""

    #: Seconds to wait before the next try; 0 where this one was judged.
    wait = 0

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username")
        if self.request is None or not name or not self.cleaned_data.get("password"):
            return super().clean()
        attempt = guessing.Try(self.request, guessing.Door.PASSWORD, name)
        self.wait = attempt.begin()
        if self.wait:
            raise ValidationError(guessing.too_often(self.wait))
        cleaned = super().clean()
        attempt.was_right()
        return cleaned


def answered(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Returns the answer of a door: 429 with Retry-After where one has to wait, a known browser after signing in."""
    form = _form_of(response)
    if form is not None and form.wait:
        response.status_code = 429
        response.headers["Retry-After"] = str(form.wait)
    elif request.method == "POST" and response.status_code == 302:
        devices.remember(request, response, request.user.get_username())
    return response


def _form_of(response: HttpResponse) -> GuardedForm | None:
    context = response.context_data if isinstance(response, TemplateResponse) else None
    form = (context or {}).get("form")
    return form if isinstance(form, GuardedForm) else None

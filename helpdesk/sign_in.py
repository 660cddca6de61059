"""Signing in and out, with Django's own views: the portal has no sign-up or outside provider for django-allauth.

How often one may try stands in `helpdesk.doors`. First sign-in with a code is `credits.views.first_sign_in`.
"""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.forms import UsernameField
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView
from django.forms import TextInput
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from credits.models import Organization, Teacher
from credits.steps.codes import account_name
from credits.steps.rights import works_here
from faq.feedback import forget_reader
from helpdesk.common.form_fields import use_bootstrap
from helpdesk.common.words import use_our_words

from .doors import GuardedForm, answered


class BoundedSignInForm(GuardedForm):
    """Sign-in form that refuses a name longer than any account's before it reaches the database."""

    username = UsernameField(
        label="账号",
        max_length=150,
        widget=TextInput(attrs={"autofocus": True}),
        help_text="老师的账号一般就是教师编号。",
    )

    error_messages = GuardedForm.error_messages | {
        "invalid_login": "账号或密码不正确，请检查后重新输入。密码区分大小写。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_our_words(self)
        use_bootstrap(self)

    def clean_username(self) -> str:
        return account_name(self.cleaned_data["username"])


class SignOut(LogoutView):
    """Signs out, and deletes the messages and the reader's cookie: the next person here may be somebody else."""

    next_page = "faq:home"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().post(request, *args, **kwargs)
        answer.delete_cookie("messages")
        return leave(answer)


def leave(answer: HttpResponse) -> HttpResponse:
    """Lets a browser forget, with the answer to signing out, the pages it still holds and the reader's number.

    Its cookies and its storage stay: they hold 大字版, pages kept for reading, and drafts.
    """
    forget_reader(answer)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


class SignIn(LoginView):
    """Signs in teachers and staff, then shows the page they asked for, else the first page of their role."""

    form_class = BoundedSignInForm
    template_name = "sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return answered(request, cast("HttpResponse", super().dispatch(request, *args, **kwargs)))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the site's name; Django's own is the host's address."""
        return super().get_context_data(**kwargs) | {"site_name": settings.SITE_NAME}

    def get_default_redirect_url(self) -> str:
        """Returns what waits for staff, a teacher's own statement, the admin for editors, else the home page.

        Superusers are staff as soon as there is anything that may wait for them.
        """
        user = cast("User", self.request.user)
        if works_here(user) and Organization.objects.exists():
            return reverse("credits:work")
        if Teacher.objects.filter(user=user).exists():
            return reverse("credits:mine")
        return reverse("admin:index" if user.is_staff else "faq:home")

"""Admin site: Chinese titles, and bounds that hold for every model registered with it.

It looks like Django's own admin: the popular themes need inline scripts or styles, which our Content-Security-Policy
forbids.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.db import DataError, connection, transaction
from django.db.models import Field, QuerySet
from django.forms import Form, TextInput
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from faq import search
from faq.editing.awaiting import awaiting
from helpdesk.common import audit
from helpdesk.common.audit import Kind
from helpdesk.common.requests import user_of

from .admin_changes import changes_of
from .doors import GuardedForm, answered
from .sign_in import SignOut

LONGEST_SEARCH = 100
MOST_CONDITIONS = 50
LONGEST_CONDITION = 1000
NOTHING_FOUND = "没有符合这个网址里的条件的内容。"
#: Lookups that list filters write into an address. Others (regex, year, …) could make the database fail or slow.
FILTER_LOOKUPS = {"exact", "isnull", "gte", "lt", "in", "id"}


class BoundedAdmin(admin.ModelAdmin):
    """Model admin that answers an address made by hand with an empty list or 400, where Django would answer 500.

    What is added, changed and deleted is noted in the audit log, in the transaction that does it.
    """

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Allows the lookups of list filters, those of an admin's own filters, and a plain comparison with a field."""
        _, _, last = lookup.rpartition("__")
        known = {field.name for field in self.opts.get_fields()} | set(getattr(self, "own_lookups", ()))
        return (last in FILTER_LOOKUPS or lookup in known) and super().lookup_allowed(lookup, value, request)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Returns what the address fills in beforehand, as far as the fields of the model can hold it."""
        asked = super().get_changeform_initial_data(request)
        held = {name: self._as_held(name, value) for name, value in asked.items()}
        return {name: value for name, value in held.items() if value is not None}

    def _as_held(self, name: str, value: Any) -> Any:
        """Returns `value` as the field `name` of the model holds it; None where there is no field, or it cannot."""
        try:
            field = self.opts.get_field(name)
        except FieldDoesNotExist:
            return None
        form_field = field.formfield() if isinstance(field, Field) else None
        try:
            return form_field.clean(value) if form_field else None
        except (ValidationError, ValueError, OverflowError):
            return None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Searches for the first `LONGEST_SEARCH` characters only."""
        return super().get_search_results(request, queryset, search_term[:LONGEST_SEARCH])

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Shows the list or runs an action; an address whose conditions nothing can meet gets an empty list.

        Raises BadRequest for an action sent to such an address.
        """
        conditions = [value for _, values in request.GET.lists() for value in values]
        too_long = any(len(value) > LONGEST_CONDITION for value in conditions)
        if too_long or len(conditions) > MOST_CONDITIONS:
            return self._empty_list(request, extra_context)
        # On PostgreSQL a failed query would spoil the transaction that the request may run in.
        savepoint = transaction.atomic() if connection.in_atomic_block else nullcontext()
        try:
            with savepoint:
                response = super().changelist_view(request, extra_context)
                # The rows are read while the page is rendered, so errors of the database appear only then.
                return response.render() if isinstance(response, TemplateResponse) else response
        except (ValueError, OverflowError, ValidationError, DataError, DisallowedModelAdminLookup):
            return self._empty_list(request, extra_context)

    def _empty_list(self, request: HttpRequest, extra_context: dict[str, Any] | None) -> HttpResponse:
        """Shows the list without rows and without the conditions of the address."""
        if request.method == "POST":
            raise BadRequest("an action on rows that no filter can choose")
        request.GET = QueryDict()
        request.shows_nothing = True  # type: ignore[attr-defined]
        self.message_user(request, NOTHING_FOUND, messages.WARNING)
        response = super().changelist_view(request, extra_context)
        return response.render() if isinstance(response, TemplateResponse) else response

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.none() if getattr(request, "shows_nothing", False) else rows

    def construct_change_message(
        self, request: HttpRequest, form: Form, formsets: Any, add: bool = False
    ) -> list[dict[str, Any]]:
        """Returns Django's message, and keeps what the log may hold of the change for the row that follows."""
        request.audited = changes_of(form, formsets)  # type: ignore[attr-defined]
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        audit.note(Kind.ADD, request.user, obj, **request.__dict__.pop("audited", {}))
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        audit.note(Kind.CHANGE, request.user, obj, **request.__dict__.pop("audited", {}))
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        audit.note_each(Kind.DELETE, request.user, queryset)
        return super().log_deletions(request, queryset)


class SignInForm(GuardedForm, AdminAuthenticationForm):
    """Sign-in form that refuses a name longer than any account's before it reaches the database."""

    username = UsernameField(max_length=150, widget=TextInput(attrs={"autofocus": True}))


class PortalAdminSite(admin.AdminSite):
    """Admin site of the portal, under the name of this installation."""

    login_form = SignInForm
    site_header = f"{settings.SITE_NAME}管理后台"
    site_title = "管理后台"
    index_title = "站点管理"
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Adds to every page a warning where the search index needs somebody's attention."""
        return super().each_context(request) | {"warning": search.trouble()}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Shows first what awaits whoever signed in."""
        return super().index(request, {"awaiting": awaiting(user_of(request))} | (extra_context or {}))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return answered(request, super().login(request, extra_context))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Leads to the portal's own page, which is the one place where a password is changed."""
        return redirect("account-password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Signs out as everywhere on the portal."""
        return SignOut.as_view()(request)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Answers an autocomplete field; raises BadRequest for NUL, which PostgreSQL refuses."""
        if "\x00" in request.GET.get("term", ""):
            raise BadRequest("no text holds a NUL")
        return super().autocomplete_view(request)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Registers as Django does, but with the bounds of `BoundedAdmin`, which so hold for users and groups too."""
        base = admin_class or admin.ModelAdmin
        super().register(model_or_iterable, type(base.__name__, (BoundedAdmin, base), {}), **options)

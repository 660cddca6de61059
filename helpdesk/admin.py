"""The admin site: its Chinese titles, and bounds that hold for every model registered with it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError
from django.db.models import QuerySet
from django.forms import TextInput
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from faq import search

LONGEST_SEARCH = 100
MOST_CONDITIONS = 50
LONGEST_CONDITION = 1000
#: What list filters write into an address. Anything else (regex, year, …) could make the database fail or crawl.
FILTER_LOOKUPS = {"exact", "isnull", "gte", "lt", "in", "id"}


class BoundedAdmin(admin.ModelAdmin):
    """Answers an address made by hand with 400 instead of 500: only filter lookups, only short searches."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        _, _, last = lookup.rpartition("__")
        known = {field.name for field in self.opts.get_fields()}
        return (last in FILTER_LOOKUPS or lookup in known) and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return super().get_search_results(request, queryset, search_term[:LONGEST_SEARCH])

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lists, their filters and actions: values no field can hold are a bad request, not a failure."""
        conditions = [value for _, values in request.GET.lists() for value in values]
        if len(conditions) > MOST_CONDITIONS or any(len(value) > LONGEST_CONDITION for value in conditions):
            raise BadRequest("more, or longer, conditions than any filter sets")
        try:
            response = super().changelist_view(request, extra_context)
            # The list is read while it is drawn.
            return response.render() if isinstance(response, TemplateResponse) else response
        except (ValueError, OverflowError, ValidationError, DataError) as error:
            raise BadRequest("a value that no field can hold") from error


class SignInForm(AdminAuthenticationForm):
    """Refuses a name longer than any account's before it is looked up, and counted, in the database."""

    username = UsernameField(max_length=150, widget=TextInput(attrs={"autofocus": True}))


class PortalAdminSite(admin.AdminSite):
    login_form = SignInForm
    site_header = f"{settings.SITE_NAME}管理后台"
    site_title = "管理后台"
    index_title = "要管理什么"
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """With a warning, on every page, where something needs somebody's attention."""
        return super().each_context(request) | {"warning": search.trouble()}

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.GET.get("term", ""):
            raise BadRequest("no text holds a NUL")
        return super().autocomplete_view(request)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Registers as Django does, with `BoundedAdmin` in front, users and groups included."""
        base = admin_class or admin.ModelAdmin
        super().register(model_or_iterable, type(base.__name__, (BoundedAdmin, base), {}), **options)

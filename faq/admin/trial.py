"""`/admin/faq/entry/try/`: what a query finds and why, in words that an editor understands without an engineer."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path

from .. import search

#: A list, and a form, that lead to the trial.
TRIAL_LIST = "admin/faq/change_list_with_trial.html"
TRIAL_FORM = "admin/faq/change_form_with_trial.html"


class TrialAdmin(admin.ModelAdmin):
    """Adds the trial below the addresses of the entries, and leads to it from their list and form."""

    change_list_template = TRIAL_LIST
    change_form_template = TRIAL_FORM

    def get_urls(self) -> list[Any]:
        trial = self.admin_site.admin_view(self.try_search)
        return [path("try/", trial, name="faq_entry_try"), *super().get_urls()]

    def try_search(self, request: HttpRequest) -> HttpResponse:
        """Returns the page that explains the query `q`; raises PermissionDenied without the right to see entries."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.get("q", "").replace("\x00", "")
        query = asked[: search.MAX_QUERY_LENGTH]
        context = self.admin_site.each_context(request) | {
            "title": "试一试搜索",
            "opts": self.opts,
            "query": query,
            "cut": len(asked) > len(query),
            "longest": search.MAX_QUERY_LENGTH,
            "explanation": search.explain(query) if query.strip() else None,
            "enough": round(100 * search.ENOUGH),
            "may_change": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/faq/try.html", context)

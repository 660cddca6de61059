"""帮您看看: what is to be noticed in an entry while it is written, on its form and, as one types, by `elbow/`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.functional import SimpleLazyObject

from .. import html, insight, search
from ..editing import elbow
from ..editing.content import Content
from ..editing.elbow.draft import MOST_WORDINGS
from ..editing.elbow.links import hosts_of
from ..editing.quotes import lost_quotes
from ..models import Entry
from .entry_form import CHECK

TEMPLATE = "admin/faq/entry/_elbow.html"


class ElbowAdmin(admin.ModelAdmin):
    """Adds the section to the form of an entry, and the address that fills it while one types."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.elbow_view)
        return [path("elbow/", view, name="faq_entry_elbow"), *super().get_urls()]

    def elbow_view(self, request: HttpRequest) -> HttpResponse:
        """Returns the section for the fields sent, of the entry with the key `entry` or of a new one; saves nothing."""
        if request.method != "POST":
            raise Http404
        entry = self._written(request)
        may = self.has_change_permission(request, entry) if entry else self.has_add_permission(request)
        if not may:
            raise PermissionDenied
        context = {"elbow": self._noticed(request, entry, request.POST), "original": entry}
        return TemplateResponse(request, TEMPLATE, context)

    def _written(self, request: HttpRequest) -> Entry | None:
        """Returns the entry that is written on, None for a new one; raises Http404 where it is gone."""
        key = request.GET.get("entry", "")
        if not key:
            return None
        known = key.isascii() and key.isdecimal() and len(key) < 19
        entry = self.get_queryset(request).filter(pk=int(key)).first() if known else None
        if entry is None:
            raise Http404
        return entry

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Adds the section to the form. It is filled when the page is written, after the form's transaction ended."""
        entry = kwargs.get("obj")
        fields = request.POST if CHECK in request.POST else None
        context["elbow"] = SimpleLazyObject(lambda: self._noticed(request, entry, fields))
        context["wordings"] = _wordings(request, context["adminform"].form)
        context["most_wordings"] = MOST_WORDINGS
        context["longest_query"] = search.MAX_QUERY_LENGTH
        return super().render_change_form(request, context, *args, **kwargs)

    def _noticed(self, request: HttpRequest, entry: Entry | None, fields: Mapping[str, str] | None) -> dict[str, Any]:
        """Returns the section's parts. Without fields only the readers' part is there, which costs next to nothing."""
        may_read = request.user.has_perm("faq.view_feedback")
        # The form changes the object that it was given, although nothing is saved; what readers have is in its row.
        live = Entry.objects.filter(pk=entry.pk).first() if entry else None
        voices = elbow.voices_on(live) if live and may_read else None
        led_to = insight.led_to(live) if live else []
        if fields is None:
            return {"voices": voices, "led_to": led_to, "checked": False}
        draft = elbow.draft_of(fields, live)
        hosts = hosts_of([request.get_host(), request.get_host().partition(":")[0], *settings.ALLOWED_HOSTS])
        findings = elbow.look(draft, hosts)
        lost = _lost(live, draft) if live else []
        return {
            "voices": voices,
            "led_to": led_to,
            "checked": True,
            "findings": findings,
            "lost": lost,
            "number": findings.number + len(lost),
        }


def _lost(entry: Entry, draft: elbow.Draft) -> list[str]:
    """Returns a sentence for each place of the portal whose quoted words would be lost; none for an empty draft."""
    if not draft.question and not draft.answer:
        return []
    after = Content(question=draft.question, answer=str(html.clean(draft.answer)), category="")
    return lost_quotes(entry, after)


def _wordings(request: HttpRequest, form: Any) -> str:
    """Returns what stands in the field of wordings: what was typed, or else the first phrasings of the entry."""
    if request.method == "POST":
        return request.POST.get("wordings", "")
    lines = str(form.initial.get("said") or "").splitlines()
    return "\n".join(lines[:MOST_WORDINGS])

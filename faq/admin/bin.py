"""The bin in the admin: deleting moves an entry there, and a page of its own takes it out again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse

from helpdesk.common.decisions import Refusal
from helpdesk.common.requests import user_of

from ..editing import steps
from ..editing.quotes import lost_quotes
from ..models import Entry
from .paging import A_PAGE


class BinAdmin(admin.ModelAdmin):
    """Moves entries to the bin instead of deleting them."""

    delete_confirmation_template = "admin/faq/entry/throw_away.html"

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(self.bin_view)
        return [path("bin/", page, name="faq_entry_bin"), *super().get_urls()]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Names the entries alone: nothing that hangs on them is deleted."""
        return [str(entry) for entry in objs], {}, set(), []

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        entry = self.get_object(request, object_id)
        lost = lost_quotes(entry, None) if entry else []
        try:
            return super().delete_view(
                request, object_id, {"lost": lost, "title": "移到回收站"} | (extra_context or {})
            )
        except Refusal as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:faq_entry_changelist"))

    def delete_model(self, request: HttpRequest, obj: Entry) -> None:
        steps.throw_away(obj, user_of(request))

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        days = steps.KEPT.days
        self.message_user(request, f"“{obj_display}”已移到回收站，{days} 天内可以取回。", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:faq_entry_changelist"))

    def bin_view(self, request: HttpRequest) -> HttpResponse:
        """Shows what lies in the bin; a POST takes one entry out."""
        if not self.has_delete_permission(request):
            raise PermissionDenied
        binned = Entry.objects.filter(status=Entry.Status.BINNED).order_by("-binned_at", "-pk")
        if request.method == "POST":
            return self._put_back(request, binned)
        page = Paginator(binned, A_PAGE).get_page(request.GET.get("page"))
        for entry in page:
            entry.goes_on = entry.binned_at + steps.KEPT
        context = self.admin_site.each_context(request) | {
            "title": "回收站",
            "opts": self.opts,
            "page": page,
            "days": steps.KEPT.days,
        }
        return TemplateResponse(request, "admin/faq/entry/bin.html", context)

    def _put_back(self, request: HttpRequest, binned: Any) -> HttpResponse:
        chosen = request.POST.get("entry", "")
        entry = get_object_or_404(binned, pk=chosen if chosen.isdecimal() and len(chosen) < 19 else 0)
        try:
            steps.put_back(entry, user_of(request))
        except Refusal as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
            return HttpResponseRedirect(request.path)
        self.log_change(request, entry, "已从回收站取回")
        self.message_user(request, f"“{entry.title}”取回来了，现在是草稿；看过没有问题，再发布。", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:faq_entry_change", args=[entry.pk]))

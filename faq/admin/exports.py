"""Entries to take away from the admin: as a workbook, as JSON, as the printable booklet or its PDF."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from helpdesk.common import audit

from ..editing.booklet.content import booklet
from ..editing.booklet.pdf import NoPdf, pdf_for_page
from ..editing.exporting import Format, exported


class ExportAdmin(admin.ModelAdmin):
    """Adds the downloads and the booklet below the addresses of the entries, for those who may see entries."""

    def get_urls(self) -> list[Any]:
        own = [
            path("export/xlsx/", self._page(self.export), {"form": Format.XLSX}, name="faq_entry_export_xlsx"),
            path("export/json/", self._page(self.export), {"form": Format.JSON}, name="faq_entry_export_json"),
            path("booklet/", self._page(self.booklet), name="faq_entry_booklet"),
            path("booklet/pdf/", self._page(self.booklet_pdf), name="faq_entry_booklet_pdf"),
        ]
        return [*own, *super().get_urls()]

    def _page(self, view: Any) -> Any:
        return self.admin_site.admin_view(require_safe(view))

    def export(self, request: HttpRequest, form: Format) -> HttpResponse:
        """Returns all entries as a file to save. Raises PermissionDenied without the right to see entries."""
        self._demand_view(request)
        content, entries = exported(form)
        self._note(request, form, entries)
        return _download(content, form.file_name, form.media_type)

    def booklet(self, request: HttpRequest, refused: str = "") -> HttpResponse:
        """Returns the booklet as a page to print; with the sentence `refused` where its PDF was asked for in vain."""
        self._demand_view(request)
        context = {"booklet": booklet(), "refused": refused}
        return TemplateResponse(request, "faq/booklet.html", context)

    def booklet_pdf(self, request: HttpRequest) -> HttpResponse:
        """Returns the booklet as a PDF to save, or the page to print with the reason why there is none."""
        self._demand_view(request)
        made = booklet()
        try:
            content = pdf_for_page(made)
        except NoPdf as error:
            return self.booklet(request, refused=error.sentence)
        self._note(request, Format.PDF, made.entries)
        return _download(content, made.file_name, Format.PDF.media_type)

    def _demand_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _note(self, request: HttpRequest, form: Format, entries: int) -> None:
        audit.note(audit.Kind.EXPORT, cast("User", request.user), what=f"entries.{form}", entries=entries)


def _download(content: bytes, name: str, media_type: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=media_type, headers=headers)

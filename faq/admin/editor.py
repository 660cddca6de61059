"""The field of an answer: a visual editor with scripts, plain text without; and the addresses that the editor calls.

The editor is ProseMirror as django-prose-editor ships it, with a scheme and a toolbar of our own (`static/js/editor/`).
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path, reverse

from helpdesk.common import audit, pictures
from helpdesk.common.picture_names import address_of

from .. import html
from ..markup import plain

#: Characters of a description that tells what a picture shows.
LONGEST_DESCRIPTION = 200


class EditedHtml(str):
    """Answer that the visual editor has written: HTML, whatever it looks like."""

    __slots__ = ()


class AnswerWidget(AdminTextareaWidget):
    """Text field that the editor's script takes over; it works without the script too."""

    class Media:
        css = {"all": ["css/editor.css"]}
        js = [forms.Script("js/editor/main.js", type="module")]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        addresses = {
            "data-answer-editor": "",
            "data-picture": reverse("admin:faq_entry_picture"),
            "data-paste": reverse("admin:faq_entry_paste"),
            "data-suggest": reverse("api:suggest"),
            "data-longest-description": LONGEST_DESCRIPTION,
        }
        return super().get_context(name, value, (attrs or {}) | addresses)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        edited = data.get(f"{name}-format") == "html"
        return EditedHtml(value) if value is not None and edited else value


class AnswerField(forms.CharField):
    """Answer as HTML: plain text, typed without the editor, becomes steps, lists, paragraphs and links."""

    widget = AnswerWidget

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return text if isinstance(value, EditedHtml) else plain.html_of(text)


class AnswerEditorAdmin(admin.ModelAdmin):
    """Adds the addresses to which the editor sends pictures and what is pasted. Their answers are JSON."""

    def get_urls(self) -> list[Any]:
        picture = self.admin_site.admin_view(self.take_picture)
        paste = self.admin_site.admin_view(self.tidy_pasted)
        return [
            path("picture/", picture, name="faq_entry_picture"),
            path("paste/", paste, name="faq_entry_paste"),
            *super().get_urls(),
        ]

    def take_picture(self, request: HttpRequest) -> HttpResponseBase:
        """Stores the file `picture`: `{"src", "width", "height"}`, or `{"error"}` with status 400.

        Raises PermissionDenied to those who may write no entry.
        """
        sent = self._sent(request, "picture")
        if not isinstance(sent, UploadedFile):
            return sent
        try:
            stored = pictures.store(sent.read(), request.user)
        except ValidationError as error:
            return _refused(str(error.message))
        audit.note(audit.Kind.ADD, request.user, stored)
        return JsonResponse({"src": address_of(stored.name), "width": stored.width, "height": stored.height})

    def tidy_pasted(self, request: HttpRequest) -> HttpResponseBase:
        """Tidies the file `html`, as a clipboard holds it: `{"html", "left_out"}`, or `{"error"}` with status 400.

        Raises PermissionDenied to those who may write no entry.
        """
        sent = self._sent(request, "html")
        if not isinstance(sent, UploadedFile):
            return sent
        copied = sent.read().decode("utf-8", "replace")
        pasted = html.pasted(copied)
        length = len(pasted.html)
        if length > html.MAX_LENGTH:
            most = f"一条答案最多 {html.MAX_LENGTH} 个字符"
            return _refused(f"粘贴的内容整理以后有 {length} 个字符，{most}，所以没有粘贴。请分成几条问答。")
        return JsonResponse({"html": pasted.html, "left_out": pasted.left_out})

    def _sent(self, request: HttpRequest, name: str) -> UploadedFile | HttpResponseBase:
        """Returns the file that was sent, else the answer that says why nothing is done with it."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        sent = request.FILES.get(name)
        return sent if isinstance(sent, UploadedFile) else _refused("没有收到内容，请再试一次。")


def _refused(sentence: str) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=400)

"""Pages of the import below the addresses of the entries: upload or paste, preview, result, undo."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse

from helpdesk.common.decisions import Refusal
from helpdesk.common.requests import user_of

from .. import html
from ..editing import importing, rights
from ..editing.difference import pieces
from ..editing.documents.pictures import in_words
from ..editing.importing import Choices, Preview
from ..editing.leftovers import MODELS
from ..editing.matching import Action, Planned
from ..editing.merging import further_changes
from ..editing.reading_files import Unreadable
from ..models import Category, Entry, EntryImport, Revision
from .import_form import ChoicesForm, FileForm, documents, section_of, sections

#: Imports in the list of past ones.
LISTED = 30
#: Lines of an answer that the preview shows before one opens the rest.
FIRST_LINES = 3
ACTIONS = {Action.ADD: "新增", Action.CHANGE: "改动", Action.SAME: "不变"}


class ImportAdmin(admin.ModelAdmin):
    """Adds the pages of the import; each asks for the right to add entries and to change them."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.upload_view), name="faq_entry_import"),
            path("import/<str:public_id>/", view(self.import_view), name="faq_entry_import_one"),
            *super().get_urls(),
        ]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return importing.may_import(user_of(request))

    # --- upload ---------------------------------------------------------------------------------------------------

    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Shows the form that takes a file, and past imports below it; a POST keeps the file for its preview."""
        self._demand(request)
        form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
        if form.is_valid():
            try:
                row = importing.keep(*form.given, user_of(request))
            except Unreadable as error:
                form.add_error("file" if form.cleaned_data["file"] else "text", str(error))
            else:
                return HttpResponseRedirect(_address(row))
        rows = EntryImport.objects.exclude(state=EntryImport.State.READY).defer("content", "done")
        waiting = EntryImport.objects.filter(state=EntryImport.State.READY, owner=user_of(request)).defer("content")
        context = {"title": "导入问答", "form": form, "imports": rows[:LISTED], "waiting": waiting.first()}
        return self._import_page(request, "upload", context)

    # --- one import -----------------------------------------------------------------------------------------------

    def import_view(self, request: HttpRequest, public_id: str) -> HttpResponse:
        """Shows the preview of a file, or what importing it did; a POST confirms, gives up or undoes."""
        self._demand(request)
        row = get_object_or_404(EntryImport, public_id=public_id)
        if row.state == EntryImport.State.READY and row.owner_id != user_of(request).pk:
            raise PermissionDenied
        if request.method == "POST":
            return self._act(request, row)
        if row.state == EntryImport.State.READY:
            return self._preview(request, row)
        done = _done(row, user_of(request))
        return self._import_page(request, "result", {"title": "导入的结果", "row": row, "done": done})

    def _act(self, request: HttpRequest, row: EntryImport) -> HttpResponse:
        if "forget" in request.POST and row.state == EntryImport.State.READY:
            row.delete()
            messages.success(request, "没有导入，什么都没有保存。")
            return HttpResponseRedirect(reverse("admin:faq_entry_import"))
        try:
            if "undo" in request.POST:
                importing.undo(row, user_of(request))
                messages.success(request, "已撤销。")
            else:
                self._apply(request, row)
                messages.success(request, "导入好了。")
        except (Refusal, Unreadable) as error:
            messages.error(request, error.sentence if isinstance(error, Refusal) else str(error))
            row.refresh_from_db()
            if row.state == EntryImport.State.READY:
                return self._preview(request, row, request.POST)
        return HttpResponseRedirect(_address(row))

    def _apply(self, request: HttpRequest, row: EntryImport) -> None:
        shown = ChoicesForm(request.POST).choices()
        preview = importing.preview_of(row.file_name, row.content_bytes, shown)
        left = {int(place) for place in request.POST.getlist("leave") if place.isdecimal() and len(place) < 6}
        places = range(len(preview.plan.entries))
        importing.apply(
            row,
            user_of(request),
            _with_sections(shown, preview, request),
            publish=request.POST.get("publish") == "1",
            only=[at for at in places if at not in left],
            withdraw=request.POST.getlist("withdraw"),
            seen=request.POST.get("seen", ""),
        )

    def _preview(self, request: HttpRequest, row: EntryImport, sent: QueryDict | None = None) -> HttpResponse:
        """Shows the preview; with `sent`, a confirmation that was refused, with all that was chosen in it."""
        choices = ChoicesForm(request.GET if sent is None else sent).choices()
        try:
            preview = importing.preview_of(row.file_name, row.content_bytes, choices)
        except Unreadable as error:
            messages.error(request, str(error))
            choices = Choices()
            preview = importing.preview_of(row.file_name, row.content_bytes, choices)
        planned = preview.plan
        entries = [_shown(at, one, preview, sent) for at, one in enumerate(planned.entries)]
        context = {
            "title": "导入预览",
            "row": row,
            "choices": choices,
            "preview": preview,
            "changing": [one for one in entries if one["planned"].action != Action.SAME],
            "unchanged": [one for one in entries if one["planned"].action == Action.SAME],
            "counts": [(ACTIONS[action], len(planned.those(action))) for action in Action],
            "documents": documents(preview, choices.document),
            "sections": sections(preview, sent),
            "withdraw": sent.getlist("withdraw") if sent else [],
            "publish": bool(sent and sent.get("publish") == "1"),
            "publishes": rights.may_publish_own(user_of(request)),
        }
        return self._import_page(request, "preview", context)

    def _demand(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _import_page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        whole = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return TemplateResponse(request, f"admin/faq/imports/{name}.html", whole)


def _address(row: EntryImport) -> str:
    return reverse("admin:faq_entry_import_one", args=[row.public_id])


def _with_sections(choices: Choices, preview: Preview, request: HttpRequest) -> Choices:
    """Returns the choices with the categories chosen for sections; unknown ones count as none."""
    known = set(Category.objects.values_list("slug", flat=True))
    chosen = {}
    for section in sections(preview):
        slug = request.POST.get(section["field"], "")
        if slug in known:
            chosen[section["name"]] = slug
    return Choices(choices.numbering, choices.document, "", chosen, choices.cut_greetings)


def _shown(at: int, one: Planned, preview: Preview, sent: QueryDict | None) -> dict[str, Any]:
    """Returns one entry as the preview shows it: first lines, the rest folded, and what changes in words."""
    answer = html.clean(in_words(one.found.answer_html))
    lines = html.to_text(answer).split("\n")
    shown = {
        "at": at,
        "planned": one,
        "action": ACTIONS[one.action],
        "number": one.found.number,
        "section": section_of(preview, at),
        "answer": answer,
        "first": "\n".join(lines[:FIRST_LINES]),
        "more": len(lines) > FIRST_LINES,
        "leave": str(at) in sent.getlist("leave") if sent else not any(lines),
    }
    if one.action != Action.SAME:
        shown["parts"] = further_changes(one.found, one.before, one.after, one.entry)
    if one.action == Action.CHANGE and one.entry is not None:
        shown["question_pieces"] = pieces(one.entry.question, one.found.question)
        shown["answer_pieces"] = pieces(html.to_text(in_words(one.entry.answer_html)), html.to_text(answer))
        if one.moves_in(preview.plan.document):
            shown |= {"number": one.number, "old_number": one.entry.number}
    return shown


def _done(row: EntryImport, user: User) -> list[dict[str, Any]]:
    """Returns what an import did, entry by entry, with the entries as they are called now and how they stand."""
    words = {"add": "新增", "change": "改动", "withdraw": "改回草稿", "care": "更新核对日期"}
    keys = {done["entry"] for done in row.done_with_entries}
    entries = Entry.objects.in_bulk(keys)
    going = {version.entry_id: version for version in Revision.objects.open().filter(entry__in=keys)}
    reviewed = not rights.may_publish_own(user)
    shown = []
    for done in row.done_with_entries:
        entry = entries.get(done["entry"])
        now = _now(entry, going.get(entry.pk), reviewed=reviewed) if entry is not None else ""
        shown.append({"words": words[done["kind"]], "entry": entry, "now": now})
    return shown + [_made(one) for one in row.made]


def _made(one: dict[str, Any]) -> dict[str, Any]:
    """Returns a category or source document that an import made, and whether it is still there."""
    words = {"category": "新建分类", "document": "新建来源文档"}
    is_there = MODELS[one["made"]]._default_manager.filter(pk=one["key"]).exists()
    return {"words": words[one["made"]], "name": one["name"], "now": "还在" if is_there else "已删除"}


def _now(entry: Entry, going: Revision | None, *, reviewed: bool) -> str:
    """Returns how an entry stands in words; with a version under way, what that one waits for."""
    if going is None or entry.status == Entry.Status.BINNED:
        return entry.get_status_display()
    words = going.get_state_display()
    if reviewed and going.state == Revision.State.DRAFT:
        words = "草稿，等您提交审核"
    return f"{words}（老师看到的还是原来的）" if entry.is_published else words

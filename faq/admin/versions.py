"""Versions in the admin: the history of an entry and of all, one version with its decisions, two compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware

from helpdesk.common.decisions import Refusal
from helpdesk.common.requests import user_of

from .. import html
from ..editing import content, rights, steps
from ..editing.difference import difference
from ..editing.quotes import lost_quotes
from ..models import Entry, EntryEvent, Revision
from ..views import preview_page
from .paging import A_PAGE, KeysFirst

#: Versions, and things done, on one page of an entry's history.
OF_HISTORY = 25
#: Admin's own notes from before there were versions that are shown below the history.
MOST_FORMER = 50
NO_TIME = "请选好哪一天几点发布。"


class VersionsAdmin(admin.ModelAdmin):
    """Adds the pages of versions below the addresses of the entries."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("changes/", view(self.changes_view), name="faq_entry_changes"),
            path("<int:pk>/compare/", view(self.compare_view), name="faq_entry_compare"),
            path("<int:pk>/decide/", view(self.decide_view), name="faq_entry_decide"),
            path("<int:pk>/versions/<int:number>/", view(self.version_view), name="faq_entry_version"),
            path("<int:pk>/versions/<int:number>/preview/", view(self.preview_view), name="faq_entry_preview"),
            *super().get_urls(),
        ]

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return rights.may_publish(user_of(request))

    # --- read ----------------------------------------------------------------------------------------------------

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Shows the versions of an entry and what was done with it, newest first."""
        entry = self.get_object(request, object_id)
        if entry is None:
            raise Http404
        self._demand_view(request)
        steps.present_revision(entry)
        versions = entry.revisions.defer("content")
        events = entry.events.select_related("revision").defer("revision__content")
        context = self._context(request, entry) | {
            "title": "修改记录",
            "versions": Paginator(versions, OF_HISTORY).get_page(request.GET.get("page")),
            "events": Paginator(events, OF_HISTORY).get_page(request.GET.get("events")),
            "former": self._former(entry),
        }
        return TemplateResponse(request, "admin/faq/entry/history.html", context)

    def _former(self, entry: Entry) -> list[LogEntry]:
        """Returns the admin's own notes on an entry from before it had a history of its own."""
        kind = ContentType.objects.get_for_model(Entry)
        notes = LogEntry.objects.filter(content_type=kind, object_id=str(entry.pk)).select_related("user")
        first = entry.events.order_by("pk").values_list("at", flat=True).first()
        return list((notes.filter(action_time__lt=first) if first else notes)[:MOST_FORMER])

    def version_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Shows one version: what it changes, what it says, and what may be decided on it."""
        entry, version = self._version(request, pk, number)
        return self._version_page(request, entry, version)

    def _version_page(
        self, request: HttpRequest, entry: Entry, version: Revision, refused: Refusal | None = None
    ) -> HttpResponse:
        new = content.from_json(version.content)
        base = content.from_json(version.base.content) if version.base else None
        context = self._context(request, entry) | {
            "title": f"第 {version.number} 版",
            "version": version,
            "content": new,
            "answer": html.for_page(new.answer),
            "changed": difference(base, new) if base else [],
            "lost": lost_quotes(entry, new) if version.is_open else [],
            "may": self._may(request, entry, version),
            "own": rights.wrote_in(version, user_of(request)) and not rights.may_publish_own(user_of(request)),
            "seen": steps.seen_of(entry),
            "errors": _errors(refused),
            "typed": request.POST,
        }
        page = TemplateResponse(request, "admin/faq/entry/version.html", context)
        page.status_code = 400 if refused else 200
        return page

    def _may(self, request: HttpRequest, entry: Entry, version: Revision) -> set[str]:
        """Returns the decisions that the page offers."""
        if not self.has_change_permission(request, entry):
            return set()
        state, states = version.state, Revision.State
        if not version.is_open:
            return {"restore"}
        allowed = {"drop"}
        if state in (states.DRAFT, states.RETURNED) and not rights.may_publish_own(user_of(request)):
            allowed.add("submit")
        decides = rights.may_publish(user_of(request))
        is_submitted = state in (states.WAITING, states.SCHEDULED)
        if decides and is_submitted:
            allowed.add("return")
        others = rights.may_publish_own(user_of(request)) or not rights.wrote_in(version, user_of(request))
        if decides and others and (is_submitted or rights.may_publish_own(user_of(request))):
            allowed |= {"publish", "schedule"}
        return allowed

    def preview_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Shows a version as readers would see it."""
        entry, version = self._version(request, pk, number)
        try:
            content.fill(entry, content.from_json(version.content))
        except Refusal as refusal:
            self.message_user(request, refusal.sentence, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:faq_entry_version", args=[pk, number]))
        return preview_page(request, entry, version)

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows the difference of two versions, the older one first whichever was chosen first."""
        entry = self._entry(request, pk)
        numbers = sorted(_number(request.GET.get(name, "")) for name in ("a", "b"))
        found = {row.number: row for row in entry.revisions.filter(number__in=numbers)}
        if not all(number in found for number in numbers):
            self.message_user(request, "请选两个版本，再按“比较”。", messages.WARNING)
            return HttpResponseRedirect(reverse("admin:faq_entry_history", args=[pk]))
        older, newer = (found[number] for number in numbers)
        context = self._context(request, entry) | {
            "title": f"第 {older.number} 版和第 {newer.number} 版",
            "older": older,
            "newer": newer,
            "changed": difference(content.from_json(older.content), content.from_json(newer.content)),
        }
        return TemplateResponse(request, "admin/faq/entry/compare.html", context)

    def changes_view(self, request: HttpRequest) -> HttpResponse:
        """谁改了什么: what was done with all entries, newest first, by anybody or by one account."""
        self._demand_view(request)
        events = EntryEvent.objects.select_related("revision").defer("revision__content")
        who = request.GET.get("who", "")[:150].replace("\x00", "")
        what = request.GET.get("what", "")
        if who:
            events = events.filter(actor_name=who)
        if what in EntryEvent.Kind.values:
            events = events.filter(kind=what)
        context = self.admin_site.each_context(request) | {
            "title": "谁改了什么",
            "opts": self.opts,
            "page": KeysFirst(events, A_PAGE).get_page(request.GET.get("page")),
            "who": who,
            "before": f"?{urlencode({'who': who, 'what': what if what in EntryEvent.Kind.values else ''})}&",
            "what": what,
            "kinds": EntryEvent.Kind.choices,
        }
        return TemplateResponse(request, "admin/faq/entry/changes.html", context)

    # --- decided -------------------------------------------------------------------------------------------------

    def decide_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Takes the step that the pressed button of a version's page stands for."""
        if request.method != "POST":
            raise Http404
        entry = self._entry(request, pk)
        decision = request.POST.get("decision", "")
        if decision not in DECISIONS:
            raise Http404
        try:
            done = DECISIONS[decision](entry, request)
        except Refusal as refusal:
            return self._refused(request, entry, refusal)
        self.log_change(request, entry, done)
        self.message_user(request, done, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:faq_entry_history", args=[pk]))

    def _refused(self, request: HttpRequest, entry: Entry, refusal: Refusal) -> HttpResponse:
        """Shows the version again with the reason, and all that was typed."""
        number = _number(request.POST.get("number", ""))
        version = entry.revisions.filter(number=number).first()
        entry.refresh_from_db()
        if version is None:
            self.message_user(request, refusal.sentence, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:faq_entry_history", args=[entry.pk]))
        return self._version_page(request, entry, version, refusal)

    # --- shared --------------------------------------------------------------------------------------------------

    def _demand_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _entry(self, request: HttpRequest, pk: int) -> Entry:
        self._demand_view(request)
        return get_object_or_404(self.get_queryset(request), pk=pk if pk < 2**63 else 0)

    def _version(self, request: HttpRequest, pk: int, number: int) -> tuple[Entry, Revision]:
        entry = self._entry(request, pk)
        versions = entry.revisions.select_related("base")
        return entry, get_object_or_404(versions, number=number if number < 2**31 else 0)

    def _context(self, request: HttpRequest, entry: Entry) -> dict[str, Any]:
        return self.admin_site.each_context(request) | {
            "opts": self.opts,
            "entry": entry,
            "draft": steps.open_revision(entry),
            "may_change": self.has_change_permission(request, entry),
        }


def _number(text: str) -> int:
    """Returns a version's number as an address holds it; 0, which none has, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _errors(refusal: Refusal | None) -> dict[str, str]:
    """Returns the reasons of a refusal by the field they stand at; `all` for those that concern the whole."""
    if refusal is None:
        return {}
    if hasattr(refusal, "error_dict"):
        return {field: " ".join(found) for field, found in refusal.message_dict.items()}
    return {"all": refusal.sentence}


# --- the buttons -----------------------------------------------------------------------------------------------------


def _seen(request: HttpRequest) -> str:
    return request.POST.get("seen", "")


def _publish(entry: Entry, request: HttpRequest) -> str:
    version = steps.publish(entry, user_of(request), seen=_seen(request))
    return f"第 {version.number} 版已经发布，老师现在就能看到、搜到。"


def _schedule(entry: Entry, request: HttpRequest) -> str:
    at = _moment(request.POST.get("publish_at", ""))
    version = steps.schedule(entry, at, user_of(request), seen=_seen(request))
    return f"第 {version.number} 版定好了，到时候自动发布。"


def _moment(text: str) -> Any:
    """Returns the time that was chosen; raises Refusal where it is none."""
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise Refusal({"publish_at": NO_TIME})
    try:
        return make_aware(at) if is_naive(at) else at
    except OverflowError as error:
        raise Refusal({"publish_at": NO_TIME}) from error


def _send_back(entry: Entry, request: HttpRequest) -> str:
    version = steps.send_back(entry, request.POST.get("word", ""), user_of(request), seen=_seen(request))
    return f"第 {version.number} 版已退回，理由写给了作者。"


def _submit(entry: Entry, request: HttpRequest) -> str:
    version = steps.submit(entry, user_of(request), seen=_seen(request))
    return f"第 {version.number} 版已提交审核。"


def _drop(entry: Entry, request: HttpRequest) -> str:
    version = steps.drop(entry, user_of(request), seen=_seen(request))
    return f"第 {version.number} 版已放弃，写的内容还留在修改记录里。"


def _restore(entry: Entry, request: HttpRequest) -> str:
    """Takes an older version up; publishes it at once where the user may."""
    user = user_of(request)
    number = _number(request.POST.get("number", ""))
    version = steps.restore(entry, number, user, seen=_seen(request))
    if entry.is_published and rights.may_publish_own(user):
        steps.publish(entry, user)
        return f"已恢复第 {number} 版，老师现在看到的就是它。"
    return f"第 {number} 版的内容成了新的草稿（第 {version.number} 版）。"


def _withdraw(entry: Entry, request: HttpRequest) -> str:
    steps.withdraw(entry, user_of(request), seen=_seen(request))
    return "已撤下，老师看不到了；内容都还在。"


DECISIONS: dict[str, Callable[[Entry, HttpRequest], str]] = {
    "publish": _publish,
    "schedule": _schedule,
    "return": _send_back,
    "submit": _submit,
    "drop": _drop,
    "restore": _restore,
    "withdraw": _withdraw,
}

"""`/admin/faq/entry/sought/`, 大家在找什么: what readers look for and do not find, and the action that mends it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import truncatechars
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods

from helpdesk.common.decisions import Refusal
from helpdesk.common.requests import user_of

from .. import insight
from ..editing import rights, steps
from ..insight import Kind, Looked
from ..models import Entry, SearchMonth, SoughtQuery
from ..models.searches import LONGEST_QUERY

#: Rows of each list where all four are shown, and of one that is shown alone.
FEW, MANY = 10, 50
MONTHS = 12
#: Pages that each row leads to.
ADDRESSES = ("faq_entry_try", "faq_entry_add", "faq_synonymgroup_add")
#: The list of entries that did not help, beside those of queries.
UNHELPFUL = "unhelpful"
SELECTED = mark_safe(" selected")
NO_CHOICE = "请选一条问答，再按按钮。"

#: Parameter by which a form that mends a query knows which one; its page leads back to the query's effect.
SOUGHT = "sought"


@dataclass(frozen=True, slots=True)
class Refused:
    """A phrasing that was not taken: of which query, for which entry, and why."""

    query: str
    chosen: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Row:
    """A query as its list shows it: all of it texts that are ready, since a page has hundreds of them."""

    query: str
    searches: str
    opened: str
    mended: bool
    #: The nearest entries as options of a field; empty where there is none.
    options: SafeString
    #: The query as a part of an address.
    quoted: str
    refused: str = ""


def row_of(looked: Looked, refused: Refused | None) -> Row:
    """Returns a row; a refused phrasing is shown where it was chosen."""
    query = looked.sought.query
    here = refused if refused and refused.query == query else None
    chosen = here.chosen if here else 0
    options = format_html_join(
        "",
        '<option value="{}:{}"{}>{}</option>',
        (
            (entry.pk, entry.stamp, SELECTED if entry.pk == chosen else "", truncatechars(entry.title, 40))
            for entry in looked.nearest
        ),
    )
    mended = looked.sought.state == SoughtQuery.State.MENDED
    sentence = here.sentence if here else ""
    return Row(query, str(looked.searches), str(looked.opened), mended, options, quote(query), sentence)


def sought_by(request: HttpRequest) -> str:
    """Returns the query that an editor came from to a form of synonyms or of an entry; empty where from none."""
    return request.GET.get(SOUGHT, "").replace("\x00", "")[:LONGEST_QUERY]


def led_back(request: HttpRequest, *, live: bool = True) -> HttpResponseRedirect | None:
    """Returns the way back to the query for which a form was saved; None where it was saved for none.

    The query counts as mended where what was saved is `live`: readers find it already.
    """
    query = sought_by(request)
    if not query:
        return None
    if live:
        insight.mark_mended(query)
    return HttpResponseRedirect(reverse("admin:faq_entry_sought", query={"tried": query}))


class SoughtAdmin(admin.ModelAdmin):
    """Adds the page below the addresses of the entries."""

    def get_urls(self) -> list[Any]:
        page = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.sought_view))
        return [path("sought/", page, name="faq_entry_sought"), *super().get_urls()]

    def sought_view(self, request: HttpRequest) -> HttpResponse:
        """Shows the lists; a POST makes a query a phrasing of an entry. Raises PermissionDenied."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._sought_page(request)
        query, chosen = (request.POST.get(name, "").replace("\x00", "") for name in ("query", "entry"))
        try:
            return self._add_phrasing(request, query[:LONGEST_QUERY], chosen)
        except Refusal as refusal:
            return self._sought_page(request, Refused(query, _key(chosen), refusal.sentence))

    def _add_phrasing(self, request: HttpRequest, query: str, chosen: str) -> HttpResponse:
        """Takes the step and leads to its effect. Raises Refusal where it is not taken."""
        entry = Entry.objects.filter(pk=_key(chosen)).first()
        if entry is None:
            raise Refusal(NO_CHOICE)
        user = user_of(request)
        with transaction.atomic():
            steps.add_phrasing(entry, query.replace("…", " "), user, seen=chosen.partition(":")[2])
            if rights.may_publish_own(user):
                insight.mark_mended(query)
            self.log_change(request, entry, f"已加相似问法：{query}")
        title = truncatechars(entry.title, 30)
        done = "老师现在就能搜到" if rights.may_publish_own(user) else "已经提交审核，发布以后老师就能搜到"
        messages.success(request, f"“{query}”成了“{title}”的相似问法，{done}。")
        return HttpResponseRedirect(f"{request.path}?{_kept(request, tried=query)}")

    def _sought_page(self, request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
        days = 90 if request.GET.get("days") == "90" else 30
        alone = request.GET.get("list", "")
        alone = alone if alone in (*Kind, UNHELPFUL) else ""
        most = MANY if alone else FEW
        may_read = request.user.has_perm("faq.view_feedback")
        tried = request.GET.get("tried", "").replace("\x00", "")[:LONGEST_QUERY].strip()
        context = self.admin_site.each_context(request) | {
            "title": "大家在找什么",
            "opts": self.opts,
            "days": days,
            "periods": SoughtQuery.PERIODS,
            "alone": alone,
            "lists": {
                kind.value: [row_of(looked, refused) for looked in insight.looked_for(kind, days, most)]
                for kind in Kind
                if alone in ("", kind)
            },
            "addresses": {name: reverse(f"admin:{name}") for name in ADDRESSES},
            "unhelpful": insight.entries_without_help(days, most) if may_read and alone in ("", UNHELPFUL) else None,
            "most": most,
            "named": insight.named_searches(days),
            "months": list(SearchMonth.objects.all()[:MONTHS]),
            "effect": insight.effect(tried) if tried and not refused else None,
            "refused": refused,
            "button": "加成这条的相似问法" if rights.may_publish_own(user_of(request)) else "加成相似问法，交审核",
        }
        return TemplateResponse(request, "admin/faq/sought.html", context)


def _key(chosen: str) -> int:
    """Returns the key of a chosen entry, as a form sends it: 12:version; 0, which none has, for anything else."""
    key = chosen.partition(":")[0]
    return int(key) if key.isascii() and key.isdecimal() and len(key) < 19 else 0


def _kept(request: HttpRequest, **more: str) -> str:
    """Returns the query string of the page with the period and the list that were shown, and with `more`."""
    query = request.GET.copy()
    for name, value in more.items():
        query[name] = value
    return query.urlencode()

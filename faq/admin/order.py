"""Order by hand: of all categories, and of the entries of one, dragged or moved by buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_http_methods

from helpdesk.common.decisions import Refusal

from ..editing import order
from ..editing.order import Arrangement
from ..models import Category, Entry

#: Keys that a form sends at most; each has its place in one field, since a form may have few fields.
MOST_KEYS = 40_000


class OrderAdmin(admin.ModelAdmin):
    """Parts both pages of order share: the form is shown, moved within, and saved by whoever may change the rows."""

    def _order_page(self, view: Any) -> Any:
        return self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(view))

    def _arrange(
        self,
        request: HttpRequest,
        standing: Callable[[], Arrangement[Any]],
        save: Callable[[Sequence[int], str], Sequence[Any]],
        **shown: Any,
    ) -> HttpResponse:
        """Shows the rows, moves one where a button asks for it, or saves. Raises PermissionDenied."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        now = standing()
        if request.method != "POST":
            return self._shown(request, now.rows, now.version, shown)
        wanted, seen = _keys(request.POST.get("order", "")), request.POST.get("seen", "")
        rows = order.arranged(now, wanted)
        if move := _move(request.POST.get("move", "")):
            return self._shown(request, order.moved(rows, *move), seen, shown | {"moved": move})
        try:
            changed = len(save(wanted, seen))
        except Refusal as refusal:
            now = standing()
            rows = order.arranged(now, wanted)
            return self._shown(request, rows, now.version, shown | {"refused": refusal.sentence})
        self.message_user(request, _told(changed), messages.SUCCESS)
        return HttpResponseRedirect(request.path)

    def _shown(self, request: HttpRequest, rows: list[Any], seen: str, shown: dict[str, Any]) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "rows": rows,
            "keys": ",".join(str(row.pk) for row in rows),
            "seen": seen,
            **shown,
        }
        return TemplateResponse(request, "admin/faq/order.html", context)


class CategoryOrderAdmin(OrderAdmin):
    """Adds `/admin/faq/category/order/`."""

    def get_urls(self) -> list[Any]:
        return [path("order/", self._order_page(self.order_all), name="faq_category_order"), *super().get_urls()]

    def order_all(self, request: HttpRequest) -> HttpResponse:
        """The order of all categories."""

        def save(wanted: Sequence[int], seen: str) -> Sequence[Category]:
            changed = order.place_categories(wanted, seen)
            for category in changed:
                self.log_change(request, category, "已换位置")
            return changed

        return self._arrange(request, order.categories, save, title="分类的顺序", of_categories=True)


class EntryOrderAdmin(OrderAdmin):
    """Adds `/admin/faq/entry/order/<slug of a category>/`."""

    def get_urls(self) -> list[Any]:
        own = path("order/<slug:slug>/", self._order_page(self.order_of), name="faq_entry_order")
        return [own, *super().get_urls()]

    def order_of(self, request: HttpRequest, slug: str) -> HttpResponse:
        """The order of the entries of one category."""
        category = Category.objects.filter(slug=slug).first()
        if category is None:
            raise Http404

        def save(wanted: Sequence[int], seen: str) -> Sequence[Entry]:
            changed = order.place_entries(category, wanted, seen)
            if changed:
                self.log_change(request, category, f"已排列问答的顺序，{len(changed)} 条换了位置")
            return changed

        standing = partial(order.entries_of, category)
        return self._arrange(request, standing, save, title=f"“{category}”里的顺序", category=category)


def _told(changed: int) -> str:
    return f"顺序已保存，{changed} 条换了位置。" if changed else "顺序没有变化。"


def _keys(text: str) -> list[int]:
    """Returns the keys of a form, as 3,1,2; whatever is none is left aside."""
    return [int(key) for key in re.findall(r"(?<![0-9])[0-9]{1,18}(?![0-9])", text)[:MOST_KEYS]]


def _move(text: str) -> tuple[int, str] | None:
    """Returns the key of a row and where it is to go, as a button sends them: 12:up."""
    found = re.fullmatch(r"([0-9]{1,18}):(up|down|first)", text)
    return (int(found[1]), found[2]) if found else None

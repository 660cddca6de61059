"""Pages of long lists: the keys of a page are found first, so that far pages read no more rows than near ones."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

#: Rows on one page.
A_PAGE = 50


class KeysFirst(Paginator):
    """Paginator over a queryset that orders keys alone, and reads the rows of the page by their keys."""

    def page(self, number: Any) -> Page[Any]:
        found = super().page(number)
        keys = list(cast("QuerySet[Any]", found.object_list).values_list("pk", flat=True))
        rows = cast("QuerySet[Any]", self.object_list).order_by().in_bulk(keys)
        found.object_list = [rows[key] for key in keys if key in rows]
        return found

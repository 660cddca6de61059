"""Pages of long lists: the keys of a page are found first, so that far pages read no more rows than near ones."""

from __future__ import annotations

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

#: Rows on one page.
A_PAGE = 50


class KeysFirst(Paginator):
    """Paginator over a queryset that orders keys alone, and reads the rows of the page by their keys.

    Beyond the middle it counts from the end, since a database sorts only as many rows as it has to skip and return.
    """

    def page(self, number: Any) -> Page[Any]:
        found = super().page(number)
        begin = (found.number - 1) * self.per_page
        keys = self._keys(begin, min(begin + self.per_page, self.count))
        rows = cast("QuerySet[Any]", self.object_list).order_by().in_bulk(keys)
        found.object_list = [rows[key] for key in keys if key in rows]
        return found

    def _keys(self, begin: int, end: int) -> list[Any]:
        """Returns the keys of the rows from `begin` up to `end`, in their order."""
        rows = cast("QuerySet[Any]", self.object_list)
        if begin <= self.count // 2:
            return list(rows.values_list("pk", flat=True)[begin:end])
        backwards = rows.reverse().values_list("pk", flat=True)
        return list(backwards[self.count - end : self.count - begin])[::-1]

"""The list of entries in the admin: what is counted beside an entry is read for the rows of the page alone."""

from __future__ import annotations

from functools import cached_property
from typing import Any, cast
from urllib.parse import quote

from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from ..models import Entry, Revision, with_voices

#: Stands in an address for the key of a row.
PLACE = "the-key"


class EntryList(ChangeList):
    """Leaves the answers unread, and adds to each row of the page its voices and the state of its open version.

    As part of the list's own query they would be read for every entry before the page is cut out of it. The
    addresses of forms and pages are looked up once, since doing it for each row takes a fifth of the list's time.
    """

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Entry]:
        return super().get_queryset(request, exclude_parameters).defer("answer")

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        keys = [row.pk for row in rows]
        voiced = cast("Any", with_voices(Entry.objects.filter(pk__in=keys).order_by()))
        counted = {key: (helped, failed) for key, helped, failed in voiced.values_list("pk", "helped", "failed")}
        states = Revision.objects.open().filter(entry__in=keys).values_list("entry", "number", "state")
        going = {entry: (number, state) for entry, number, state in states}
        for row in cast("Any", rows):
            row.helped, row.failed = counted.get(row.pk, (0, 0))
            row.going = going.get(row.pk)
            row.address = self._page.replace(PLACE, quote(row.ref))
        self.result_list = rows

    def url_for_result(self, result: Any) -> str:
        return self._form.replace(PLACE, str(result.pk))

    @cached_property
    def _form(self) -> str:
        """Returns the address of a form, with `PLACE` where the key stands."""
        return reverse("admin:faq_entry_change", args=[PLACE], current_app=self.model_admin.admin_site.name)

    @cached_property
    def _page(self) -> str:
        """Returns the address of an entry's public page, with `PLACE` where its ref stands."""
        return Entry(ref=PLACE).get_absolute_url()

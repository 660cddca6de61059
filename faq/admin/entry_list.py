"""The list of entries in the admin: what is counted beside an entry is read for the rows of the page alone."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest

from ..models import Entry, Revision, with_voices


class EntryList(ChangeList):
    """Leaves the answers unread, and adds to each row of the page its voices and the state of its open version.

    As part of the list's own query they would be read for every entry before the page is cut out of it.
    """

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Entry]:
        return super().get_queryset(request, exclude_parameters).defer("answer")

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        keys = [row.pk for row in rows]
        voiced = cast("Any", with_voices(Entry.objects.filter(pk__in=keys).only("pk")))
        counted = {row.pk: (row.helped, row.failed) for row in voiced}
        states = Revision.objects.open().filter(entry__in=keys).values_list("entry", "number", "state")
        going = {entry: (number, state) for entry, number, state in states}
        for row in cast("Any", rows):
            row.helped, row.failed = counted.get(row.pk, (0, 0))
            row.going = going.get(row.pk)
        self.result_list = rows

"""Care for an entry beside its content: its place, its owner, when it was checked and must be checked again."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from helpdesk.common.decisions import step

from ...models import Entry, EntryEvent, SearchState
from ..rights import demand, may_write
from .ground import locked_entry

#: Fields of an entry that hold for all of its versions, with their names in the history.
CARED_FOR = {"position": "排序", "owner": "负责人", "checked_on": "核对日期", "check_by": "核对期限"}


@step
def care(entry: Entry, by: User, *, seen: str = "", note: str = "", **values: Any) -> bool:
    """Saves such `values` of an entry; returns whether any of them is new.

    最近更新 stays, because readers read the same text; a form that is open elsewhere is told.
    """
    demand(may_write(by))
    row = locked_entry(entry, seen)
    new = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not new:
        return False
    Entry.objects.filter(pk=row.pk).update(**new, stamp=SearchState.raise_version())
    changed = "、".join(CARED_FOR[name] for name in new)
    EntryEvent.record(row, EntryEvent.Kind.CARED, by, note=note or changed)
    return True

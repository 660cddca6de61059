"""Steps of whoever writes: a draft, its way to review, its end, and an older version taken up again."""

from __future__ import annotations

from django.contrib.auth.models import User

from helpdesk.common.decisions import Refusal, step

from ...models import Entry, EntryEvent, Revision
from .. import content
from ..content import Content
from ..difference import changed_parts
from ..rights import demand, may_write
from .ground import add_revision, demanded_open, locked_entry, open_revision, present_revision, set_state

Kind = EntryEvent.Kind
State = Revision.State


@step
def write(entry: Entry, new: Content, by: User, *, seen: str = "", note: str = "") -> Revision:
    """Saves a draft and returns it; readers go on seeing what is published. `note` tells the history where it is from.

    An entry that is not saved yet is made. The row of one that is not published follows its newest draft. The draft
    before is kept among the versions, whoever wrote it.
    """
    row, draft = _written(entry, new, by, seen)
    EntryEvent.record(row, Kind.WRITTEN, by, revision=draft, note=note or parts_of(draft))
    return draft


@step
def write_and_submit(entry: Entry, new: Content, by: User, *, seen: str = "") -> Revision:
    """Saves a version and submits it at once, which is one thing done, so one line in the history; returns it."""
    row, draft = _written(entry, new, by, seen)
    set_state(draft, State.WAITING)
    EntryEvent.record(row, Kind.SUBMITTED, by, revision=draft, note=parts_of(draft))
    return draft


def _written(entry: Entry, new: Content, by: User, seen: str) -> tuple[Entry, Revision]:
    row = entry_to_write(entry, new, by, seen)
    draft = saved_draft(row, new, by)
    if not row.is_published:
        content.put(row, new)
    return row, draft


def parts_of(draft: Revision) -> str:
    """Returns a line on which parts a version changes, compared with the one it was written on."""
    if draft.base is None:
        return ""
    parts = changed_parts(content.from_json(draft.base.content), content.from_json(draft.content))
    return f"改了{'、'.join(parts)}" if parts else "没有改动"


def entry_to_write(entry: Entry, new: Content, by: User, seen: str) -> Entry:
    """Returns the entry's locked row where `by` may write it; makes it, as a draft, where it is not saved yet."""
    if entry.pk:
        demand(may_write(by))
        return locked_entry(entry, seen)
    demand(by.has_perm("faq.add_entry"))
    entry.status = Entry.Status.DRAFT
    content.put(entry, new)
    return entry


def saved_draft(entry: Entry, new: Content, by: User) -> Revision:
    """Saves a further version of a locked entry, in place of the one that was open."""
    base = present_revision(entry)
    going = open_revision(entry)
    if going is not None:
        set_state(going, State.REPLACED, publish_at=None)
    return add_revision(entry, new, by, base=base)


@step
def submit(entry: Entry, by: User, *, seen: str = "") -> Revision:
    """草稿、已退回 → 待审."""
    demand(may_write(by))
    row = locked_entry(entry, seen)
    draft = demanded_open(row)
    if draft.state not in (State.DRAFT, State.RETURNED):
        raise Refusal("这一版已经提交了，不用再交。")
    set_state(draft, State.WAITING, word="")
    EntryEvent.record(row, Kind.SUBMITTED, by, revision=draft)
    return draft


@step
def drop(entry: Entry, by: User, *, seen: str = "") -> Revision:
    """Any open version → 已放弃: what is published stays; the text stays among the versions."""
    demand(may_write(by))
    row = locked_entry(entry, seen)
    draft = demanded_open(row)
    set_state(draft, State.DROPPED)
    EntryEvent.record(row, Kind.DROPPED, by, revision=draft)
    return draft


@step
def restore(entry: Entry, number: int, by: User, *, seen: str = "") -> Revision:
    """Takes the content of an older version up as a new draft of the same author and returns it.

    Raises Refusal where there is no such version, where it says what is published, or where a draft is under way,
    which would be pushed aside.
    """
    demand(may_write(by))
    row = locked_entry(entry, seen)
    older = row.revisions.filter(number=number).first()
    if older is None:
        raise Refusal("没有这一版了。")
    if open_revision(row) is not None:
        raise Refusal("这条问答还有没发布的内容。请先发布它，或者放弃它，再恢复旧的一版。")
    wanted = content.from_json(older.content)
    base = present_revision(row)
    if row.is_published and wanted.says_the_same(content.of_entry(row)):
        raise Refusal("这一版和现在发布的一样，不用恢复。")
    draft = add_revision(row, wanted, older.author, base=base)
    if not row.is_published:
        content.put(row, wanted)
    EntryEvent.record(row, Kind.WRITTEN, by, revision=draft, note=f"取自第 {number} 版")
    return draft

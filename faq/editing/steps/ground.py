"""Ground of all steps: the locked entry, its present and its open version, and the check of what a page showed."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone

from helpdesk.common import pictures
from helpdesk.common.decisions import Refusal, locked

from ...models import Entry, EntryEvent, Revision
from .. import content
from ..content import Content

CHANGED = (
    "您打开以后，这条问答被改过了（同事，或者您的另一个窗口）。您写的都还在下面，还没有保存：请另开窗口看看现在的"
    "内容，需要的并进来，再保存一次。"
)
DECIDED = "您打开以后，这条问答又有了变化，所以没有办成。请看看现在的内容，再办一次。"
IN_THE_BIN = "这条问答在回收站里，请先取回。"


def seen_of(entry: Entry) -> str:
    """Returns the version of an entry and its open revision, by which a page says what it was opened on."""
    row = open_revision(entry)
    return f"{entry.stamp}-{row.pk}-{row.state}" if row else str(entry.stamp)


def open_revision(entry: Entry) -> Revision | None:
    """Returns the version that is being written or waits for a decision; None where there is none."""
    return Revision.objects.open().filter(entry=entry.pk).first() if entry.pk else None


def locked_entry(entry: Entry, seen: str = "", *, binned: bool = False) -> Entry:
    """Returns the entry's row, locked until the transaction ends.

    Raises Refusal where it is gone, in the bin (or, with `binned`, not in it), or not as `seen` says; an empty `seen`
    is no check.
    """
    row = locked(Entry.objects.all(), entry.pk)
    if binned != (row.status == Entry.Status.BINNED):
        raise Refusal("这条问答已经不在回收站里了。" if binned else IN_THE_BIN)
    if seen and seen != seen_of(row):
        raise Refusal(DECIDED)
    return row


def demanded_open(entry: Entry) -> Revision:
    """Returns the open version; raises Refusal where there is none."""
    row = open_revision(entry)
    if row is None:
        raise Refusal("这条问答没有等着发布的内容了。")
    return row


def present_revision(entry: Entry) -> Revision | None:
    """Returns the version that the row of a published or withdrawn entry holds; None where it was never published.

    Rows can change past the steps: when the portal is updated, or by a program. Then a version is added that says so.
    """
    last = entry.revisions.filter(state=Revision.State.PUBLISHED).first()
    if last is None and not entry.is_published:
        return None
    now = content.of_entry(entry)
    if last is not None and now.says_the_same(content.from_json(last.content)):
        return last
    if not entry.is_published:
        return last
    row = add_revision(entry, now, None, state=Revision.State.PUBLISHED, base=last)
    if last is not None:
        EntryEvent.record(entry, EntryEvent.Kind.CAUGHT_UP, None, revision=row)
    return row


def add_revision(
    entry: Entry, new: Content, by: User | None, *, state: str = Revision.State.DRAFT, base: Revision | None = None
) -> Revision:
    """Saves and returns a further version of a locked entry."""
    last = entry.revisions.order_by("-number").values_list("number", flat=True).first() or 0
    moment = timezone.now() if state == Revision.State.PUBLISHED else None
    pictures.hold(new.answer)
    return Revision.objects.create(
        entry=entry,
        number=last + 1,
        state=state,
        content=new.as_json(),
        base=base,
        author=by,
        author_name=by.get_username() if by else "",
        published_at=moment,
    )


def set_state(revision: Revision, state: str, **fields: object) -> None:
    """Saves the state of a version, and `fields` with it."""
    revision.state = state
    for name, value in fields.items():
        setattr(revision, name, value)
    revision.save(update_fields=["state", *fields])

"""Steps of whoever decides: publish now or at a set time, send back with a word, withdraw."""

from __future__ import annotations

import datetime
import logging

from django.contrib.auth.models import User
from django.utils import timezone

from helpdesk.common import audit
from helpdesk.common.decisions import Refusal, step

from ...models import Entry, EntryEvent, Revision
from .. import content
from ..content import Content
from ..rights import demand, demand_of_others, may_publish, may_publish_own, may_write
from .drafts import entry_to_write, parts_of, saved_draft
from .ground import add_revision, demanded_open, locked_entry, open_revision, present_revision, set_state

logger = logging.getLogger(__name__)
Kind = EntryEvent.Kind
State = Revision.State

OVERTAKEN = "这一版起草以后，已发布的内容又改过。请打开这条问答，看看现在的内容，需要的并进来，再存一次。"


@step
def publish(entry: Entry, by: User, *, seen: str = "") -> Revision:
    """Puts the open version in place of what readers see; returns it.

    Raises Refusal where the published content changed after the draft was begun, where it still has to be submitted,
    and for one's own writing, unless the installation publishes without review.
    """
    demand(may_publish(by))
    row = locked_entry(entry, seen)
    draft = _to_decide_on(row, by)
    _put_in_place(row, draft)
    EntryEvent.record(row, Kind.PUBLISHED, by, revision=draft, note=parts_of(draft))
    return draft


@step
def write_and_publish(entry: Entry, new: Content, by: User, *, seen: str = "") -> Revision:
    """Saves a version and publishes it, where `by` may publish their own writing; returns it.

    Returns the present version where that says the same and nothing is under way: no version is added then.
    """
    demand(may_publish_own(by))
    row = entry_to_write(entry, new, by, seen)
    present = present_revision(row)
    same = row.is_published and open_revision(row) is None and new.says_the_same(content.of_entry(row))
    if present is not None and same:
        return present
    draft = saved_draft(row, new, by)
    _put_in_place(row, draft)
    EntryEvent.record(row, Kind.PUBLISHED, by, revision=draft, note=parts_of(draft))
    return draft


@step
def schedule(entry: Entry, at: datetime.datetime, by: User, *, seen: str = "") -> Revision:
    """Lets the open version be published at that time, by whichever worker sees first that it has come."""
    demand(may_publish(by))
    row = locked_entry(entry, seen)
    draft = _to_decide_on(row, by)
    if at <= timezone.now():
        raise Refusal("定时发布的时间要在现在以后。")
    set_state(draft, State.SCHEDULED, publish_at=at)
    moment = timezone.localtime(at)
    words = f"{moment.year} 年 {moment.month} 月 {moment.day} 日 {moment:%H:%M}"
    EntryEvent.record(row, Kind.SCHEDULED, by, revision=draft, note=words)
    return draft


@step
def send_back(entry: Entry, word: str, by: User, *, seen: str = "") -> Revision:
    """待审、定时发布 → 已退回, with a word why."""
    demand(may_publish(by))
    row = locked_entry(entry, seen)
    draft = demanded_open(row)
    if draft.state not in (State.WAITING, State.SCHEDULED):
        raise Refusal("只有待审的或定时发布的内容可以退回。")
    word = word.strip()
    if not word:
        raise Refusal({"word": "请写一句退回的理由，作者才知道改什么。"})
    if len(word) > 300:
        raise Refusal({"word": f"理由最多 300 个字，现在有 {len(word)} 个。"})
    set_state(draft, State.RETURNED, word=word, publish_at=None)
    EntryEvent.record(row, Kind.RETURNED, by, revision=draft, note=word)
    return draft


@step
def withdraw(entry: Entry, by: User, *, seen: str = "") -> Entry:
    """已发布 → 草稿: readers no longer find it; nothing of it is lost."""
    demand(may_write(by) and may_publish(by))
    row = locked_entry(entry, seen)
    if not row.is_published:
        raise Refusal("这条问答现在没有发布。")
    present = present_revision(row)
    row.status = Entry.Status.DRAFT
    row.save()
    EntryEvent.record(row, Kind.WITHDRAWN, by, revision=present)
    return row


def publish_due() -> int:
    """Publishes what was set for a time that has come; returns how many. Any number of callers do it once."""
    due = Revision.objects.filter(state=State.SCHEDULED, publish_at__lte=timezone.now())
    number = 0
    for draft in due.select_related("entry").order_by("publish_at", "pk"):
        try:
            number += _publish_due(draft)
        except Refusal as refusal:
            logger.info("revision %s was not published: %s", draft.pk, refusal.sentence)
    return number


@step
def _publish_due(draft: Revision) -> int:
    """Publishes one version whose time has come, or sends it back where it cannot be; returns 1 where it was."""
    row = locked_entry(draft.entry)
    now = open_revision(row)
    if now is None or now.pk != draft.pk or now.state != State.SCHEDULED:
        return 0
    if _is_overtaken(row, now):
        set_state(now, State.RETURNED, word=OVERTAKEN, publish_at=None)
        EntryEvent.record(row, Kind.RETURNED, None, revision=now, note=OVERTAKEN)
        return 0
    _put_in_place(row, now)
    EntryEvent.record(row, Kind.PUBLISHED, None, revision=now, note="到了定好的时间")
    audit.note(audit.Kind.CHANGE, None, row, step="publish-due")
    return 1


def _to_decide_on(entry: Entry, by: User) -> Revision:
    """Returns the open version of a locked entry where `by` may publish it; raises Refusal where not."""
    if not entry.is_published and open_revision(entry) is None:
        return _as_it_stands(entry, by)
    draft = demanded_open(entry)
    if not may_publish_own(by):
        if draft.state not in (State.WAITING, State.SCHEDULED):
            raise Refusal("这一版还没有提交审核。")
        demand_of_others(draft, by)
    if _is_overtaken(entry, draft):
        raise Refusal(OVERTAKEN)
    return draft


def _as_it_stands(entry: Entry, by: User) -> Revision:
    """Returns a new version of an entry that has no draft: it was withdrawn, or is back from the bin."""
    row = add_revision(entry, content.of_entry(entry), None)
    demand_of_others(row, by)
    return row


def _is_overtaken(entry: Entry, draft: Revision) -> bool:
    present = present_revision(entry)
    return present is not None and present.pk != draft.base_id and entry.is_published


def _put_in_place(entry: Entry, draft: Revision) -> None:
    entry.status = Entry.Status.PUBLISHED
    content.put(entry, content.from_json(draft.content))
    set_state(draft, State.PUBLISHED, published_at=timezone.now(), publish_at=None)

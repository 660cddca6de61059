"""A similar phrasing added to an entry from outside its form, as where readers searched in vain."""

from __future__ import annotations

import dataclasses

from django.contrib.auth.models import User

from helpdesk.common.decisions import Refusal, step

from ... import search
from ...models import Entry, Phrasing, Revision, normal_words
from .. import content
from ..rights import demand, may_publish_own, may_write
from .deciding import write_and_publish
from .drafts import submit, write
from .ground import locked_entry, open_revision

UNDER_WAY = "这条问答还有一版没有发布，现在不能另外加问法。请打开这条问答，把这句话写进“相似问法”，和那一版一起发布。"


@step
def add_phrasing(entry: Entry, text: str, by: User, *, seen: str = "") -> Revision:
    """Adds `text` to the similar phrasings of a published entry; returns the version that holds it.

    It is published at once where `by` may publish their own writing, and else waits for review. Raises Refusal where
    the entry has it already, holds too many, is not published, or has a version under way, which must not be pushed
    aside.
    """
    demand(may_write(by))
    row = locked_entry(entry)
    if open_revision(row) is not None:
        raise Refusal(UNDER_WAY)
    row = locked_entry(entry, seen)
    if not row.is_published:
        raise Refusal("这条问答现在没有发布，请另选一条。")
    said = content.of_entry(row)
    new = dataclasses.replace(said, phrasings=(*said.phrasings, _fitting(text, said)))
    if may_publish_own(by):
        return write_and_publish(row, new, by)
    write(row, new, by)
    return submit(row, by)


def _fitting(text: str, said: content.Content) -> str:
    """Returns the phrasing with single spaces; raises Refusal where it cannot be one of an entry that says `said`."""
    words = normal_words(text)
    key = _compared(words)
    if not key:
        raise Refusal("这句话里没有可以搜索的字。")
    if len(words) > Phrasing.LONGEST:
        raise Refusal(f"这句话有 {len(words)} 个字，一种问法最多 {Phrasing.LONGEST} 个字。")
    if len(said.phrasings) >= Phrasing.MOST_PER_ENTRY:
        raise Refusal(f"这条问答已经有 {len(said.phrasings)} 种相似问法了，请先删掉几种少见的。")
    if key in {_compared(other) for other in (said.question, said.short_question, *said.phrasings)}:
        raise Refusal("这条问答已经有这个问法了。")
    return words


def _compared(text: str) -> str:
    return search.normalize(text).replace(" ", "")

"""Content of an entry after the import of a found one: what the file says of it is taken, all else stays."""

from __future__ import annotations

import dataclasses

from .. import html
from ..models import Category, Entry, normal_words
from .content import Content
from .difference import ANSWER, QUESTION, SOURCE, Changed, difference, pieces
from .documents.pictures import as_signs
from .found import FoundEntry

#: Remark on an entry that the file wants published.
TO_BE_CHOSEN = "选“直接发布”才会发布"


class Categories:
    """Categories by what people write for them: the slug or the name."""

    def __init__(self) -> None:
        rows = Category.objects.values_list("slug", "name")
        self._slugs: dict[str, str] = {}
        for slug, name in rows:
            self._slugs.setdefault(normal_words(name), slug)
        self._slugs |= {slug: slug for slug, _ in rows}

    def slug_of(self, written: str) -> str:
        """Returns the slug of the category that is meant; empty where there is none."""
        return self._slugs.get(written) or self._slugs.get(as_name(written), "")

    def add(self, category: Category) -> None:
        self._slugs[normal_words(category.name)] = self._slugs[category.slug] = category.slug


def as_name(written: str) -> str:
    """Returns what somebody wrote for a category as its name can be."""
    return normal_words(written)[:40]


def words_of(answer: str) -> str:
    """Returns the words of an answer as they are compared, a sign for each picture.

    Layout that an editor improved is no change, nor is a picture that was stored or described since.
    """
    return "".join(html.to_text(str(html.clean(as_signs(answer)))).split())


def merged(now: Content, found: FoundEntry, categories: Categories) -> Content:
    """Returns the content that an entry has when `found` is imported over it.

    The layout of an answer whose words are the same stays, unless the file holds the HTML itself. The answer may name
    pictures of the document, and the category may be one that is still to be made, by its name.
    """
    stays = not found.is_exact and words_of(now.answer) == words_of(found.answer_html)
    return dataclasses.replace(
        now,
        question=found.question,
        answer=now.answer if stays else found.answer_html,
        category=(categories.slug_of(found.category) or as_name(found.category)) or now.category,
        short_question=found.short_question or now.short_question,
        notice=found.notice or now.notice,
        valid_from=found.valid_from or now.valid_from,
        valid_to=found.valid_to or now.valid_to,
        phrasings=now.phrasings if found.phrasings is None else found.phrasings,
    )


def added(found: FoundEntry, category: str) -> Content:
    """Returns the content of a new entry, still without a source of its document."""
    nothing = Content(question=found.question, answer=found.answer_html, category=category)
    return dataclasses.replace(
        nothing,
        short_question=found.short_question,
        notice=found.notice,
        document=found.document,
        number=found.number if found.document else None,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        phrasings=found.phrasings or (),
    )


def care_changes(found: FoundEntry, entry: Entry | None) -> list[Changed]:
    """Returns what importing changes beside the content: the state and the day of the last check."""
    states = dict(Entry.Status.choices)
    changed = []
    status = entry.status if entry else Entry.Status.PUBLISHED
    if found.status and found.status != status:
        before = str(states[entry.status]) if entry else ""
        remark = TO_BE_CHOSEN if found.status == Entry.Status.PUBLISHED else ""
        changed.append(Changed("状态", tuple(pieces(before, str(states[found.status]))), remark))
    day = entry.checked_on if entry else None
    if found.checked_on and found.checked_on != day:
        before = day.isoformat() if day else ""
        changed.append(Changed("核对日期", tuple(pieces(before, found.checked_on.isoformat()))))
    return changed


def further_changes(found: FoundEntry, before: Content | None, after: Content, entry: Entry | None) -> list[Changed]:
    """Returns what differs beside question, answer and source, in words; of a new entry, what it has beside them."""
    old = before or Content(question=after.question, answer=after.answer, category=after.category)
    shown_elsewhere = {QUESTION, ANSWER, SOURCE}
    parts = [part for part in difference(old, after) if part.remark or part.name not in shown_elsewhere]
    return parts + care_changes(found, entry)

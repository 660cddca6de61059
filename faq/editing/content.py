"""Content of an entry as one value: the part of it that a version keeps, and that publishing puts in place."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from helpdesk.common.decisions import Refusal

from .. import html
from ..models import Category, Document, Entry, Phrasing, normal_words


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Text, place, source and years of an entry, with its phrasings; related rows by their slugs.

    The place among others, the owner and the days of checking are no content: they hold for every version.
    """

    question: str
    answer: str
    category: str
    short_question: str = ""
    notice: str = ""
    page: str = ""
    not_stated: bool = False
    document: str = ""
    number: int | None = None
    valid_from: int | None = None
    valid_to: int | None = None
    phrasings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Returns the content as a version stores it."""
        return dataclasses.asdict(self) | {"phrasings": list(self.phrasings)}

    def says_the_same(self, other: Content) -> bool:
        """Tells whether both are equal; in which order phrasings stand says nothing."""
        return self._in_order() == other._in_order()

    def _in_order(self) -> Content:
        return dataclasses.replace(self, phrasings=tuple(sorted(self.phrasings)))


#: Fields that an entry has under the same name.
PLAIN = ("question", "short_question", "answer", "notice", "page", "not_stated", "number", "valid_from", "valid_to")
KNOWN = {field.name for field in dataclasses.fields(Content)}


def from_json(stored: Mapping[str, Any]) -> Content:
    """Returns the content that a version stored; fields that are no longer known are left out."""
    known = {name: value for name, value in stored.items() if name in KNOWN}
    return Content(**known | {"phrasings": tuple(stored.get("phrasings", ()))})


def of_entry(entry: Entry) -> Content:
    """Returns the content of the entry's row and of its phrasings."""
    plain = {name: getattr(entry, name) for name in PLAIN}
    phrasings = tuple(phrasing.text for phrasing in entry.phrasings.all()) if entry.pk else ()
    return Content(
        **plain | {"answer": str(html.clean(entry.answer))},
        category=entry.category.slug,
        document=entry.document.slug if entry.document else "",
        phrasings=phrasings,
    )


def of_fields(fields: Mapping[str, Any]) -> Content:
    """Returns the content of a form's cleaned fields, named as the entry's; `said` holds a phrasing a line."""
    plain = {name: fields[name] for name in PLAIN if name in fields}
    document = fields.get("document")
    lines = [normal_words(line) for line in fields.get("said", "").splitlines()]
    return Content(
        **plain | {"answer": str(html.clean(fields["answer"]))},
        category=fields["category"].slug,
        document=document.slug if document else "",
        phrasings=tuple(line for line in lines if line),
    )


def fill(entry: Entry, content: Content) -> None:
    """Gives an entry the content, phrasings aside, without saving it.

    Raises Refusal where the category or the document is no longer there.
    """
    for name in PLAIN:
        setattr(entry, name, getattr(content, name))
    entry.category = _row(Category, content.category, "分类")
    entry.document = _row(Document, content.document, "来源文档") if content.document else None


def put(entry: Entry, content: Content) -> None:
    """Saves the content as that of the entry's row, together with its phrasings.

    Raises Refusal where the category or the document is gone, or the document's number is another entry's.
    """
    fill(entry, content)
    _demand_free_number(entry)
    entry.save()
    kept = set()
    for phrasing in entry.phrasings.all():
        if phrasing.text in content.phrasings:
            kept.add(phrasing.text)
        else:
            phrasing.delete()
    for text in content.phrasings:
        if text not in kept:
            kept.add(text)
            Phrasing(entry=entry, text=text).save()


def _row(model: type[Category] | type[Document], slug: str, name: str) -> Any:
    found = model._default_manager.filter(slug=slug).first()
    if found is None:
        raise Refusal(f"这一版的{name}“{slug}”已经删除了，请另选一个再保存。")
    return found


def _demand_free_number(entry: Entry) -> None:
    if entry.document is None or entry.number is None:
        return
    taken = Entry.objects.filter(document=entry.document, number=entry.number).exclude(pk=entry.pk).first()
    if taken is not None:
        raise Refusal(f"{entry.document}第 {entry.number} 条已经是“{taken.title}”了。")

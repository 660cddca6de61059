"""Found entries beside the live ones: which are new, which change something, which are the same, which are gone.

An entry is the same one by its ref, by document and number, or by its question. A newer edition that puts a question in
between moves the numbers of all that follow; so equal questions count more than equal numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import prefetch_related_objects

from ..models import Document, Entry, Revision, normal_words
from . import content
from .content import Content
from .found import FoundEntry
from .likeness import Likes, likeness, question_key
from .merging import Categories, added, as_name, care_changes, merged
from .quotes import lost_quotes

#: Likeness from which the entry of the same number is taken for the same one, asked in other words.
SAME_NUMBER_ALIKE = 0.3
#: Likeness from which entries without a common number are taken for the same one.
MOVED_ALIKE = 0.75


class Action(StrEnum):
    ADD = "add"
    CHANGE = "change"
    SAME = "same"


@dataclass(slots=True)
class Planned:
    """A found entry, the live one that it is, and what importing it would do."""

    found: FoundEntry
    #: Number in the source document, as it will be saved; None where the entry has no document.
    number: int | None
    entry: Entry | None
    #: Content of the live entry; None where there is none.
    before: Content | None
    #: Content after the import, where its pictures and its category may still have to be made.
    after: Content
    action: Action = Action.ADD
    marks: tuple[str, ...] = ()

    @property
    def takes_answer(self) -> bool:
        """True where saving takes the answer of the file; the live one stays where both say the same."""
        if self.action is Action.SAME:
            return False
        return self.before is None or self.before.answer != self.after.answer

    def moves_in(self, document: Document | None) -> bool:
        """Tells whether importing gives a live entry of `document` another number; those of others keep theirs."""
        if document is None or self.entry is None:
            return False
        return self.entry.document_id == document.pk and self.entry.number != self.number


@dataclass(slots=True)
class Plan:
    entries: list[Planned]
    #: Live entries of the document that the file does not have.
    missing: list[Entry]
    document: Document | None

    def those(self, action: Action) -> list[Planned]:
        return [planned for planned in self.entries if planned.action is action]


def document_of(slug: str, title: str) -> Document | None:
    """Returns the document with that slug, or without one that of that title; None where there is none."""
    if slug:
        return Document.objects.filter(slug=slug).first()
    wanted = normal_words(title.strip("《》"))
    return next((one for one in Document.objects.all() if normal_words(one.title) == wanted), None) if wanted else None


def plan(found: Sequence[FoundEntry], document: Document | None) -> Plan:
    """Returns what importing the entries would do, compared with the live ones; saves nothing."""
    live = list(Entry.objects.not_binned().select_related("category", "document").order_by("pk"))
    of_document = [entry for entry in live if document is not None and entry.document_id == document.pk]
    numbers = numbers_of(found)
    matched = _Matching(found, numbers, of_document, live).matched()
    prefetch_related_objects([entry for entry in matched if entry is not None], "phrasings")
    likes = Likes([entry.question for entry in live])
    places = {entry.pk: place for place, entry in enumerate(live)}
    categories = Categories()
    planned = []
    for found_one, number, entry in zip(found, numbers, matched, strict=True):
        before = content.of_entry(entry) if entry is not None else None
        category = categories.slug_of(found_one.category) or as_name(found_one.category)
        after = merged(before, found_one, categories) if before else added(found_one, category)
        one = Planned(found_one, number, entry, before, after)
        one.action = _action(one, document, categories)
        marks = [*found_one.marks, *_beside_others(found_one, entry, likes, live, places)]
        marks += [*_new_category(found_one, categories), *_source_stays(one)]
        if one.action == Action.CHANGE and entry is not None:
            marks += lost_quotes(entry, one.after)
        one.marks = tuple(marks)
        planned.append(one)
    taken = {entry.pk for entry in matched if entry is not None}
    missing = [entry for entry in of_document if entry.pk not in taken]
    return Plan(planned, sorted(missing, key=lambda entry: entry.number or 0), document)


def numbers_of(found: Sequence[FoundEntry]) -> list[int]:
    """Returns the numbers as they can be saved: those of the file, or the places where numbers begin anew or lack."""
    written = [entry.number for entry in found]
    if None in written or len(set(written)) < len(written):
        return list(range(1, len(found) + 1))
    return [number for number in written if number is not None]


class _Matching:
    """Finds for each found entry the live one that it is; each live entry is found once."""

    def __init__(
        self, found: Sequence[FoundEntry], numbers: Sequence[int], of_document: Iterable[Entry], live: Iterable[Entry]
    ) -> None:
        self.found = found
        self.numbers = numbers
        self.by_ref = {entry.ref: entry for entry in live}
        self.of_document = list(of_document)
        self.by_number = {entry.number: entry for entry in self.of_document}
        self.result: list[Entry | None] = [None] * len(found)
        self.taken: set[int] = set()

    def matched(self) -> list[Entry | None]:
        keys = [question_key(one.question) for one in self.found]
        self._take(lambda at: self.by_ref.get(self.found[at].ref) if self.found[at].ref else None)
        self._take(lambda at: self._same_number(at, keys[at], 1.0))
        by_key = {question_key(entry.question): entry for entry in reversed(self.of_document)}
        self._take(lambda at: by_key.get(keys[at]))
        self._take(lambda at: self._same_number(at, keys[at], SAME_NUMBER_ALIKE))
        likes = Likes([entry.question for entry in self.of_document])
        self._take(lambda at: self._alike(at, likes))
        return self.result

    def _take(self, choose: Callable[[int], Entry | None]) -> None:
        for at in range(len(self.found)):
            entry = choose(at) if self.result[at] is None else None
            if entry is not None and entry.pk not in self.taken:
                self.taken.add(entry.pk)
                self.result[at] = entry

    def _same_number(self, at: int, key: str, least: float) -> Entry | None:
        entry = self.by_number.get(self.numbers[at])
        if entry is None or likeness(key, question_key(entry.question)) < least:
            return None
        return entry

    def _alike(self, at: int, likes: Likes) -> Entry | None:
        place = likes.most_alike(self.found[at].question, MOVED_ALIKE)
        return None if place is None else self.of_document[place]


def _action(one: Planned, document: Document | None, categories: Categories) -> Action:
    entry, before = one.entry, one.before
    if entry is None or before is None:
        return Action.ADD
    if one.moves_in(document) or care_changes(one.found, entry):
        return Action.CHANGE
    if one.after.says_the_same(before):
        return Action.SAME
    draft = Revision.objects.open().filter(entry=entry).first()
    written = content.from_json(draft.content) if draft else None
    waits = written is not None and merged(written, one.found, categories).says_the_same(written)
    return Action.SAME if waits else Action.CHANGE


def _source_stays(one: Planned) -> list[str]:
    """Returns a mark where a spreadsheet names another source than that of the entry, which importing leaves."""
    found, before = one.found, one.before
    if before is None or not found.document or (found.document, found.number) == (before.document, before.number):
        return []
    return ["来源文档或序号和现在的不一样：导入不改来源，请在这一条的编辑页里改"]


def _new_category(found: FoundEntry, categories: Categories) -> list[str]:
    if not found.category or categories.slug_of(found.category):
        return []
    return [f"还没有“{as_name(found.category)}”这个分类：导入时会新建，写错了请在上面另选"]


def _beside_others(
    found: FoundEntry, own: Entry | None, likes: Likes, live: Sequence[Entry], places: dict[int, int]
) -> list[str]:
    """Returns the mark of a live entry, another than its own, that asks nearly the same."""
    place = likes.most_alike(found.question, beside=places[own.pk] if own is not None else None)
    if place is None:
        return []
    other = live[place]
    return [f"重复：和已有的“{other.title}”（{other.ref}）几乎一样"]

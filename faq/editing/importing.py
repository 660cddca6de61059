"""A file of entries into the portal: its preview, saved as a whole when confirmed, and undone.

Every change is a step of `faq.editing.steps`: new entries and new versions, with their rights and their history.
Nothing is deleted; an entry that the file no longer has can be made a draft.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from helpdesk.common import audit
from helpdesk.common.addresses import address_from
from helpdesk.common.decisions import Refusal, locked, step

from .. import html
from ..models import Category, Document, Entry, EntryImport, Revision
from . import content, rights, steps
from .content import Content
from .documents import pictures
from .documents.greeting import without_greeting
from .documents.marks import EMPTY, LEFT_BEHIND, PERSON, PHONE, UNDESCRIBED
from .documents.pictures import Pictures
from .leftovers import note_of, remove_unused
from .matching import Action, Plan, Planned, document_of, plan
from .merging import Categories, added, as_name, merged
from .numbering import renumber
from .reading_files import FileReading, Unreadable, read_file

#: Days after which a file that was never confirmed is forgotten.
WAITS = datetime.timedelta(days=3)
#: Marks that keep an entry a draft, however the file is imported: nobody has looked at these words yet.
NEEDS_A_LOOK = (EMPTY, PHONE, PERSON, UNDESCRIBED, LEFT_BEHIND)
#: Value of `Choices.document` for entries without a source; empty stands for the document of the file's title.
NO_DOCUMENT = "-"
#: Category of new entries of a file without sections and without a title.
NO_SECTION = "其他问题"
IMPORTED = "这份文件已经导入过了，没有重复导入。"
CHANGED = "预览以后，文件里的这些问答又有了变化，没有导入。下面是新的预览，请核对后再确认。"
LONGEST_QUESTION = 500


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices of whoever imports: how to cut the file, and where its entries go."""

    numbering: str = ""
    #: Slug of the source document, NO_DOCUMENT, or empty for the one of the file's title.
    document: str = ""
    #: Slug of the category for every new entry; empty where sections decide.
    category: str = ""
    #: Section → slug of the category for its new entries; a section without one gets a category of its name.
    sections: Mapping[str, str] = field(default_factory=dict)
    cut_greetings: bool = False


@dataclass(slots=True)
class Preview:
    """What importing a file would do."""

    reading: FileReading
    plan: Plan
    #: Document to be made; empty where one is there or none is wanted.
    new_document: str
    has_document: bool

    @property
    def seen(self) -> str:
        """Digest of what the preview shows, by which confirming notices that something changed since."""
        shown = [
            (one.found.question, one.found.answer_html, one.number, str(one.action), one.entry and one.entry.stamp)
            for one in self.plan.entries
        ]
        return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()[:20]


@dataclass(slots=True)
class Done:
    """One change that an import made, as it is kept for undoing."""

    entry: int
    kind: str  # "add", "change", "withdraw", "care"
    #: Key of the version that the import wrote; None for a withdrawal, and for care.
    version: int | None = None
    #: Content before; None where the entry was added.
    before: dict[str, Any] | None = None
    published: bool = False
    #: State of the entry before; empty where it was added.
    status: str = ""
    #: Day of the last check before and after, as ISO has it, where that is what was changed.
    checked: tuple[str, str] | None = None


# --- the preview --------------------------------------------------------------------------------------------------


def keep(name: str, file: bytes, user: User) -> EntryImport:
    """Keeps a file for its preview, in place of others of the user that were not confirmed. Raises Unreadable."""
    preview_of(name, file, Choices())
    printable = "".join(character for character in name if character.isprintable())
    with transaction.atomic():
        waiting = EntryImport.objects.filter(state=EntryImport.State.READY)
        waiting.filter(owner=user).delete()
        waiting.filter(created_at__lt=timezone.now() - WAITS).delete()
        return EntryImport.objects.create(
            owner=user, owner_name=user.get_username(), file_name=printable[-120:] or "文件", content=file
        )


def preview_of(name: str, file: bytes, choices: Choices) -> Preview:
    """Returns what importing a file would do; saves nothing. Raises Unreadable."""
    return _planned(read_file(name, file, choices.numbering), choices)


def _planned(reading: FileReading, choices: Choices) -> Preview:
    """Returns what importing the entries of a file would do, as the live ones are now."""
    found = list(reading.entries)
    if choices.cut_greetings:
        found = [without_greeting(one) for one in found]
    wants_document = choices.document != NO_DOCUMENT
    document = document_of(choices.document, reading.title) if wants_document else None
    made = plan(found, document)
    new = ""
    if wants_document and document is None:
        new = reading.title or choices.document
    has_document = document is not None or bool(new)
    if not has_document:
        for one in made.entries:
            one.number = None
    return Preview(reading, made, new[:200], has_document)


# --- saved as a whole ---------------------------------------------------------------------------------------------


def may_import(user: User) -> bool:
    return user.has_perm("faq.add_entry") and rights.may_write(user)


def apply(
    row: EntryImport,
    user: User,
    choices: Choices,
    *,
    publish: bool,
    only: Collection[int] | None = None,
    withdraw: Collection[str] = (),
    seen: str = "",
) -> EntryImport:
    """Saves what the preview showed, all or nothing.

    `only`: places of the entries to import, all where None. `withdraw`: refs of entries that the file no longer has, to
    be made drafts. `publish`: at once, entries aside that need a look; else drafts. Raises Refusal, Unreadable.
    """
    rights.demand(may_import(user))
    if row.state != EntryImport.State.READY:
        raise Refusal(IMPORTED)
    preview = preview_of(row.file_name, row.content_bytes, choices)
    chosen = _judged(preview, only, withdraw, seen)
    answers = [one.found.answer_html for one in chosen if one.takes_answer]
    with pictures.written(preview.reading.pictures, answers, user) as written:
        saving = _Saving(preview.reading, choices, user, written, publish=publish and rights.may_publish_own(user))
        return _apply(row, saving, only=only, withdraw=withdraw, seen=preview.seen)


@step
def _apply(
    row: EntryImport, saving: _Saving, *, only: Collection[int] | None, withdraw: Collection[str], seen: str
) -> EntryImport:
    """Saves the entries of a file whose pictures are written, judged once more within the transaction."""
    kept = locked(EntryImport.objects.all(), row.pk)
    if kept.state != EntryImport.State.READY:
        raise Refusal(IMPORTED)
    preview = _planned(saving.reading, saving.choices)
    chosen = _judged(preview, only, withdraw, seen)
    touched = [one.entry.pk for one in chosen if one.entry is not None]
    touched += [entry.pk for entry in preview.plan.missing]
    document = preview.plan.document  # whose entries may get other numbers
    Entry.objects.filter(Q(pk__in=touched) | Q(document__isnull=False, document=document)).lock()
    saving.save(chosen, preview)
    saving.withdraw(withdraw, preview.plan.missing)
    kept.state, kept.applied_at, kept.content = EntryImport.State.APPLIED, timezone.now(), b""
    kept.added, kept.changed = saving.count("add"), saving.count("change", "care")
    kept.unchanged = sum(one.action == Action.SAME for one in chosen)
    kept.withdrawn = saving.count("withdraw")
    kept.done = [asdict(done) for done in saving.done] + [note_of(made) for made in saving.made]
    kept.remarks = saving.remarks
    kept.save()
    counts = {"added": kept.added, "changed": kept.changed, "withdrawn": kept.withdrawn}
    audit.note(audit.Kind.IMPORT, saving.user, "faq.entry", **counts)
    return kept


def _judged(preview: Preview, only: Collection[int] | None, withdraw: Collection[str], seen: str) -> list[Planned]:
    """Returns the chosen entries of a preview where all of them can be saved; raises Refusal where not."""
    if seen and seen != preview.seen:
        raise Refusal(CHANGED)
    chosen = [one for at, one in enumerate(preview.plan.entries) if only is None or at in only]
    if not any(one.action != Action.SAME for one in chosen) and not withdraw:
        raise Refusal("没有要导入的：选中的问答都和现在的一样。")
    for one in chosen:
        if one.action != Action.SAME:
            _demand_savable(one)
    return chosen


class _Saving:
    """Saves the entries of one file, within the transaction of `apply`."""

    def __init__(self, reading: FileReading, choices: Choices, user: User, written: Pictures, *, publish: bool) -> None:
        self.reading = reading
        self.choices = choices
        self.user = user
        self.pictures = written
        #: Sentences on pictures that left only a sentence.
        self.remarks: list[str] = []
        self.publish = publish
        self.done: list[Done] = []
        self.made: list[Category | Document] = []
        self.document: Document | None = None
        self.categories = Categories()

    def count(self, *kinds: str) -> int:
        """Returns how many entries such things were done with."""
        return len({done.entry for done in self.done if done.kind in kinds})

    def save(self, chosen: list[Planned], preview: Preview) -> None:
        self.document = preview.plan.document
        effective = [one for one in chosen if one.action != Action.SAME]
        if preview.new_document and any(one.action == Action.ADD for one in effective):
            self.document = self._made_document(preview.new_document)
        if self.document is not None:
            # Numbers of the newer edition first: two entries never hold one number, not even for a moment.
            moves = {one.entry.pk: one.number for one in chosen if one.entry is not None and one.number is not None}
            needed = {one.number for one in effective if one.entry is None and one.number is not None}
            renumber(self.document, moves, needed, self.user)
        for one in effective:
            self._save_one(one)

    def _save_one(self, one: Planned) -> None:
        found = one.found
        entry, before = self._row(one)
        status = entry.status if before else ""
        if status == Entry.Status.PUBLISHED and found.status == Entry.Status.DRAFT:
            entry = self._withdrawn(entry)
        new = self._content(one, before)
        needs_a_look = self._needs_a_look(one) or found.status == Entry.Status.DRAFT
        publish = self.publish and not needs_a_look
        comes_up = publish and found.status == Entry.Status.PUBLISHED and status == Entry.Status.DRAFT
        if before is None or comes_up or not new.says_the_same(before):  # else only its number or its care changes
            written = steps.write_and_publish if publish else steps.write
            version = written(entry, new, self.user)
            entry = version.entry
            kept = before.as_json() if before else None
            self.done.append(Done(entry.pk, str(one.action), version.pk, kept, publish, status))
        self._care(entry, found.checked_on, is_new=before is None)

    def _row(self, one: Planned) -> tuple[Entry, Content | None]:
        """Returns the row to save, and what it holds now; a new one holds nothing."""
        if one.entry is None:
            return Entry(ref=self._ref(one)), None
        entry = Entry.objects.select_related("category", "document").get(pk=one.entry.pk)
        return entry, content.of_entry(entry)

    def _needs_a_look(self, one: Planned) -> bool:
        """Tells whether an entry stays a draft, and notes the pictures that could not be read."""
        lost = self.pictures.lost(one.found.answer_html) if one.takes_answer else 0
        if lost:
            called = _called(one.found.short_question or one.found.question)
            self.remarks.append(f"{called}有 {lost} 张图片读不出来，原来的地方留了一句话，请重新上传。")
        return lost > 0 or any(mark.startswith(NEEDS_A_LOOK) for mark in one.marks)

    def _withdrawn(self, entry: Entry) -> Entry:
        """Makes an entry a draft, as its row of the file says, where the account may do so."""
        if not rights.may_publish(self.user):
            self.remarks.append(f"{_called(entry.title)}要改回草稿，得由审核人来做，没有动它的状态。")
            return entry
        self.done.append(Done(entry.pk, "withdraw"))
        return steps.withdraw(entry, self.user)

    def _care(self, entry: Entry, day: datetime.date | None, *, is_new: bool) -> None:
        before = entry.checked_on
        if day is None or day == before:
            return
        steps.care(entry, self.user, checked_on=day)
        if not is_new:
            days = (before.isoformat() if before else "", day.isoformat())
            self.done.append(Done(entry.pk, "care", checked=days))

    def _content(self, one: Planned, before: Content | None) -> Content:
        found = one.found
        if before is not None:
            new = merged(before, found, self.categories)
            category = self._category(one).slug if found.category else before.category
            return replace(new, answer=self._answer(new.answer), category=category)
        new = added(found, self._category(one).slug)
        if self.document is not None and not found.document:  # a spreadsheet says it row by row
            new = replace(new, document=self.document.slug, number=one.number)
        return replace(new, answer=self._answer(new.answer))

    def _answer(self, answer: str) -> str:
        return str(html.clean(self.pictures.placed(answer)))

    # --- where new entries go -------------------------------------------------------------------------------------

    def _ref(self, one: Planned) -> str:
        """Returns a ref made of document and number, empty where that is taken: then a random one is given."""
        if one.found.ref:
            return one.found.ref
        if self.document is None or one.number is None:
            return ""
        ref = f"{self.document.slug[:32]}-{one.number:02}".lower().replace("_", "-")
        return "" if Entry.objects.filter(ref=ref).exists() else ref

    def _category(self, one: Planned) -> Category:
        """Returns the category of an entry, which is made where there is none of that name."""
        section = one.found.category or one.found.section
        chosen = self.choices.sections.get(section, "")
        if one.entry is None:
            named = self.choices.category or chosen or section
        else:
            named = section if self.categories.slug_of(section) else chosen or section
        wanted = named or self.reading.title[:40] or NO_SECTION
        slug = self.categories.slug_of(wanted)
        if slug:
            return Category.objects.get(slug=slug)
        made = self._made_category(wanted)
        self.categories.add(made)
        return made

    def _made_category(self, name: str) -> Category:
        if name == self.choices.category:
            raise Refusal(f"没有“{name}”这个分类。")
        last = Category.objects.order_by("-position").values_list("position", flat=True).first() or 0
        made = Category(name=as_name(name), position=min(last + 10, 32_000))
        made.save()
        self.made.append(made)
        return made

    def _made_document(self, title: str) -> Document:
        slug = self.choices.document or _free_slug(title)
        last = Document.objects.order_by("-position").values_list("position", flat=True).first() or 0
        made = Document(slug=slug, title=title[:200], position=min(last + 1, 32_000))
        try:
            made.full_clean()
        except ValidationError as error:
            raise Refusal(f"来源文档的代号“{slug}”不能用：{' '.join(error.messages)}") from error
        made.save()
        self.made.append(made)
        return made

    # --- entries that the file no longer has ----------------------------------------------------------------------

    def withdraw(self, refs: Collection[str], missing: Collection[Entry]) -> None:
        """Makes entries drafts that the file no longer has, those only."""
        for entry in missing:
            if entry.ref in refs and entry.is_published:
                steps.withdraw(entry, self.user)
                self.done.append(Done(entry.pk, "withdraw"))


def _demand_savable(one: Planned) -> None:
    """Raises Refusal, with the place in the file, where an entry is longer than the portal can hold."""
    where = one.found.place or one.found.question[:20]
    if len(one.found.question) > LONGEST_QUESTION:
        number = len(one.found.question)
        raise Refusal(f"{where}：问题有 {number} 个字，最多 {LONGEST_QUESTION} 个。请换一种编号，或者不导入这一条。")
    first, last = one.after.valid_from, one.after.valid_to
    if first and last and first > last:
        raise Refusal(f"{where}：适用年份从 {first} 年到 {last} 年，结束的年份不能早于开始的年份。")
    try:
        html.validate_answer(pictures.longest(one.found.answer_html))
    except ValidationError as error:
        raise Refusal(f"{where}：{' '.join(error.messages)}") from error


def _called(title: str) -> str:
    return f"“{title[:40]}”"


def _free_slug(title: str) -> str:
    first = address_from(title)[:40].strip("-")
    taken = set(Document.objects.filter(slug__startswith=first).values_list("slug", flat=True))
    numbers = [first, *(f"{first}-{number}" for number in range(2, len(taken) + 3))]
    return next(slug for slug in numbers if slug not in taken)


# --- undone -------------------------------------------------------------------------------------------------------


@step
def undo(row: EntryImport, user: User) -> EntryImport:
    """Puts back what is still as it was imported; keeps a sentence for each entry that somebody has changed since.

    Added entries go to the bin, changed ones get their words of before, withdrawn ones are published again.
    Categories and documents that the import made and nothing has are deleted; what the bin has, when that is emptied.
    """
    rights.demand(may_import(user))
    kept = locked(EntryImport.objects.all(), row.pk)
    if kept.state != EntryImport.State.APPLIED:
        raise Refusal("这次导入已经撤销了，或者还没有导入。")
    remarks = []
    done_with_entries = kept.done_with_entries
    Entry.objects.filter(pk__in=[stored["entry"] for stored in done_with_entries]).lock()
    for stored in reversed(done_with_entries):
        done = Done(**stored)
        entry = Entry.objects.filter(pk=done.entry).select_related("category", "document").first()
        remark = _undo_one(entry, done, user) if entry is not None else "有一条已经彻底删除。"
        if remark:
            remarks.append(remark)
    kept.state, kept.remarks = EntryImport.State.UNDONE, remarks[::-1]
    kept.save()
    remove_unused(kept, user)
    audit.note(audit.Kind.UNDO, user, "faq.entry", entries=len(done_with_entries), left=len(remarks))
    return kept


def _undo_one(entry: Entry, done: Done, user: User) -> str:
    """Puts one entry back; returns a sentence where that cannot be."""
    called = _called(entry.title)
    if entry.status == Entry.Status.BINNED:
        return "" if done.kind == "add" else f"{called}已经在回收站里。"
    try:
        if done.kind == "withdraw":
            return _undo_withdrawal(entry, user, called)
        if done.kind == "care":
            return _undo_care(entry, done, user, called)
        if _was_written_on(entry, done):
            return f"{called}导入以后又改过，没有动它。"
        if done.kind == "add":
            steps.throw_away(entry, user)
        elif done.published and done.before is not None:
            _undo_publication(entry, done, content.from_json(done.before), user)
        else:
            _drop_draft(entry, done, user)
    except Refusal as refusal:
        return f"{called}：{refusal.sentence}"
    return ""


def _undo_withdrawal(entry: Entry, user: User, called: str) -> str:
    if entry.is_published:
        return ""
    draft, former = steps.open_revision(entry), steps.present_revision(entry)
    if draft is not None and not (former and _says_the_same(draft, former)):
        return f"{called}改回草稿以后又写过，没有动它。"
    steps.publish(entry, user)
    return ""


def _says_the_same(one: Revision, other: Revision) -> bool:
    return content.from_json(one.content).says_the_same(content.from_json(other.content))


def _undo_publication(entry: Entry, done: Done, before: Content, user: User) -> None:
    """Publishes the words of before; an entry that was a draft then is one again."""
    if done.status != Entry.Status.DRAFT:
        steps.write_and_publish(entry, before, user)
        return
    row = steps.withdraw(entry, user)
    if not before.says_the_same(content.of_entry(row)):
        steps.write(row, before, user)


def _undo_care(entry: Entry, done: Done, user: User, called: str) -> str:
    before, after = done.checked or ("", "")
    if entry.checked_on != _day(after):
        return f"{called}的核对日期后来又改过，没有动它。"
    steps.care(entry, user, checked_on=_day(before))
    return ""


def _day(written: str) -> datetime.date | None:
    return datetime.date.fromisoformat(written) if written else None


def _drop_draft(entry: Entry, done: Done, user: User) -> None:
    """Gives up the draft that the import wrote; the row of an entry that is not published gets its words back."""
    if entry.is_published:
        steps.drop(entry, user)
    elif done.before is not None:
        steps.write(entry, content.from_json(done.before), user)


def _was_written_on(entry: Entry, done: Done) -> bool:
    """Tells whether the version that the import wrote is no longer the last word on the entry."""
    version = Revision.objects.filter(pk=done.version or 0).first()
    if version is None or entry.revisions.filter(number__gt=version.number).exists():
        return True
    if done.kind == "change" and not done.published and entry.is_published:
        return not version.is_open
    return not content.from_json(version.content).says_the_same(content.of_entry(entry))


__all__ = ["Choices", "Done", "Preview", "Unreadable", "apply", "keep", "may_import", "preview_of", "undo"]

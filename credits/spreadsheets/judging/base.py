"""The part of judging that all kinds of rows share: reading cells, naming problems, collecting changes."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from helpdesk.common.names import name_key, normal_number, number_key
from helpdesk.common.spreadsheets.sheets import Column
from helpdesk.common.words import sentence_of

from ...decisions.findings import Finding
from ...decisions.oneself import own_finding
from ...models import SheetFinding, StoredChange, Teacher
from ...models.imports import Values
from ...rules.wording import amount_text
from ..columns import SHEETS
from .cells import value_of

#: The cells of a row as text, by field of the sheet; empty ones may be missing.
Cells = Mapping[str, str]
#: Rows as the reader gives them: their number in the sheet, and their cells.
Rows = Sequence[tuple[int, Cells]]

#: Rows judged between two reports of progress.
REPORTED_EVERY = 500

#: Characters of a cell that a finding quotes.
LONGEST_QUOTE = 40

NO_SUCH_TEACHER = "没有找到这位教师，请核对编号。"


class Action(StrEnum):
    ADD = "add"
    CHANGE = "change"
    SAME = "same"


@dataclass
class RowChange:
    """The effect of one row of a sheet: it adds a row that is not saved yet, or gives an existing one new values."""

    number: int
    row: Any
    before: Values | None
    after: Values
    #: The text of each column, by field of the sheet: afterwards, and before (empty where the row is added).
    shown: dict[str, str]
    shown_before: dict[str, str]

    @property
    def action(self) -> Action:
        if self.before is None:
            return Action.ADD
        return Action.SAME if self.before == self.after else Action.CHANGE

    @property
    def stored(self) -> StoredChange:
        """The change as an import keeps it; an added row has a key once it is saved."""
        return StoredChange(self.row.pk, self.before, self.after, self.number)


@dataclass(frozen=True)
class Undone:
    """A row as it now is, and as it was before an import; None where the import added it."""

    now: Any
    before: Any

    @property
    def finding(self) -> Finding | None:
        """A problem where the model does not allow the row as it was, as what it depends on has changed since."""
        if self.before is None:
            return None
        foreign = {column.name for column in self.before._meta.concrete_fields if column.is_relation}
        try:
            self.before.clean_fields(exclude=foreign)
            self.before.clean()
        except ValidationError as error:
            return Finding("", " ".join(error.messages))
        return None


@dataclass
class ImportPreview:
    """The changes that importing a sheet would make, and the reminders to look at before."""

    changes: list[RowChange] = field(default_factory=list)
    reminders: list[SheetFinding] = field(default_factory=list)

    def those(self, action: Action) -> list[RowChange]:
        return [change for change in self.changes if change.action is action]

    def count(self, action: Action) -> int:
        return len(self.those(action))

    @property
    def effective(self) -> list[RowChange]:
        """The changes that save something."""
        return [change for change in self.changes if change.action is not Action.SAME]

    @property
    def stored(self) -> list[StoredChange]:
        return [change.stored for change in self.effective]


def kept(value: Any) -> Any:
    """A value as JSON keeps it; amounts that are equal look alike."""
    if isinstance(value, Decimal):
        return amount_text(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


class Judging(ABC):
    """Judges the rows of one kind; what they refer to is looked up before, for all of them at once."""

    kind: str
    model: type[Model]
    #: Fields of the model that an import writes, and others that must not have changed when it is undone.
    written: tuple[str, ...]
    watched: tuple[str, ...] = ()
    #: Field of the model → field of the sheet at which its errors stand, where the two differ.
    fields: Mapping[str, str] = {}
    #: The fields of the sheet that tell two rows apart.
    key: tuple[str, ...]
    #: Message for a row about the user who imports.
    own_deed: str

    def __init__(self, user: User, lock: bool) -> None:
        self.user = user
        self.lock = lock
        self.sheet = SHEETS[self.kind]
        self.problems: list[SheetFinding] = []
        self.preview = ImportPreview()
        #: Key of a row → the number of the first row that has it.
        self.seen: dict[Any, int] = {}
        # The row that is judged just now.
        self.number = 0
        self.cells: Cells = {}
        self.wrong = False

    def judge(self, rows: Rows, progress: Callable[[int], None] = lambda number: None) -> None:
        """Judges the rows one after the other; tells `progress` now and then how many are done."""
        self.look_up([cells for _, cells in rows])
        for at, (number, cells) in enumerate(rows):
            if at % REPORTED_EVERY == 0:
                progress(at)
            self.number = number
            self.cells = cells
            self.wrong = False
            self._judge_row()

    def _judge_row(self) -> None:
        values = {column.field: self._value(column) for column in self.sheet.columns}
        self.look_at(values)
        if not self.wrong:
            self.take(values)

    def _value(self, column: Column) -> Any:
        """The value of a cell of this row; None where it is empty or wrong, which is then named."""
        try:
            value = value_of(column, self.cells.get(column.field, ""))
        except ValidationError as error:
            self.say(column.field, " ".join(error.messages))
            return None
        if value is None and column.required:
            self.say(column.field, "请填写。")
        return value

    def look_at(self, values: Values) -> None:
        """Judges what can be told though some cells of the row are wrong, so that all is named at once."""
        if all(self._was_read(name, values) for name in self.key):
            key = tuple(self._compared(name, values[name]) for name in self.key)
            self._demand_first(key)

    @staticmethod
    def _compared(name: str, value: Any) -> Any:
        """A value as it tells rows apart: two spellings of one staff number do not."""
        return number_key(value) if name == "staff_number" else value

    def _was_read(self, name: str, values: Values) -> bool:
        """True where a field has a value, or is rightly empty."""
        rightly_empty = not self.cells.get(name) and not self.sheet.column(name).required
        return values[name] is not None or rightly_empty

    def _demand_first(self, key: tuple[Any, ...]) -> None:
        """Refuses a row that is about the same as an earlier one of the file."""
        earlier = self.seen.setdefault(key, self.number)
        if earlier != self.number:
            where = self.key[0] if len(self.key) == 1 else ""
            self.say(where, f"和第 {earlier} 行重复，请只留一行。")

    @abstractmethod
    def look_up(self, rows: Sequence[Cells]) -> None:
        """Fetches whatever the rows refer to, in a fixed number of queries."""

    @abstractmethod
    def take(self, values: Values) -> None:
        """Judges one row whose cells were read: calls `plan` with what it does, or names what is wrong."""

    @abstractmethod
    def show(self, row: Any) -> dict[str, str]:
        """The cells that a row of the model would have, by field of the sheet."""

    def locked(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """These rows, kept from others where that was asked for; always in one order, against deadlocks."""
        ordered = rows.order_by("pk")
        return ordered.select_for_update(of=("self",), no_key=True) if self.lock else ordered

    def numbers(self, rows: Sequence[Cells], name: str = "staff_number") -> set[str]:
        """All numbers or codes that stand in one column."""
        return {normal_number(cells.get(name, "")) for cells in rows}

    # Findings.

    def say(self, where: str, sentence: str) -> None:
        """Names a problem at a field of the sheet; an empty one means the row as a whole."""
        self.note(Finding(where, sentence))

    def note(self, finding: Finding | None) -> bool:
        """Keeps a finding with its row and column; returns whether it keeps the row from being imported."""
        if finding is None:
            return False
        header = self.sheet.column(finding.field).header if finding.field else ""
        cell = self.cells.get(finding.field, "")
        placed = SheetFinding(self.number, header, finding.sentence, finding.level, cell[:LONGEST_QUOTE])
        if placed.is_reminder:
            self.preview.reminders.append(placed)
            return False
        self.problems.append(placed)
        self.wrong = True
        return True

    # Changes.

    def plan(self, row: Any, changes: Mapping[str, Any], *, existing: bool) -> None:
        """Adds `row` with these `changes` to the preview, if the model allows them."""
        before = self.values_of(row) if existing else None
        shown_before = self.show(row) if existing else {}
        for name, value in changes.items():
            setattr(row, name, value)
        if self._allowed(row):
            change = RowChange(self.number, row, before, self.values_of(row), self.show(row), shown_before)
            if change.action is Action.SAME or not self.note(self.own_finding(row, self.user, self.own_deed)):
                self.preview.changes.append(change)

    @classmethod
    def own_finding(cls, row: Any, user: User, deed: str) -> Finding | None:
        """A problem where `row` is about the user who does the `deed`."""
        teacher = row if isinstance(row, Teacher) else row.teacher
        return own_finding(teacher.user_id, user.pk, deed)

    def _allowed(self, row: Any) -> bool:
        """True where the model's own rules allow `row`; what they refuse is named at the columns it is about."""
        foreign = {column.name for column in row._meta.concrete_fields if column.is_relation}
        try:
            row.clean_fields(exclude=foreign)  # foreign rows were looked up among those that the user may reach
            row.clean()
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                self.say(self._where(name), sentence_of(errors))
        return not self.wrong

    def _where(self, name: str) -> str:
        """The field of the sheet at which an error of a model's field stands; empty where it has none."""
        field_name = self.fields.get(name, name)
        known = any(column.field == field_name for column in self.sheet.columns)
        return field_name if known else ""

    @classmethod
    def values_of(cls, row: Any) -> Values:
        """The values that an import may change, and must not find changed when it is undone, as JSON keeps them."""
        columns = [row._meta.get_field(name).attname for name in (*cls.written, *cls.watched)]
        return {column: kept(getattr(row, column)) for column in columns}

    # Saving and undoing.

    @classmethod
    def rules_on_undoing(cls, rows: Collection[Undone], user: User) -> dict[int, Finding]:
        """Why rows must not be as they were, by primary key: by the rules that hold where somebody types it in."""
        found: dict[int, Finding] = {}
        for row in rows:
            finding = cls.own_finding(row.now, user, f"撤销{cls.own_deed.removeprefix('登记')}") or row.finding
            if finding:
                found[row.now.pk] = finding
        return found

    @abstractmethod
    def words(self, change: RowChange) -> tuple[str, str]:
        """The action and the note with which the history tells of a change."""

    @classmethod
    def came_after(cls, rows: Collection[Any]) -> dict[int, str]:
        """Why added rows cannot simply go, by primary key."""
        return {}

    @classmethod
    def remove(cls, pks: Collection[int]) -> None:
        """Deletes rows to which nothing refers, at once: one by one, each would refresh its teacher's summaries."""
        rows = cls.model._default_manager.filter(pk__in=pks)
        rows._raw_delete(rows.db)


class AboutTeachers(Judging):
    """Judges rows that name a teacher by number, and perhaps by name to be sure."""

    def look_up(self, rows: Sequence[Cells]) -> None:
        numbers = self.numbers(rows)
        managed = Teacher.objects.managed_by(self.user).select_related("school")
        found = self.of_teachers(managed.numbered(numbers))
        self.teachers = {number_key(teacher.staff_number): teacher for teacher in found}
        self.ids = [teacher.pk for teacher in self.teachers.values()]
        self.look_up_more(rows)

    def of_teachers(self, found: QuerySet[Teacher]) -> QuerySet[Teacher]:
        """The teachers of the rows, with whatever else a kind needs of them."""
        return found

    @abstractmethod
    def look_up_more(self, rows: Sequence[Cells]) -> None:
        """Fetches what the rows refer to besides teachers, in a fixed number of queries."""

    def take(self, values: Values) -> None:
        key = number_key(values["staff_number"])
        teacher = self.teachers.get(key)
        if teacher is None:
            return self.say("staff_number", NO_SUCH_TEACHER)
        name = values["name"]
        if name is not None and name_key(name) != name_key(teacher.name):
            known = f"编号 {teacher.staff_number} 的教师是{teacher.name}"
            return self.say("name", f"和编号对不上：{known}，请核对。")
        self.take_of(teacher, values)

    @abstractmethod
    def take_of(self, teacher: Teacher, values: Values) -> None:
        """Judges one row of a teacher whom the user is responsible for."""

    def show(self, row: Any) -> dict[str, str]:
        return {"staff_number": row.teacher.staff_number, "name": row.teacher.name}

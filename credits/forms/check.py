"""The credit form as a whole, with what is wrong in it. Nothing is stored."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from django.forms import BoundField

from ..models import TrainingCycle
from ..rules.types import AMOUNT_OF_ACTIVITY, Activity, Ledger, Record
from ..statements.as_typed import AsTyped
from ..statements.calendar import example_day
from ..statements.from_form import from_form
from .fields import example_words
from .open_answers import Settled, settle
from .other_cycle import DATES_IN_CYCLE, OtherCycle, other_cycle
from .sections import MOST_ROWS_READ, SECTIONS, AboutTeacherForm, ColumnsForm, RowFormSet, Section
from .settling import Settling
from .spans import Span
from .typed_rows import edited

#: Rows one check may hold; a few beyond are still shown, so that nothing typed is lost.
MAX_ROWS = 60


def _amount_word(activity: Activity) -> str:
    """Returns the name of an activity's amount: lessons are heard and given by number, lectures by times."""
    if AMOUNT_OF_ACTIVITY[activity] == "count":
        return "次数" if activity is Activity.LECTURE else "节数"
    return "学分" if AMOUNT_OF_ACTIVITY[activity] == "credits" else "学时"


def as_it_is(ledger: Ledger) -> Ledger:
    return ledger


class CreditCheck:
    """The whole form, bound to `data` (field name → text): what was typed, an example, or nothing yet."""

    def __init__(self, data: Mapping[str, str], *, judge: bool) -> None:
        """With `judge` off, what was typed is shown again without errors, as after adding a row."""
        self.judge = judge
        self.cycles = list(TrainingCycle.objects.all())
        self.teacher = AboutTeacherForm(data)
        self.formsets = {prefix: section.formset(data, prefix=prefix) for prefix, section in SECTIONS.items()}
        self._show_examples(data.get("cycle", ""))
        for form in self.all_forms():
            form.judged = judge
        self._settled: Settled | None = None

    @classmethod
    def typed(cls, data: Mapping[str, str]) -> CreditCheck:
        """Returns the form that was sent, judged unless a button that adds or removes a row sent it.

        Another button switches to the cycle that a date lies in, and keeps all that was typed.
        """
        add, remove, to_cycle = data.get("add"), data.get("remove"), data.get("to_cycle")
        about = {"cycle": to_cycle} if to_cycle else {}
        return cls(edited({**data, **about}, add=add, remove=remove), judge=not (add or remove))

    def _show_examples(self, code: str) -> None:
        """Names in each empty date field a day of the chosen cycle."""
        for cycle in self.cycles:
            if cycle.code == code:
                day = example_day(cycle)
                self.teacher.show_example(day)
                for formset in self.formsets.values():
                    formset.example = day

    def examples(self) -> str:
        """The words of empty date fields by the code of the cycle, as JSON for the script."""
        words = {cycle.code: example_words(example_day(cycle)) for cycle in self.cycles}
        return json.dumps(words, ensure_ascii=False)

    def rows(self) -> list[ColumnsForm]:
        return [form for formset in self.formsets.values() for form in formset.forms]

    def all_forms(self) -> list[ColumnsForm]:
        return [self.teacher, *self.rows()]

    def sections(self) -> list[tuple[str, Section, RowFormSet]]:
        return [(prefix, section, self.formsets[prefix]) for prefix, section in SECTIONS.items()]

    @cached_property
    def problems(self) -> list[str]:
        """Problems of the form as a whole, beside the errors at its fields."""
        rows = self.rows()
        filled = sum(form.has_changed() for form in rows)
        if filled > MAX_ROWS:
            return [f"一次最多核对 {MAX_ROWS} 条，现在有 {filled} 条，请去掉一些再核对。"]
        if len(rows) >= MOST_ROWS_READ:
            return [f"行数太多了，一次最多核对 {MAX_ROWS} 条，请去掉一些再核对。"]
        return []

    @property
    def error_count(self) -> int:
        """Fields in error, as told at the head of the form."""
        return sum(len(form.errors) for form in self.all_forms()) if self.judge else 0

    def open_fields(self) -> list[tuple[str, str]]:
        """Each field in error, by its name in the page, with the first thing wrong with it."""
        return [
            (form.add_prefix(name), str(messages[0]))
            for form in self.all_forms()
            for name, messages in form.errors.items()
        ]

    def wrong_fields(self) -> list[tuple[str, str]]:
        """Each field in error: its id in the page, and what the page calls it (“统筹 3：学分”)."""
        return [
            (form[name].id_for_label, f"{place}：{form[name].label}")
            for place, form in self._places()
            for name in form.errors
            if name in form.fields
        ]

    def _places(self) -> Iterator[tuple[str, ColumnsForm]]:
        """Each form with what the page calls its place: “老师”, “统筹 3”."""
        yield "老师", self.teacher
        for _, section, formset in self.sections():
            for number, form in enumerate(formset.forms, start=1):
                yield f"{section.row_title} {number}", form

    @staticmethod
    def amount_words() -> str:
        """Name of the amount of each activity, as JSON for the script."""
        words = {activity: _amount_word(activity) for activity in Activity}
        return json.dumps(words, ensure_ascii=False)

    def is_valid(self) -> bool:
        return not self.problems and not self.error_count

    # --- fields left open, and dates in another cycle ------------------------------------------------------------

    def settle(self, complete: Callable[[Ledger], Ledger] = as_it_is, recorded: Iterable[Record] = ()) -> bool:
        """Returns whether a valid form has one answer whatever its open fields stand for; tells at these if not.

        `complete` adds to the ledger what is recorded already.
        """
        settling = self._settling(recorded)
        about, filled = settling.about, settling.filled
        self._settled = settle(settling.open_fields(), lambda: from_form(about, *filled.values()), complete)
        for form in self.all_forms():
            for name in list(form.fields):
                problem = self._settled.problems.get(form.add_prefix(name))
                if problem:
                    form.add_error(name, problem)
        return self._settled.ledger is not None

    def _settling(self, recorded: Iterable[Record] = ()) -> Settling:
        filled = {
            prefix: {number: dict(row) for number, row in formset.filled.items()}
            for prefix, formset in self.formsets.items()
        }
        return Settling(dict(self.teacher.cleaned_data), filled, recorded)

    def ledger(self) -> Ledger:
        """The ledger of a valid form that is settled; ids as `record_name` reads them, in the order of the rows."""
        if self._settled is None:
            self.settle()
        if self._settled is None or self._settled.ledger is None:
            raise ValueError("the answer depends on a field left open")
        return self._settled.ledger

    def as_typed(self) -> AsTyped:
        """Returns what the statement says of records in other words than the ledger's."""
        settling = self._settling()
        return AsTyped(settling.words_of_days(), settling.unknown())

    def elsewhere(self) -> list[OtherCycle]:
        """Returns each date that lies outside the chosen cycle, with the cycle that holds it."""
        chosen = self.teacher.cleaned_data.get("cycle") if self.judge and not self.teacher.errors.get("cycle") else None
        if chosen is None:
            return []
        found = [other_cycle(field.html_name, date, chosen, self.cycles) for field, date in self._dates()]
        return [other for other in found if other]

    def say_elsewhere(self) -> None:
        """Shows at each date outside the chosen cycle what `elsewhere` says of it."""
        said = {other.place: other.markup() for other in self.elsewhere()}
        for field, _ in self._dates():
            field.help_text = said.get(field.html_name, field.help_text)

    def _dates(self) -> Iterator[tuple[BoundField, datetime.date | Span]]:
        """Yields each date that counts in the chosen cycle alone, where it was typed and could be read."""
        for form in self.rows():
            for name in DATES_IN_CYCLE:
                if name in form.fields and name not in form.errors and form.cleaned_data.get(name):
                    yield form[name], form.cleaned_data[name]

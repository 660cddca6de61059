"""The open fields of the credit form, and on which days each of them could make a difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from ..rules.types import Coordinated, Cycle, Record
from ..rules.wording import date_in_words
from ..statements.calendar import rules_cycle, today
from .open_answers import OpenField, Row, Turn, choice, days_of, span, turns_around, turns_of_cycle
from .spans import ONE_DAY, Span

#: Section → the name of its date, and the letter its records' ids begin with.
DATES = {
    "coordinated": "completed_on",
    "self_directed": "completed_on",
    "degrees": "awarded_on",
    "offsets": "awarded_on",
}
LETTERS = {"coordinated": "c", "self_directed": "s", "degrees": "d", "offsets": "o"}
#: Box → the box that says it is not known.
UNKNOWN = {"converted": "converted_unknown", "has_record": "has_record_unknown"}
#: Section → its filled rows by number, counted from 1.
Filled = Mapping[str, Mapping[int, Row]]


def record_id(section: str, number: int) -> str:
    """Returns the id that `from_form` gives a row."""
    return f"{LETTERS[section]}{number:03}"


class Settling:
    """The rows of one form, and what is recorded beside them."""

    def __init__(self, about: Row, filled: Filled, recorded: Iterable[Record] = ()) -> None:
        self.about = about
        self.filled = filled
        self.recorded = list(recorded)
        self.cycle: Cycle = rules_cycle(about["cycle"])

    def open_fields(self) -> list[OpenField]:
        fields = [field for section, number, row in self._rows() for field in self._of_row(section, number, row)]
        if isinstance(self.about["formally_employed_on"], Span):
            fields.append(self._employment())
        return fields

    def words_of_days(self) -> dict[str, str]:
        """Returns the words of each date that is no single day, by the id of its record."""
        dates = ((record_id(section, number), row[DATES[section]]) for section, number, row in self._rows())
        return {name: date.words for name, date in dates if isinstance(date, Span)}

    def unknown(self) -> set[str]:
        """Returns the ids of the records of which a yes or no is not known."""
        rows = list(self._rows())
        return {record_id(section, number) for section, number, row in rows if any(map(row.get, UNKNOWN.values()))}

    def _rows(self) -> Iterator[tuple[str, int, Row]]:
        for section, rows in self.filled.items():
            for number, row in rows.items():
                yield section, number, row

    def _of_row(self, section: str, number: int, row: Row) -> Iterator[OpenField]:
        place = f"{section}-{number - 1}"
        date = DATES[section]
        if isinstance(row[date], Span):
            turns = chain(turns_of_cycle(self.cycle), self._turns_of(section, row))
            yield span(f"{place}-{date}", row, date, self.cycle, turns)
        for box, unknown in UNKNOWN.items():
            if row.get(unknown):
                yield choice(f"{place}-{unknown}", row, box, record_id(section, number))

    def _turns_of(self, section: str, row: Row) -> Iterator[Turn]:
        """Yields the days on which this record passes another date of the form."""
        as_of = self.about["as_of"] or today()
        yield as_of + ONE_DAY, f"晚于核对日期（{date_in_words(as_of)}）的还不算"
        employed = self.about["formally_employed_on"]
        if section == "degrees" and employed:
            yield from turns_around(employed, self.cycle, "正式任教以前取得的学历不能冲抵")
        if section == "coordinated" and row["project"]:
            for date in self._dates_of_project(row):
                yield from turns_around(date, self.cycle, "同一项目同一天登记了两次的，只算一次")

    def _dates_of_project(self, row: Row) -> Iterator[object]:
        """Yields the dates of the other records of the same project."""
        for other in self.filled["coordinated"].values():
            if other is not row and other["project"] == row["project"]:
                yield other["completed_on"]
        for record in self.recorded:
            if isinstance(record, Coordinated) and record.project == row["project"]:
                yield record.done_on

    def _employment(self) -> OpenField:
        turns: list[Turn] = []
        for degree in self.filled["degrees"].values():
            date = degree["awarded_on"]
            first, _ = days_of(date, self.cycle)
            words = date.words if isinstance(date, Span) else date_in_words(first)
            turns += turns_around(date, self.cycle, f"{words}取得的学历，要看是不是在正式任教以后")
        return span("formally_employed_on", self.about, "formally_employed_on", self.cycle, turns)

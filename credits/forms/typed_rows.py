"""The credit form as a browser sends it (field name → text), read as rows, edited, and made anew.

Rows are added and taken away by submit buttons, so no script is needed: `edited` rewrites what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..models import Teacher, TrainingCycle
from ..rules.types import Position
from ..statements.calendar import today
from .sections import MOST_ROWS_READ, SECTIONS, AboutTeacherForm, TypedRow

Rows = dict[str, list[TypedRow]]  # section → its rows
MOST_DIGITS = 5


def rows_of(data: Mapping[str, str], prefix: str) -> list[TypedRow]:
    """Returns the rows of one section in order: as many as `TOTAL_FORMS` says, and every one that holds a field."""
    count = min(_row_count(data, prefix), MOST_ROWS_READ)
    return [_row(data, f"{prefix}-{index}", prefix) for index in range(count)]


def _row_count(data: Mapping[str, str], prefix: str) -> int:
    total = data.get(f"{prefix}-TOTAL_FORMS", "")
    count = _whole_number(total)
    for key in data:
        section, _, place = key.partition("-")
        index, _, _ = place.partition("-")
        if section == prefix:
            count = max(count, _whole_number(index) + 1)
    return count


def _row(data: Mapping[str, str], start: str, prefix: str) -> TypedRow:
    keys = {name: f"{start}-{name}" for name in SECTIONS[prefix].form.base_fields}
    return {name: data[key] for name, key in keys.items() if key in data}


def _whole_number(text: str) -> int:
    """Returns `text` as a number, -1 where it is none or beyond all bounds."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_number else -1


def as_data(about: Mapping[str, str], rows: Mapping[str, list[TypedRow]]) -> dict[str, str]:
    """Returns the data a browser would send for `about` the teacher and the `rows` of each section."""
    data = dict(about)
    for prefix in SECTIONS:
        own = rows.get(prefix, [])
        data[f"{prefix}-TOTAL_FORMS"] = str(len(own))
        data[f"{prefix}-INITIAL_FORMS"] = "0"
        for index, row in enumerate(own):
            for name, value in row.items():
                data[f"{prefix}-{index}-{name}"] = value
    return data


def _blank_rows() -> Rows:
    return {prefix: [section.blank_row()] for prefix, section in SECTIONS.items()}


def blank_data() -> dict[str, str]:
    """Returns the form as first shown: today's cycle, one untouched row in each section."""
    cycle = TrainingCycle.objects.holding(today())
    about = {
        "cycle": cycle.code if cycle else "",
        "as_of": today().isoformat(),
        "position": Position.TEACHING.value,
    }
    return as_data(about, _blank_rows())


def what_if_data(teacher: Teacher, cycle: TrainingCycle) -> dict[str, str]:
    """Returns the form on top of a teacher's records: the known facts, and untouched rows."""
    employed = teacher.formally_employed_on
    about = {
        "cycle": cycle.code,
        "as_of": "",
        "position": teacher.position,
        "formally_employed_on": employed.isoformat() if employed else "",
    }
    if teacher.school.is_sole_teacher_school:
        about["sole_teacher_school"] = "on"
    return as_data(about, _blank_rows())


def edited(data: Mapping[str, str], *, add: str | None = None, remove: str | None = None) -> dict[str, str]:
    """Returns `data` in good order, with a row added to section `add`, or the row `remove` (`prefix-index`) gone."""
    rows = _bounded_rows(data)
    if add in SECTIONS and _number_of(rows) < MOST_ROWS_READ:
        rows[add].append(SECTIONS[add].blank_row())
    if remove:
        _take_away(rows, remove)
    about = {name: data[name] for name in AboutTeacherForm.base_fields if name in data}
    return as_data(about, rows)


def _bounded_rows(data: Mapping[str, str]) -> Rows:
    """Returns the first `MOST_ROWS_READ` rows of all sections together."""
    rows: Rows = {}
    for prefix in SECTIONS:
        room = MOST_ROWS_READ - _number_of(rows)
        rows[prefix] = rows_of(data, prefix)[:room]
    return rows


def _number_of(rows: Rows) -> int:
    return sum(len(own) for own in rows.values())


def _take_away(rows: Rows, place: str) -> None:
    prefix, _, text = place.rpartition("-")
    index = _whole_number(text)
    if prefix in rows and 0 <= index < len(rows[prefix]):
        del rows[prefix][index]

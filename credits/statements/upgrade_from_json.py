"""JSON as what the 2021 project's check and its points take, exactly as the contract has it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from ..rules.bounds import FIRST_DATE, LAST_DATE
from ..upgrade.check import MOST_MINUTES, MOST_SCORE, Progress
from ..upgrade.kinds import Kind, Level
from ..upgrade.points import Deed
from .json_fields import Errors, Fields, repeated

MAX_DEEDS = 5000
PLAIN_KEYS = {"kind", "on"}
SUBMISSION_KEYS = PLAIN_KEYS | {"level", "deleted"}
LEVELS = {level.value: level for level in Level}
#: Kinds whose deeds have no other keys, by their words.
PLAIN_KINDS = {kind.value: kind for kind in Kind if kind is not Kind.SUBMISSION}


@dataclass(frozen=True, slots=True)
class Deeds:
    """The deeds of which the points of a year are asked, and the day up to which they count."""

    year: int
    as_of: datetime.date
    deeds: tuple[Deed, ...]


def progress_from_json(data: Any) -> Progress:
    """Returns what a teacher has reached. Raises ValidationError, {path: [sentence]}; the whole has an empty path."""
    errors = Errors()
    fields = _whole(data, errors, ("compulsory_done", "total_score", "video_minutes"))
    progress = Progress(
        compulsory_done=fields.flag_or_null("compulsory_done"),
        total_score=fields.bounded("total_score", "总分", MOST_SCORE),
        video_minutes=fields.bounded("video_minutes", "视频分钟数", MOST_MINUTES),
    )
    errors.refuse()
    return progress


def deeds_from_json(data: Any) -> Deeds:
    """Returns a year's deeds. Raises ValidationError, {path: [sentence]}; paths as `deeds[3].level`."""
    errors = Errors()
    fields = _whole(data, errors, ("year", "as_of", "deeds"))
    year = fields.whole_number("year", FIRST_DATE.year, LAST_DATE.year)
    as_of = fields.date("as_of")
    deeds = _deeds(fields)
    errors.refuse()
    return Deeds(year, as_of, tuple(deeds))


def _whole(data: Any, errors: Errors, names: tuple[str, ...]) -> Fields:
    """Returns the fields of the whole body. Raises ValidationError where it is no object."""
    if not isinstance(data, dict):
        errors.add("", "要提交一个 JSON 对象。")
        errors.refuse()
    fields = Fields(data, "", errors)
    fields.only(names)
    return fields


def _deeds(fields: Fields) -> list[Deed]:
    there, rows = fields.get("deeds")
    if not there:
        return []
    if not isinstance(rows, list):
        fields.errors.add("deeds", "要填一个列表，可以是空的。")
        return []
    if len(rows) > MAX_DEEDS:
        fields.errors.add("deeds", f"最多 {MAX_DEEDS} 条。")
        return []
    reading = _Reading(fields.errors)
    found = [reading.deed(row, place) for place, row in enumerate(rows)]
    return [deed for deed in found if deed is not None]


@dataclass(slots=True)
class _Reading:
    """Reader of deeds, which remembers the days it has judged: thousands of deeds stand on a few hundred days."""

    errors: Errors
    days: dict[str, datetime.date] = field(default_factory=dict)

    def deed(self, row: Any, place: int) -> Deed | None:
        """Returns a deed; notes what is wrong with it and returns None where it is none."""
        return self._usual(row) or self._judged(row, f"deeds[{place}]")

    def _usual(self, row: Any) -> Deed | None:
        """Returns a deed without `deleted` that is right at first sight, on a day that was judged before; else None."""
        if not isinstance(row, dict) or repeated(row):
            return None
        kind, on, level = row.get("kind"), row.get("on"), row.get("level")
        if not isinstance(kind, str) or not isinstance(on, str) or on not in self.days:
            return None
        if len(row) == 2 and kind in PLAIN_KINDS:
            return Deed(PLAIN_KINDS[kind], self.days[on])
        if len(row) == 3 and kind == Kind.SUBMISSION and isinstance(level, str) and level in LEVELS:
            return Deed(Kind.SUBMISSION, self.days[on], LEVELS[level])
        return None

    def _judged(self, row: Any, path: str) -> Deed | None:
        if not isinstance(row, dict):
            self.errors.add(path, "每一条要填一个对象。")
            return None
        fields = Fields(row, path, self.errors)
        kind = fields.word("kind", Kind)
        on = self._day(fields)
        if kind is None:  # which other keys it takes is not known, so any is let pass
            fields.once(PLAIN_KEYS)
            return None
        if kind is not Kind.SUBMISSION:
            fields.only(PLAIN_KEYS)
            return Deed(kind, on)
        fields.only(SUBMISSION_KEYS)
        level = fields.word("level", Level)
        deleted = fields.flag("deleted", default=False)
        return Deed(kind, on, level, deleted)

    def _day(self, fields: Fields) -> datetime.date:
        known = len(self.errors)
        day = fields.date("on")
        if len(self.errors) == known:
            self.days[fields.data["on"]] = day
        return day

"""Rows, form or JSON → a `rules.Ledger`: the only place where that happens.

JSON is taken exactly as the contract has it (README of `credits.rules`): anything else is refused with the
path of each wrong field and a sentence in Chinese; nothing is guessed.
"""

from __future__ import annotations

import datetime
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone

from .models import DegreeAward, SchoolPlan, SelfDirectedActivity, TrainingCycle, TrainingResult
from .models import Teacher as TeacherRow
from .models.base import FIRST_DATE, LAST_DATE, MAX_COUNT, MAX_CREDITS, MAX_HOURS
from .rules import types
from .rules.types import Activity, Coordinated, Degree, Ledger, PlanState, SelfDirected, Teacher

MAX_RECORDS = 2000
MOST_ERRORS = 10_000  # named in one refusal
MAX_NAME_LENGTH = 64
LIMIT_OF_AMOUNT = {"credits": MAX_CREDITS, "hours": MAX_HOURS, "count": Decimal(MAX_COUNT)}
NAME_OF_AMOUNT = {"credits": "学分", "hours": "学时", "count": "节数或次数"}

AMOUNT_TEXT = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
DATE_TEXT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

#: The keys each kind takes besides `id` and `kind`.
COORDINATED_KEYS = {"category", "credits", "completed_on", "converted", "project"}
SELF_DIRECTED_KEYS = {"activity", "completed_on", "plan", "has_record"}
DEGREE_KEYS = {"level", "credits", "awarded_on"}

Word = TypeVar("Word", bound=StrEnum)


def today() -> datetime.date:
    """Today in the portal's own time zone, Asia/Shanghai."""
    return timezone.localdate()


def rules_cycle(row: TrainingCycle) -> types.Cycle:
    """A cycle's row as the rules take it."""
    return types.Cycle(
        code=row.code,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        confirmed=row.confirmed,
        coordinated_required=row.coordinated_required,
        self_directed_required=row.self_directed_required,
        degree_offset_cap=row.degree_offset_cap,
        safety_net_cap_per_school_year=row.safety_net_cap_per_school_year,
        safety_net_cap_per_cycle=row.safety_net_cap_per_cycle,
        lessons_observed_per_credit=row.lessons_observed_per_credit,
        county_open_classes_per_credit=row.county_open_classes_per_credit,
        school_open_classes_per_credit=row.school_open_classes_per_credit,
        county_lectures_per_credit=row.county_lectures_per_credit,
        school_lectures_per_credit=row.school_lectures_per_credit,
        hours_per_credit=row.hours_per_credit,
    )


def school_year(day: datetime.date) -> int:
    """The school year that `day` falls into, by the cycle it belongs to; named by the year it starts in."""
    cycle = TrainingCycle.objects.holding(day)
    return rules_cycle(cycle).school_year(day) if cycle else day.year


def amount_error(value: Decimal, kind: str) -> str | None:
    """What is wrong with an exact `value` of `kind` (credits, hours or count), in Chinese; None if nothing."""
    limit, name = LIMIT_OF_AMOUNT[kind], NAME_OF_AMOUNT[kind]
    if not value.is_finite() or value <= 0:
        return f"{name}要大于 0。"
    if value > limit:
        return f"{name}不能超过 {limit}。"
    decimals = decimal_places(value)
    if kind == "count" and decimals:
        return f"{name}要填整数。"
    if decimals > 2:
        return f"{name}最多两位小数。"
    return None


def decimal_places(value: Decimal) -> int:
    """Decimal places `value` really needs: 4.500 needs 1. Exact for any number of digits."""
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):  # NaN or infinite
        return 0
    trailing = 0
    for digit in reversed(digits):
        if digit or trailing >= -exponent:
            break
        trailing += 1
    return max(0, -exponent - trailing)


# --- JSON ----------------------------------------------------------------------------------------------------


class JsonSyntaxError(ValueError):
    """The text is no JSON; the message is Chinese."""


class _Object(dict[str, Any]):
    """A JSON object that remembers the keys that were given more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        seen: set[str] = set()
        self.repeated = [key for key, _ in pairs if key in seen or seen.add(key)]  # type: ignore[func-returns-value]


class _NotANumber:
    """Stands for NaN, Infinity and numbers beyond all bounds until the field is judged."""


def _number(text: str) -> Decimal | _NotANumber:
    try:
        return Decimal(text)
    except InvalidOperation:
        return _NotANumber()


def parse_json(text: str | bytes) -> Any:
    """JSON with exact numbers (`Decimal`) and repeated keys kept for `from_json` to refuse.

    Raises JsonSyntaxError for anything that is not JSON in UTF-8.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(
            text,
            object_pairs_hook=_Object,
            parse_float=_number,
            parse_int=_number,
            parse_constant=lambda _: _NotANumber(),
        )
    except UnicodeDecodeError as error:
        raise JsonSyntaxError("内容不是 UTF-8 编码。") from error
    except json.JSONDecodeError as error:
        raise JsonSyntaxError(f"不是合法的 JSON（第 {error.lineno} 行第 {error.colno} 个字符附近）。") from error
    except RecursionError as error:
        raise JsonSyntaxError("JSON 嵌套太深。") from error


class _Errors(dict[str, str]):
    """Path → sentence, the first one for each path."""

    def add(self, path: str, message: str) -> None:
        if len(self) < MOST_ERRORS:
            self.setdefault(path, message)


class _Fields:
    """Reads the fields of one JSON object, noting what is wrong under their paths."""

    def __init__(self, data: Mapping[str, Any], path: str, errors: _Errors) -> None:
        self.data = data
        self.path = path
        self.errors = errors

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def only(self, names: Iterable[str]) -> None:
        """Refuses unknown and repeated keys."""
        allowed = set(names)
        for name in self.data:
            if name not in allowed:
                self.errors.add(self.at(name), "不认识这一项。")
        for name in getattr(self.data, "repeated", ()):
            self.errors.add(self.at(name), "这一项写了两次。")

    def _get(self, name: str) -> tuple[bool, Any]:
        if name not in self.data:
            self.errors.add(self.at(name), "缺少这一项。")
            return False, None
        return True, self.data[name]

    def word(self, name: str, words: type[Word]) -> Word | None:
        there, value = self._get(name)
        if there and isinstance(value, str) and value in {word.value for word in words}:
            return words(value)
        if there:
            self.errors.add(self.at(name), f"只能是：{'、'.join(word.value for word in words)}。")
        return None

    def flag(self, name: str, default: bool | None = None) -> bool:
        if default is not None and name not in self.data:
            return default
        there, value = self._get(name)
        if there and not isinstance(value, bool):
            self.errors.add(self.at(name), "只能是 true 或 false。")
        return value is True

    def name(self, name: str) -> str:
        there, value = self._get(name)
        if not there:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.errors.add(self.at(name), "要填不为空的文字。")
        elif len(value) > MAX_NAME_LENGTH:
            self.errors.add(self.at(name), f"最多 {MAX_NAME_LENGTH} 个字符。")
        else:
            return value
        return ""

    def date(self, name: str) -> datetime.date:
        there, value = self._get(name)
        if not there:
            return FIRST_DATE
        if not isinstance(value, str) or not DATE_TEXT.fullmatch(value):
            self.errors.add(self.at(name), "日期要写成 YYYY-MM-DD，如 2019-07-10。")
            return FIRST_DATE
        try:
            day = datetime.date.fromisoformat(value)
        except ValueError:
            self.errors.add(self.at(name), "没有这一天，请检查日期。")
            return FIRST_DATE
        if not FIRST_DATE <= day <= LAST_DATE:
            self.errors.add(self.at(name), f"日期要在 {FIRST_DATE} 到 {LAST_DATE} 之间。")
        return day

    def amount(self, name: str) -> Decimal:
        there, value = self._get(name)
        if not there:
            return Decimal(1)
        if isinstance(value, str) and AMOUNT_TEXT.fullmatch(value):
            value = Decimal(value)
        if not isinstance(value, Decimal):
            self.errors.add(self.at(name), "要填数字，如 4 或 1.5，最多两位小数。")
            return Decimal(1)
        message = amount_error(value, name)
        if message:
            self.errors.add(self.at(name), message)
            return Decimal(1)
        return Decimal(format(value, "f"))


def from_json(data: Any) -> Ledger:
    """The ledger in `data` (as `parse_json` gives it).

    Raises ValidationError with a dictionary {path: [Chinese sentence]}; paths as `records[3].credits`,
    counted from 0, and `ledger` where the whole is no object.
    """
    errors = _Errors()
    ledger = _ledger(data, errors)
    if errors or ledger is None:
        raise ValidationError({path: [message] for path, message in errors.items()})
    return ledger


def _ledger(data: Any, errors: _Errors) -> Ledger | None:
    if not isinstance(data, dict):
        errors.add("ledger", "要提交一个 JSON 对象。")
        return None
    fields = _Fields(data, "", errors)
    fields.only(("cycle", "as_of", "teacher", "records"))
    cycle = _cycle(fields)
    as_of = fields.date("as_of") if "as_of" in data else today()
    teacher = _teacher(fields)
    there, rows = fields._get("records")
    records: list[types.Record] = []
    if there and not isinstance(rows, list):
        errors.add("records", "要填一个列表，可以是空的。")
    elif there and len(rows) > MAX_RECORDS:
        errors.add("records", f"最多 {MAX_RECORDS} 条记录。")
    elif there:
        records = _records(rows, errors)
    if errors or cycle is None or teacher is None:
        return None
    return Ledger(cycle=cycle, as_of=as_of, teacher=teacher, records=tuple(records))


def _cycle(fields: _Fields) -> types.Cycle | None:
    there, code = fields._get("cycle")
    if not there:
        return None
    cycles = {row.code: row for row in TrainingCycle.objects.all()}
    if not isinstance(code, str) or code not in cycles:
        fields.errors.add("cycle", f"没有这个培训周期，只能是：{'、'.join(cycles)}。")
        return None
    return rules_cycle(cycles[code])


def _teacher(fields: _Fields) -> Teacher | None:
    there, data = fields._get("teacher")
    if not there:
        return None
    if not isinstance(data, dict):
        fields.errors.add("teacher", "要填一个对象。")
        return None
    own = _Fields(data, "teacher", fields.errors)
    own.only(("position", "formally_employed_on", "sole_teacher_school"))
    position = own.word("position", types.Position)
    employed_on = None
    if data.get("formally_employed_on", "") is not None:
        employed_on = own.date("formally_employed_on")
    sole = own.flag("sole_teacher_school")
    return Teacher(position, employed_on, sole) if position else None


def _records(rows: list[Any], errors: _Errors) -> list[types.Record]:
    readers: dict[str, Callable[[_Fields], types.Record | None]] = {
        "coordinated": _coordinated,
        "self_directed": _self_directed,
        "degree": _degree,
    }
    records: list[types.Record] = []
    ids: set[str] = set()
    for index, row in enumerate(rows):
        path = f"records[{index}]"
        if not isinstance(row, dict):
            errors.add(path, "每条记录要填一个对象。")
            continue
        fields = _Fields(row, path, errors)
        name = fields.name("id")
        if name and name in ids:
            errors.add(fields.at("id"), "这个 id 前面用过了。")
        ids.add(name)
        there, kind = fields._get("kind")
        if isinstance(kind, str) and kind in readers:
            record = readers[kind](fields)
            if record is not None:
                records.append(record)
        elif there:
            errors.add(fields.at("kind"), f"只能是：{'、'.join(readers)}。")
    return records


def _coordinated(fields: _Fields) -> Coordinated | None:
    fields.only(COORDINATED_KEYS | {"id", "kind"})
    category = fields.word("category", types.Category)
    credits = fields.amount("credits")
    done_on = fields.date("completed_on")
    converted = fields.flag("converted", default=True)
    project = fields.name("project") if fields.data.get("project") is not None else None
    if category is None:
        return None
    return Coordinated(fields.data.get("id", ""), category, credits, done_on, converted, project)


def _self_directed(fields: _Fields) -> SelfDirected | None:
    activity = fields.word("activity", Activity)
    level = None
    amount = Decimal(1)
    if activity is None:  # which amount it takes is not known either
        fields.only(SELF_DIRECTED_KEYS | {"id", "kind", "level", *NAME_OF_AMOUNT})
    else:
        kind = types.AMOUNT_OF_ACTIVITY[activity]
        levelled = activity in types.LEVELLED
        fields.only(SELF_DIRECTED_KEYS | {"id", "kind", kind} | ({"level"} if levelled else set()))
        amount = fields.amount(kind)
        level = fields.word("level", types.Level) if levelled else None
    done_on = fields.date("completed_on")
    plan = fields.word("plan", PlanState)
    has_record = fields.flag("has_record")
    if activity is None or plan is None:
        return None
    return SelfDirected(fields.data.get("id", ""), activity, amount, done_on, plan, has_record, level)


def _degree(fields: _Fields) -> Degree | None:
    fields.only(DEGREE_KEYS | {"id", "kind"})
    level = fields.word("level", types.DegreeLevel)
    credits = fields.amount("credits")
    awarded_on = fields.date("awarded_on")
    if level is None:
        return None
    return Degree(fields.data.get("id", ""), level, credits, awarded_on)


# --- the web form ----------------------------------------------------------------------------------------------


def from_form(
    about: Mapping[str, Any],
    coordinated: Mapping[int, Mapping[str, Any]],
    self_directed: Mapping[int, Mapping[str, Any]],
    degrees: Mapping[int, Mapping[str, Any]],
) -> Ledger:
    """The ledger in the cleaned data of the credit form: one mapping about the teacher, one per numbered row.

    Ids are `c001`, `s001`, `d001`… by the number of the row, so that ties of date keep the rows' order.
    """
    records: list[types.Record] = [
        Coordinated(
            id=f"c{number:03}",
            category=types.Category(row["category"]),
            credits=row["credits"],
            done_on=row["completed_on"],
            converted=row["converted"],
            project=row["project"] or None,
        )
        for number, row in coordinated.items()
    ]
    for number, row in self_directed.items():
        activity, _, level = row["activity"].partition(":")
        records.append(
            SelfDirected(
                id=f"s{number:03}",
                activity=Activity(activity),
                amount=row["amount"],
                done_on=row["completed_on"],
                plan=PlanState(row["plan"]),
                has_record=row["has_record"],
                level=types.Level(level) if level else None,
            )
        )
    records.extend(
        Degree(
            id=f"d{number:03}",
            level=types.DegreeLevel(row["level"]),
            credits=row["credits"],
            done_on=row["awarded_on"],
        )
        for number, row in degrees.items()
    )
    return Ledger(
        cycle=rules_cycle(about["cycle"]),
        as_of=about["as_of"] or today(),
        teacher=Teacher(types.Position(about["position"]), about["formally_employed_on"], about["sole_teacher_school"]),
        records=tuple(records),
    )


# --- rows ----------------------------------------------------------------------------------------------------


def of_teachers(ids: Collection[int], cycle: types.Cycle, as_of: datetime.date) -> dict[int, Ledger]:
    """The ledgers of these teachers, by id, from what is recorded of them in the cycle; in four queries.

    Only what somebody is responsible for counts: reviewed results and credited degrees. Activities stand under
    their school's plan as it now is (C10, C13). What lies outside the cycle belongs to another one's statement.
    """
    records: defaultdict[int, list[types.Record]] = defaultdict(list)
    within = (cycle.starts_on, cycle.ends_on)
    results = TrainingResult.objects.filter(
        teacher_id__in=ids, status=TrainingResult.Status.REVIEWED, project__ends_on__range=within
    )
    of_results = ("teacher_id", "pk", "category", "credits", "project__ends_on", "converted", "project__code")
    for teacher, pk, category, credits, ends_on, converted, project in results.values_list(*of_results):
        record = Coordinated(f"r{pk}", types.Category(category), credits, ends_on, bool(converted), project)
        records[teacher].append(record)
    activities = SelfDirectedActivity.objects.filter(teacher_id__in=ids, completed_on__range=within)
    of_activities = ("teacher_id", "pk", "activity", "level", "completed_on", "has_record", "plan__status")
    amounts = ("credits", "hours", "count")
    for row in activities.values_list(*of_activities, *amounts):
        teacher, pk, activity, level, day, has_record, plan, *given = row
        amount = next(Decimal(value) for value in given if value is not None)
        stands = STATE_OF_PLAN.get(plan, PlanState.NONE)
        at = types.Level(level) if level else None
        records[teacher].append(SelfDirected(f"s{pk}", Activity(activity), amount, day, stands, has_record, at))
    degrees = DegreeAward.objects.filter(
        teacher_id__in=ids, status=DegreeAward.Status.CREDITED, awarded_on__range=within
    )
    for row in degrees.values_list("teacher_id", "pk", "level", "credits", "awarded_on"):
        teacher, pk, degree, worth, awarded_on = row
        records[teacher].append(Degree(f"d{pk}", types.DegreeLevel(degree), worth or Decimal(0), awarded_on))
    of_teachers = ("pk", "position", "formally_employed_on", "school__is_sole_teacher_school")
    return {
        pk: Ledger(cycle, as_of, Teacher(types.Position(position), employed_on, sole), tuple(records[pk]))
        for pk, position, employed_on, sole in TeacherRow.objects.filter(pk__in=ids).values_list(*of_teachers)
    }


def on_top_of(typed: Ledger, teacher: int, *, to_the_last: bool) -> Ledger:
    """What was typed, together with what is recorded of the teacher in that cycle; typed ids get a `+` in front.

    `to_the_last`: as of the last day that was typed, within the cycle, where that is later than the ledger's own.
    """
    if to_the_last:
        last = max((record.done_on for record in typed.records), default=typed.as_of)
        typed = replace(typed, as_of=max(typed.as_of, min(last, typed.cycle.ends_on)))
    recorded = of_teachers([teacher], typed.cycle, typed.as_of)[teacher]
    added = tuple(replace(record, id=f"+{record.id}") for record in typed.records)
    return replace(typed, records=recorded.records + added)


#: How a plan stands as the rules see it: what is not filed, or came back, is none.
STATE_OF_PLAN: Mapping[str | None, PlanState] = {
    SchoolPlan.Status.APPROVED.value: PlanState.APPROVED,
    SchoolPlan.Status.FILED.value: PlanState.SUBMITTED,
}

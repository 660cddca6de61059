"""JSON as a `rules.Ledger`, exactly as the contract has it; `json_fields` reads the single fields."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..models import TrainingCycle
from ..rules import types
from ..rules.amounts import NAME_OF_AMOUNT
from ..rules.types import Activity, Coordinated, Degree, Ledger, Offset, PlanState, SelfDirected, TeacherFacts
from .calendar import rules_cycle, today
from .json_fields import Errors, Fields

MAX_RECORDS = 2000

#: The keys each kind takes besides `id` and `kind`.
COORDINATED_KEYS = {"category", "credits", "completed_on", "converted", "project"}
SELF_DIRECTED_KEYS = {"activity", "completed_on", "plan", "has_record"}
DEGREE_KEYS = {"level", "credits", "awarded_on"}
OFFSET_KEYS = {"basis", "credits", "awarded_on"}


def from_json(data: Any) -> Ledger:
    """Returns the ledger in `data`, as `parse_json` gives it; as of today where it names no day.

    Raises ValidationError with a dictionary {path: [Chinese sentence]}: a path is `records[3].credits`, counted from
    0, or `ledger` where the whole is no object.
    """
    errors = Errors()
    ledger = _ledger(data, errors)
    errors.refuse()
    if ledger is None:
        raise ValueError("a ledger without errors was not read")
    return ledger


def _ledger(data: Any, errors: Errors) -> Ledger | None:
    if not isinstance(data, dict):
        errors.add("ledger", "要提交一个 JSON 对象。")
        return None
    fields = Fields(data, "", errors)
    fields.only(("cycle", "as_of", "teacher", "records"))
    cycle = _cycle(fields)
    as_of = fields.date("as_of") if "as_of" in data else today()
    teacher = _teacher(fields)
    records = _records(fields)
    if errors or cycle is None or teacher is None:
        return None
    return Ledger(cycle=cycle, as_of=as_of, teacher=teacher, records=tuple(records))


def _cycle(fields: Fields) -> types.Cycle | None:
    there, code = fields.get("cycle")
    if not there:
        return None
    cycles = {row.code: row for row in TrainingCycle.objects.all()}
    if not isinstance(code, str) or code not in cycles:
        fields.errors.add("cycle", f"没有这个培训周期，只能是：{'、'.join(cycles)}。")
        return None
    return rules_cycle(cycles[code])


def _teacher(fields: Fields) -> TeacherFacts | None:
    there, data = fields.get("teacher")
    if not there:
        return None
    if not isinstance(data, dict):
        fields.errors.add("teacher", "要填一个对象。")
        return None
    own = Fields(data, "teacher", fields.errors)
    own.only(("position", "formally_employed_on", "sole_teacher_school"))
    position = own.word("position", types.Position)
    employed_on = None
    if data.get("formally_employed_on", "") is not None:
        employed_on = own.date("formally_employed_on")
    sole = own.flag("sole_teacher_school")
    return TeacherFacts(position, employed_on, sole) if position else None


def _records(fields: Fields) -> list[types.Record]:
    there, rows = fields.get("records")
    if not there:
        return []
    if not isinstance(rows, list):
        fields.errors.add("records", "要填一个列表，可以是空的。")
        return []
    if len(rows) > MAX_RECORDS:
        fields.errors.add("records", f"最多 {MAX_RECORDS} 条记录。")
        return []
    ids: set[str] = set()
    found = [_record(row, f"records[{index}]", ids, fields.errors) for index, row in enumerate(rows)]
    return [record for record in found if record is not None]


def _record(row: Any, path: str, ids: set[str], errors: Errors) -> types.Record | None:
    """Reads one record; adds its id to `ids`, which holds those of the records before it."""
    if not isinstance(row, dict):
        errors.add(path, "每条记录要填一个对象。")
        return None
    fields = Fields(row, path, errors)
    name = fields.text("id")
    if name and name in ids:
        errors.add(fields.at("id"), "这个 id 前面用过了。")
    ids.add(name)
    there, kind = fields.get("kind")
    if isinstance(kind, str) and kind in READERS:
        return READERS[kind](fields)
    if there:
        errors.add(fields.at("kind"), f"只能是：{'、'.join(READERS)}。")
    return None


def _coordinated(fields: Fields) -> Coordinated | None:
    fields.only(COORDINATED_KEYS | {"id", "kind"})
    category = fields.word("category", types.Category)
    credits = fields.amount("credits")
    done_on = fields.date("completed_on")
    converted = fields.flag("converted", default=True)
    project = fields.text("project") if fields.data.get("project") is not None else None
    if category is None:
        return None
    return Coordinated(fields.data.get("id", ""), category, credits, done_on, converted, project)


def _self_directed(fields: Fields) -> SelfDirected | None:
    activity = fields.word("activity", Activity)
    level = None
    amount = Decimal(1)
    if activity is None:  # the kind of amount is not known either, so any is let pass
        fields.only(SELF_DIRECTED_KEYS | {"id", "kind", "level", *NAME_OF_AMOUNT})
    else:
        kind = types.AMOUNT_OF_ACTIVITY[activity]
        levelled = activity in types.LEVELLED
        own_keys = {"id", "kind", kind}
        if levelled:
            own_keys.add("level")
        fields.only(SELF_DIRECTED_KEYS | own_keys)
        amount = fields.amount(kind)
        level = fields.word("level", types.Level) if levelled else None
    done_on = fields.date("completed_on")
    plan = fields.word("plan", PlanState)
    has_record = fields.flag("has_record")
    if activity is None or plan is None:
        return None
    return SelfDirected(fields.data.get("id", ""), activity, amount, done_on, plan, has_record, level)


def _degree(fields: Fields) -> Degree | None:
    fields.only(DEGREE_KEYS | {"id", "kind"})
    level = fields.word("level", types.DegreeLevel)
    credits = fields.amount("credits")
    awarded_on = fields.date("awarded_on")
    if level is None:
        return None
    return Degree(fields.data.get("id", ""), level, credits, awarded_on)


def _offset(fields: Fields) -> Offset:
    fields.only(OFFSET_KEYS | {"id", "kind"})
    basis = fields.text("basis")
    credits = fields.amount("credits")
    awarded_on = fields.date("awarded_on")
    return Offset(fields.data.get("id", ""), basis, credits, awarded_on)


#: The reader of each kind of record; each notes what is wrong and returns None where it cannot make a record.
READERS: dict[str, Callable[[Fields], types.Record | None]] = {
    "coordinated": _coordinated,
    "self_directed": _self_directed,
    "degree": _degree,
    "offset": _offset,
}

"""What each row of a spreadsheet would do, or what is wrong with it: judged without saving anything.

Who imports reaches the teachers, schools and projects they are responsible for, and no other: another school's
teacher looks like one that does not exist.
"""

from __future__ import annotations

import datetime
import unicodedata
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.db.models.functions import Lower

from ..fields import ExactAmountField, ExactDateField, in_words, unit_error
from ..ledger import amount_error, rules_cycle
from ..models import (
    DegreeAward,
    Event,
    Organization,
    Posting,
    SchoolPlan,
    SelfDirectedActivity,
    SignInCode,
    StatementAccess,
    StatementSummary,
    Teacher,
    TrainingCycle,
    TrainingProject,
    TrainingResult,
)
from ..names import LONGEST_NAME, sort_key
from ..processes import people, projects
from ..processes.history import Refusal
from ..processes.own_records import describe, elsewhere
from ..rules import wording
from ..rules.types import AMOUNT_OF_ACTIVITY, LEVELLED, Activity, Position
from ..rules.wording import amount
from .sheets import NO, SHEETS, YES, YES_NO_WORDS, Column, Holds

Rows = Sequence[tuple[int, Mapping[str, str]]]
#: Row number (None: the file as a whole), header of the column (empty: the row as a whole), sentence.
Problem = tuple[int | None, str, str]
Values = dict[str, Any]

#: What keeps nobody from importing begins so.
NOTE = "提醒："
NO_SUCH_TEACHER = "没有找到这位教师，请核对编号。"
NUMBER_TAKEN = "这个编号不能用，请核对，或联系主管部门。"


@dataclass
class Step:
    """What one row does: a row that is not saved yet, or an existing one with its new values."""

    number: int
    row: Any
    before: Values | None
    after: Values
    #: By field of the sheet, as people read it.
    shown: dict[str, str]
    shown_before: dict[str, str]

    @property
    def action(self) -> str:
        if self.before is None:
            return "add"
        return "change" if self.before != self.after else "same"

    @property
    def done(self) -> list[Any]:
        """As `SpreadsheetImport.done` keeps it, with the number of the row behind."""
        return [self.row.pk if self.before is not None else None, self.before, self.after, self.number]


@dataclass
class Plan:
    steps: list[Step] = field(default_factory=list)
    #: What keeps nobody from importing, but should be looked at.
    notes: list[Problem] = field(default_factory=list)

    def those(self, action: str) -> list[Step]:
        return [step for step in self.steps if step.action == action]

    @property
    def done(self) -> list[Any]:
        return [step.done for step in self.steps if step.action != "same"]


def judge(kind: str, rows: Rows, user: User, *, lock: bool = False) -> tuple[list[Problem], Plan]:
    """What `rows` would do on behalf of `user`, and what is wrong with them; saves nothing.

    The number of queries does not depend on the number of rows. `lock` keeps what is read from others until the end
    of the transaction.
    """
    judging = JUDGES[kind](user, lock)
    judging.judge(rows)
    return judging.problems, Plan(judging.steps, judging.notes)


# --- one row after another --------------------------------------------------------------------------------------


def _number(text: str) -> str:
    """A code with its full-width letters, digits and dashes made narrow."""
    return "".join(unicodedata.normalize("NFKC", sign) if "！" <= sign <= "～" else sign for sign in text)


_DATE, _AMOUNT = ExactDateField(required=False), ExactAmountField(required=False)


def _parsed(column: Column, text: str) -> Any:
    """What a cell says, None where it is empty. Raises ValidationError with a sentence in Chinese."""
    if not text:
        return None
    match column.holds:
        case Holds.CODE:
            return _number(text)
        case Holds.DATE:
            return _DATE.clean(text)
        case Holds.AMOUNT:
            return _AMOUNT.clean(text)
        case Holds.YES_NO:
            if text not in YES_NO_WORDS:
                raise ValidationError(f"请填“{YES}”或“{NO}”。")
            return YES_NO_WORDS[text]
        case Holds.CHOICE:
            words = column.words or {}
            if text not in words:
                raise ValidationError(f"没有“{text[:20]}”这一项，请从这些里选：{'、'.join(column.choices)}。")
            return words[text]
    return text


def _kept(value: Any) -> Any:
    """A value as JSON keeps it; numbers that are equal look alike."""
    if isinstance(value, Decimal):
        return amount(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


class Judging(ABC):
    """Takes the rows of one kind; what they refer to was looked up before, for all of them at once."""

    kind: str
    model: type[Model]
    #: What an import writes, by name of the model's field; and what else must not have changed when it is undone.
    written: tuple[str, ...]
    watched: tuple[str, ...] = ()
    #: Where an error of a model's field stands in the sheet, if not under the same name.
    fields: Mapping[str, str] = {}
    #: The fields of the sheet that tell whether two rows are about the same.
    key: tuple[str, ...]

    def __init__(self, user: User, lock: bool) -> None:
        self.user, self.lock = user, lock
        self.sheet = SHEETS[self.kind]
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.steps: list[Step] = []
        self.cells: Mapping[str, str] = {}
        self.seen: dict[Any, int] = {}
        self.number, self.wrong = 0, False

    def judge(self, rows: Rows) -> None:
        self.look_up([cells for _, cells in rows])
        for self.number, self.cells in rows:
            self.wrong = False
            cells = self.cells
            values = {column.field: self._value(column, cells.get(column.field, "")) for column in self.sheet.columns}
            self.look_at(values)
            if not self.wrong:
                self.take(values)

    def look_at(self, values: Values) -> None:
        """What can be told of a row though some of its cells are wrong, so that all is named at once."""
        key = [(values[name], self.cells.get(name), self.sheet.column(name).required) for name in self.key]
        if all(value is not None or not (text or required) for value, text, required in key):
            self._demand_first(tuple(value for value, *_ in key))

    def _demand_first(self, key: tuple[Any, ...]) -> None:
        """Refuses a row that is about the same as an earlier one of the file."""
        earlier = self.seen.setdefault(key, self.number)
        if earlier != self.number:
            self.say(self.key[0] if len(key) == 1 else "", f"和第 {earlier} 行重复，请只留一行。")

    def _value(self, column: Column, text: str) -> Any:
        try:
            value = _parsed(column, text)
        except ValidationError as error:
            self.say(column.field, " ".join(error.messages))
            return None
        if value is None and column.required:
            self.say(column.field, "请填写。")
        return value

    @abstractmethod
    def look_up(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Fetches whatever the rows refer to, in a fixed number of queries."""

    @abstractmethod
    def take(self, values: Values) -> None:
        """Judges one row, whose cells are read: `plan` what it does or `say` what is wrong."""

    @abstractmethod
    def show(self, row: Any) -> dict[str, str]:
        """What the cells of a row's columns would hold."""

    def locked(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """These rows, kept from others where that was asked for; always in one order, against deadlocks."""
        ordered = rows.order_by("pk")
        return ordered.select_for_update(of=("self",), no_key=True) if self.lock else ordered

    def say(self, where: str, sentence: str) -> None:
        header = self.sheet.column(where).header if where else ""
        self.problems.append((self.number, header, sentence))
        self.wrong = True

    def plan(self, row: Any, changes: Mapping[str, Any], *, existing: bool) -> None:
        """`row` with these `changes`, if the model allows them."""
        before, shown = (self.values_of(row), self.show(row)) if existing else (None, {})
        for name, value in changes.items():
            setattr(row, name, value)
        if not self.allowed(row):
            return
        self.steps.append(Step(self.number, row, before, self.values_of(row), self.show(row), shown))

    def allowed(self, row: Any) -> bool:
        """Whether the model's own rules allow `row`; what they refuse stands at the columns it is about."""
        foreign = {one.name for one in row._meta.concrete_fields if one.is_relation}
        try:
            row.clean_fields(exclude=foreign)  # these were looked up among what the user may reach
            row.clean()
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                where = self.fields.get(name, name)
                known = any(column.field == where for column in self.sheet.columns)
                self.say(where if known else "", in_words(errors))
        return not self.wrong

    @classmethod
    def values_of(cls, row: Any) -> Values:
        """What an import may change and must not find changed, as JSON keeps it."""
        names = [row._meta.get_field(name).attname for name in (*cls.written, *cls.watched)]
        return {name: _kept(getattr(row, name)) for name in names}

    # What was saved, and what was undone.

    def words(self, step: Step) -> tuple[str, str]:
        """What the history says of a step: the action and a note."""
        raise NotImplementedError

    @classmethod
    def came_after(cls, rows: Collection[Any]) -> dict[int, str]:
        """Why added rows cannot simply go, by primary key."""
        return {}

    @classmethod
    def remove(cls, pks: Collection[int]) -> None:
        """Deletes rows to which nothing refers, at once: one by one, each would refresh its teacher's summaries."""
        rows = cls.model._default_manager.filter(pk__in=pks)
        rows._raw_delete(rows.db)


class _Teachers(Judging):
    kind, model, key = "teachers", Teacher, ("staff_number",)
    written = ("staff_number", "name", "school", "position", "formally_employed_on", "subject", "stage", "name_key")
    watched = ("status", "ended_on", "user")

    def look_up(self, rows: Sequence[Mapping[str, str]]) -> None:
        numbers = {_number(cells.get("staff_number", "")) for cells in rows}
        managed = Teacher.objects.managed_by(self.user).filter(staff_number__in=numbers).select_related("school")
        self.teachers = {teacher.staff_number: teacher for teacher in self.locked(managed)}
        low = {number.lower() for number in numbers}
        alike = Teacher.objects.annotate(low=Lower("staff_number")).filter(low__in=low)
        self.taken = set(alike.values_list("low", flat=True))
        in_charge = Organization.objects.visible_to(self.user).filter(kind=Organization.Kind.SCHOOL)
        schools = list(in_charge.select_related("parent"))
        self.only = schools[0] if len(schools) == 1 else None
        self.namesakes: dict[tuple[int, str], list[str]] = defaultdict(list)
        named = Teacher.objects.managed_by(self.user).filter(name__in={cells.get("name", "") for cells in rows})
        for school_id, name, staff_number in named.order_by("pk").values_list("school_id", "name", "staff_number"):
            self.namesakes[school_id, name].append(staff_number)
        self.schools: dict[str, list[Organization]] = defaultdict(list)
        self.reviewed = set(Organization.objects.reviewed_by(self.user).values_list("pk", flat=True))
        for school in schools:
            self.schools[school.name].append(school)
            if school.parent:  # told apart by who is above it
                self.schools[f"{school.parent.name}{school.name}"].append(school)

    def look_at(self, values: Values) -> None:
        super().look_at(values)
        if values["school"] is not None and values["school"] not in self.schools:
            self.say("school", "没有找到这所学校，请核对全称。")

    def take(self, values: Values) -> None:
        number = values["staff_number"]
        teacher = self.teachers.get(number)
        if teacher is None and number.lower() in self.taken:
            return self.say("staff_number", NUMBER_TAKEN)
        school = self._school(values["school"], teacher)
        if school is None:
            return
        given = {name: value for name, value in values.items() if value is not None}
        if len(given.get("name", "")) <= LONGEST_NAME and "name" in given:
            given["name_key"] = sort_key(given["name"])
        row = teacher or Teacher(position=Position.TEACHING.value)
        asked = copy(row)
        for name, value in (given | {"school": school}).items():
            setattr(asked, name, value)
        reviewer = school.parent_id in self.reviewed if school.parent_id else self.user.is_superuser
        for name, sentence in people.facts_refused(teacher, asked, reviewer).items():
            self.say(name, sentence)
        if not self.wrong:
            self.plan(row, given | {"school": school}, existing=teacher is not None)
            if teacher is None and not self.wrong:
                self._note_namesakes(row)

    def _note_namesakes(self, row: Teacher) -> None:
        """Of the same name in the same school: perhaps the same person with a second number."""
        numbers = self.namesakes[row.school_id, row.name]
        if numbers:
            sentence = f"{NOTE}{row.school}已有一位同名教师（编号 {'、'.join(numbers)}），请核对是不是同一人。"
            self.notes.append((self.number, self.sheet.column("name").header, sentence))
        numbers.append(row.staff_number)

    def _school(self, name: str | None, teacher: Teacher | None) -> Organization | None:
        if name is None:
            school = teacher.school if teacher else self.only
            if school is None:
                self.say("school", "请填写。")
            return school
        found = self.schools.get(name, [])
        if teacher and teacher.school in found:
            return teacher.school
        if teacher:
            self.say("school", f"这位教师现在在{teacher.school}。调动请在教师页面办理。")
        elif len(found) > 1:
            self.say("school", f"有几所学校叫这个名字，请在前面写上它的上级，如“{found[0].parent}{found[0].name}”。")
        else:
            return found[0]
        return None

    def show(self, row: Teacher) -> dict[str, str]:
        return {
            "staff_number": row.staff_number,
            "name": row.name,
            "school": row.school.name,
            "position": row.get_position_display(),
            "formally_employed_on": str(row.formally_employed_on or ""),
            "subject": row.subject,
            "stage": row.stage,
        }

    def words(self, step: Step) -> tuple[str, str]:
        if step.action == "add":
            return "新增教师", ""
        changed = [one.header for one in self.sheet.columns if step.shown[one.field] != step.shown_before[one.field]]
        return "修改资料", "、".join(changed)

    @classmethod
    def came_after(cls, rows: Collection[Any]) -> dict[int, str]:
        pks = [row.pk for row in rows]
        reasons: dict[int, str] = {}
        for model, reason in (
            (TrainingResult, "已经登记了成绩"),
            (SelfDirectedActivity, "已经登记了活动"),
            (DegreeAward, "已经登记了学历"),
            (Posting, "已经办过调动"),
            (SignInCode, "已经发了登录码"),
        ):
            after = model._default_manager.filter(teacher__in=pks).values_list("teacher_id", flat=True)
            reasons |= dict.fromkeys(after, reason)
        return reasons

    @classmethod
    def remove(cls, pks: Collection[int]) -> None:
        # What is known of nobody but them. Anything else that refers to them stops the undoing (IntegrityError).
        for model in (StatementSummary, StatementAccess, Event):
            rows = model._default_manager.filter(teacher__in=pks)
            rows._raw_delete(rows.db)
        super().remove(pks)


class _AboutTeachers(Judging):
    """Rows that name a teacher by number, and perhaps by name to be sure."""

    def look_up(self, rows: Sequence[Mapping[str, str]]) -> None:
        numbers = {_number(cells.get("staff_number", "")) for cells in rows}
        found = Teacher.objects.managed_by(self.user).filter(staff_number__in=numbers).select_related("school")
        self.teachers = {teacher.staff_number: teacher for teacher in self.of_teachers(found)}
        self.ids = [teacher.pk for teacher in self.teachers.values()]
        self.look_up_more(rows)

    def of_teachers(self, found: QuerySet[Teacher]) -> QuerySet[Teacher]:
        return found

    @abstractmethod
    def look_up_more(self, rows: Sequence[Mapping[str, str]]) -> None: ...

    def take(self, values: Values) -> None:
        teacher = self.teachers.get(values["staff_number"])
        if teacher is None:
            return self.say("staff_number", NO_SUCH_TEACHER)
        if values["name"] is not None and values["name"] != teacher.name:
            return self.say("name", f"和编号对不上：编号 {teacher.staff_number} 的教师是{teacher.name}，请核对。")
        self.take_of(teacher, values)

    @abstractmethod
    def take_of(self, teacher: Teacher, values: Values) -> None: ...

    def show(self, row: Any) -> dict[str, str]:
        return {"staff_number": row.teacher.staff_number, "name": row.teacher.name}


class _Results(_AboutTeachers):
    kind, model, key = "results", TrainingResult, ("project", "staff_number")
    written = ("project", "teacher", "hours")
    watched = ("status",)

    def look_up_more(self, rows: Sequence[Mapping[str, str]]) -> None:
        self.rates: dict[int, int] = {}
        codes = {_number(cells.get("project", "")) for cells in rows}
        visible = TrainingProject.objects.visible_to(self.user).filter(code__in=codes).select_related("organizer")
        # Reviewing takes the projects first too, so nobody reviews meanwhile.
        self.projects = {project.code: project for project in self.locked(visible)}
        entered = TrainingResult.objects.filter(project__in=list(self.projects.values()), teacher__in=self.ids)
        self.results = {(row.project_id, row.teacher_id): row for row in self.locked(entered)}

    def rate_of(self, project: TrainingProject) -> int:
        """The conversion of a project, asked once; raises Refusal where its end lies in no cycle."""
        if project.pk not in self.rates:
            self.rates[project.pk] = projects.rate_of(project.category, project.ends_on)
        return self.rates[project.pk]

    def take_of(self, teacher: Teacher, values: Values) -> None:
        project, hours = self.projects.get(values["project"]), values["hours"]
        if project is None:
            return self.say("project", "没有找到这个项目，请核对编号。")
        if project.status != TrainingProject.Status.PUBLISHED:
            return self.say("project", "这个项目还没有发布，发布以后才能登记成绩。")
        if message := unit_error(self.cells["hours"], "hours") or amount_error(hours, "hours"):
            return self.say("hours", message)
        try:
            projects.converted(hours, self.rate_of(project))
        except Refusal as refusal:
            return self.say("hours", refusal.sentence)
        row = self.results.get((project.pk, teacher.pk))
        if row is None:
            new = TrainingResult(project=project, teacher=teacher, entered_by=self.user)
            return self.plan(new, {"hours": hours}, existing=False)
        row.project, row.teacher = project, teacher
        if row.hours != hours and row.status == TrainingResult.Status.REVIEWED:
            return self.say("hours", f"这条成绩已经审核（{amount(row.hours)} 学时），要改请先取消审核。")
        self.plan(row, {"hours": hours}, existing=True)

    def show(self, row: TrainingResult) -> dict[str, str]:
        return super().show(row) | {"project": row.project.code, "hours": amount(row.hours) if row.hours else ""}

    def words(self, step: Step) -> tuple[str, str]:
        if step.action == "add":
            return "登记成绩", f"{step.shown['hours']} 学时。"
        return "更正学时", f"由 {step.shown_before['hours']} 改为 {step.shown['hours']} 学时。"


class _Activities(_AboutTeachers):
    kind, model = "activities", SelfDirectedActivity
    key = ("staff_number", "activity", "level", "completed_on", "evidence")
    written = (
        *("teacher", "activity", "level", "completed_on", "evidence"),
        *("plan", "credits", "hours", "count", "has_record"),
    )
    fields = {"credits": "amount", "hours": "amount", "count": "amount", "plan": "in_plan"}

    def of_teachers(self, found: QuerySet[Teacher]) -> QuerySet[Teacher]:
        # Nothing in the database keeps the same activity from being there twice; two imports at once must wait.
        return self.locked(found)

    def look_up_more(self, rows: Sequence[Mapping[str, str]]) -> None:
        self.activities: dict[Any, list[SelfDirectedActivity]] = defaultdict(list)
        for row in self.locked(SelfDirectedActivity.objects.filter(teacher__in=self.ids)):
            self.activities[self._key(row)].append(row)
        self.postings: dict[int, list[Posting]] = defaultdict(list)
        for posting in Posting.objects.filter(teacher__in=self.ids).select_related("school").order_by("pk"):
            self.postings[posting.teacher_id].append(posting)
        self.in_charge = set(Organization.objects.visible_to(self.user).values_list("pk", flat=True))
        schools = {teacher.school_id for teacher in self.teachers.values()}
        schools |= {posting.school_id for postings in self.postings.values() for posting in postings}
        plans = SchoolPlan.objects.filter(school__in=schools).defer("content")
        self.plans = {(plan.school_id, plan.school_year): plan for plan in plans}
        self.by_pk = {plan.pk: plan for plan in self.plans.values()}
        self.cycles = [rules_cycle(cycle) for cycle in TrainingCycle.objects.order_by("starts_on")]

    @staticmethod
    def _key(row: SelfDirectedActivity) -> tuple[Any, ...]:
        return row.teacher_id, row.activity, row.level, row.completed_on, row.evidence

    def take_of(self, teacher: Teacher, values: Values) -> None:
        activity, day = Activity(values["activity"]), values["completed_on"]
        if (activity in LEVELLED) != (values["level"] is not None):
            return self.say("level", "公开课和讲座要填级别，其他活动不填。")
        takes = AMOUNT_OF_ACTIVITY[activity]
        if message := unit_error(self.cells["amount"], takes) or amount_error(values["amount"], takes):
            return self.say("amount", message)
        plan = self._plan(teacher, day) if values["in_plan"] else None
        if self.wrong:
            return
        new = SelfDirectedActivity(
            teacher=teacher,
            activity=activity.value,
            level=values["level"] or "",
            completed_on=day,
            evidence=values["evidence"] or "",
        )
        changes = {
            "plan": plan,
            "has_record": values["has_record"],
            takes: int(values["amount"]) if takes == "count" else values["amount"],
        }
        rows = self.activities.get(self._key(new), [])
        for row in rows:
            row.teacher = teacher
            if row.plan_id in self.by_pk:
                row.plan = self.by_pk[row.plan_id]
        same = [row for row in rows if all(getattr(row, name) == value for name, value in changes.items())]
        if len(rows) > 1 and not same:
            return self.say("", f"系统里有 {len(rows)} 条这样的活动，不知道要改哪一条，请在教师页面修改。")
        row = (same or rows or [new])[0]
        self.plan(row, changes, existing=row is not new)

    def _plan(self, teacher: Teacher, day: datetime.date) -> SchoolPlan | None:
        """As `own_records.plan_for`, from what was looked up."""
        school, year = self._school_on(teacher, day), self._school_year(day)
        if not any(cycle.starts_on <= day <= cycle.ends_on for cycle in self.cycles):
            self.say("completed_on", f"{wording.date_in_words(day)}不在任何培训周期里，请检查日期。")
            return None
        if school.pk not in self.in_charge:
            self.say("completed_on", elsewhere(day))
            return None
        plan = self.plans.get((school.pk, year))
        if plan is None:
            missing = f"{school}还没有 {wording.school_year(year)}的校本研修方案"
            self.say("in_plan", f"{missing}：请先新建方案，或填“{NO}”。")
        return plan

    def _school_on(self, teacher: Teacher, day: datetime.date) -> Organization:
        """As `Teacher.school_on`."""
        for posting in self.postings.get(teacher.pk, []):
            begun = posting.started_on is None or posting.started_on <= day
            if begun and (posting.ended_on is None or day < posting.ended_on):
                return posting.school
        return teacher.school

    def _school_year(self, day: datetime.date) -> int:
        """As `ledger.school_year`."""
        holding = [cycle for cycle in self.cycles if cycle.starts_on <= day <= cycle.ends_on]
        begun = [cycle for cycle in self.cycles if cycle.starts_on <= day]
        cycle = next(iter(holding[:1] or begun[-1:] or self.cycles[:1]), None)
        return cycle.school_year(day) if cycle else day.year

    def allowed(self, row: SelfDirectedActivity) -> bool:
        # The plan was looked up where the teacher was on that day; the model would ask for that row by row.
        plan, row.plan = row.plan, None
        allowed = super().allowed(row)
        row.plan = plan
        return allowed

    def show(self, row: SelfDirectedActivity) -> dict[str, str]:
        given = next((value for value in (row.credits, row.hours, row.count) if value is not None), None)
        return super().show(row) | {
            "activity": row.get_activity_display(),
            "level": row.get_level_display() if row.level else "",
            "amount": f"{amount(Decimal(given))} {wording.UNIT[Activity(row.activity)]}" if given is not None else "",
            "completed_on": str(row.completed_on),
            "in_plan": YES if row.plan_id else NO,
            "has_record": YES if row.has_record else NO,
            "evidence": row.evidence,
        }

    def words(self, step: Step) -> tuple[str, str]:
        return "登记活动" if step.action == "add" else "修改活动", describe(step.row)


class _Degrees(_AboutTeachers):
    kind, model, key = "degrees", DegreeAward, ("staff_number", "level", "awarded_on")
    written = ("teacher", "level", "awarded_on", "title", "status", "feedback", "entered_by")
    watched = ("credits",)

    def look_up_more(self, rows: Sequence[Mapping[str, str]]) -> None:
        awarded = self.locked(DegreeAward.objects.filter(teacher__in=self.ids))
        self.degrees = {(row.teacher_id, row.level, row.awarded_on): row for row in awarded}

    def take_of(self, teacher: Teacher, values: Values) -> None:
        level, day, title = values["level"], values["awarded_on"], values["title"]
        row = self.degrees.get((teacher.pk, level, day))
        if row is None:
            new = DegreeAward(teacher=teacher, level=level, awarded_on=day, entered_by=self.user)
            return self.plan(new, {"title": title or ""}, existing=False)
        row.teacher = teacher
        if title is None or title == row.title:
            return self.plan(row, {}, existing=True)
        if row.status == DegreeAward.Status.CREDITED:
            return self.say("title", "这个学历已经认定，不能改：请审核员先退回。")
        # It waits for the reviewer again, as where it is changed by hand.
        again = {"title": title, "status": DegreeAward.Status.ENTERED.value, "feedback": "", "entered_by": self.user}
        self.plan(row, again, existing=True)

    def show(self, row: DegreeAward) -> dict[str, str]:
        about = {"level": row.get_level_display(), "awarded_on": str(row.awarded_on), "title": row.title}
        return super().show(row) | about

    def words(self, step: Step) -> tuple[str, str]:
        return "登记学历" if step.action == "add" else "修改学历", f"{step.shown['awarded_on']} 取得。"


JUDGES: dict[str, type[Judging]] = {one.kind: one for one in (_Teachers, _Results, _Activities, _Degrees)}

"""Judges rows of teachers: new ones, and known ones whose facts change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.auth.models import User

from helpdesk.common.names import name_key, normal_name, number_key, sort_key

from ...decisions.findings import Finding
from ...decisions.teachers import UNKNOWN, TeacherFacts, namesake_finding, sole_teacher_finding
from ...models import (
    DegreeAward,
    Event,
    OffsetAward,
    Organization,
    Posting,
    SelfDirectedActivity,
    SignInCode,
    StatementAccess,
    StatementSummary,
    Teacher,
    TrainingResult,
)
from ...models.imports import Values
from ...steps import people
from ...steps.rights import reviews
from .base import Action, Cells, Judging, RowChange, Undone

#: It does not tell whose number it is.
NUMBER_TAKEN = "这个编号不能用，请核对，或联系主管部门。"
#: Rows that keep an added teacher from simply going, and how that is said.
HANGS_ON_TEACHERS = (
    (TrainingResult, "已经登记了成绩"),
    (SelfDirectedActivity, "已经登记了活动"),
    (DegreeAward, "已经登记了学历"),
    (OffsetAward, "已经登记了其他冲抵"),
    (Posting, "已经办过调动"),
    (SignInCode, "已经发了登录码"),
)


class Teachers(Judging):
    kind = "teachers"
    model = Teacher
    key = ("staff_number",)
    own_deed = "登记自己的资料"
    written = ("staff_number", "name", "school", "position", "formally_employed_on", "subject", "stage", "name_key")
    watched = ("status", "ended_on", "user")

    def look_up(self, rows: Sequence[Cells]) -> None:
        numbers = self.numbers(rows)
        names = {normal_name(cells.get("name", "")) for cells in rows}
        self._look_up_schools()
        self._look_up_places(rows)  # before teachers, as steps lock them
        self._look_up_teachers(numbers)
        self._look_up_namesakes(names)

    def _look_up_teachers(self, numbers: Collection[str]) -> None:
        """The known teachers by the key of their number, and the keys of all numbers that are taken by anybody."""
        managed = Teacher.objects.managed_by(self.user)
        known = managed.numbered(numbers).select_related("school__parent")
        self.teachers = {number_key(teacher.staff_number): teacher for teacher in self.locked(known)}
        alike = Teacher.objects.numbered(numbers)
        self.taken = {number_key(number) for number in alike.values_list("staff_number", flat=True)}

    def _look_up_schools(self) -> None:
        """The user's schools by name, also with the name of the body above in front."""
        in_charge = Organization.objects.visible_to(self.user).select_related("parent")
        schools = list(in_charge.filter(kind=Organization.Kind.SCHOOL))
        self.only = schools[0] if len(schools) == 1 else None
        self.schools: dict[str, list[Organization]] = defaultdict(list)
        for school in schools:
            self.schools[name_key(school.name)].append(school)
            if school.parent:
                in_full = f"{school.parent.name}{school.name}"
                self.schools[name_key(in_full)].append(school)
        reviewed = Organization.objects.reviewed_by(self.user)
        self.reviewed = set(reviewed.values_list("pk", flat=True))

    def _look_up_places(self, rows: Sequence[Cells]) -> None:
        """The numbers of teachers in work at the named schools that have one alone (一人一校), by key."""
        named = {name_key(cells.get("school", "")) for cells in rows}
        schools = {school.pk for name in named for school in self.schools.get(name, ())}
        if self.only:
            schools.add(self.only.pk)
        places = self.locked(Organization.objects.filter(pk__in=schools))
        self.in_work = {place.pk: 0 for place in places if place.is_sole_teacher_school}
        teachers = Teacher.objects.filter(school__in=self.in_work, status=Teacher.Status.ACTIVE)
        for school in teachers.values_list("school_id", flat=True):
            self.in_work[school] += 1

    def _look_up_namesakes(self, names: Collection[str]) -> None:
        """The numbers of those who are called the same already, by school and name."""
        self.namesakes: dict[tuple[int, str], list[str]] = defaultdict(list)
        managed = Teacher.objects.managed_by(self.user)
        named = managed.filter(name__in=names).order_by("pk")
        for teacher in named.only("school_id", "name", "staff_number"):
            self.namesakes[teacher.school_id, teacher.name].append(teacher.staff_number)

    def look_at(self, values: Values) -> None:
        super().look_at(values)
        school = values["school"]
        if school is not None and name_key(school) not in self.schools:
            self.say("school", "没有找到这所学校，请核对全称。")

    def take(self, values: Values) -> None:
        key = number_key(values["staff_number"])
        teacher = self.teachers.get(key)
        if teacher is None and key in self.taken:
            return self.say("staff_number", NUMBER_TAKEN)
        school = self._school(values["school"], teacher)
        if school is None:
            return
        given = {name: value for name, value in values.items() if value is not None}
        if teacher:
            given |= self._kept_spellings(teacher, given)
        self._judge_facts(teacher, given, school)
        if self.wrong:
            return
        changes = given | {"school": school, "name_key": sort_key(given["name"])}
        if teacher:
            self.plan(teacher, changes, existing=True)
        else:
            self._add(changes)

    @staticmethod
    def _kept_spellings(teacher: Teacher, given: Values) -> Values:
        """The number of a known teacher as it is kept, and the name too where it is only spelt otherwise."""
        same = normal_name(teacher.name) == given["name"]
        name = teacher.name if same else given["name"]
        return {"staff_number": teacher.staff_number, "name": name}

    def _add(self, changes: Values) -> None:
        row = Teacher()
        self._take_place(changes["school"])
        self.plan(row, changes, existing=False)
        if not self.wrong:
            self._remind_of_namesakes(row)

    def _take_place(self, school: Organization) -> None:
        """Counts a new teacher in where the school has one alone; names it where somebody is there already."""
        if school.pk not in self.in_work:
            return
        self.note(sole_teacher_finding(school.name, is_sole=True, others=self.in_work[school.pk]))
        self.in_work[school.pk] += 1

    def _judge_facts(self, teacher: Teacher | None, given: Values, school: Organization) -> None:
        known = people.facts_of(teacher) if teacher else UNKNOWN
        position = given.get("position", known.position)
        employed_on = given.get("formally_employed_on", known.formally_employed_on)
        asked = TeacherFacts(position, employed_on)
        reviewer = reviews(self.user, school, self.reviewed)
        findings = people.findings_on_facts(teacher, asked, school, reviewer=reviewer)
        for finding in findings:
            self.note(finding)

    def _remind_of_namesakes(self, row: Teacher) -> None:
        numbers = self.namesakes[row.school_id, row.name]
        reminder = namesake_finding(row.school.name, numbers)
        self.note(reminder)
        numbers.append(row.staff_number)

    def _school(self, name: str | None, teacher: Teacher | None) -> Organization | None:
        """The school of a row; None where there is none, which is then named."""
        if teacher:
            return self._present_school(name, teacher)
        if name is None:
            if self.only is None:
                self.say("school", "请填写。")
            return self.only
        first, *others = self.schools[name_key(name)]
        if others:
            in_full = f"{first.parent}{first.name}"
            self.say("school", f"有几所学校叫这个名字，请在前面写上它的上级，如“{in_full}”。")
            return None
        return first

    def _present_school(self, name: str | None, teacher: Teacher) -> Organization | None:
        """The school of a known teacher; None where the row names another, as a transfer is a step of its own."""
        if name is None or teacher.school in self.schools[name_key(name)]:
            return teacher.school
        self.say("school", f"这位教师现在在{teacher.school}。调动请在教师页面办理。")
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

    def words(self, change: RowChange) -> tuple[str, str]:
        if change.action is Action.ADD:
            return "新增教师", ""
        shown, before = change.shown, change.shown_before
        changed = [column.header for column in self.sheet.columns if shown[column.field] != before[column.field]]
        return "修改资料", "、".join(changed)

    @classmethod
    def rules_on_undoing(cls, rows: Collection[Undone], user: User) -> dict[int, Finding]:
        """Besides what holds of all kinds: a school does not take back a day that is known, nor a position."""
        reviewed = set(Organization.objects.reviewed_by(user).values_list("pk", flat=True))
        found = super().rules_on_undoing(rows, user)
        for row in rows:
            if row.before is None:
                continue
            school = row.now.school
            asked = people.facts_of(row.before)
            reviewer = reviews(user, school, reviewed)
            for finding in people.findings_on_facts(row.now, asked, school, reviewer=reviewer):
                found.setdefault(row.now.pk, finding)
        return found

    @classmethod
    def came_after(cls, rows: Collection[Any]) -> dict[int, str]:
        pks = [row.pk for row in rows]
        reasons: dict[int, str] = {}
        for model, reason in HANGS_ON_TEACHERS:
            rows_since = model._default_manager.filter(teacher__in=pks)
            teachers = rows_since.values_list("teacher_id", flat=True)
            reasons |= dict.fromkeys(teachers, reason)
        return reasons

    @classmethod
    def remove(cls, pks: Collection[int]) -> None:
        """Deletes teachers with what only they have. Whatever else refers to them raises IntegrityError."""
        for model in (StatementSummary, StatementAccess, Event):
            rows = model._default_manager.filter(teacher__in=pks)
            rows._raw_delete(rows.db)
        super().remove(pks)

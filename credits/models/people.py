"""People: organisations from the province down to the school, the users who work for them, and the teachers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Lower, Substr

from helpdesk.common import offices
from helpdesk.common.ids import new_public_id
from helpdesk.common.names import (
    LONGEST_KEY,
    LONGEST_LETTERS,
    letters_of,
    number_key,
    sort_key,
    spellings,
    typed_letters,
)
from helpdesk.common.once import once
from helpdesk.common.prepared import Prepared

from ..decisions.days import Stay, Whereabouts
from ..decisions.teachers import becomes_sole_finding
from ..rules import wording
from ..rules.bounds import FIRST_DATE, LAST_DATE
from ..rules.types import Position
from .base import RestsOn

#: The path of an organisation that is not saved yet; no path of a saved one begins with it.
UNPLACED = "0."
POSITIONS = [(position.value, label) for position, label in wording.POSITION.items()]


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def within(self, organizations: Iterable[Organization]) -> OrganizationQuerySet:
        """Returns these organisations and all below them."""
        return self._below([organization.path for organization in organizations])

    def visible_to(self, user: User | AnonymousUser) -> OrganizationQuerySet:
        """Returns those that `user` works for and all below them; for a superuser all."""
        if isinstance(user, AnonymousUser) or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.all()
        return self._below(workplaces(user))

    def reviewed_by(self, user: User | AnonymousUser) -> OrganizationQuerySet:
        """Returns those in which `user` is a reviewer and all below them; for a superuser all."""
        if isinstance(user, AnonymousUser) or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.all()
        return self._below(workplaces(user, Membership.Role.REVIEWER))

    def _below(self, paths: list[str]) -> OrganizationQuerySet:
        return self.filter(_below("path", paths)) if paths else self.none()


class Organization(RestsOn):
    """A province, a city, a county or a school; its staff are responsible for all below it too."""

    class Kind(models.TextChoices):
        PROVINCE = "province", "省"
        CITY = "city", "市"
        COUNTY = "county", "县（市、区）"
        SCHOOL = "school", "学校"

    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类型", max_length=10, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    #: The ids from the top down to this one, each followed by a point: 1.4.27. An organisation whose path begins with
    #: this one's is below it, so that one indexed comparison finds all below.
    path = models.CharField(max_length=100, editable=False, db_index=True, default=UNPLACED)
    is_village_school = models.BooleanField("村小", default=False)
    is_sole_teacher_school = models.BooleanField(
        "一人一校", default=False, help_text="全校只有一位教师（学分问答第 18 条）。"
    )

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name = verbose_name_plural = "机构"
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                name="organization_once_below_its_parent",
                violation_error_message="这个上级下面已经有同名的机构了。",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(parent__isnull=True),
                name="organization_once_at_the_top",
                violation_error_message="已经有同名的机构了。",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["province", "city", "county", "school"]), name="organization_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="school") | Q(is_village_school=False, is_sole_teacher_school=False),
                name="only_schools_are_village_schools",
                violation_error_message="只有学校可以是村小或一人一校。",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="organization_has_a_name"),
            # Everything would be below an organisation with an empty path.
            models.CheckConstraint(condition=~Q(path=""), name="organization_has_a_path"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self._demand_sole_teacher()
        order = list(self.Kind)
        if self.parent is None:
            return
        if self.kind and order.index(self.Kind(self.parent.kind)) >= order.index(self.Kind(self.kind)):
            raise ValidationError(
                {"parent": f"{self.get_kind_display()}的上级不能是{self.parent.get_kind_display()}。"}
            )
        if self.pk and self.parent.path.startswith(self.path):
            raise ValidationError({"parent": "上级不能是这个机构自己，也不能是它下面的机构。"})

    def _demand_sole_teacher(self) -> None:
        """Raises ValidationError where a school of several teachers in work is now to be one of a single teacher."""
        stored = Organization.objects.filter(pk=self.pk, is_sole_teacher_school=False)
        if not self.is_sole_teacher_school or not stored.exists():
            return
        in_work = self.teachers.filter(status=Teacher.Status.ACTIVE)
        found = becomes_sole_finding(self.name, teachers=in_work.count())
        if found:
            raise ValidationError({found.field: found.sentence})

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves the row, and the paths of this organisation and of all below it."""
        before = self.path
        super().save(*args, **kwargs)
        self.path = f"{self.parent.path if self.parent else ''}{self.pk}."
        if self.path != before:
            Organization.objects.filter(pk=self.pk).update(path=self.path)
        if before != UNPLACED and self.path != before:
            below = Organization.objects.filter(path__startswith=before).exclude(pk=self.pk)
            below.update(path=Concat(Value(self.path), Substr(F("path"), len(before) + 1)))
            offices.note_move()

    @property
    def reviewing_body(self) -> Organization | None:
        """The organisation that reviews what this one files: for a school the body above it, else itself."""
        return self.parent if self.kind == self.Kind.SCHOOL else self

    def teachers_concerned(self) -> Iterable[int]:
        return self.teachers.values_list("pk", flat=True)

    def matters(self) -> tuple[Any, ...]:
        return (self.is_sole_teacher_school,)


class Membership(models.Model):
    """The work of a user for an organisation, as staff or as a reviewer."""

    class Role(models.TextChoices):
        STAFF = "staff", "学分管理员"
        REVIEWER = "reviewer", "审核员"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships", verbose_name="用户"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships", verbose_name="机构"
    )
    role = models.CharField("身份", max_length=10, choices=Role.choices)

    class Meta:
        ordering = ["organization", "user"]
        verbose_name = verbose_name_plural = "机构人员"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organization", "role"],
                name="membership_once",
                violation_error_message="这位用户在这个机构已经有这个身份了。",
            ),
            models.CheckConstraint(condition=Q(role__in=["staff", "reviewer"]), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user}：{self.organization} {self.get_role_display()}"


_WORK = Prepared(
    lambda user: (
        Membership.objects.filter(user=user).order_by("organization__path").values_list("organization__path", "role")
    ),
    user=int,
)


def workplaces(user: User | AnonymousUser, role: str | None = None) -> list[str]:
    """Returns the paths of the organisations that `user` works for, in any role or in this one, each once, in order."""
    if user.pk is None:
        return []
    work = once(("workplaces", user.pk), lambda: _WORK.rows(user=user.pk))
    return list(dict.fromkeys(path for path, own_role in work if role in (None, own_role)))


#: For an account that works in one place, as nearly all do.
_SCHOOLS_BELOW = Prepared(
    lambda path: (
        Organization.objects.filter(path__startswith=path, kind=Organization.Kind.SCHOOL)
        .order_by("name", "pk")
        .values_list("pk", "name")
    ),
    path=str,
)


def school_names(user: User) -> list[tuple[int, str]]:
    """Returns key and name of each school that `user` works for or is above of, by name."""
    places = workplaces(user)
    if user.is_active and not user.is_superuser and len(places) == 1:
        return _SCHOOLS_BELOW.rows(path=places[0])
    schools = Organization.objects.visible_to(user).filter(kind=Organization.Kind.SCHOOL)
    return list(schools.order_by("name", "pk").values_list("pk", "name"))


class TeacherQuerySet(models.QuerySet["Teacher"]):
    def managed_by(self, user: User | AnonymousUser) -> TeacherQuerySet:
        """Returns the teachers of the organisations that `user` works for and of all below these."""
        if isinstance(user, AnonymousUser) or not user.is_active:
            return self.none()
        if user.is_superuser:
            return self.all()
        paths = workplaces(user)
        return self.filter(_below("school__path", paths)) if paths else self.none()

    def numbered(self, numbers: Iterable[str]) -> TeacherQuerySet:
        """Returns the teachers of these staff numbers, in whatever spelling."""
        keys = {number_key(number) for number in numbers}
        return self.alias(number_key=Lower("staff_number")).filter(number_key__in=keys)

    def called(self, text: str) -> TeacherQuerySet:
        """Returns the teachers with `text` in their name or staff number, in whatever spelling.

        A name is also found by its pinyin or by the initials of it.
        """
        condition = Q(staff_number__icontains=number_key(text))
        for spelling in spellings(text):
            condition |= Q(name__icontains=spelling)
        if letters := typed_letters(text):
            condition |= Q(letters__contains=letters)
        return self.filter(condition)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        rows = list(objs)
        for row in rows:
            row.letters = letters_of(row.name)
        return super().bulk_create(rows, *args, **options)

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], *args: Any, **options: Any) -> int:
        rows, columns = list(objs), set(fields)
        if "name" in columns:
            columns.add("letters")
            for row in rows:
                row.letters = letters_of(row.name)
        return super().bulk_update(rows, columns, *args, **options)


class Teacher(RestsOn):
    """A teacher, known by a staff number. No identity-card number is stored anywhere."""

    class Status(models.TextChoices):
        ACTIVE = "active", "在职"
        RETIRED = "retired", "已退休"
        LEFT = "left", "已离开"

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    staff_number = models.CharField(
        "教师编号",
        max_length=32,
        unique=True,
        validators=[
            RegexValidator(r"^[0-9A-Za-z-]+\Z", "只能用字母、数字和短横线。"),
            RegexValidator(
                r"^[1-9][0-9]{5}(19|20)[0-9]{9}[0-9Xx]\Z",
                "这像是身份证号。这里不存身份证号，请用学校或主管部门编的号。",
                inverse_match=True,
            ),
        ],
        help_text="学校或主管部门编的号，不是身份证号。",
    )
    name = models.CharField("姓名", max_length=40)
    #: The name's pinyin, which rosters are ordered by.
    name_key = models.CharField(max_length=LONGEST_KEY, editable=False, default="")
    #: The letters by which the name is found, as `letters_of` writes them.
    letters = models.CharField(max_length=LONGEST_LETTERS, editable=False, default="", db_default="")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="teacher",
        verbose_name="账号",
    )
    school = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="teachers",
        limit_choices_to={"kind": "school"},
        verbose_name="学校",
    )
    position = models.CharField("岗位", max_length=20, choices=POSITIONS, default=Position.TEACHING.value)
    formally_employed_on = models.DateField(
        "正式任教日期", null=True, blank=True, help_text="不知道就留空（学分问答第 5 条）。"
    )
    subject = models.CharField(
        "现在任教学科", max_length=20, blank=True, help_text="按现在教的填（学分问答第 19 条）。"
    )
    stage = models.CharField("现在任教学段", max_length=20, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.ACTIVE)
    ended_on = models.DateField("退休或离开日期", null=True, blank=True)

    objects = TeacherQuerySet.as_manager()

    class Meta:
        ordering = ["staff_number"]
        verbose_name = verbose_name_plural = "教师"
        constraints = [
            models.CheckConstraint(
                condition=Q(position__in=[position.value for position in Position]), name="teacher_position_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["active", "retired", "left"]), name="teacher_status_is_known"
            ),
            models.CheckConstraint(condition=~Q(staff_number="") & ~Q(name=""), name="teacher_has_number_and_name"),
            models.UniqueConstraint(
                Lower("staff_number"),
                name="staff_number_once_in_either_case",
                violation_error_message="已经有只差大小写的编号了，请换一个。",
            ),
            models.CheckConstraint(
                condition=Q(formally_employed_on__isnull=True)
                | Q(
                    formally_employed_on__gte=FIRST_DATE,
                    formally_employed_on__lte=LAST_DATE,
                ),
                name="teacher_employed_in_these_times",
                violation_error_message="日期要在 1950 年到 2100 年之间。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.staff_number}）"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.name_key, self.letters = sort_key(self.name), letters_of(self.name)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if self.school_id and self.school.kind != Organization.Kind.SCHOOL:
            raise ValidationError({"school": "教师要属于一所学校。"})

    @transaction.atomic
    def transfer(self, school: Organization, on: datetime.date) -> None:
        """Moves to another school on that day; what was before stays in the postings.

        Raises ValidationError where that is no school, the present one, or before the present posting began.
        """
        if school.kind != Organization.Kind.SCHOOL:
            raise ValidationError("只能调到一所学校。")
        if school.pk == self.school_id:
            raise ValidationError("已经在这所学校了。")
        present = self.postings.filter(ended_on__isnull=True).first()
        if present and present.started_on and on <= present.started_on:
            raise ValidationError(f"调动日期要晚于到现在学校的日期（{wording.date_in_words(present.started_on)}）。")
        if present:
            present.ended_on = on
            present.save()
        else:
            Posting.objects.create(teacher=self, school=self.school, started_on=None, ended_on=on)
        Posting.objects.create(teacher=self, school=school, started_on=on)
        self.school = school
        self.save(update_fields=["school"])

    @property
    def whereabouts(self) -> Whereabouts[Organization]:
        """The schools of this teacher as the postings tell; asks for nothing where the postings were prefetched."""
        postings = self.postings.all()
        stays = (Stay(posting.school, posting.started_on, posting.ended_on) for posting in postings)
        return Whereabouts(self.school, tuple(stays))

    def school_on(self, day: datetime.date) -> Organization:
        """The school where the teacher was on that day, as far as the postings tell."""
        return self.whereabouts.school_on(day)

    def teachers_concerned(self) -> Iterable[int]:
        return [self.pk]

    def matters(self) -> tuple[Any, ...]:
        return (self.position, self.formally_employed_on, self.school_id, self.name_key, self.status)


_WITH_SCHOOL = ("school__parent", "user")
#: For an account that works in one place, as nearly all do.
_IN_CHARGE = Prepared(
    lambda path, public_id: Teacher.objects.filter(school__path__startswith=path, public_id=public_id).select_related(
        *_WITH_SCHOOL
    ),
    path=str,
    public_id=str,
)


def teacher_managed_by(user: User, public_id: str) -> Teacher | None:
    """Returns the teacher of that id, with school, the body above it, and account; None where `user` has no charge."""
    places = workplaces(user)
    if user.is_active and not user.is_superuser and len(places) == 1:
        return cast("Teacher | None", _IN_CHARGE.first(path=places[0], public_id=public_id))
    return Teacher.objects.managed_by(user).select_related(*_WITH_SCHOOL).filter(public_id=public_id).first()


_OF_ACCOUNT = Prepared(lambda user: Teacher.objects.filter(user=user).select_related("school__parent"), user=int)


def teacher_with(user: User | AnonymousUser) -> Teacher | None:
    """Returns the teacher whose account this is, with school and the body above it; None for any other account."""
    if user.pk is None:
        return None
    return once(("teacher", user.pk), lambda: _OF_ACCOUNT.first(user=user.pk))


class Posting(models.Model):
    """The time of a teacher at a school; the posting without an end is the present one."""

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="postings", verbose_name="教师")
    school = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="postings", verbose_name="学校")
    started_on = models.DateField("到校日期", null=True, blank=True)
    ended_on = models.DateField("离校日期", null=True, blank=True)

    class Meta:
        ordering = ["teacher", "pk"]
        verbose_name = verbose_name_plural = "任职经历"
        constraints = [
            models.UniqueConstraint(
                fields=["teacher"], condition=Q(ended_on__isnull=True), name="one_present_posting_per_teacher"
            ),
            models.CheckConstraint(
                condition=Q(started_on__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="posting_ends_after_it_starts",
                violation_error_message="离校日期要晚于到校日期。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}：{self.school}"

    @property
    def last_day(self) -> datetime.date | None:
        """The last day at this school, as the day of a move belongs to the new one; for who ended work, the end."""
        if self.ended_on:
            return self.ended_on - datetime.timedelta(days=1)
        return self.teacher.ended_on

    @property
    def in_words(self) -> str:
        """The dates as they are read: “（起始日期未登记）— 2026 年 8 月 31 日”, “2026 年 9 月 1 日 — 至今”."""
        begins = f"{wording.date_in_words(self.started_on)} " if self.started_on else "（起始日期未登记）"
        ends = wording.date_in_words(self.last_day) if self.last_day else "至今"
        return f"{begins}— {ends}"


_POSTINGS = Prepared(lambda teacher: Posting.objects.filter(teacher=teacher).select_related("school"), teacher=int)


def postings_of(teacher: Teacher) -> list[Posting]:
    """Returns the teacher's time at each school, the present one too, with these."""
    postings = _POSTINGS.rows(teacher=teacher.pk)
    for posting in postings:
        posting.teacher = teacher
    return postings


def _below(field: str, paths: Iterable[str]) -> Q:
    """Returns the condition that `field`, a path, lies at or below one of these paths."""
    condition = Q()
    for path in paths:
        condition |= Q(**{f"{field}__startswith": path})
    return condition

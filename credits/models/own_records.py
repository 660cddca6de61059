"""Records that a school enters of its teachers: activities, and degrees and other offsets that a reviewer credits."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from helpdesk.common.tones import Tone

from ..decisions.awards import AwardWords
from ..rules import wording
from ..rules.amounts import one_amount
from ..rules.bounds import FIRST_DATE, LAST_DATE, MAX_COUNT, MAX_CREDITS, MAX_HOURS, MAX_NAME_LENGTH
from ..rules.types import AMOUNT_OF_ACTIVITY, LEVELLED, Activity, DegreeLevel, Level
from .base import RestsOn
from .columns import amount_column, between, day_column, user_column, validate_has_happened
from .people import Teacher
from .plans import SchoolPlan

ACTIVITIES = [(activity.value, label) for activity, label in wording.ACTIVITY.items()]
LEVELS = [(level.value, label) for level, label in wording.LEVEL.items()]
DEGREES = [(level.value, label) for level, label in wording.DEGREE.items()]
LEVELLED_ACTIVITIES = [activity.value for activity in LEVELLED]


def _taking(kind: str) -> list[str]:
    """Returns the activities whose amount is of this kind: credits, hours or count."""
    return [activity.value for activity in Activity if AMOUNT_OF_ACTIVITY[activity] == kind]


class SelfDirectedActivity(RestsOn):
    """One activity of a teacher's self-directed training, with the one amount that its kind takes."""

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="activities", verbose_name="教师")
    plan = models.ForeignKey(
        SchoolPlan, on_delete=models.SET_NULL, null=True, blank=True, related_name="activities", verbose_name="所属方案"
    )
    activity = models.CharField("活动", max_length=20, choices=ACTIVITIES)
    level = models.CharField("级别", max_length=10, choices=LEVELS, blank=True, help_text="公开课和讲座要选。")
    credits = amount_column("学分", MAX_CREDITS, null=True, blank=True)
    hours = amount_column("学时", MAX_HOURS, null=True, blank=True)
    count = models.PositiveSmallIntegerField(
        "节数或次数",
        null=True,
        blank=True,
        validators=[MinValueValidator(1, "至少是 1。"), MaxValueValidator(MAX_COUNT, f"不能超过 {MAX_COUNT}。")],
    )
    completed_on = day_column("日期")
    has_record = models.BooleanField("有过程记录", default=False)
    evidence = models.CharField(
        "证明材料", max_length=300, blank=True, help_text="记录放在哪里，例如听课本、照片、评课表。"
    )

    class Meta:
        ordering = ["completed_on", "pk"]
        verbose_name = verbose_name_plural = "自主培训活动"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    activity__in=_taking("credits"),
                    credits__isnull=False,
                    credits__gt=0,
                    credits__lte=MAX_CREDITS,
                    hours__isnull=True,
                    count__isnull=True,
                )
                | Q(
                    activity__in=_taking("hours"),
                    hours__isnull=False,
                    hours__gt=0,
                    hours__lte=MAX_HOURS,
                    credits__isnull=True,
                    count__isnull=True,
                )
                | Q(
                    activity__in=_taking("count"),
                    count__isnull=False,
                    count__gte=1,
                    count__lte=MAX_COUNT,
                    credits__isnull=True,
                    hours__isnull=True,
                ),
                name="activity_has_the_amount_of_its_kind",
                violation_error_message="这种活动的数量填得不对：请按活动填学分、学时或节数中的一个。",
            ),
            models.CheckConstraint(
                condition=Q(activity__in=LEVELLED_ACTIVITIES, level__in=[level.value for level in Level])
                | (~Q(activity__in=LEVELLED_ACTIVITIES) & Q(level="")),
                name="activity_has_a_level_where_it_takes_one",
                violation_error_message="公开课和讲座要选级别，其他活动不填。",
            ),
            models.CheckConstraint(
                condition=between("completed_on", FIRST_DATE, LAST_DATE), name="activity_in_these_times"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}：{self.get_activity_display()}"

    def clean(self) -> None:
        if self.activity:
            wanted = AMOUNT_OF_ACTIVITY[Activity(self.activity)]
            labels = {"credits": "学分", "hours": "学时", "count": "节数或次数"}
            message = f"{self.get_activity_display()}只填{labels[wanted]}。"
            errors = {name: message for name in labels if (getattr(self, name) is not None) != (name == wanted)}
            if errors:
                raise ValidationError(errors)
        if self.completed_on:
            validate_has_happened(self.completed_on, self.teacher, "completed_on")
        if self.plan and self.plan.school_id != self.teacher.school_id:
            before = {posting.school_id for posting in self.teacher.postings.all()}
            if self.plan.school_id not in before:
                raise ValidationError({"plan": "这份方案不是这位教师所在（或待过）的学校的。"})

    @property
    def amount(self) -> Decimal:
        """The one amount that is given, in the unit of the activity: credits, hours or a count."""
        return one_amount((self.credits, self.hours, self.count))

    @property
    def amount_in_words(self) -> str:
        """The amount with its unit: 20 节."""
        return f"{wording.amount_text(self.amount)} {wording.UNIT[Activity(self.activity)]}"

    def teachers_concerned(self) -> Iterable[int]:
        return [self.teacher_id]


class Award(RestsOn):
    """Something that offsets coordinated credits, as the school entered it; its reviewer sets its credits.

    Each kind has a column `words.detail` that may be left empty.
    """

    class Status(models.TextChoices):
        ENTERED = "entered", "已登记，待认定"
        RETURNED = "returned", "退回修改"
        CREDITED = "credited", "已认定"

    #: How pages show a status; any other is still open.
    TONES = {Status.CREDITED: Tone.GOOD, Status.RETURNED: Tone.SHORT}
    words: ClassVar[AwardWords]
    #: Name of the column that says what the award is.
    what: ClassVar[str]

    #: Each kind has its own, under the name by which a teacher knows them.
    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="+", verbose_name="教师")
    awarded_on = day_column("取得日期")
    credits = amount_column("认定学分", MAX_CREDITS, null=True, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.ENTERED)
    feedback = models.CharField("审核意见", max_length=500, blank=True)
    entered_by = user_column("登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)
    credited_by = user_column("认定人")
    credited_at = models.DateTimeField("认定时间", null=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.teacher}：{self.label}"

    @property
    def label(self) -> str:
        """Name of the award, as short as a list has it."""
        raise NotImplementedError

    @property
    def called(self) -> str:
        """Name of the award, as a sentence has it."""
        raise NotImplementedError

    @property
    def is_credited(self) -> bool:
        return self.status == self.Status.CREDITED

    @property
    def detail(self) -> str:
        """Value of the column that may be left empty."""
        return str(getattr(self, self.words.detail))

    def clean(self) -> None:
        if self.awarded_on:
            validate_has_happened(self.awarded_on, None, "awarded_on")

    def teachers_concerned(self) -> Iterable[int]:
        return [self.teacher_id]


def _award_constraints(name: str) -> list[models.BaseConstraint]:
    """Returns the constraints that every kind of award has, their names beginning with `name`."""
    return [
        models.CheckConstraint(
            condition=Q(status__in=["entered", "returned"], credits__isnull=True, credited_at__isnull=True)
            | Q(
                status="credited",
                credits__isnull=False,
                credits__gt=0,
                credits__lte=MAX_CREDITS,
                credited_at__isnull=False,
            ),
            name=f"{name}_is_entered_or_credited_in_full",
        ),
        models.CheckConstraint(
            condition=~Q(status="returned") | ~Q(feedback=""),
            name=f"{name}_returned_says_why",
            violation_error_message="退回时请写明要改什么。",
        ),
        models.CheckConstraint(condition=between("awarded_on", FIRST_DATE, LAST_DATE), name=f"{name}_in_these_times"),
    ]


class DegreeAward(Award):
    """A degree 学历 (credits-05)."""

    words = AwardWords("学历", "这个学历", "title")
    what = "level"

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="degrees", verbose_name="教师")
    level = models.CharField("学历", max_length=10, choices=DEGREES)
    title = models.CharField("学校和专业", max_length=120, blank=True)

    class Meta:
        ordering = ["awarded_on", "pk"]
        verbose_name = verbose_name_plural = "学历"
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "level", "awarded_on"],
                name="degree_once",
                violation_error_message="这位教师的这个学历已经登记过了。",
            ),
            models.CheckConstraint(
                condition=Q(level__in=[level.value for level in DegreeLevel]), name="degree_level_is_known"
            ),
            *_award_constraints("degree"),
        ]

    @property
    def label(self) -> str:
        return self.get_level_display()

    @property
    def called(self) -> str:
        return f"{self.label}学历"


class OffsetAward(Award):
    """An offset by a way other than a degree 其他途径冲抵 (credits-12, C24); `basis` is the way, as written."""

    words = AwardWords("其他冲抵", "这项冲抵", "evidence")
    what = "basis"

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="offsets", verbose_name="教师")
    basis = models.CharField("途径", max_length=MAX_NAME_LENGTH, help_text="照实写是通过什么途径取得的。")
    evidence = models.CharField(
        "证明材料", max_length=300, blank=True, help_text="材料放在哪里，例如证书编号、文件号。"
    )

    class Meta:
        ordering = ["awarded_on", "pk"]
        verbose_name = verbose_name_plural = "其他冲抵"
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "basis", "awarded_on"],
                name="offset_once",
                violation_error_message="这位教师的这项冲抵已经登记过了。",
            ),
            models.CheckConstraint(condition=~Q(basis=""), name="offset_has_a_basis"),
            *_award_constraints("offset"),
        ]

    @property
    def label(self) -> str:
        return self.basis

    @property
    def called(self) -> str:
        return f"{wording.OFFSET}（{self.basis}）"


#: Every kind of award.
AWARDS: tuple[type[Award], ...] = (DegreeAward, OffsetAward)

"""What the credits come from: training projects and their results, activities under a school's plan, degrees.

Every row that a statement rests on keeps the teacher's summaries true in the transaction that changes it.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..rules import wording
from ..rules.types import (
    AMOUNT_OF_ACTIVITY,
    LEVELLED,
    Activity,
    Category,
    DegreeLevel,
    Level,
)
from .base import FIRST_DATE, LAST_DATE, MAX_COUNT, MAX_CREDITS, MAX_HOURS, RestsOn
from .cycles import CATEGORIES
from .people import Organization, Teacher

ACTIVITIES = [(activity.value, label) for activity, label in wording.ACTIVITY.items()]
LEVELS = [(level.value, label) for level, label in wording.LEVEL.items()]
DEGREES = [(level.value, label) for level, label in wording.DEGREE.items()]
CENT = Decimal("0.01")


def _amount(label: str, most: Decimal, **options: Any) -> models.DecimalField[Any, Any]:
    validators = [MinValueValidator(CENT, "要大于 0。"), MaxValueValidator(most, f"不能超过 {most}。")]
    return models.DecimalField(label, max_digits=6, decimal_places=2, validators=validators, **options)


def _day(label: str, **options: Any) -> models.DateField[Any, Any]:
    message = "日期要在 1950 年到 2100 年之间。"
    validators = [MinValueValidator(FIRST_DATE, message), MaxValueValidator(LAST_DATE, message)]
    return models.DateField(label, validators=validators, **options)


def _between(field: str, least: Any, most: Any) -> Q:
    return Q(**{f"{field}__gte": least, f"{field}__lte": most})


def _user(label: str) -> models.ForeignKey[Any, Any]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=label,
    )


def _demand_that_it_was(day: datetime.date, teacher: Teacher | None, field: str) -> None:
    """Refuses, at `field`, what is still to come, and what comes after the teacher's time."""
    if day > timezone.localdate():
        raise ValidationError({field: f"{wording.date_in_words(day)}还没到，请过了这一天再登记。"})
    if teacher and teacher.ended_on and day > teacher.ended_on:
        ended = wording.date_in_words(teacher.ended_on)
        raise ValidationError({field: f"{teacher.name} {ended}起{teacher.get_status_display()}，此后的不能再登记。"})


def new_code() -> str:
    return f"T-{secrets.token_hex(4)}"


class ProjectQuerySet(models.QuerySet["TrainingProject"]):
    def kept_by(self, user: User | AnonymousUser) -> ProjectQuerySet:
        """The projects of the organisations that `user` works for."""
        return self.filter(organizer__in=Organization.objects.visible_to(user))

    def visible_to(self, user: User | AnonymousUser) -> ProjectQuerySet:
        """These, and what bodies above them have published."""
        own = Organization.objects.visible_to(user)
        above = {int(part) for path in own.values_list("path", flat=True) for part in path.rstrip(".").split(".")}
        return self.filter(Q(organizer__in=own) | Q(organizer__in=above, status=TrainingProject.Status.PUBLISHED))


class TrainingProject(RestsOn):
    """A coordinated training, published with a category and, ticked or not, the conversion into credits.

    Changing the conversion later does not touch reviewed results: these take 取消审核, then 审核 again (credits-01).
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "未发布"
        PUBLISHED = "published", "已发布"

    code = models.CharField(
        "项目编号",
        max_length=64,
        unique=True,
        blank=True,
        validators=[RegexValidator(r"^[0-9A-Za-z-]+\Z", "只能用字母、数字和短横线。")],
        help_text="留空会自动编一个。",
    )
    name = models.CharField("项目名称", max_length=120)
    organizer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="projects", verbose_name="举办机构"
    )
    category = models.CharField("学分折算类型", max_length=20, choices=CATEGORIES)
    hours = _amount("学时", MAX_HOURS)
    converted = models.BooleanField(
        "折算学分", default=False, help_text="勾选后，成绩审核时自动折算成学分（学分问答第 1 条）。"
    )
    starts_on = _day("开始日期", null=True, blank=True)
    ends_on = _day("结束日期", help_text="学分算在这一天所在的学年。")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "code"]
        verbose_name = verbose_name_plural = "培训项目"
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=[one.value for one in Category]), name="project_category_is_known"
            ),
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=MAX_HOURS), name="project_hours_in_bounds"),
            models.CheckConstraint(condition=Q(status__in=["draft", "published"]), name="project_status_is_known"),
            models.CheckConstraint(condition=_between("ends_on", FIRST_DATE, LAST_DATE), name="project_in_these_times"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(starts_on__lte=models.F("ends_on")),
                name="project_ends_after_it_starts",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="project_has_code_and_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.code = self.code or new_code()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.code = self.code or new_code()
        super().save(*args, **kwargs)

    def teachers_concerned(self) -> Iterable[int]:
        return self.results.values_list("teacher_id", flat=True)

    def matters(self) -> tuple[Any, ...]:
        """Category and conversion are fixed in a result when it is reviewed."""
        return (self.code, self.ends_on)


class TrainingResult(RestsOn):
    """What a teacher achieved in a project. Reviewing it fixes category, conversion and credits as they then were."""

    class Status(models.TextChoices):
        ENTERED = "entered", "已登记，待审核"
        REVIEWED = "reviewed", "已审核"

    project = models.ForeignKey(
        TrainingProject, on_delete=models.PROTECT, related_name="results", verbose_name="培训项目"
    )
    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="results", verbose_name="教师")
    hours = _amount("学时", MAX_HOURS)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.ENTERED)
    category = models.CharField("审核时的折算类型", max_length=20, choices=CATEGORIES, blank=True, editable=False)
    converted = models.BooleanField("审核时已勾选折算", null=True, editable=False)
    credits = _amount("学分", MAX_CREDITS, null=True, blank=True, editable=False)
    entered_by = _user("登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)
    reviewed_by = _user("审核人")
    reviewed_at = models.DateTimeField("审核时间", null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "培训成绩"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "teacher"],
                name="one_result_per_project_and_teacher",
                violation_error_message="这位教师在这个项目里已经有成绩了。",
            ),
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=MAX_HOURS), name="result_hours_in_bounds"),
            models.CheckConstraint(
                condition=Q(
                    status="entered",
                    category="",
                    converted__isnull=True,
                    credits__isnull=True,
                    reviewed_at__isnull=True,
                )
                | Q(
                    status="reviewed",
                    category__in=[one.value for one in Category],
                    converted__isnull=False,
                    credits__isnull=False,
                    credits__gt=0,
                    credits__lte=MAX_CREDITS,
                    reviewed_at__isnull=False,
                ),
                name="result_is_entered_or_reviewed_in_full",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}：{self.project}"

    def clean(self) -> None:
        if self.hours is not None and self.hours > self.project.hours:
            most = wording.amount(Decimal(self.project.hours))
            raise ValidationError({"hours": f"这个项目是 {most} 学时，成绩不能比它多。"})
        _demand_that_it_was(self.project.ends_on, self.teacher, "hours")

    def teachers_concerned(self) -> Iterable[int]:
        return [self.teacher_id]


class SchoolPlan(RestsOn):
    """A school's plan for one school year (校本研修方案), filed, reviewed above, returned or approved (credits-15)."""

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        FILED = "filed", "已上报，待审核"
        RETURNED = "returned", "退回修改"
        APPROVED = "approved", "已通过"

    school = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="plans",
        limit_choices_to={"kind": "school"},
        verbose_name="学校",
    )
    school_year = models.PositiveSmallIntegerField("学年", help_text="写开始的年份，2020 就是 2020—2021 学年。")
    content = models.TextField("方案内容", max_length=20_000, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    feedback = models.CharField("审核意见", max_length=500, blank=True)
    filed_by = _user("上报人")
    filed_at = models.DateTimeField("上报时间", null=True, editable=False)
    reviewed_by = _user("审核人")
    reviewed_at = models.DateTimeField("审核时间", null=True, editable=False)

    class Meta:
        ordering = ["-school_year", "school"]
        verbose_name = verbose_name_plural = "校本研修方案"
        constraints = [
            models.UniqueConstraint(
                fields=["school", "school_year"],
                name="one_plan_per_school_and_year",
                violation_error_message="这所学校这个学年已经有方案了。",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "filed", "returned", "approved"]), name="plan_status_is_known"
            ),
            models.CheckConstraint(condition=_between("school_year", 1950, 2100), name="plan_in_these_times"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(filed_at__isnull=False), name="plan_beyond_draft_was_filed"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["returned", "approved"]) | Q(reviewed_at__isnull=False),
                name="plan_decided_on_was_reviewed",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(feedback=""),
                name="plan_returned_says_why",
                violation_error_message="退回时请写明要改什么。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.school} {wording.school_year(self.school_year)}校本研修方案"

    def teachers_concerned(self) -> Iterable[int]:
        return self.activities.values_list("teacher_id", flat=True)


class SafetyNetPlan(models.Model):
    """A county's plan for safety-net training 托底: 预判 → 方案 → 报上级备案 → 组织实施 (C20, credits-11)."""

    class Status(models.TextChoices):
        FORECAST = "forecast", "预判"
        PLANNED = "planned", "方案已拟"
        FILED = "filed", "已报上级备案"
        RETURNED = "returned", "退回修改"
        RECORDED = "recorded", "上级已备案"
        UNDER_WAY = "under_way", "组织实施中"

    #: Under these the county may publish safety-net projects.
    STANDING = (Status.RECORDED, Status.UNDER_WAY)

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="safety_net_plans", verbose_name="机构"
    )
    school_year = models.PositiveSmallIntegerField("学年", help_text="写开始的年份，2020 就是 2020—2021 学年。")
    forecast = models.TextField(
        "预判", max_length=5000, help_text="为什么本年度无法完成相应的培训学分：差多少人、差多少学分、原因。"
    )
    content = models.TextField(
        "托底培训方案", max_length=20_000, blank=True, help_text="谁来组织、线上还是线下、学什么、多少学时。"
    )
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.FORECAST)
    feedback = models.CharField("上级意见", max_length=500, blank=True)
    filed_by = _user("上报人")
    filed_at = models.DateTimeField("上报时间", null=True, editable=False)
    reviewed_by = _user("备案人")
    reviewed_at = models.DateTimeField("备案时间", null=True, editable=False)

    class Meta:
        ordering = ["-school_year", "organization"]
        verbose_name = verbose_name_plural = "托底培训方案"
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "school_year"],
                name="one_safety_net_plan_per_body_and_year",
                violation_error_message="这个机构这个学年已经有托底培训方案了。",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["forecast", "planned", "filed", "returned", "recorded", "under_way"]),
                name="safety_net_status_is_known",
            ),
            models.CheckConstraint(condition=_between("school_year", 1950, 2100), name="safety_net_in_these_times"),
            models.CheckConstraint(condition=~Q(forecast=""), name="safety_net_has_a_forecast"),
            models.CheckConstraint(
                condition=Q(status="forecast") | ~Q(content=""), name="safety_net_beyond_forecast_has_a_plan"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["forecast", "planned"]) | Q(filed_at__isnull=False),
                name="safety_net_beyond_plan_was_filed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["returned", "recorded", "under_way"]) | Q(reviewed_at__isnull=False),
                name="safety_net_decided_on_was_reviewed",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(feedback=""),
                name="safety_net_returned_says_why",
                violation_error_message="退回时请写明要改什么。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} {wording.school_year(self.school_year)}托底培训方案"


class SelfDirectedActivity(RestsOn):
    """One activity of a teacher's self-directed training, with the one amount that its kind takes."""

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="activities", verbose_name="教师")
    plan = models.ForeignKey(
        SchoolPlan, on_delete=models.SET_NULL, null=True, blank=True, related_name="activities", verbose_name="所属方案"
    )
    activity = models.CharField("活动", max_length=20, choices=ACTIVITIES)
    level = models.CharField("级别", max_length=10, choices=LEVELS, blank=True, help_text="公开课和讲座要选。")
    credits = _amount("学分", MAX_CREDITS, null=True, blank=True)
    hours = _amount("学时", MAX_HOURS, null=True, blank=True)
    count = models.PositiveSmallIntegerField(
        "节数或次数",
        null=True,
        blank=True,
        validators=[MinValueValidator(1, "至少是 1。"), MaxValueValidator(MAX_COUNT, f"不能超过 {MAX_COUNT}。")],
    )
    completed_on = _day("日期")
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
                    activity__in=[one.value for one in Activity if AMOUNT_OF_ACTIVITY[one] == "credits"],
                    credits__isnull=False,
                    credits__gt=0,
                    credits__lte=MAX_CREDITS,
                    hours__isnull=True,
                    count__isnull=True,
                )
                | Q(
                    activity__in=[one.value for one in Activity if AMOUNT_OF_ACTIVITY[one] == "hours"],
                    hours__isnull=False,
                    hours__gt=0,
                    hours__lte=MAX_HOURS,
                    credits__isnull=True,
                    count__isnull=True,
                )
                | Q(
                    activity__in=[one.value for one in Activity if AMOUNT_OF_ACTIVITY[one] == "count"],
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
                condition=Q(activity__in=[one.value for one in LEVELLED], level__in=[one.value for one in Level])
                | (~Q(activity__in=[one.value for one in LEVELLED]) & Q(level="")),
                name="activity_has_a_level_where_it_takes_one",
                violation_error_message="公开课和讲座要选级别，其他活动不填。",
            ),
            models.CheckConstraint(
                condition=_between("completed_on", FIRST_DATE, LAST_DATE), name="activity_in_these_times"
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
            _demand_that_it_was(self.completed_on, self.teacher, "completed_on")
        if self.plan and self.plan.school_id != self.teacher.school_id:
            known = self.teacher.postings.filter(school_id=self.plan.school_id).exists()
            if not known:
                raise ValidationError({"plan": "这份方案不是这位教师所在（或待过）的学校的。"})

    def teachers_concerned(self) -> Iterable[int]:
        return [self.teacher_id]


class DegreeAward(RestsOn):
    """A degree as the school entered it; whoever reviews it enters its credits (credits-05)."""

    class Status(models.TextChoices):
        ENTERED = "entered", "已登记，待认定"
        RETURNED = "returned", "退回修改"
        CREDITED = "credited", "已认定"

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="degrees", verbose_name="教师")
    level = models.CharField("学历", max_length=10, choices=DEGREES)
    title = models.CharField("学校和专业", max_length=120, blank=True)
    awarded_on = _day("取得日期")
    credits = _amount("认定学分", MAX_CREDITS, null=True, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.ENTERED)
    feedback = models.CharField("审核意见", max_length=500, blank=True)
    entered_by = _user("登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)
    credited_by = _user("认定人")
    credited_at = models.DateTimeField("认定时间", null=True, editable=False)

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
                condition=Q(level__in=[one.value for one in DegreeLevel]), name="degree_level_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["entered", "returned"], credits__isnull=True, credited_at__isnull=True)
                | Q(
                    status="credited",
                    credits__isnull=False,
                    credits__gt=0,
                    credits__lte=MAX_CREDITS,
                    credited_at__isnull=False,
                ),
                name="degree_is_entered_or_credited_in_full",
            ),
            models.CheckConstraint(
                condition=~Q(status="returned") | ~Q(feedback=""),
                name="degree_returned_says_why",
                violation_error_message="退回时请写明要改什么。",
            ),
            models.CheckConstraint(
                condition=_between("awarded_on", FIRST_DATE, LAST_DATE), name="degree_in_these_times"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}：{self.get_level_display()}"

    def clean(self) -> None:
        if self.awarded_on:
            _demand_that_it_was(self.awarded_on, None, "awarded_on")

    def teachers_concerned(self) -> Iterable[int]:
        return [self.teacher_id]

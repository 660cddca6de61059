"""Plans filed with the body above: a school's plan of training and research, a county's safety-net plan."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from helpdesk.common.tones import Tone

from ..rules import wording
from .base import RestsOn
from .columns import between, user_column
from .people import Organization


class SchoolPlan(RestsOn):
    """A school's plan for one school year (校本研修方案), filed, reviewed above, returned or approved (credits-15)."""

    class Status(models.TextChoices):
        DRAFT = "draft", "草稿"
        FILED = "filed", "已上报，待审核"
        RETURNED = "returned", "退回修改"
        APPROVED = "approved", "已通过"

    #: How pages show a status; any other is still open.
    TONES = {Status.APPROVED: Tone.GOOD, Status.RETURNED: Tone.SHORT}

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
    filed_by = user_column("上报人")
    filed_at = models.DateTimeField("上报时间", null=True, editable=False)
    reviewed_by = user_column("审核人")
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
            models.CheckConstraint(condition=between("school_year", 1950, 2100), name="plan_in_these_times"),
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
        return f"{self.school} {wording.school_year_in_words(self.school_year)}校本研修方案"

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

    #: How pages show a status; any other is still open.
    TONES = {Status.RECORDED: Tone.GOOD, Status.UNDER_WAY: Tone.GOOD, Status.RETURNED: Tone.SHORT}

    #: States in which the county may publish safety-net projects.
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
    filed_by = user_column("上报人")
    filed_at = models.DateTimeField("上报时间", null=True, editable=False)
    reviewed_by = user_column("备案人")
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
            models.CheckConstraint(condition=between("school_year", 1950, 2100), name="safety_net_in_these_times"),
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
        return f"{self.organization} {wording.school_year_in_words(self.school_year)}托底培训方案"

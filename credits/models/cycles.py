"""Storage of the rules' numbers, dated by training cycle; no arithmetic (that is `credits.rules`)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from ..rules import wording
from ..rules.types import EXACT_DIVISORS, Category

CATEGORIES = [(category.value, label) for category, label in wording.CATEGORY.items()]


class TrainingCycleManager(models.Manager["TrainingCycle"]):
    def get_by_natural_key(self, code: str) -> TrainingCycle:
        return self.get(code=code)

    def holding(self, day: datetime.date) -> TrainingCycle | None:
        """The cycle `day` falls into; where none does, the latest one that has begun, else the first."""
        return (
            self.filter(starts_on__lte=day, ends_on__gte=day).first()
            or self.filter(starts_on__lte=day).order_by("-starts_on").first()
            or self.order_by("starts_on").first()
        )


def _credits(label: str, help_text: str) -> models.DecimalField[Any, Any]:
    return models.DecimalField(
        label, max_digits=6, decimal_places=2, validators=[MinValueValidator(Decimal(0))], help_text=help_text
    )


def _threshold(label: str, help_text: str) -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField(label, validators=[MinValueValidator(1)], help_text=help_text)


class TrainingCycle(models.Model):
    """One five-year cycle with every number of its rules (credit-rules table, clauses C1–C11)."""

    code = models.CharField(
        "代号",
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[0-9A-Za-z-]+\Z", "只能用字母、数字和短横线。")],
        help_text="一般写开始的年份，如 2018；定下后不能再改。",
    )
    starts_on = models.DateField("开始日期", help_text="每个学年也从这个月日开始（依据：从 18-19 学年开始的五年内）。")
    ends_on = models.DateField("结束日期", help_text="含当天。")
    confirmed = models.BooleanField(
        "数值已确认", default=False, help_text="没有确认时，每份核对结果都会说明：数值沿用上一周期，尚待确认。"
    )
    coordinated_required = _credits("统筹培训要求学分", "依据学分问答第 2 条、第 13 条。")
    self_directed_required = _credits("自主培训要求学分", "依据学分问答第 8 条。")
    degree_offset_cap = _credits("学历冲抵上限（学分）", "一个周期内所有学历合计，依据学分问答第 5 条。")
    safety_net_cap_per_school_year = _credits("托底每学年上限（学分）", "依据学分问答第 12 条。")
    safety_net_cap_per_cycle = _credits("托底每周期上限（学分）", "依据学分问答第 12 条。")
    lessons_observed_per_credit = _threshold("听课满多少节计 1 学分", "按学年，依据学分问答第 9 条。")
    county_open_classes_per_credit = _threshold("县级及以上公开课满多少节计 1 学分", "按学年，依据学分问答第 9 条。")
    school_open_classes_per_credit = _threshold("校级公开课满多少节计 1 学分", "按学年，依据学分问答第 9 条。")
    county_lectures_per_credit = _threshold("县级及以上讲座满多少次计 1 学分", "按学年，依据学分问答第 9 条。")
    school_lectures_per_credit = _threshold("校内讲座满多少次计 1 学分", "按学年，依据学分问答第 9 条。")
    hours_per_credit = models.PositiveSmallIntegerField(
        "多少学时折 1 学分",
        choices=[(number, str(number)) for number in EXACT_DIVISORS],
        help_text="只列能除尽的数，依据学分问答第 10 条。",
    )

    objects = TrainingCycleManager()

    class Meta:
        ordering = ["starts_on"]
        verbose_name = verbose_name_plural = "培训周期"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gt=models.F("starts_on")),
                name="cycle_ends_after_it_starts",
                violation_error_message="结束日期要晚于开始日期。",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    coordinated_required__gte=0,
                    self_directed_required__gte=0,
                    degree_offset_cap__gte=0,
                    safety_net_cap_per_school_year__gte=0,
                    safety_net_cap_per_cycle__gte=0,
                ),
                name="cycle_credits_not_negative",
                violation_error_message="学分不能小于 0。",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    lessons_observed_per_credit__gte=1,
                    county_open_classes_per_credit__gte=1,
                    school_open_classes_per_credit__gte=1,
                    county_lectures_per_credit__gte=1,
                    school_lectures_per_credit__gte=1,
                ),
                name="cycle_thresholds_at_least_one",
                violation_error_message="节数、次数至少是 1。",
            ),
            models.CheckConstraint(
                condition=models.Q(hours_per_credit__in=EXACT_DIVISORS),
                name="cycle_hours_divide_exactly",
                violation_error_message="学时数要能除尽，请从列表里选。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on.year}—{self.ends_on.year} 周期"

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    def hours_per_credit_of(self, category: str) -> int:
        """The conversion of a category: its own row, else the cycle's number (C11)."""
        rate = self.rates.filter(category=category).first()
        return rate.hours_per_credit if rate else self.hours_per_credit

    def clean(self) -> None:
        if not self.starts_on or not self.ends_on:
            return
        if (self.starts_on.month, self.starts_on.day) == (2, 29):
            raise ValidationError({"starts_on": "学年每年都从这一天开始，不能是 2 月 29 日。"})
        if TrainingCycle.objects.filter(starts_on__lte=self.ends_on, ends_on__gte=self.starts_on).exclude(pk=self.pk):
            raise ValidationError({"starts_on": "与另一个培训周期的日期重叠了。"})


class ConversionRate(models.Model):
    """How many hours of a category make one credit in a cycle, where that differs from the cycle's own number.

    The documents give 10 hours for the county level (credits-10); all others start from it, which is a reading.
    """

    cycle = models.ForeignKey(TrainingCycle, on_delete=models.CASCADE, related_name="rates", verbose_name="培训周期")
    category = models.CharField("学分折算类型", max_length=20, choices=CATEGORIES)
    hours_per_credit = models.PositiveSmallIntegerField(
        "多少学时折 1 学分", choices=[(number, str(number)) for number in EXACT_DIVISORS]
    )

    class Meta:
        ordering = ["cycle", "pk"]
        verbose_name = verbose_name_plural = "折算标准"
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "category"],
                name="one_rate_per_cycle_and_category",
                violation_error_message="这一类在这个周期已经有折算标准了。",
            ),
            models.CheckConstraint(
                condition=models.Q(category__in=[one.value for one in Category]), name="rate_category_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(hours_per_credit__in=EXACT_DIVISORS), name="rate_hours_divide_exactly"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cycle} {self.get_category_display()}：{self.hours_per_credit} 学时 1 学分"

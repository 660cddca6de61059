"""The numbers of the rules, dated by training cycle; the arithmetic is in `credits.rules`."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from decimal import Decimal
from itertools import combinations
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models

from helpdesk.common.once import once
from helpdesk.common.prepared import Prepared

from ..decisions.days import nearest_cycle
from ..rules import wording
from ..rules.types import EXACT_DIVISORS, POLICY_PENDING, Category, TrainingForm

#: Every set of posts without requirement, as a row stores it: the posts in the order of `POLICY_PENDING`.
SETS_WITHOUT_REQUIREMENT = [
    [position.value for position in chosen]
    for number in range(len(POLICY_PENDING) + 1)
    for chosen in combinations(POLICY_PENDING, number)
]
FORM_VALUES = [form.value for form in TrainingForm]
FORMS = [(form.value, label) for form, label in wording.FORM.items()]
CATEGORIES = [(category.value, label) for category, label in wording.CATEGORY.items()]


class TrainingCycleManager(models.Manager["TrainingCycle"]):
    def get_by_natural_key(self, code: str) -> TrainingCycle:
        return self.get(code=code)

    def holding(self, day: datetime.date) -> TrainingCycle | None:
        """Returns the cycle that holds `day`; where none does, the latest that has begun, else the first, else None."""
        return nearest_cycle(day, all_cycles())


def _credits(label: str, help_text: str, **options: Any) -> models.DecimalField[Any, Any]:
    at_least = [MinValueValidator(Decimal(0))]
    return models.DecimalField(
        label, max_digits=6, decimal_places=2, validators=at_least, help_text=help_text, **options
    )


def _threshold(label: str, help_text: str) -> models.PositiveSmallIntegerField[Any, Any]:
    return models.PositiveSmallIntegerField(label, validators=[MinValueValidator(1)], help_text=help_text)


def all_pending() -> list[str]:
    """Returns all posts of which nothing is required yet, as both documents' cycles have it (C16, C17)."""
    return [position.value for position in POLICY_PENDING]


def validate_positions(values: Any) -> None:
    """Raises ValidationError unless the posts are some of `POLICY_PENDING`, each once, in that order."""
    if values not in SETS_WITHOUT_REQUIREMENT:
        raise ValidationError("暂不作要求的岗位填得不对，请重新勾选。")


def in_order(positions: Iterable[str]) -> list[str]:
    """Returns posts of `POLICY_PENDING` as a row stores them."""
    chosen = set(positions)
    return [position for position in all_pending() if position in chosen]


class TrainingCycle(models.Model):
    """One five-year cycle with every number of its rules (credit-rules table, clauses C1–C11, C24).

    It also says of which posts nothing is required yet (C16, C17).
    """

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
    other_offset_cap = _credits(
        "其他途径冲抵上限（学分）",
        "学历以外的途径，一个周期内合计。资料没有写上限：不填就是没有上限。",
        null=True,
        blank=True,
    )
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
    positions_without_requirement = models.JSONField(
        "暂不作要求的岗位",
        default=all_pending,
        blank=True,
        validators=[validate_positions],
        help_text="依据学分问答第 20 条、第 21 条；以后另有规定的，请取消勾选。",
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
                condition=models.Q(other_offset_cap__isnull=True) | models.Q(other_offset_cap__gte=0),
                name="cycle_other_offset_cap_not_negative",
                violation_error_message="学分不能小于 0。",
            ),
            models.CheckConstraint(
                condition=models.Q(positions_without_requirement__in=SETS_WITHOUT_REQUIREMENT),
                name="cycle_positions_are_known",
                violation_error_message="暂不作要求的岗位填得不对，请重新勾选。",
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

    def hours_per_credit_of(self, category: str, form: str = "") -> int:
        """Returns the hours of a category in a form that make one credit (C11).

        The rate of both, else that of the category in any form, else the cycle's number.
        """
        own = {(rate.category, rate.form): rate.hours_per_credit for rate in self.rates.all()}
        of_category = own.get((category, ""), self.hours_per_credit)
        return own.get((category, form), of_category)

    def clean(self) -> None:
        """Raises ValidationError for a leap day as start, and where another cycle overlaps."""
        if not self.starts_on or not self.ends_on:
            return
        if (self.starts_on.month, self.starts_on.day) == (2, 29):
            raise ValidationError({"starts_on": "学年每年都从这一天开始，不能是 2 月 29 日。"})
        others = TrainingCycle.objects.exclude(pk=self.pk)
        if others.filter(starts_on__lte=self.ends_on, ends_on__gte=self.starts_on).exists():
            raise ValidationError({"starts_on": "与另一个培训周期的日期重叠了。"})


_CYCLES = Prepared(lambda: TrainingCycle.objects.order_by("starts_on"))


def all_cycles() -> list[TrainingCycle]:
    """Returns all cycles, the earliest first."""
    return once("cycles", _CYCLES.rows)


def begun_cycles(day: datetime.date) -> list[TrainingCycle]:
    """Returns the cycles that have begun by `day`, the newest first."""
    return [cycle for cycle in reversed(all_cycles()) if cycle.starts_on <= day]


class ConversionRate(models.Model):
    """The hours of a category that make one credit in a cycle, where they differ from the cycle's own number.

    With a `form` it holds for that form alone. The documents give 10 hours for the county level (credits-10); all
    others start from it, which is a reading, as is any rate by form: none is shipped.
    """

    cycle = models.ForeignKey(TrainingCycle, on_delete=models.CASCADE, related_name="rates", verbose_name="培训周期")
    category = models.CharField("学分折算类型", max_length=20, choices=CATEGORIES)
    form = models.CharField(
        "培训形式", max_length=10, choices=FORMS, blank=True, help_text="不选就是这一类的各种形式都按它折算。"
    )
    hours_per_credit = models.PositiveSmallIntegerField(
        "多少学时折 1 学分", choices=[(number, str(number)) for number in EXACT_DIVISORS]
    )

    class Meta:
        ordering = ["cycle", "pk"]
        verbose_name = verbose_name_plural = "折算标准"
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "category", "form"],
                name="one_rate_per_cycle_category_and_form",
                violation_error_message="这一类（这种形式）在这个周期已经有折算标准了。",
            ),
            models.CheckConstraint(
                condition=models.Q(form__in=["", *FORM_VALUES]),
                name="rate_form_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(category__in=[category.value for category in Category]),
                name="rate_category_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(hours_per_credit__in=EXACT_DIVISORS), name="rate_hours_divide_exactly"
            ),
        ]

    def __str__(self) -> str:
        kind = wording.in_form(self.get_category_display(), self.form)
        return f"{self.cycle} {kind}：{self.hours_per_credit} 学时 1 学分"

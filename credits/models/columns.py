"""Columns and checks that the records behind the credits have in common."""

from __future__ import annotations

import datetime
import secrets
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from ..rules import wording
from ..rules.bounds import FIRST_DATE, LAST_DATE
from .people import Teacher

CENT = Decimal("0.01")


def amount_column(label: str, most: Decimal, **options: Any) -> models.DecimalField[Any, Any]:
    """Returns a column of credits or hours, with two decimals: above 0 and at most `most`."""
    validators = [MinValueValidator(CENT, "要大于 0。"), MaxValueValidator(most, f"不能超过 {most}。")]
    return models.DecimalField(label, max_digits=6, decimal_places=2, validators=validators, **options)


def day_column(label: str, **options: Any) -> models.DateField[Any, Any]:
    """Returns a column of a day within the bounds of the contract."""
    message = "日期要在 1950 年到 2100 年之间。"
    validators = [MinValueValidator(FIRST_DATE, message), MaxValueValidator(LAST_DATE, message)]
    return models.DateField(label, validators=validators, **options)


def between(field: str, least: Any, most: Any) -> Q:
    """Returns the condition that `field` lies from `least` to `most`, both included."""
    return Q(**{f"{field}__gte": least, f"{field}__lte": most})


def user_column(label: str) -> models.ForeignKey[Any, Any]:
    """Returns a column for the user who took a step; the row stays when the account goes."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=label,
    )


def validate_has_happened(day: datetime.date, teacher: Teacher | None, field: str) -> None:
    """Raises ValidationError at `field` where `day` is still to come, or the teacher was no longer in work."""
    if day > timezone.localdate():
        raise ValidationError({field: f"{wording.date_in_words(day)}还没到，请过了这一天再登记。"})
    if teacher and teacher.ended_on and day > teacher.ended_on:
        ended = wording.date_in_words(teacher.ended_on)
        raise ValidationError({field: f"{teacher.name} {ended}起{teacher.get_status_display()}，此后的不能再登记。"})


def new_project_code() -> str:
    return f"T-{secrets.token_hex(4)}"

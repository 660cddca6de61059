"""Summaries of teachers' statements, which the roster reads in place of computing them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from helpdesk.common.names import LONGEST_KEY

from ..rules import wording
from ..rules.types import Verdict
from .cycles import TrainingCycle
from .people import Organization, Teacher

VERDICTS = [(verdict.value, label) for verdict, label in wording.VERDICT.items()]
VERDICT_LABELS = dict(VERDICTS)


def _credits(label: str) -> models.DecimalField[Any, Any]:
    """Returns a column of credits; hours have two decimals, and their division adds up to six (C11)."""
    return models.DecimalField(label, max_digits=16, decimal_places=8)


def _roster_index(name: str, *fields: str) -> models.Index:
    """Returns an index that holds every column a page of the roster filters or orders by.

    So a late page reads the index alone. `listed` is the condition of the index, since SQLite cannot look up the bare
    boolean `WHERE listed`; it is its last column too, since SQLite reads the column all the same.
    """
    return models.Index(fields=["cycle", *fields, "listed"], condition=Q(listed=True), name=name)


class StatementSummary(models.Model):
    """The sums of one teacher's statement in one cycle, as of a day. Only `credits.statements.summaries` writes it."""

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="summaries", verbose_name="教师")
    cycle = models.ForeignKey(
        TrainingCycle, on_delete=models.CASCADE, related_name="summaries", verbose_name="培训周期"
    )
    #: Copies of the teacher's facts that the roster is filtered and ordered by, so that it reads this table alone.
    school = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+", verbose_name="学校")
    name_key = models.CharField(max_length=LONGEST_KEY)
    listed = models.BooleanField("在职")
    as_of = models.DateField("截止日期")
    verdict = models.CharField("结论", max_length=20, choices=VERDICTS)
    coordinated_counted = _credits("统筹已得")
    coordinated_missing = _credits("统筹还差")
    self_directed_counted = _credits("自主已得")
    self_directed_pending = _credits("自主待审核")
    self_directed_missing = _credits("自主还差")

    class Meta:
        verbose_name = verbose_name_plural = "学分情况"
        constraints = [
            models.UniqueConstraint(fields=["teacher", "cycle"], name="one_summary_per_teacher_and_cycle"),
            models.CheckConstraint(
                condition=Q(verdict__in=[verdict.value for verdict in Verdict]), name="summary_verdict_is_known"
            ),
        ]
        indexes = [
            _roster_index("roster_by_name", "name_key", "teacher", "school"),
            _roster_index("roster_by_coordinated", "-coordinated_missing", "name_key", "teacher", "school"),
            _roster_index("roster_by_own", "-self_directed_missing", "name_key", "teacher", "school"),
            _roster_index(
                "roster_picture",
                "school",
                "verdict",
                "coordinated_missing",
                "self_directed_missing",
                "self_directed_pending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher} {self.cycle}：{self.get_verdict_display()}"

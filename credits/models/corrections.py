"""Teachers' word that a record of theirs is wrong, which goes to the school and comes back decided."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from helpdesk.common.ids import new_public_id
from helpdesk.common.tones import Tone

from .people import Organization, Teacher


class CorrectionRequestQuerySet(models.QuerySet["CorrectionRequest"]):
    def open(self) -> CorrectionRequestQuerySet:
        """Returns those that nobody has decided on."""
        return self.filter(state__in=CorrectionRequest.OPEN)

    def decided_by(self, user: Any) -> CorrectionRequestQuerySet:
        """Returns those that are for `user` to decide: of the organisations they work for, and of all below these."""
        if user.is_superuser:
            return self
        return self.filter(office__in=Organization.objects.visible_to(user))


class CorrectionRequest(models.Model):
    """One line of a statement that its teacher says is wrong. It stays as it was written; only its state changes.

    `office` is the organisation whose turn it is; none where the teacher's has no staff and nobody is above it.
    """

    class State(models.TextChoices):
        FILED = "filed", "已收到"
        PASSED_ON = "passed_on", "已交上级"
        CORRECTED = "corrected", "已更正"
        REFUSED = "refused", "没有更正"

    OPEN = (State.FILED, State.PASSED_ON)
    TONES = {State.FILED: Tone.OPEN, State.PASSED_ON: Tone.OPEN, State.CORRECTED: Tone.GOOD}
    LONGEST = 1_000

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="correction_requests", db_index=False)
    #: Ids of the line's records as statements name them, with spaces between; empty where something is missing.
    records = models.CharField(max_length=200, blank=True)
    #: The line as the teacher read it.
    line = models.TextField("哪一条", blank=True)
    text = models.TextField("哪里不对")
    office = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="由谁办"
    )
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.FILED)
    reply = models.TextField("答复", blank=True)
    filed_at = models.DateTimeField("提出时间", default=timezone.now)
    decided_at = models.DateTimeField("办结时间", null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-filed_at", "-pk"]
        verbose_name = verbose_name_plural = "学分更正申请"
        constraints = [
            models.UniqueConstraint(
                fields=["teacher", "records"],
                condition=models.Q(state__in=["filed", "passed_on"]),
                name="one_open_correction_per_line",
            ),
        ]
        indexes = [
            models.Index(fields=["teacher", "-filed_at"], name="corrections_of_teacher"),
            models.Index(fields=["office", "state", "filed_at"], name="corrections_of_office"),
        ]

    def __str__(self) -> str:
        return f"{self.teacher.name}：{self.line or '缺一条记录'}"[:200]

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def tone(self) -> Tone | None:
        return self.TONES.get(self.State(self.state))

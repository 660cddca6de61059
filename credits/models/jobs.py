"""Long work with its progress, and spreadsheets on their way into the records."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone

from .people import Organization, new_public_id

#: A job that has not been heard of for so long has died with its process.
SILENT = datetime.timedelta(seconds=60)


class Job(models.Model):
    """Work on many rows that goes on behind a page which shows how far it is. Its owner alone sees it."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待开始"
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        FAILED = "failed", "没有完成"

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=30)
    title = models.CharField("内容", max_length=120)
    parameters = models.JSONField(default=dict)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    back = models.CharField(max_length=300, help_text="where its owner came from, and goes back to")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    phase = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField("结果", max_length=500, blank=True)
    details = models.JSONField(default=list)
    file = models.BinaryField(null=True)
    file_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "批量办理"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "done", "failed"]), name="job_state_is_known"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)

    @property
    def has_died(self) -> bool:
        return not self.is_over and timezone.now() - (self.heard_at or self.created_at) > SILENT

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0

    @property
    def seconds_left(self) -> int | None:
        """How long it will still take at the pace it had so far; None where that cannot be said yet."""
        if not self.started_at or not self.done or self.done >= self.total:
            return None
        spent = (timezone.now() - self.started_at).total_seconds()
        return max(1, round(spent * (self.total - self.done) / self.done))


class SpreadsheetImport(models.Model):
    """A spreadsheet that was read and judged; saved only when confirmed, and undone as long as nothing came after."""

    class Kind(models.TextChoices):
        TEACHERS = "teachers", "教师"
        RESULTS = "results", "培训成绩"
        ACTIVITIES = "activities", "自主培训活动"
        DEGREES = "degrees", "学历"

    class State(models.TextChoices):
        REFUSED = "refused", "有问题，没有导入"
        READY = "ready", "等待确认"
        APPLIED = "applied", "已导入"
        UNDONE = "undone", "已撤销"

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    kind = models.CharField("内容", max_length=10, choices=Kind.choices)
    state = models.CharField("状态", max_length=10, choices=State.choices)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="导入人"
    )
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="机构"
    )
    file_name = models.CharField("文件名", max_length=120)
    sha256 = models.CharField(max_length=64)
    #: The rows as read: [[row number, {field: text}], …]; emptied when it is over.
    rows = models.JSONField(default=list)
    #: What is wrong: [[row number or null, column or "", sentence], …].
    problems = models.JSONField(default=list)
    added = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("修改", default=0)
    unchanged = models.PositiveIntegerField("没有变化", default=0)
    #: What was done, to undo it: [[primary key, values before or null where added, values after, row number], …];
    #: until it is confirmed, what the preview showed.
    done = models.JSONField(default=list)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    applied_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "导入记录"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["teachers", "results", "activities", "degrees"]),
                name="import_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["refused", "ready"], applied_at__isnull=True)
                | models.Q(state__in=["applied", "undone"], applied_at__isnull=False),
                name="import_applied_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.file_name}"

"""The history of each process: the steps that were taken, by whom and when.

Rows of our own and not django-simple-history: `credits.steps.history` says why.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .people import Organization, Teacher


class Event(models.Model):
    """One step of a process. It outlives its subject and its actor's account, but not the teacher it is about.

    `subject` and `subject_id` name the row, and `title` keeps what it was called, should it be deleted.
    """

    class Subject(models.TextChoices):
        PROJECT = "project", "培训项目"
        RESULT = "result", "培训成绩"
        PLAN = "plan", "校本研修方案"
        SAFETY_NET = "safety_net", "托底培训方案"
        ACTIVITY = "activity", "自主培训活动"
        DEGREE = "degree", "学历"
        OFFSET = "offset", "其他冲抵"
        TEACHER = "teacher", "教师"
        IMPORT = "import", "导入"
        CORRECTION = "correction", "学分更正申请"

    subject = models.CharField("类别", max_length=12, choices=Subject.choices)
    subject_id = models.BigIntegerField()
    title = models.CharField("对象", max_length=200)
    action = models.CharField("做了什么", max_length=40)
    note = models.CharField("说明", max_length=500, blank=True)
    organization = models.ForeignKey(
        Organization, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="机构"
    )
    teacher = models.ForeignKey(
        Teacher, on_delete=models.CASCADE, null=True, related_name="events", verbose_name="教师"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="经办人"
    )
    actor_name = models.CharField("经办人账号", max_length=150)
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "办理记录"
        indexes = [models.Index(fields=["subject", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.action} {self.title}"

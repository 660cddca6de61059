"""Who looked at whose statement, and when."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .people import Teacher


class StatementAccess(models.Model):
    """One look at a teacher's statement by somebody else. It stays when the account goes, and goes with the teacher."""

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="accesses", verbose_name="教师")
    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="查看人"
    )
    viewer_name = models.CharField("查看人账号", max_length=150)
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = verbose_name_plural = "查看记录"

    def __str__(self) -> str:
        return f"{self.viewer_name} 查看 {self.teacher}"

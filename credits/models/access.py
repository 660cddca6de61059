"""Looks at teachers' credit data by others, and the codes with which teachers sign in for the first time."""

from __future__ import annotations

import datetime
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from .people import Teacher


class StatementAccessQuerySet(models.QuerySet["StatementAccess"]):
    def readable_by(self, user: Any) -> StatementAccessQuerySet:
        """Returns the looks at the teachers in the charge of `user`."""
        return self.filter(teacher__in=Teacher.objects.managed_by(user))


class StatementAccess(models.Model):
    """One look at a teacher's credit data by somebody else: the first in a session, and every export.

    It stays when the account goes, and goes with the teacher. `kind` is the page on which the session's looks began.
    """

    class Kind(models.TextChoices):
        STATEMENT = "statement", "查看核对结果"
        WHAT_IF = "what_if", "试算"
        EXPORT = "export", "导出名单"
        PRINT = "print", "打印核对结果"
        RECORDS = "records", "查看登记的内容"
        LIST = "list", "在名单、成绩表里看到"
        FORM = "form", "打开登记页面"
        IMPORT = "import", "预览导入"
        ADMIN = "admin", "在管理后台查看"

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="accesses", verbose_name="教师")
    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="查看人"
    )
    viewer_name = models.CharField("查看人账号", max_length=150)
    kind = models.CharField("方式", max_length=10, choices=Kind.choices, default=Kind.STATEMENT)
    #: A digest of the viewer's session, in which further looks count as this one; empty for exports and old rows.
    session = models.CharField(max_length=32, editable=False, default="", db_default="")
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)

    objects = StatementAccessQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = verbose_name_plural = "查看记录"

    def __str__(self) -> str:
        return f"{self.viewer_name} 查看 {self.teacher}"


#: Letters and digits that are not mistaken for each other on paper: 31, so that ten of them make 49 bits.
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXY"
CODE_LENGTH = 10
CODE_DAYS = 30


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def code_digest(code: str) -> str:
    """Returns the digest that is stored of a code: one round suffices, since a code has 49 random bits."""
    return salted_hmac("credits.sign-in-code", code, algorithm="sha256").hexdigest()


class SignInCode(models.Model):
    """A code, printed by the school, with which a teacher chooses a password, once and within `CODE_DAYS` days."""

    teacher = models.OneToOneField(Teacher, on_delete=models.CASCADE, related_name="sign_in_code", verbose_name="教师")
    digest = models.CharField(max_length=64, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="发放人"
    )
    issued_at = models.DateTimeField("发放时间")
    expires_at = models.DateTimeField("有效期到")
    #: Digest of the form that asked for the code, so that the same form sent again prints no second slip.
    form = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "登录码"

    def __str__(self) -> str:
        return f"{self.teacher} 的登录码"

    @classmethod
    def issue(cls, teacher: Teacher, by: Any) -> tuple[SignInCode, str]:
        """Returns an unsaved row and the code itself, which only this call knows."""
        code = new_code()
        now = timezone.now()
        row = cls(
            teacher=teacher,
            digest=code_digest(code),
            issued_by=by,
            issued_at=now,
            expires_at=now + datetime.timedelta(days=CODE_DAYS),
        )
        return row, code

    def fits(self, code: str) -> bool:
        """Returns true where `code` is this one and still good; takes the same time either way."""
        same = constant_time_compare(self.digest, code_digest(code))
        return same and self.expires_at > timezone.now()

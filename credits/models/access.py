"""Who looked at whose statement, and when; and the codes with which teachers sign in for the first time."""

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
        """Looks at the teachers of the organisations that `user` works for."""
        return self.filter(teacher__in=Teacher.objects.managed_by(user))


class StatementAccess(models.Model):
    """One look at a teacher's statement by somebody else. It stays when the account goes, and goes with the teacher."""

    class Kind(models.TextChoices):
        STATEMENT = "statement", "查看核对结果"
        WHAT_IF = "what_if", "试算"
        EXPORT = "export", "导出名单"
        RECORDS = "records", "查看登记的内容"

    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="accesses", verbose_name="教师")
    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="查看人"
    )
    viewer_name = models.CharField("查看人账号", max_length=150)
    kind = models.CharField("方式", max_length=10, choices=Kind.choices, default=Kind.STATEMENT)
    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)

    objects = StatementAccessQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = verbose_name_plural = "查看记录"

    def __str__(self) -> str:
        return f"{self.viewer_name} 查看 {self.teacher}"


#: Letters and digits that are not taken for one another on paper: 31, so that ten make 49 bits.
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXY"
CODE_LENGTH = 10
CODE_DAYS = 30
#: Wrong codes for one teacher, from wherever, until the code is void: far fewer than would be needed to guess one
#: of 49 bits, and so many that strangers do not void everybody's codes in passing.
MOST_WRONG_CODES = 1000


def new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def code_digest(code: str) -> str:
    """What is stored of a code: it has far more possibilities than anybody can try, so one round suffices."""
    return salted_hmac("credits.sign-in-code", code, algorithm="sha256").hexdigest()


class SignInCode(models.Model):
    """A code, printed by the school, with which a teacher chooses a password: once, and for `CODE_DAYS` days."""

    teacher = models.OneToOneField(Teacher, on_delete=models.CASCADE, related_name="sign_in_code", verbose_name="教师")
    digest = models.CharField(max_length=64, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="发放人"
    )
    issued_at = models.DateTimeField("发放时间")
    expires_at = models.DateTimeField("有效期到")
    wrong = models.PositiveSmallIntegerField("输错次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "登录码"

    def __str__(self) -> str:
        return f"{self.teacher} 的登录码"

    @classmethod
    def issue(cls, teacher: Teacher, by: Any) -> tuple[SignInCode, str]:
        """A row that is not saved, and the code itself, which is known only now."""
        code, now = new_code(), timezone.now()
        row = cls(
            teacher=teacher,
            digest=code_digest(code),
            issued_by=by,
            issued_at=now,
            expires_at=now + datetime.timedelta(days=CODE_DAYS),
        )
        return row, code

    def fits(self, code: str) -> bool:
        alive = self.expires_at > timezone.now() and self.wrong < MOST_WRONG_CODES
        return constant_time_compare(self.digest, code_digest(code)) and alive

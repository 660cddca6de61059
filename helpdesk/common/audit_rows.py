"""The table of the audit log, to which Django only adds: `audit` says how rows are written, chained and purged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

STAYS = "rows of the audit log are neither changed nor deleted"


class AppendOnly(TypeError):
    """Attempt of our own code to change or delete a row of the audit log."""


class AuditQuerySet(models.QuerySet["AuditRow"]):
    """Rows that can be read and added, and nothing else.

    `audit` seals and purges through `models.QuerySet` itself, which nobody calls by accident.
    """

    def chained(self) -> AuditQuerySet:
        return self.filter(number__isnull=False).order_by("number")

    def waiting(self) -> AuditQuerySet:
        """Returns the rows that no sealer has chained yet, in the order in which they were written."""
        return self.filter(number__isnull=True).order_by("pk")

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        if options.get("update_conflicts"):
            self._refuse()
        return super().bulk_create(objs, *args, **options)

    def update(self, **fields: Any) -> NoReturn:
        self._refuse()

    def bulk_update(self, *args: Any, **options: Any) -> NoReturn:
        self._refuse()

    def delete(self) -> NoReturn:
        self._refuse()

    def _raw_delete(self, using: str | None) -> NoReturn:
        self._refuse()

    @staticmethod
    def _refuse() -> NoReturn:
        raise AppendOnly(STAYS)


class AuditRow(models.Model):
    """Something that a member of staff did, or was refused. It holds no names and nothing that anybody typed.

    A row is written without a place in the chain. The sealer gives it the next `number`, and a `digest` of its
    contents and of the digest before, so that a row which is changed, taken out or put in breaks the chain.
    """

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", "登录"
        SIGN_OUT = "sign_out", "退出登录"
        SIGN_IN_FAILED = "sign_in_failed", "登录失败"
        ADD = "add", "新增"
        CHANGE = "change", "修改"
        DELETE = "delete", "删除"
        CODES = "codes", "发登录码"
        EXPORT = "export", "导出"
        IMPORT = "import", "导入"
        UNDO = "undo", "撤销导入"
        REFUSED = "refused", "被拒绝"
        CHECKPOINT = "checkpoint", "清理旧记录"
        BACKUP = "backup", "备份"

    at = models.DateTimeField("时间", default=timezone.now, db_index=True)
    kind = models.CharField("做了什么", max_length=20, choices=Kind.choices)
    #: The account that did it; none for a command. It is no constraint: rows outlive accounts, and hold no name.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="+",
        verbose_name="账号",
    )
    #: The row it was done to, as `audit.subject_of` writes it: credits.teacher:Zk3…; empty where there is none.
    subject = models.CharField("对象", max_length=80, blank=True, default="")
    detail = models.JSONField("细节", default=dict)
    #: The place in the chain, and the digest that carries it on; none until the row is sealed.
    number = models.BigIntegerField("编号", null=True, unique=True)
    digest = models.CharField(max_length=64, default="")

    objects = AuditQuerySet.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "审计记录"
        indexes = [
            models.Index(fields=["actor", "id"], name="audit_by_actor"),
            models.Index(fields=["subject", "id"], name="audit_by_subject"),
            models.Index(fields=["kind", "id"], name="audit_by_kind"),
            models.Index(fields=["id"], condition=Q(number=None), name="audit_to_seal"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.subject}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Adds the row; raises AppendOnly for one that is there already."""
        if not self._state.adding:
            raise AppendOnly(STAYS)
        super().save(force_insert=True, using=kwargs.get("using"))

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly(STAYS)

    def digest_after(self, before: str, number: int) -> str:
        """Returns the digest of this row at that place of the chain, after a row with the digest `before`."""
        content = [before, number, self.at.isoformat(), self.kind, self.actor_id, self.subject, self.detail]
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

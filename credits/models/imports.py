"""Spreadsheets on their way into the records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import models

from helpdesk.common.ids import new_public_id
from helpdesk.common.tones import Tone

from ..decisions.findings import FindingLevel
from .people import Organization

#: Values of a row by column of the database, as JSON keeps them.
Values = dict[str, Any]

#: Up to November 2026 a finding was stored as [row, column, sentence]; a reminder began with this word.
OLD_REMINDER = "提醒："


@dataclass(frozen=True)
class SheetFinding:
    """A sentence about a place in a spreadsheet: a problem, or a reminder that keeps nobody from importing."""

    #: Number of the row; None for the file as a whole.
    row: int | None
    #: Header of the column; empty for the row as a whole.
    column: str
    sentence: str
    level: FindingLevel = FindingLevel.PROBLEM
    #: The beginning of what stands in the cell, so that whoever filled it in finds it again.
    cell: str = ""

    @property
    def is_reminder(self) -> bool:
        return self.level is FindingLevel.REMINDER

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any] | list[Any]) -> SheetFinding:
        """A finding as it is stored; also as earlier releases stored it, without a level or a cell."""
        if isinstance(stored, dict):
            level = FindingLevel(stored["level"])
            return cls(stored["row"], stored["column"], stored["sentence"], level, stored.get("cell", ""))
        row, column, sentence = stored
        reminds = sentence.startswith(OLD_REMINDER)
        level = FindingLevel.REMINDER if reminds else FindingLevel.PROBLEM
        return cls(row, column, sentence.removeprefix(OLD_REMINDER), level)


@dataclass(frozen=True)
class StoredChange:
    """One row that an import adds or changes, kept so that the import can be undone."""

    #: Primary key; None until an added row is saved.
    pk: int | None
    #: The values before; None where the row is added.
    before: Values | None
    after: Values
    #: Number of the row in the spreadsheet; 0 in imports that were made before it was kept.
    number: int

    @property
    def adds(self) -> bool:
        return self.before is None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any] | list[Any]) -> StoredChange:
        """A change as it is stored; also as earlier releases stored it: [pk, before, after, number]."""
        if isinstance(stored, dict):
            return cls(stored["pk"], stored["before"], stored["after"], stored["number"])
        pk, before, after, *number = stored
        return cls(pk, before, after, number[0] if number else 0)


class SpreadsheetImport(models.Model):
    """A spreadsheet that was read and judged; saved only when confirmed, and undone as long as nothing came after."""

    class Kind(models.TextChoices):
        TEACHERS = "teachers", "教师"
        RESULTS = "results", "培训成绩"
        ACTIVITIES = "activities", "自主培训活动"
        DEGREES = "degrees", "学历"
        OFFSETS = "offsets", "其他冲抵"

    class State(models.TextChoices):
        REFUSED = "refused", "有问题，没有导入"
        READY = "ready", "等待确认"
        APPLIED = "applied", "已导入"
        UNDONE = "undone", "已撤销"
        DISPLACED = "displaced", "已作废，没有导入"

    #: How pages show a state; any other is still open.
    TONES = {State.APPLIED: Tone.GOOD, State.REFUSED: Tone.SHORT, State.DISPLACED: Tone.SHORT}

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
    #: `SheetFinding`s: what is wrong and what should be looked at. Read `findings`.
    problems = models.JSONField(default=list)
    added = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("修改", default=0)
    unchanged = models.PositiveIntegerField("没有变化", default=0)
    #: `StoredChange`s: what was done, to undo it; until it is confirmed, what the preview showed. Read `changes`.
    done = models.JSONField(default=list)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    applied_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "导入记录"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["teachers", "results", "activities", "degrees", "offsets"]),
                name="import_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["refused", "ready", "displaced"], applied_at__isnull=True)
                | models.Q(state__in=["applied", "undone"], applied_at__isnull=False),
                name="import_applied_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}：{self.file_name}"

    @property
    def findings(self) -> list[SheetFinding]:
        """The problems of the spreadsheet, and the reminders that keep nobody from importing it."""
        return [SheetFinding.from_json(stored) for stored in self.problems]

    def keep_findings(self, findings: Iterable[SheetFinding]) -> None:
        """Replaces the findings; saves nothing."""
        self.problems = [finding.to_json() for finding in findings]

    @property
    def changes(self) -> list[StoredChange]:
        """The changes that were made, or that the preview showed, row by row."""
        return [StoredChange.from_json(stored) for stored in self.done]

    def keep_changes(self, changes: Iterable[StoredChange]) -> None:
        """Replaces the changes; saves nothing."""
        self.done = [change.to_json() for change in changes]

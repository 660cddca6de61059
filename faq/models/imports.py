"""Files of entries on their way in: read, shown, confirmed, and undone as far as nobody has written on since."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from helpdesk.common.ids import new_public_id
from helpdesk.common.tones import Tone


class EntryImport(models.Model):
    """A file of entries. Until it is confirmed the file itself is kept, so that it can be cut in another way."""

    class State(models.TextChoices):
        READY = "ready", "等待确认"
        APPLIED = "applied", "已导入"
        UNDONE = "undone", "已撤销"

    #: How pages show a state; any other is still open.
    TONES = {State.APPLIED: Tone.GOOD}

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.READY)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="导入人"
    )
    owner_name = models.CharField("导入人的账号", max_length=150)
    file_name = models.CharField("文件名", max_length=120)
    #: The file, emptied when it is imported.
    content = models.BinaryField()
    added = models.PositiveIntegerField("新增", default=0)
    changed = models.PositiveIntegerField("改动", default=0)
    unchanged = models.PositiveIntegerField("不变", default=0)
    withdrawn = models.PositiveIntegerField("改回草稿", default=0)
    #: What was done, so that it can be undone: `faq.editing.importing.Done` as JSON, entry by entry, and the categories
    #: and documents that were made (`faq.editing.leftovers.note_of`).
    done = models.JSONField(default=list)
    #: Sentences on pictures that could not be read; once undone, on what could not be put back.
    remarks = models.JSONField(default=list)
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    applied_at = models.DateTimeField("导入时间", null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "导入记录"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="ready", applied_at__isnull=True)
                | models.Q(state__in=["applied", "undone"], applied_at__isnull=False),
                name="entry_import_applied_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def tone(self) -> str:
        """The end of the class by which pages colour the state."""
        return self.TONES.get(self.State(self.state), Tone.OPEN)

    @property
    def done_with_entries(self) -> list[dict[str, Any]]:
        return [one for one in self.done if "made" not in one]

    @property
    def made(self) -> list[dict[str, Any]]:
        """The categories and documents that were made, each as kind, key and name."""
        return [one for one in self.done if "made" in one]

    @property
    def content_bytes(self) -> bytes:
        """The file; PostgreSQL gives a memoryview."""
        kept: Any = self.content
        return bytes(kept)

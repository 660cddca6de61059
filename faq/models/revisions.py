"""Versions of entries, and what was done with entries by whom: the memory behind 谁改了什么."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from helpdesk.common.tones import Tone

from .entries import Entry


class RevisionQuerySet(models.QuerySet["Revision"]):
    def open(self) -> RevisionQuerySet:
        """Returns the versions that are still being written or decided on: at most one for each entry."""
        return self.filter(state__in=Revision.OPEN)


class Revision(models.Model):
    """Version of an entry: a snapshot of its content (`faq.editing.content.Content`), written once and never changed.

    The row of the entry is what is published. Publishing a version copies its content there; until then readers see
    nothing of it. Only the state of a version changes, and the last one that was published is the present content.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        WAITING = "waiting", "待审"
        RETURNED = "returned", "已退回"
        SCHEDULED = "scheduled", "定时发布"
        PUBLISHED = "published", "已发布"
        REPLACED = "replaced", "被后一版代替"
        DROPPED = "dropped", "已放弃"

    #: States of a version that may still be published.
    OPEN = (State.DRAFT, State.WAITING, State.RETURNED, State.SCHEDULED)
    #: How pages show a state; any other is still open.
    TONES = {State.PUBLISHED: Tone.GOOD, State.RETURNED: Tone.SHORT}

    entry = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="revisions", verbose_name="问答", db_index=False
    )
    number = models.PositiveIntegerField("版本")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.DRAFT)
    content = models.JSONField("内容")
    #: The published version that this one was written on; none for the first of an entry.
    base = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="作者"
    )
    author_name = models.CharField("作者账号", max_length=150, blank=True)
    created_at = models.DateTimeField("写于", auto_now_add=True)
    publish_at = models.DateTimeField("定在何时发布", null=True, blank=True)
    published_at = models.DateTimeField("发布于", null=True, blank=True)
    word = models.CharField("退回的理由", max_length=300, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        verbose_name = verbose_name_plural = "版本"
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="revision_once_per_number"),
            models.UniqueConstraint(
                fields=["entry"],
                condition=models.Q(state__in=["draft", "waiting", "returned", "scheduled"]),
                name="one_open_revision_per_entry",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["draft", "waiting", "returned", "scheduled", "published", "replaced", "dropped"]
                ),
                name="revision_state_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="scheduled") | models.Q(publish_at__isnull=False),
                name="scheduled_revision_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "publish_at"], name="revision_due")]

    def __str__(self) -> str:
        return f"第 {self.number} 版"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def tone(self) -> str:
        """The end of the class by which pages colour the state."""
        return self.TONES.get(self.State(self.state), Tone.OPEN)


class EntryEvent(models.Model):
    """One thing that somebody did with an entry. It outlives the entry, whose title it keeps, and the account."""

    class Kind(models.TextChoices):
        WRITTEN = "written", "存为草稿"
        SUBMITTED = "submitted", "提交审核"
        RETURNED = "returned", "退回"
        SCHEDULED = "scheduled", "定时发布"
        PUBLISHED = "published", "发布"
        DROPPED = "dropped", "放弃草稿"
        WITHDRAWN = "withdrawn", "改回草稿"
        BINNED = "binned", "移到回收站"
        UNBINNED = "unbinned", "从回收站取回"
        PURGED = "purged", "彻底删除"
        CARED = "cared", "更新核对信息"
        CAUGHT_UP = "caught-up", "随系统更新"

    entry = models.ForeignKey(
        Entry, on_delete=models.SET_NULL, null=True, related_name="events", verbose_name="问答", db_index=False
    )
    revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="版本")
    title = models.CharField("问答的标题", max_length=500)
    kind = models.CharField("做了什么", max_length=10, choices=Kind.choices)
    note = models.CharField("说明", max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="谁"
    )
    actor_name = models.CharField("账号", max_length=150, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = verbose_name_plural = "编辑记录"
        indexes = [
            models.Index(fields=["-at", "-id"], name="entry_events_latest_first"),
            models.Index(fields=["entry", "-id"], name="events_of_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.get_kind_display()} {self.title}"

    @staticmethod
    def record(entry: Entry, kind: str, by: Any, *, revision: Revision | None = None, note: str = "") -> EntryEvent:
        """Saves that `by`, an account or None for the portal itself, did this with `entry`; returns the row."""
        return EntryEvent.objects.create(
            entry=entry,
            revision=revision,
            title=entry.title[:500],
            kind=kind,
            note=note[:500],
            actor=by,
            actor_name=by.get_username() if by else "",
        )

"""Tables that several apps use: long work, counters, wrong tries at signing in, the audit log, pictures."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterator
from typing import IO

from django.conf import settings
from django.db import connection, models
from django.db.models import Q, Sum
from django.db.models.functions import Length, Now
from django.utils import timezone

from .audit_rows import AuditRow
from .ids import new_public_id

__all__ = [
    "AuditRow",
    "ContentVersion",
    "Job",
    "JobFilePart",
    "JobWorker",
    "RateCounter",
    "SignInTries",
    "StoredPicture",
]

#: A claim that is not renewed for so long is free for another worker.
LEASE = datetime.timedelta(seconds=30)
#: No claim lasts longer. One that seems to was given before the clock was turned back.
LONGEST_LEASE = datetime.timedelta(seconds=60)
#: A running job whose worker gave no sign for so long stands still; a worker gives one every five seconds.
SILENT = datetime.timedelta(seconds=15)
#: A finished job and the file it made are kept for so long.
KEPT = datetime.timedelta(days=1)
#: Bytes of a file that are read or written at a time.
PART = 256 * 1024


class JobQuerySet(models.QuerySet["Job"]):
    """Every comparison with the time is made by the database's clock, which all hosts share."""

    def unfinished(self) -> JobQuerySet:
        return self.filter(state__in=Job.UNFINISHED)

    def to_claim(self) -> JobQuerySet:
        """The unfinished jobs that no worker holds: never begun, handed back, or their worker died."""
        never = Q(lease_until=None)
        lapsed = Q(lease_until__lt=Now())
        given_by_another_clock = Q(lease_until__gt=Now() + LONGEST_LEASE)
        return self.unfinished().filter(never | lapsed | given_by_another_clock)

    def in_hand(self) -> JobQuerySet:
        """The jobs that a worker is at just now."""
        return self.filter(state=Job.State.RUNNING).exclude(pk__in=self.to_claim().values("pk"))

    def kept(self) -> JobQuerySet:
        """The unfinished jobs, and the finished ones that are not to be swept yet."""
        recent = Q(heard_at__gte=Now() - KEPT)
        return self.filter(recent | Q(state__in=Job.UNFINISHED))


class Job(models.Model):
    """Work on many rows that goes on behind a page which shows how far it is. Its owner alone sees it.

    A worker claims a job by a lease that it keeps renewing; where the worker dies, the lease lapses and another
    worker takes the job over. django-tasks-db was weighed for this: it leaves the tasks of a killed worker RUNNING
    for ever, and has neither progress nor one key per subject.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等待开始"
        RUNNING = "running", "进行中"
        DONE = "done", "完成"
        FAILED = "failed", "没有完成"

    UNFINISHED = (State.WAITING, State.RUNNING)

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    kind = models.CharField(max_length=30)
    #: The subject that is worked on, for example `project:12:results`. No two unfinished jobs have the same.
    key = models.CharField(max_length=120, default="", db_default="")
    title = models.CharField("内容", max_length=120)
    parameters = models.JSONField(default=dict)
    #: The batches finished so far, as the runner of this kind notes them in the transaction of each batch.
    outcome = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    back = models.CharField(max_length=300, help_text="where its owner came from, and goes back to")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    phase = models.CharField(max_length=60, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField("结果", max_length=500, blank=True)
    details = models.JSONField(default=list)
    file_name = models.CharField(max_length=120, blank=True)
    #: The claim under which it runs, and until when that holds.
    claim = models.CharField(max_length=80, default="", db_default="")
    lease_until = models.DateTimeField(null=True)
    #: How often a worker began it and did not hand it back.
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = verbose_name_plural = "批量办理"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "done", "failed"]), name="job_state_is_known"
            ),
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state__in=["waiting", "running"]) & ~Q(key=""),
                name="job_subject_is_worked_on_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_over(self) -> bool:
        return self.state not in self.UNFINISHED

    @property
    def percent(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0

    def seconds_left(self, now: datetime.datetime) -> int | None:
        """How long it will still take at the pace it had so far; None where that cannot be said.

        It cannot for work that was taken over, whose pace includes the time it stood still.
        """
        if not self.started_at or not self.done or self.done >= self.total or self.attempts > 1:
            return None
        spent = (now - self.started_at).total_seconds()
        return max(1, round(spent * (self.total - self.done) / self.done))

    def keep_file(self, file: IO[bytes], name: str) -> None:
        """Stores the content of `file` under `name`, a part at a time, in place of what was stored before."""
        self.parts.all().delete()
        file.seek(0)
        number = 0
        while content := file.read(PART):
            JobFilePart.objects.create(job=self, number=number, content=content)
            number += 1
        self.file_name = name

    @property
    def file_size(self) -> int:
        """Bytes of the stored file; 0 where there is none."""
        return self.parts.aggregate(bytes=Sum(Length("content")))["bytes"] or 0

    def file_parts(self) -> Iterator[bytes]:
        """The stored file, a part at a time, each read by a query of its own."""
        numbers = list(self.parts.order_by("number").values_list("number", flat=True))
        for number in numbers:
            yield bytes(self.parts.values_list("content", flat=True).get(number=number))


class JobFilePart(models.Model):
    """A piece of the file that a job made. It stands in the database so that every host can serve it."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="job_file_part_is_there_once")]

    def __str__(self) -> str:
        return f"{self.job_id}/{self.number}"


class JobWorker(models.Model):
    """A sign of life of a worker, on PostgreSQL; `signs` says why SQLite has files instead."""

    name = models.CharField(max_length=60, primary_key=True)
    #: The job it is at, by key; no foreign key, so that deleting a job never waits for a sign.
    job = models.BigIntegerField(null=True)
    done = models.PositiveIntegerField()
    total = models.PositiveIntegerField()
    phase = models.CharField(max_length=60, blank=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class RateCounter(models.Model):
    """Requests counted in one window of time. Holds a keyed hash of the address, never the address."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    expires_at = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]}… {self.count}"

    @classmethod
    def hit(cls, key: str, expires_at: int) -> int:
        """Counts one request under `key` and returns the new count; one statement, so atomic across processes."""
        table = cls._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} (key, count, expires_at) VALUES (%s, 1, %s) "  # noqa: S608  our own table's name
                f"ON CONFLICT (key) DO UPDATE SET count = {table}.count + 1 RETURNING count",
                [key, expires_at],
            )
            return int(cursor.fetchone()[0])


class SignInTriesQuerySet(models.QuerySet["SignInTries"]):
    def waiting(self) -> SignInTriesQuerySet:
        """Returns the rows for which the next try must wait, the longest wait first."""
        return self.filter(wait_until__gt=timezone.now()).order_by("-wait_until", "key")


class SignInTries(models.Model):
    """Wrong tries at signing in, counted for a day, and until when the next one waits (`guessing` has the rule).

    What was typed does not stand here: `key` is a keyed hash of the name, and `user` is set where an account has it.
    """

    class Kind(models.TextChoices):
        PAIR = "pair", "一个账号，在一个网络"
        DEVICE = "device", "一个账号，在登录过的设备"
        ACCOUNT = "account", "一个账号，从各处"
        ADDRESS = "address", "一个网络，许多账号"

    class Door(models.TextChoices):
        PASSWORD = "password", "密码"
        CODE = "code", "登录码"

    key = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField("谁要等", max_length=10, choices=Kind.choices)
    door = models.CharField("输错了什么", max_length=10, choices=Door.choices, blank=True)
    #: No constraint in the database: it would be checked for accounts that exist only, which takes its time.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name="账号",
        db_constraint=False,
    )
    network = models.CharField("网络地址", max_length=43, blank=True)
    wrong = models.PositiveIntegerField("输错次数", default=0)
    wait_until = models.DateTimeField("等到", null=True, db_index=True)
    forget_at = models.DateTimeField(db_index=True)

    objects = SignInTriesQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "登录等待"

    def __str__(self) -> str:
        return self.get_kind_display()


class StoredPicture(models.Model):
    """A picture that an editor sent, as it was written anew (`pictures` stores and serves it)."""

    #: Random, and the name of the file too.
    name = models.CharField("文件名", max_length=40, unique=True)
    width = models.PositiveIntegerField("宽")
    height = models.PositiveIntegerField("高")
    size = models.PositiveIntegerField("字节数")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="谁传的"
    )
    stored_at = models.DateTimeField("什么时候", default=timezone.now)

    class Meta:
        verbose_name = verbose_name_plural = "图片"

    def __str__(self) -> str:
        return self.name


class ContentVersion(models.Model):
    """Random stamp of one part of what public pages show, new with every change of it.

    Entries have a version of their own (`faq.models.SearchState`); `PLACES` is which of them are published, and in
    which order, without what they say. A stamp, unlike a count, is never repeated by a change that is rolled back or a
    backup that is restored.
    """

    class Part(models.TextChoices):
        CYCLES = "cycles", "培训周期"
        PLACES = "places", "问答的位置"

    part = models.CharField(primary_key=True, max_length=20, choices=Part.choices)
    stamp = models.BigIntegerField()

    def __str__(self) -> str:
        return self.get_part_display()

    @classmethod
    def change(cls, part: ContentVersion.Part) -> None:
        """Gives a part a new stamp; call it inside the transaction of the change."""
        stamp = secrets.randbits(63)
        if not cls.objects.filter(part=part).update(stamp=stamp):
            cls.objects.update_or_create(part=part, defaults={"stamp": stamp})

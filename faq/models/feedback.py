"""Readers' opinions on entries (有帮助 / 没帮助)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce

from .entries import Entry, EntryQuerySet

#: Condition of the opinions that nobody has dealt with; those on entries in the bin wait for nobody.
UNHEARD = models.Q(dealt_with_on=None) & ~models.Q(entry__status=Entry.Status.BINNED)


class Feedback(models.Model):
    """Opinion of one reader on whether an entry helped.

    `voter` is a keyed hash of a random token in the reader's browser and of the entry. So a browser has one opinion
    per entry, and nobody can tell from two rows that the same browser sent them. Browsers can be cleared and asked
    again, so only the first opinion from a network decides what the home page lists; editors read all of them.
    """

    class Complaint(models.TextChoices):
        UNCLEAR = "unclear", "看不太懂"
        FAILS = "fails", "照做了没成功"
        OUTDATED = "outdated", "内容过时了"
        INCOMPLETE = "incomplete", "没说全"
        OTHER_QUESTION = "other", "不是我要问的"

    LONGEST = 300
    #: Number of readers whom an entry must have helped before it is listed as helpful.
    ENOUGH = 5

    # No index for this column alone: the constraint and one of the indexes below begin with it.
    entry = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="feedback", verbose_name="问答", db_index=False
    )
    voter = models.CharField("读者", max_length=64, editable=False)
    helpful = models.BooleanField("意见", choices=[(True, "有帮助"), (False, "没帮助")])
    reason = models.CharField("原因", max_length=10, choices=Complaint.choices, blank=True)
    comment = models.CharField("补充", max_length=LONGEST, blank=True)
    #: The first opinion on the entry from its network for a year. Which network that is stands nowhere.
    counts = models.BooleanField("计入首页", default=True, db_default=True, editable=False)
    #: The day on which an editor marked it as dealt with; none again once its reader says something else.
    dealt_with_on = models.DateField("处理日期", null=True, blank=True, editable=False)
    dealt_with_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="谁处理的",
        editable=False,
        db_index=False,
    )
    created_at = models.DateTimeField("首次提交时间", auto_now_add=True)
    updated_at = models.DateTimeField("最近修改时间", auto_now=True)

    class Meta:
        ordering = ["-updated_at", "-id"]
        verbose_name = verbose_name_plural = "意见"
        constraints = [
            models.UniqueConstraint(fields=["entry", "voter"], name="one_voice_per_reader_and_entry"),
            models.CheckConstraint(
                condition=models.Q(helpful=False) | models.Q(reason="", comment=""), name="only_no_help_has_a_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(reason__in=["", "unclear", "fails", "outdated", "incomplete", "other"]),
                name="feedback_reason_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["entry", "helpful"], name="feedback_of_entry"),
            models.Index(fields=["-updated_at", "-id"], name="feedback_latest_first"),
        ]

    def __str__(self) -> str:
        return self.get_helpful_display()

    @staticmethod
    def record(entry: Entry, voter: str, **said: Any) -> None:
        """Saves the opinion of `voter` on `entry`, in place of an earlier one, which counts on as it did.

        This is one statement, so that of two requests at once neither fails and one row stays. Raises IntegrityError
        where the entry has just been deleted.
        """
        Feedback.objects.bulk_create(
            [Feedback(entry=entry, voter=voter, **said)],
            update_conflicts=True,
            unique_fields=["entry", "voter"],
            update_fields=["helpful", "reason", "comment", "dealt_with_on", "dealt_with_by", "updated_at"],
        )

    @classmethod
    def helped_most(cls, among: EntryQuerySet, most: int) -> list[Entry]:
        """Returns at most `most` of the entries that helped `ENOUGH` readers, of one network each, and more than they
        failed.

        The one with the largest difference between both numbers comes first.
        """
        helped = models.Count("pk", filter=models.Q(helpful=True))
        failed = models.Count("pk", filter=models.Q(helpful=False))
        known = models.Exists(among.filter(pk=models.OuterRef("entry")))
        voices = cls.objects.filter(known, counts=True).order_by().values("entry")
        counted = voices.annotate(helped=helped, failed=failed)
        helpful = counted.filter(helped__gte=cls.ENOUGH, helped__gt=models.F("failed"))
        ordered = helpful.order_by(models.F("failed") - models.F("helped"), "entry")
        best = list(ordered.values_list("entry", flat=True)[:most])
        found = among.in_bulk(best)
        return [found[pk] for pk in best if pk in found]


def with_voices(entries: EntryQuerySet) -> EntryQuerySet:
    """Annotates each entry with the numbers of readers that it `helped` and that it did not (`failed`).

    Both are subqueries, because a join would count the opinions on entries that are on other pages too.
    """
    return entries.annotate(helped=number_of_voices(helpful=True), failed=number_of_voices(helpful=False))


def number_of_voices(*, helpful: bool) -> Coalesce:
    """Returns an expression: how many opinions of that kind the entry of the outer query has."""
    voices = Feedback.objects.filter(entry=models.OuterRef("pk"), helpful=helpful)
    counted = voices.order_by().values("entry").values(n=models.Count("pk"))
    return Coalesce(models.Subquery(counted), 0)

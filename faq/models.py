"""Questions and answers: where they come from, where they stand, who may see them."""

from __future__ import annotations

import datetime
import re
import secrets
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from . import html


def normal_words(written: str) -> str:
    """As written, but for the spaces: one between two words, none around them."""
    return " ".join(written.split())


class NaturalKeyManager(models.Manager[Any]):
    """Finds a row by the one unique field that names it: `natural_key_field` of its model."""

    def get_by_natural_key(self, key: str) -> Any:
        return self.get(**{self.model.natural_key_field: key})


class Document(models.Model):
    """A document the entries were taken from; its title is shown as the source."""

    natural_key_field = "slug"

    slug = models.SlugField("代号", unique=True)
    title = models.CharField("标题", max_length=200)
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True, help_text="资料注明的年份；不知道就留空。")
    position = models.PositiveSmallIntegerField("排序", default=100)

    objects = NaturalKeyManager()

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = verbose_name_plural = "来源文档"

    def __str__(self) -> str:
        return f"《{self.title}》"

    def natural_key(self) -> tuple[str]:
        return (self.slug,)


class Category(models.Model):
    natural_key_field = "slug"

    slug = models.SlugField("网址名", unique=True, help_text="用在网址里的英文短名，如 upgrade-login；定下后请不要改。")
    name = models.CharField("名称", max_length=40)
    description = models.CharField("一句话说明", max_length=120, blank=True)
    position = models.PositiveSmallIntegerField("排序", default=100, help_text="数字小的排在前面。")

    objects = NaturalKeyManager()

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = verbose_name_plural = "分类"

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    def get_absolute_url(self) -> str:
        return reverse("faq:category", args=[self.slug])

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """A category's name is searched with its entries, so they count as changed with it."""
        super().save(*args, **kwargs)
        self.entries.update(stamp=SearchState.raise_version())


class SearchState(models.Model):
    """One row: the latest change to anything that search shows.

    `version` counts the changes. The number alone may come twice, when a change is rolled back or a backup
    restored, so every change has a random `stamp` as well; what it changed carries the same.
    """

    version = models.BigIntegerField(default=0)
    stamp = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_search_state")]

    def __str__(self) -> str:
        return str(self.version)

    @classmethod
    def raise_version(cls) -> int:
        """Raises the version inside the caller's transaction, which holds the row until it commits.

        Returns the stamp of this change, for the rows it concerns.
        """
        stamp = secrets.randbits(63)
        if not cls.objects.filter(id=1).update(version=models.F("version") + 1, stamp=stamp):
            cls.objects.get_or_create(id=1)
            cls.objects.filter(id=1).update(version=models.F("version") + 1, stamp=stamp)
        return stamp

    @classmethod
    def current(cls) -> int:
        """The version as committed; 0 before the first change."""
        return cls.objects.filter(id=1).values_list("version", flat=True).first() or 0


def not_after_today(day: datetime.date) -> None:
    if day > timezone.localdate():
        raise ValidationError("核对日期不能晚于今天。")


def new_ref() -> str:
    """The address of an entry that was given none: short, and never used before."""
    return f"q-{secrets.token_hex(4)}"


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> EntryQuerySet:
        """What `user` may see: everyone the published entries, editors their drafts as well.

        Search, JSON and the sitemap are public by nature and ask for `AnonymousUser()`.
        """
        if isinstance(user, AnonymousUser) or not user.has_perm("faq.change_entry"):  # type: ignore[attr-defined]
            return self.filter(status=Entry.Status.PUBLISHED)
        return self.all()

    def in_order(self) -> EntryQuerySet:
        """As the categories and documents have them, with both fetched along."""
        return self.select_related("category", "document").order_by(
            "category__position", "category__slug", "document__position", "number", "id"
        )

    def with_voices(self) -> EntryQuerySet:
        """Each with how many it `helped` and how many not (`failed`), counted for the rows that are read alone."""
        voices = Feedback.objects.filter(entry=models.OuterRef("pk")).order_by().values("entry")
        return self.annotate(
            **{
                name: Coalesce(models.Subquery(voices.filter(helpful=helpful).values(n=models.Count("pk"))), 0)
                for name, helpful in (("helped", True), ("failed", False))
            }
        )


class EntryManager(models.Manager.from_queryset(EntryQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, ref: str) -> Entry:
        return self.get(ref=ref)


class Entry(models.Model):
    """One question with its answer. `ref` is its address and never changes."""

    class Status(models.TextChoices):
        PUBLISHED = "published", "已发布"
        DRAFT = "draft", "草稿"

    ref = models.CharField(
        "编号",
        max_length=40,
        unique=True,
        blank=True,
        validators=[RegexValidator(r"^(?!category$)[a-z0-9]+(-[a-z0-9]+)*\Z", "只能用小写字母、数字和中间的短横线。")],
        help_text="用在网址里，定下后不能再改；留空会自动编一个。",
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="entries", verbose_name="分类")
    question = models.CharField("问题", max_length=500)
    short_question = models.CharField(
        "短标题", max_length=60, blank=True, help_text="问题很长时，列表和页面标题用它；原问题仍然完整显示。可以留空。"
    )
    answer = models.TextField(
        "答案",
        max_length=html.MAX_LENGTH,
        validators=[html.validate_answer],
        help_text="可以直接写文字，空一行就是新的一段；也可以用 HTML（段落、编号步骤、表格、链接）。"
        "其他标记保存时会去掉。",
    )
    notice = models.CharField("提示", max_length=300, blank=True, help_text="显示在答案上方的一句提醒，可以留空。")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="entries", null=True, blank=True, verbose_name="来源文档"
    )
    number = models.PositiveSmallIntegerField("文档中的序号", null=True, blank=True)
    checked_on = models.DateField(
        "核对日期",
        null=True,
        blank=True,
        validators=[not_after_today],
        help_text="最近一次对照文件核对内容的日期；没有核对过就留空。",
    )
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("最近更新", auto_now=True)
    # Of the latest change to what search knows of the entry: a state of it is never named twice.
    stamp = models.BigIntegerField(default=0, editable=False)

    objects = EntryManager()

    class Meta:
        ordering = ["category__position", "document__position", "number", "id"]
        verbose_name = verbose_name_plural = "问答"
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"],
                name="one_entry_per_document_number",
                violation_error_message="这份文档的这个序号已经有一条问答了。",
            ),
            models.CheckConstraint(
                condition=models.Q(document__isnull=True, number__isnull=True)
                | models.Q(document__isnull=False, number__isnull=False),
                name="source_is_whole",
                violation_error_message="来源文档和序号要么都填，要么都不填。",
            ),
            models.CheckConstraint(condition=models.Q(status__in=["published", "draft"]), name="entry_status_is_known"),
            models.CheckConstraint(condition=~models.Q(ref=""), name="entry_has_a_ref"),
        ]

    def __str__(self) -> str:
        return self.title

    def natural_key(self) -> tuple[str]:
        return (self.ref,)

    def get_absolute_url(self) -> str:
        return reverse("faq:entry", args=[self.ref])

    def clean(self) -> None:
        self.ref = self.ref or new_ref()

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Cleans the answer and raises the search version in the same transaction."""
        self.answer = str(html.clean(self.answer))
        self.stamp = SearchState.raise_version()
        self.ref = self.ref or new_ref()
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "answer", "stamp", "updated_at"}
        super().save(*args, **kwargs)

    @property
    def answer_html(self) -> SafeString:
        """The answer, cleaned once more: rows may have come from elsewhere."""
        return html.clean(self.answer)

    @property
    def answer_for_page(self) -> SafeString:
        return html.for_page(self.answer)

    @property
    def answer_text(self) -> str:
        return html.to_text(self.answer)

    @property
    def title(self) -> str:
        """What lists and headings call the entry."""
        return self.short_question or self.question

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED


class PhrasingManager(models.Manager["Phrasing"]):
    def get_by_natural_key(self, ref: str, text: str) -> Phrasing:
        return self.get(entry__ref=ref, text=text)


class Phrasing(models.Model):
    """A question as a teacher would put it, which this entry answers (相似问法). Search reads it like the question."""

    LONGEST = 60
    MOST_PER_ENTRY = 60

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="phrasings", verbose_name="问答")
    text = models.CharField("相似问法", max_length=LONGEST)

    objects = PhrasingManager()

    class Meta:
        ordering = ["id"]
        verbose_name = verbose_name_plural = "相似问法"
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "text"],
                name="phrasing_once_per_entry",
                violation_error_message="这条问答已经有这个相似问法了。",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="phrasing_says_something"),
        ]

    def __str__(self) -> str:
        return self.text

    def natural_key(self) -> tuple[str, str]:
        return (self.entry.ref, self.text)

    natural_key.dependencies = ["faq.entry"]  # type: ignore[attr-defined]

    def clean(self) -> None:
        self.text = normal_words(self.text)

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """The entry it belongs to, and the one it belonged to before, count as changed."""
        self.text = normal_words(self.text)
        before = Phrasing.objects.filter(pk=self.pk).values_list("entry_id", flat=True)
        Entry.objects.filter(pk__in={self.entry_id, *before}).update(stamp=SearchState.raise_version())
        super().save(*args, **kwargs)


class Feedback(models.Model):
    """One reader's word on whether an entry helped.

    Who that is nobody can tell: `voter` is a keyed hash of the browser's random token and the entry, so a browser has
    one voice per entry, and its voices on two entries have nothing in common but the time.
    """

    class Reason(models.TextChoices):
        UNCLEAR = "unclear", "看不太懂"
        FAILS = "fails", "照着做不行"
        OUTDATED = "outdated", "内容过时了"
        INCOMPLETE = "incomplete", "没说全"
        OTHER_QUESTION = "other", "不是我要问的"

    LONGEST = 300
    #: So many readers an entry must have helped before it is called helpful.
    ENOUGH = 5

    # No index of its own: both that begin with it serve.
    entry = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="feedback", verbose_name="问答", db_index=False
    )
    voter = models.CharField("读者", max_length=64, editable=False)
    helpful = models.BooleanField("意见", choices=[(True, "有帮助"), (False, "没帮助")])
    reason = models.CharField("原因", max_length=10, choices=Reason.choices, blank=True)
    comment = models.CharField("补充", max_length=LONGEST, blank=True)
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
        """What `voter` says of `entry`, in place of what they said before.

        One statement, so of two at once neither fails and one row stays.
        """
        Feedback.objects.bulk_create(
            [Feedback(entry=entry, voter=voter, **said)],
            update_conflicts=True,
            unique_fields=["entry", "voter"],
            update_fields=["helpful", "reason", "comment", "updated_at"],
        )

    @classmethod
    def helped_most(cls, among: EntryQuerySet, most: int) -> list[Entry]:
        """At most `most` of the entries that helped several readers, and more than they failed; the best first."""
        voices = cls.objects.filter(entry__in=among).order_by().values("entry")
        counted = voices.annotate(all=models.Count("*"), helped=models.Count("pk", filter=models.Q(helpful=True)))
        helpful = counted.filter(helped__gte=cls.ENOUGH, all__lt=2 * models.F("helped"))
        # Helped less failed is twice the helped less all.
        ordered = helpful.order_by(models.F("all") - 2 * models.F("helped"), "entry")
        best = list(ordered.values_list("entry", flat=True)[:most])
        found = among.in_bulk(best)
        return [found[pk] for pk in best if pk in found]


class SynonymGroup(models.Model):
    """Words that mean the same to a teacher who looks for help: who asks with one finds the others too."""

    natural_key_field = "words"

    words = models.CharField(
        "同义词",
        max_length=200,
        unique=True,
        help_text="至少两个词，用空格隔开，例如：回放 回看 重播。每个词最多 12 个字，一组最多 200 个字。",
        error_messages={"unique": "已经有这一组了。"},
    )

    objects = NaturalKeyManager()

    class Meta:
        ordering = ["words"]
        verbose_name = verbose_name_plural = "同义词"

    def __str__(self) -> str:
        return self.words

    def natural_key(self) -> tuple[str]:
        return (self.words,)

    def clean(self) -> None:
        """Commas of either kind part words as spaces do; the order does not matter."""
        if not self.words.strip():
            return  # the field says so itself
        words = dict.fromkeys(re.sub("[,，、;；/|]", " ", self.words).split())
        if len(words) < 2:
            raise ValidationError({"words": "请至少写两个不同的词，用空格隔开。"})
        if long := [word for word in words if len(word) > 12]:
            raise ValidationError({"words": f"“{long[0]}”太长了，一个词最多 12 个字。"})
        for group in SynonymGroup.objects.exclude(pk=self.pk):
            if set(group.words.split()) == words.keys():
                raise ValidationError({"words": f"已经有这一组了：{group.words}"})
        self.words = " ".join(words)

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        SearchState.raise_version()
        super().save(*args, **kwargs)

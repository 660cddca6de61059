"""Entries with their categories and source documents, and who may see them."""

from __future__ import annotations

import datetime
import itertools
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from helpdesk.common import own_pages
from helpdesk.common.addresses import address_from
from helpdesk.common.models import ContentVersion

from .. import html
from .base import NaturalKeyManager
from .version import SearchState

#: Fields of an entry that decide which lists hold it, where in them, and at which address it is.
_PLACE = ("status", "ref", "category_id", "document_id", "number", "position")


class Document(models.Model):
    """Document that entries were taken from; its title is shown as their source."""

    natural_key_field = "slug"

    slug = models.SlugField("代号", unique=True)
    title = models.CharField("标题", max_length=200)
    platform = models.CharField(
        "平台或办法",
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="标在每条问答和搜索结果上的短名，如：能力提升工程。",
    )
    year = models.PositiveSmallIntegerField("年份", null=True, blank=True, help_text="资料注明的年份；不知道就留空。")
    year_about = models.PositiveSmallIntegerField(
        "大约年份", null=True, blank=True, help_text="资料没有注明年份时，从内容看大约是哪一年；看不出就留空。"
    )
    issued_on = models.DateField("发布日期", null=True, blank=True, help_text="资料注明的发布日期；不知道就留空。")
    position = models.PositiveSmallIntegerField("排序", default=100)

    objects = NaturalKeyManager()

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = verbose_name_plural = "来源文档"

    def __str__(self) -> str:
        return f"《{self.title}》"

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    @property
    def tag(self) -> str:
        """Platform and age of the document in a few words; its title where it has no short name."""
        return f"{self.platform or self.title} · {self.dated}"

    @property
    def dated(self) -> str:
        """The year of the document, or about which year it was written."""
        if self.year:
            return str(self.year)
        return f"未注明日期，约 {self.year_about}" if self.year_about else "未注明日期"

    @property
    def years_old(self) -> int:
        """Age in calendar years, by the year about which it was written where none is given; 0 where none is known."""
        year = self.year or self.year_about
        return max(0, timezone.localdate().year - year) if year else 0


class Category(models.Model):
    """Subject under which entries are listed, in the order of `position`."""

    natural_key_field = "slug"

    slug = models.SlugField(
        "网址名", unique=True, blank=True, help_text="用在网址里，定下后不能再改；不填就用名称的拼音，如 deng-lu。"
    )
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

    def clean(self) -> None:
        self.slug = self.slug or self._free_slug()

    def _free_slug(self) -> str:
        """Returns the pinyin of the name, with a number where another category has it already."""
        first = address_from(self.name)
        numbered = (f"{first}-{number}" for number in itertools.count(2))
        taken = set(Category.objects.filter(slug__startswith=first).values_list("slug", flat=True))
        return next(slug for slug in itertools.chain([first], numbered) if slug not in taken)

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, and stamps the entries of the category as changed: its name is searched with them."""
        self.slug = self.slug or self._free_slug()
        super().save(*args, **kwargs)
        Entry.objects.filter(category=self).stamp_anew()


def not_after_today(day: datetime.date) -> None:
    """Raises ValidationError for a date after today in the portal's time zone."""
    if day > timezone.localdate():
        raise ValidationError("核对日期不能晚于今天。")


def new_ref() -> str:
    """Returns a random ref, such as q-1f2e3d4c, for an entry that was given none."""
    return f"q-{secrets.token_hex(4)}"


OWN = "portal-"


def is_own(ref: str) -> bool:
    """Tells the entries of the portal's own, which come with it and have no document, by their refs."""
    return ref.startswith(OWN)


#: Order within a category: as editors placed them, then as in the documents, then those without a document.
#: Missing values need a place that is said, because SQLite puts them first and PostgreSQL last.
PLACE_IN_CATEGORY = (
    "position",
    models.F("document__position").asc(nulls_last=True),
    models.F("number").asc(nulls_last=True),
    "id",
)


#: Position of entries that no editor has placed.
UNPLACED = 100

_NO_YEAR = "请写四位数的年份，如 2016。"
YEARS = [MinValueValidator(1990, _NO_YEAR), MaxValueValidator(2100, _NO_YEAR)]


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> EntryQuerySet:
        """Returns the published entries, and with them the drafts where `user` may change entries.

        Search, JSON and the sitemap are the same for everybody, so they ask for `AnonymousUser()`.
        """
        if isinstance(user, AnonymousUser) or not user.has_perm("faq.change_entry"):  # type: ignore[attr-defined]
            return self.filter(status=Entry.Status.PUBLISHED)
        return self.not_binned()

    def lock(self) -> None:
        """Locks these rows until the transaction ends, in the order of their ids.

        Steps lock the entry first and the search version when they save, so all others do too: two that lock in the
        opposite order would wait for each other until PostgreSQL ends one.
        """
        rows = self.order_by("pk").select_for_update(no_key=True)
        list(rows.values_list("pk", flat=True))

    def stamp_anew(self) -> None:
        """Stamps these entries as changed, and raises the search version; call it inside the transaction."""
        self.lock()
        self.update(stamp=SearchState.raise_version())

    def not_binned(self) -> EntryQuerySet:
        """Leaves out the entries in the bin, which only the bin itself shows."""
        return self.filter(status__in=(Entry.Status.PUBLISHED, Entry.Status.DRAFT))

    def overdue(self) -> EntryQuerySet:
        """Returns the published entries whose content should have been checked before today."""
        return self.filter(status=Entry.Status.PUBLISHED, check_by__lt=timezone.localdate())

    def in_order(self) -> EntryQuerySet:
        """Orders entries by category and place in it, and fetches the rows of category and document along.

        Categories of one position stand as they were made: databases sort slugs, which hold strokes, each their way.
        """
        return self.select_related("category", "document").order_by(
            "category__position", "category_id", *PLACE_IN_CATEGORY
        )


class EntryManager(models.Manager.from_queryset(EntryQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, ref: str) -> Entry:
        return self.get(ref=ref)


class Entry(models.Model):
    """Question with its answer. `ref` stands in its address and never changes."""

    class Status(models.TextChoices):
        PUBLISHED = "published", "已发布"
        DRAFT = "draft", "草稿"
        BINNED = "binned", "回收站"

    class Page(models.TextChoices):
        """Page of the portal, by the name of its address, and the words of the link to it."""

        MINE = "credits:mine", "我的学分"
        CHECK = "credits:check", "查学分"
        RULES = "credits:rules", "学分规则"
        FIRST_SIGN_IN = "first-sign-in", "第一次登录"
        LOOKS = "credits:my-looks", "谁看过我的学分"
        ACCOUNT = "account", "我的账号"
        BROWSE = "faq:browse", "全部常见问题"

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
    page = models.CharField(
        "本站的页面",
        max_length=40,
        blank=True,
        default="",
        db_default="",
        choices=Page.choices,
        help_text="答案就是本站的一个页面时选它，可以留空。",
    )
    not_stated = models.BooleanField(
        "资料没有写明",
        default=False,
        db_default=False,
        help_text="这一条说明资料没有写明、该问谁；搜索时单独显示在最前面，不算找到了答案。",
    )
    notice = models.CharField("提示", max_length=300, blank=True, help_text="显示在答案上方的一句提醒，可以留空。")
    position = models.PositiveSmallIntegerField(
        "排序",
        default=UNPLACED,
        blank=True,
        help_text="在分类里数字小的排在前面；相同的按资料的顺序，没有资料的排在后面。",
    )
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
    check_by = models.DateField(
        "核对期限",
        null=True,
        blank=True,
        help_text="最晚哪一天要再核对一次；过了这一天，读者会看到提醒，编辑的首页也会列出。可以留空。",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="负责人",
        help_text="由谁保证这一条一直是对的，可以留空。",
    )
    valid_from = models.PositiveSmallIntegerField(
        "适用年份从", null=True, blank=True, validators=YEARS, help_text="只适用于某个周期或某几年时填写，如 2016。"
    )
    valid_to = models.PositiveSmallIntegerField("到", null=True, blank=True, validators=YEARS)
    binned_at = models.DateTimeField("移到回收站的时间", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)
    updated_at = models.DateTimeField("最近更新", auto_now=True)
    # Random number of the latest change that concerns search (`SearchState`); no two states have the same.
    stamp = models.BigIntegerField(default=0, editable=False)

    objects = EntryManager()

    class Meta:
        ordering = ["category__position", *PLACE_IN_CATEGORY]
        verbose_name = verbose_name_plural = "问答"
        permissions = [("publish_entry", "可以审核和发布问答")]
        # Lists are counted, ordered and cut by the first alone; rows, which hold the answers, are read to be shown.
        indexes = [
            models.Index(fields=["status", "category", "position", "document", "number"], name="entries_by_place"),
            models.Index(fields=["stamp"], name="entries_by_change"),
        ]
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
            models.CheckConstraint(
                condition=models.Q(status__in=["published", "draft", "binned"]), name="entry_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(status="binned", binned_at__isnull=False)
                | ~models.Q(status="binned") & models.Q(binned_at__isnull=True),
                name="bin_knows_since_when",
            ),
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
        if self.position is None:
            self.position = UNPLACED
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            raise ValidationError({"valid_to": "结束的年份不能早于开始的年份。"})

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves the answer cleaned, and raises the search version in the same transaction."""
        self.answer = str(html.clean(self.answer))
        self.stamp = SearchState.raise_version(places=False)
        self.ref = self.ref or new_ref()
        if not self._keeps_its_place():  # asked when the version is locked, so that nobody moves the entry meanwhile
            ContentVersion.change(ContentVersion.Part.PLACES)
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], "answer", "stamp", "updated_at"}
        super().save(*args, **kwargs)

    def _keeps_its_place(self) -> bool:
        """Tells whether the entry was published and stays so, in the same place of every list."""
        place = {field: getattr(self, field) for field in _PLACE}
        return self.is_published and Entry.objects.filter(pk=self.pk, **place).exists()

    @property
    def answer_html(self) -> SafeString:
        """Answer as safe HTML, cleaned once more because a row may have been written past `save`."""
        return html.clean(self.answer)

    @property
    def answer_for_page(self) -> SafeString:
        """Answer as safe HTML whose wide tables scroll sideways."""
        return html.for_page(self.answer)

    @property
    def answer_text(self) -> str:
        """Answer without markup, a line for each block."""
        return html.to_text(self.answer)

    @property
    def title(self) -> str:
        """Name of the entry in lists and headings: the short question where there is one."""
        return self.short_question or self.question

    @property
    def tag(self) -> str:
        """Platform and age of what the entry was taken from; empty for one that an editor wrote."""
        if self.document:
            return self.document.tag
        return "本站说明" if is_own(self.ref) else ""

    @property
    def page_address(self) -> str:
        """Address of the page of ours that is the answer or goes with it; empty where none is."""
        if self.page:
            return reverse(self.page)
        registered = own_pages.page_of(self.ref)
        return reverse(registered.view) if registered else ""

    @property
    def page_name(self) -> str:
        """Name of that page, as the link to it has it."""
        registered = None if self.page else own_pages.page_of(self.ref)
        return registered.name if registered else self.get_page_display()

    @property
    def is_published(self) -> bool:
        return self.status == self.Status.PUBLISHED

    @property
    def is_overdue(self) -> bool:
        """True where the content should have been checked before today."""
        return self.check_by is not None and self.check_by < timezone.localdate()

    @property
    def valid_for(self) -> str:
        """The years that the entry holds for, in words; empty where none are given."""
        if self.valid_from and self.valid_to:
            same = self.valid_from == self.valid_to
            return f"{self.valid_from} 年" if same else f"{self.valid_from} 年至 {self.valid_to} 年"
        if self.valid_from:
            return f"{self.valid_from} 年起"
        return f"到 {self.valid_to} 年为止" if self.valid_to else ""

"""Questions that readers asked because no entry answered, with all that was said about them."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone

from helpdesk.common.ids import new_public_id
from helpdesk.common.tones import Tone

from . import lookups  # noqa: F401  registers `below`
from .entries import Entry

#: Letters and digits of a code to note down by hand: none that looks or sounds like another one.
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def new_token() -> str:
    """Returns 22 random characters, which cannot be guessed, for the address at which a question is followed."""
    return secrets.token_urlsafe(16)


def new_code() -> str:
    """Returns a random code of eight signs, one of 8 × 10¹¹, to note down by hand."""
    return "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))


class Question(models.Model):
    """Question of a reader, who follows it by `token` and need not sign in.

    It is never public: whoever knows the token sees it, and staff of its office. `office` is a path of
    `helpdesk.common.offices`; empty while it is with the portal's own editors.
    """

    class State(models.TextChoices):
        RECEIVED = "received", "已收到"
        WORKING = "working", "处理中"
        ANSWERED = "answered", "已答复"
        CLOSED = "closed", "已关闭"

    #: States in which somebody of the staff has to do something.
    WAITING = (State.RECEIVED, State.WORKING)
    TONES = {State.ANSWERED: Tone.GOOD}
    LONGEST = 2_000
    LONGEST_NAME, LONGEST_SCHOOL, LONGEST_CONTACT = 50, 100, 100
    MOST_PICTURES = 3

    public_id = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    code = models.CharField("查询码", max_length=12, unique=True, default=new_code, editable=False)
    #: Random key of the form that sent it, so that a form sent twice is one question.
    form_key = models.CharField(max_length=32, unique=True, default=new_public_id, editable=False)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.RECEIVED)
    text = models.TextField("问题")
    school = models.CharField("学校", max_length=LONGEST_SCHOOL, blank=True)
    name = models.CharField("姓名", max_length=LONGEST_NAME, blank=True)
    contact = models.CharField("联系方式", max_length=LONGEST_CONTACT, blank=True)
    #: The signed-in reader who asked; none for all others.
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    #: The entry from which it was asked, which did not help.
    entry = models.ForeignKey(Entry, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="从哪条问来")
    #: The site as the asker sees it, for the link in a mail: `https://host`.
    origin = models.CharField(max_length=200, blank=True, editable=False)
    #: The entry that editors made of it.
    published_as = models.ForeignKey(
        Entry, on_delete=models.SET_NULL, null=True, related_name="made_of", verbose_name="整理成的问答"
    )
    #: The moment at which its office recommended it to the portal's editors, who see it without names; none else.
    suggested_at = models.DateTimeField("推荐整理的时间", null=True)
    office = models.CharField("由谁办", max_length=200, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name="办理人"
    )
    asked_at = models.DateTimeField("提问时间", default=timezone.now)
    #: Since when it waits for staff: asked, asked further, or opened again.
    waiting_since = models.DateTimeField("等待起", default=timezone.now)
    first_answered_at = models.DateTimeField("首次答复", null=True)
    closed_at = models.DateTimeField("关闭时间", null=True)
    #: The moment at which name, school, contact and pictures were deleted.
    forgotten_at = models.DateTimeField("个人信息删除时间", null=True)
    #: True while the asker is still to be told of an answer by mail, and how often that failed.
    mail_due = models.BooleanField(default=False)
    mail_failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-asked_at", "-id"]
        verbose_name = verbose_name_plural = "提问"
        permissions = [("answer_question", "回答提问")]
        indexes = [
            models.Index(fields=["state", "waiting_since", "id", "office"], name="question_queue_and_office"),
            models.Index(
                fields=["office", "id"], opclasses=["varchar_pattern_ops", "int8_ops"], name="question_below_office"
            ),
            models.Index(fields=["asked_at"], name="question_of_month"),
            models.Index(fields=["asker", "-asked_at"], name="question_of_asker"),
            models.Index(fields=["closed_at"], name="question_to_forget", condition=models.Q(forgotten_at=None)),
            models.Index(
                fields=["suggested_at"], name="question_suggested", condition=models.Q(suggested_at__isnull=False)
            ),
            models.Index(fields=["id"], name="question_to_mail", condition=models.Q(mail_due=True)),
        ]

    def __str__(self) -> str:
        return f"{self.text[:30]}…" if len(self.text) > 30 else self.text

    @property
    def waits(self) -> bool:
        """True while the staff has to do something."""
        return self.state in self.WAITING

    @property
    def is_closed(self) -> bool:
        return self.state == self.State.CLOSED

    @property
    def tone(self) -> Tone | None:
        """How pages show the state; None for plain."""
        return self.TONES.get(self.State(self.state))

    @property
    def spaced_code(self) -> str:
        """The code in two groups, as it is shown."""
        return f"{self.code[:4]} {self.code[4:]}"


class QuestionMessage(models.Model):
    """One thing said or done about a question, in the order of time; never changed."""

    class Kind(models.TextChoices):
        ADDED = "added", "补充"
        NOT_HELPED = "not_helped", "说还没解决"
        ANSWER = "answer", "答复"
        NOTE = "note", "内部备注"
        TAKEN = "taken", "开始办理"
        RELEASED = "released", "放回待办"
        ASSIGNED = "assigned", "交给同事"
        HANDED_ON = "handed_on", "转交"
        CLOSED = "closed", "关闭"
        SOLVED = "solved", "提问人说解决了"
        FORGOTTEN = "forgotten", "删除个人信息"
        SUGGESTED = "suggested", "推荐整理成问答"
        SET_ASIDE = "set_aside", "编辑没有整理"
        PUBLISHED = "published", "整理成问答"
        PHRASED = "phrased", "整理成相似问法"

    #: Kinds that the asker sees, in the words that they read.
    TOLD = {
        Kind.ADDED: "补充",
        Kind.NOT_HELPED: "说还没有解决",
        Kind.ANSWER: "答复",
        Kind.CLOSED: "关闭了这个提问",
        Kind.SOLVED: "说解决了",
        Kind.HANDED_ON: "转交给了别的部门，他们会接着办",
    }
    FOR_ASKER = tuple(TOLD)
    LONGEST = 5_000

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField("做了什么", max_length=10, choices=Kind.choices)
    text = models.TextField("内容", blank=True)
    #: The member of staff; none for the asker.
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField("谁", max_length=150, blank=True)
    at = models.DateTimeField("什么时候", default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = verbose_name_plural = "提问往来"

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def as_told(self) -> str:
        """What the asker reads that somebody did."""
        return self.TOLD.get(self.Kind(self.kind), "答复")

    @property
    def is_from_asker(self) -> bool:
        return self.kind in (self.Kind.ADDED, self.Kind.NOT_HELPED, self.Kind.SOLVED)


class QuestionPicture(models.Model):
    """A picture sent with a question, written anew. Until the question is sent it belongs to the form of that key."""

    form_key = models.CharField(max_length=32, db_index=True)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, null=True, related_name="pictures")
    #: Random, and the name of the file too.
    name = models.CharField(max_length=40, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class QuestionLook(models.Model):
    """The last time a member of staff had a question open, so that two do not answer it unawares."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="looks", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "user"], name="one_look_per_question_and_user")]

    def __str__(self) -> str:
        return str(self.user)


class AnswerPhrase(models.Model):
    """Words that answers often need, to be put into an answer with one press."""

    LONGEST = 1_000

    title = models.CharField("名称", max_length=30, unique=True, help_text="按钮上的字，例如：请提供学校和姓名。")
    text = models.TextField("内容", max_length=LONGEST, help_text="放进答复的话，最多 1,000 个字；放进去以后还可以改。")

    class Meta:
        ordering = ["title"]
        verbose_name = verbose_name_plural = "答复常用语"

    def __str__(self) -> str:
        return self.title

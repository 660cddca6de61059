"""Training projects and their results, which coordinated credits come from."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from helpdesk.common.tones import Tone

from ..decisions.findings import Finding
from ..decisions.results import organizer_finding
from ..rules import wording
from ..rules.bounds import FIRST_DATE, LAST_DATE, MAX_CREDITS, MAX_HOURS
from ..rules.types import Category
from .base import RestsOn
from .columns import amount_column, between, day_column, new_project_code, user_column, validate_has_happened
from .cycles import CATEGORIES, FORM_VALUES, FORMS
from .people import Organization, Teacher


class ProjectQuerySet(models.QuerySet["TrainingProject"]):
    def kept_by(self, user: User | AnonymousUser) -> ProjectQuerySet:
        """Returns the projects of the organisations that `user` works for, and of all below these."""
        return self.filter(organizer__in=Organization.objects.visible_to(user))

    def visible_to(self, user: User | AnonymousUser) -> ProjectQuerySet:
        """Returns these, and the projects that bodies above them have published."""
        own = Organization.objects.visible_to(user)
        above: set[int] = set()
        for path in own.values_list("path", flat=True):
            above.update(int(part) for part in path.rstrip(".").split("."))
        published_above = Q(organizer__in=above, status=TrainingProject.Status.PUBLISHED)
        return self.filter(Q(organizer__in=own) | published_above)


class TrainingProject(RestsOn):
    """A coordinated training, published with a category and, ticked or not, the conversion into credits.

    Changing the conversion later does not touch reviewed results: these take 取消审核, then 审核 again (credits-01).
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "未发布"
        PUBLISHED = "published", "已发布"

    #: How pages show a status; any other is still open.
    TONES = {Status.PUBLISHED: Tone.GOOD}

    code = models.CharField(
        "项目编号",
        max_length=64,
        unique=True,
        blank=True,
        validators=[RegexValidator(r"^[0-9A-Za-z-]+\Z", "只能用字母、数字和短横线。")],
        help_text="留空会自动编一个。",
    )
    name = models.CharField("项目名称", max_length=120)
    organizer = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="projects", verbose_name="举办机构"
    )
    category = models.CharField("学分折算类型", max_length=20, choices=CATEGORIES)
    form = models.CharField(
        "培训形式", max_length=10, choices=FORMS, blank=True, help_text="折算标准按形式分的，才会用到；不清楚可以不选。"
    )
    hours = amount_column("学时", MAX_HOURS)
    converted = models.BooleanField(
        "折算学分", default=False, help_text="勾选后，成绩审核时自动折算成学分（学分问答第 1 条）。"
    )
    starts_on = day_column("开始日期", null=True, blank=True)
    ends_on = day_column("结束日期", help_text="学分算在这一天所在的学年。")
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.DRAFT)

    #: Hours that the project had while results were entered with them → until when, as ISO texts.
    former_hours = models.JSONField("以前的学时", default=dict, blank=True, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "code"]
        verbose_name = verbose_name_plural = "培训项目"
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=[category.value for category in Category]), name="project_category_is_known"
            ),
            models.CheckConstraint(condition=Q(form__in=["", *FORM_VALUES]), name="project_form_is_known"),
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=MAX_HOURS), name="project_hours_in_bounds"),
            models.CheckConstraint(condition=Q(status__in=["draft", "published"]), name="project_status_is_known"),
            models.CheckConstraint(condition=between("ends_on", FIRST_DATE, LAST_DATE), name="project_in_these_times"),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(starts_on__lte=models.F("ends_on")),
                name="project_ends_after_it_starts",
                violation_error_message="结束日期不能早于开始日期。",
            ),
            models.CheckConstraint(condition=~Q(code="") & ~Q(name=""), name="project_has_code_and_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_in_words(self) -> str:
        """The category, and the form where one was given: 国培（网络）."""
        return wording.in_form(self.get_category_display(), self.form)

    def clean(self) -> None:
        self.code = self.code or new_project_code()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.code = self.code or new_project_code()
        super().save(*args, **kwargs)

    def teachers_concerned(self) -> Iterable[int]:
        return self.results.values_list("teacher_id", flat=True)

    def matters(self) -> tuple[Any, ...]:
        """Returns code and last day; category and conversion are fixed in each result when it is reviewed."""
        return (self.code, self.ends_on)


class TrainingResult(RestsOn):
    """The hours of a teacher in a project.

    The review fixes category, form, conversion and credits as they then are.
    """

    class Status(models.TextChoices):
        ENTERED = "entered", "已登记，待审核"
        REVIEWED = "reviewed", "已审核"

    #: How pages show a status; any other is still open.
    TONES = {Status.REVIEWED: Tone.GOOD}

    project = models.ForeignKey(
        TrainingProject, on_delete=models.PROTECT, related_name="results", verbose_name="培训项目"
    )
    teacher = models.ForeignKey(Teacher, on_delete=models.CASCADE, related_name="results", verbose_name="教师")
    hours = amount_column("学时", MAX_HOURS)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.ENTERED)
    category = models.CharField("审核时的折算类型", max_length=20, choices=CATEGORIES, blank=True, editable=False)
    form = models.CharField("审核时的培训形式", max_length=10, choices=FORMS, blank=True, editable=False)
    converted = models.BooleanField("审核时已勾选折算", null=True, editable=False)
    credits = amount_column("学分", MAX_CREDITS, null=True, blank=True, editable=False)
    entered_by = user_column("登记人")
    entered_at = models.DateTimeField("登记时间", auto_now_add=True)
    reviewed_by = user_column("审核人")
    reviewed_at = models.DateTimeField("审核时间", null=True, editable=False)

    class Meta:
        ordering = ["pk"]
        verbose_name = verbose_name_plural = "培训成绩"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "teacher"],
                name="one_result_per_project_and_teacher",
                violation_error_message="这位教师在这个项目里已经有成绩了。",
            ),
            models.CheckConstraint(condition=Q(hours__gt=0, hours__lte=MAX_HOURS), name="result_hours_in_bounds"),
            models.CheckConstraint(
                condition=Q(
                    status="entered",
                    category="",
                    converted__isnull=True,
                    credits__isnull=True,
                    reviewed_at__isnull=True,
                )
                | Q(
                    status="reviewed",
                    category__in=[category.value for category in Category],
                    converted__isnull=False,
                    credits__isnull=False,
                    credits__gt=0,
                    credits__lte=MAX_CREDITS,
                    reviewed_at__isnull=False,
                ),
                name="result_is_entered_or_reviewed_in_full",
            ),
            models.CheckConstraint(
                condition=Q(form="") | Q(status="reviewed", form__in=[*FORM_VALUES]),
                name="result_has_a_form_only_where_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.teacher}：{self.project}"

    def clean(self) -> None:
        if self.hours is not None and self.hours > self.project.hours:
            most = wording.amount_text(Decimal(self.project.hours))
            raise ValidationError({"hours": f"{wording.amount_text(self.hours)} 学时超过项目的 {most} 学时。"})
        validate_has_happened(self.project.ends_on, self.teacher, "hours")
        found = self.organizer_finding
        if found:
            raise ValidationError({found.field: found.sentence})

    @property
    def organizer_finding(self) -> Finding | None:
        """A problem where the organizer stands above the teacher neither now nor on the project's last day."""
        organizer = self.project.organizer
        schools = {self.teacher.school, self.teacher.school_on(self.project.ends_on)}
        paths = [school.path for school in schools]
        return organizer_finding(organizer.path, paths, (organizer.name, self.teacher.name))

    def teachers_concerned(self) -> Iterable[int]:
        return [self.teacher_id]

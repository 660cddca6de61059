"""A county in which each kind of long work can be begun again and again, and checked: nothing lost, nothing doubled."""

from __future__ import annotations

import datetime
import io
from collections import Counter
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import Any

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from credits.models import (
    Event,
    Membership,
    Organization,
    SelfDirectedActivity,
    SpreadsheetImport,
    StatementAccess,
    StatementSummary,
    Teacher,
    TrainingCycle,
    TrainingProject,
    TrainingResult,
)
from credits.spreadsheets import importing
from credits.statements.summaries import refresh
from credits.steps.joint_activities import texts_of
from helpdesk.common import jobs
from helpdesk.common.models import Job

KINDS = [
    "review",
    "unreview",
    "follow-hours",
    "review-projects",
    "joint-activities",
    "recompute",
    "export",
    "import",
    "undo-import",
]
SELECTION = "all=1&cycle=2018"
Facts = dict[str, Any]
#: Subject → how it is and how it should be.
Found = dict[str, tuple[object, object]]


class World:
    """`number` teachers of one school, each with a result in one project, and the reviewer of their county."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.few = number // 8  # an activity of one teacher takes as long as about eight results
        self.county = Organization.objects.create(name="试县", kind="county")
        self.school = Organization.objects.create(name="试小", kind="school", parent=self.county)
        self.reviewer = User.objects.create_user("long-work")
        Membership.objects.create(user=self.reviewer, organization=self.county, role=Membership.Role.REVIEWER)
        employed = datetime.date(2010, 9, 1)
        rows = [
            Teacher(staff_number=f"L{at}", name=f"教师{at}", name_key=f"{at:06}", school=self.school)
            for at in range(number)
        ]
        for row in rows:
            row.formally_employed_on = employed
        Teacher.objects.bulk_create(rows, batch_size=1000)
        self.project, self.second_project = self._make_project("长训"), self._make_project("续训")
        results = [TrainingResult(project=self.project, teacher=row, hours=40) for row in rows]
        TrainingResult.objects.bulk_create(results, batch_size=1000)
        refresh(Teacher.objects.values_list("pk", flat=True))
        self.client = Client(headers={"host": "localhost"})

    def _make_project(self, name: str) -> TrainingProject:
        return TrainingProject.objects.create(
            name=name,
            organizer=self.county,
            category="county",
            hours=40,
            converted=True,
            ends_on=datetime.date(2019, 7, 10),
            status="published",
        )

    # --- begun ---------------------------------------------------------------------------------------------------

    def begin(self, kind: str) -> Job:
        """A job of that kind that waits, with everything as it is to be before."""
        self.client.force_login(self.reviewer)  # looking at a job keeps no session alive
        Job.objects.all().delete()
        Event.objects.all().delete()
        StatementAccess.objects.all().delete()
        facts = getattr(self, f"_before_{kind.replace('-', '_')}")()
        at_once, jobs.AT_ONCE = jobs.AT_ONCE, 0
        try:
            back = "/credits/teachers/"
            return jobs.start(
                kind, f"试 {kind}", self.reviewer, key=f"try:{kind}", back=back, total=self.number, **facts
            )
        finally:
            jobs.AT_ONCE = at_once

    def _before_review(self) -> Facts:
        self._results_as_entered()
        return self._results()

    def _before_unreview(self) -> Facts:
        now = timezone.now()
        TrainingResult.objects.update(
            status="reviewed", category="county", converted=True, credits=4, reviewed_by=self.reviewer, reviewed_at=now
        )
        refresh(Teacher.objects.values_list("pk", flat=True))
        return self._results()

    def _before_follow_hours(self) -> Facts:
        TrainingProject.objects.update(former_hours={"30": timezone.now().isoformat()})
        facts = self._before_unreview()
        TrainingResult.objects.update(hours=30, credits=3)
        return facts

    def _before_review_projects(self) -> Facts:
        self._results_as_entered()
        middle = self._results()["results"][self.number // 2]
        TrainingResult.objects.filter(pk__gte=middle).update(project=self.second_project)
        parts = [self._part(project) for project in (self.project, self.second_project)]
        return {"projects": parts}

    def _part(self, project: TrainingProject) -> Facts:
        results = project.results.order_by("pk").values_list("pk", flat=True)
        return {"project": project.pk, "title": project.name, "results": list(results), "seen": {}}

    def _results_as_entered(self) -> None:
        TrainingResult.objects.update(
            status="entered", category="", converted=None, credits=None, reviewed_by=None, reviewed_at=None
        )
        self._results()
        refresh(Teacher.objects.values_list("pk", flat=True))

    def _results(self) -> Facts:
        """All results, in the first project and with its hours."""
        TrainingResult.objects.update(project=self.project, hours=40)
        results = TrainingResult.objects.order_by("pk").values_list("pk", flat=True)
        return {"project": self.project.pk, "results": list(results)}

    def _before_joint_activities(self) -> Facts:
        SelfDirectedActivity.objects.all().delete()
        activity = SelfDirectedActivity(
            activity="school_training", credits=2, completed_on=datetime.date(2019, 7, 10), has_record=True
        )
        teachers = Teacher.objects.filter(staff_number__startswith="L").order_by("pk").values_list("pk", flat=True)
        return {"teachers": list(teachers[: self.few]), "texts": texts_of(activity), "in_plan": False}

    def _before_recompute(self) -> Facts:
        StatementSummary.objects.update(coordinated_missing=99, verdict="short")
        return {"selection": SELECTION}

    def _before_export(self) -> Facts:
        return {"selection": SELECTION}

    def _before_import(self) -> Facts:
        Teacher.objects.filter(staff_number__startswith="N").delete()
        SpreadsheetImport.objects.all().delete()
        rows = [
            (at + 2, {"staff_number": f"N{at}", "name": f"新来{at}", "school": "试小"}) for at in range(self.number)
        ]
        row = SpreadsheetImport(kind="teachers", owner=self.reviewer, file_name="新.xlsx", rows=rows)
        problems, preview = importing.judge(row.kind, rows, self.reviewer)
        importing.keep_preview(row, problems, [], preview)
        assert row.state == "ready", row.findings[:3]
        return {"row": row.pk}

    def _before_undo_import(self) -> Facts:
        facts = self._before_import()
        importing.apply(SpreadsheetImport.objects.get(pk=facts["row"]), self.reviewer)
        Event.objects.all().delete()
        return facts

    # --- checked -------------------------------------------------------------------------------------------------

    def wrongs(self, kind: str, job: Job) -> list[str]:
        """Returns what is lost, doubled or untrue after a job of that kind has ended; nothing where all is well."""
        if job.state != "done":
            return [f"{kind} is {job.state}: {job.message}"]
        if not self.page(job).count(job.message):
            return [f"{kind}: the page does not say {job.message}"]
        found = getattr(self, f"_after_{kind.replace('-', '_')}")(job)
        return [f"{kind}: {name} is {now}, not {wanted}" for name, (now, wanted) in found.items() if now != wanted]

    def page(self, job: Job) -> str:
        return self.client.get(f"/credits/jobs/{job.public_id}/").content.decode()

    def _after_review(self, job: Job) -> Found:
        reviewed = TrainingResult.objects.filter(status="reviewed", credits=4).count()
        return {
            "reviewed": (reviewed, self.number),
            "histories": (self._histories("result", "审核"), {1: self.number}),
            "project's history": (self._notes("审核成绩"), [f"{self.number} 条。"]),
            "summaries": (self._summaries(Decimal(4)), self.number),
            "message": (job.message, f"已审核 {self.number} 条。"),
        }

    def _after_unreview(self, job: Job) -> Found:
        entered = TrainingResult.objects.filter(status="entered", credits=None).count()
        return {
            "entered": (entered, self.number),
            "histories": (self._histories("result", "取消审核"), {1: self.number}),
            "project's history": (self._notes("取消审核成绩"), [f"{self.number} 条。"]),
            "summaries": (self._summaries(Decimal(0)), self.number),
            "message": (job.message, f"已取消审核 {self.number} 条。"),
        }

    def _after_follow_hours(self, job: Job) -> Found:
        corrected = TrainingResult.objects.filter(status="reviewed", hours=40, credits=4).count()
        return {
            "corrected": (corrected, self.number),
            "histories": (self._histories("result", "更正学时"), {1: self.number}),
            "reviewed again": (self._histories("result", "审核"), {1: self.number}),
            "project's history": (self._notes("更正成绩"), [f"{self.number} 条。"]),
            "summaries": (self._summaries(Decimal(4)), self.number),
            "message": (job.message, f"已更正 {self.number} 条。"),
        }

    def _after_review_projects(self, job: Job) -> Found:
        reviewed = TrainingResult.objects.filter(status="reviewed", credits=4).count()
        half = self.number // 2
        return {
            "reviewed": (reviewed, self.number),
            "histories": (self._histories("result", "审核"), {1: self.number}),
            "projects' histories": (self._notes("审核成绩"), [f"{half} 条。", f"{self.number - half} 条。"]),
            "summaries": (self._summaries(Decimal(4)), self.number),
            "message": (job.message, f"2 个项目已审核 {self.number} 条。"),
        }

    def _after_joint_activities(self, job: Job) -> Found:
        each = Counter(Counter(SelfDirectedActivity.objects.values_list("teacher", flat=True)).values())
        return {
            "activities": (each, {1: self.few}),
            "histories": (sum(self._histories("activity", None).values()), self.few),
            "message": (job.message, f"已登记 {self.few} 位教师的活动。"),
        }

    def _after_recompute(self, job: Job) -> Found:
        stale = StatementSummary.objects.filter(coordinated_missing=99).count()
        return {"stale": (stale, 0), "message": (job.message, f"已重新计算 {self.number} 位教师的学分。")}

    def _after_export(self, job: Job) -> Found:
        with SpooledTemporaryFile() as file:
            for part in job.file_parts():
                file.write(part)
            sheet = load_workbook(io.BytesIO(_content(file)), read_only=True)["教师名单"]
            numbers = [row[1] for row in sheet.iter_rows(min_row=6, values_only=True)]
        looks = Counter(Counter(StatementAccess.objects.values_list("teacher", flat=True)).values())
        return {
            "rows": (len(numbers), self.number),
            "teachers": (len(set(numbers)), self.number),
            "looks": (looks, {1: self.number}),
        }

    def _after_import(self, job: Job) -> Found:
        said = f"新增 {self.number} 条，修改 0 条，没有变化 0 条。"
        return {
            "teachers": (Teacher.objects.filter(staff_number__startswith="N").count(), self.number),
            "histories": (sum(self._histories("teacher", None).values()), self.number),
            "import's history": (self._notes("导入"), [said]),
            "state": (SpreadsheetImport.objects.get().state, "applied"),
            "message": (job.message, f"导入好了：{said}"),
        }

    def _after_undo_import(self, job: Job) -> Found:
        return {
            "teachers": (Teacher.objects.filter(staff_number__startswith="N").count(), 0),
            "import's history": (len(self._notes("撤销导入")), 1),
            "state": (SpreadsheetImport.objects.get().state, "undone"),
        }

    def _histories(self, subject: str, action: str | None) -> Counter[int]:
        """How many rows have how many such events."""
        events = Event.objects.filter(subject=subject)
        if action:
            events = events.filter(action=action)
        return Counter(Counter(events.values_list("subject_id", flat=True)).values())

    def _notes(self, action: str) -> list[str]:
        return list(
            Event.objects.filter(action=action, subject__in=["project", "import"])
            .order_by("pk")
            .values_list("note", flat=True)
        )

    def _summaries(self, credits: Decimal) -> int:
        return StatementSummary.objects.filter(cycle__code="2018", coordinated_counted=credits).count()


def _content(file: SpooledTemporaryFile[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def make_cycles() -> None:
    """Both training cycles as shipped, unless they are there."""

    from tests.credits.ledgers import fields_of_cycle

    if not TrainingCycle.objects.exists():
        TrainingCycle.objects.bulk_create(TrainingCycle(**fields_of_cycle(code)) for code in ("2018", "2023"))

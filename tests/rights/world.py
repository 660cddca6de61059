"""The county with records in every state, for whoever looks at all addresses."""

from __future__ import annotations

import io
from datetime import date, timedelta

from django.test import Client
from django.utils import timezone

from credits.models import (
    CorrectionRequest,
    SafetyNetPlan,
    SpreadsheetImport,
    StatementAccess,
    TrainingCycle,
)
from faq.asking import steps as asking
from faq.asking.suggesting import suggest
from faq.models import AnswerPhrase, Category, Entry, Feedback, Question
from helpdesk.common.models import Job
from tests.cast import (
    Place,
    make_activity,
    make_degree,
    make_offset,
    make_plan,
    make_project,
    make_result,
    make_teacher,
)
from tests.faq.asking.asking import form_key_of_before


class World:
    """The county of 桃源 with records of 张三's in every state, an entry, and one of all else that has a page."""

    def __init__(self) -> None:
        self.place = Place()
        self.row = self.place.teacher
        self.gone = make_teacher(self.place.school, name="孙七", staff_number="A-9", status="retired")
        self.cycle = TrainingCycle.objects.get(code="2023")
        self.form_key = form_key_of_before()
        self._records()
        self._plans()
        self._long_work()
        self.look = StatementAccess.objects.create(teacher=self.row, viewer=self.place.staff, viewer_name="staff")
        self.category = Category.objects.create(slug="credits", name="学分")
        self.entry = Entry.objects.create(
            ref="credits-01", question="怎么折算？", answer="自动折算。", category=self.category, status="published"
        )
        self.question = Question.objects.create(text="怎么没有折算？", name="梅老师", office=self.place.school.path)

        self.correction = CorrectionRequest.objects.create(
            teacher=self.row, records="s0", text="少了一学时。", office=self.place.school
        )
        self.opinion = Feedback.objects.create(entry=self.entry, voter="a", helpful=False, reason="fails")
        self._questions()

    def _questions(self) -> None:
        """A question that no office has, answered by the editor."""
        self.answered = Question.objects.create(text="梅老师的学分怎么折算？")
        AnswerPhrase.objects.create(title="请稍等", text="正在核查，请稍等。")
        asking.answer(self.answered, "自动折算。", self.place.editor)
        asked = {"text": "张三的学分在哪里看？", "name": "张三", "office": self.place.school.path}
        self.suggested = Question.objects.create(**asked)
        asking.answer(self.suggested, "在对账单里。", self.place.staff)
        suggest(self.suggested, self.place.staff)

    def _records(self) -> None:
        self.project = make_project(self.place.county, name="骨干班", code="P-1", ends_on=date(2024, 7, 1))
        self.result = make_result(self.row, self.project, status="entered")
        soon = (timezone.now() + timedelta(days=1)).isoformat()
        last = date(2024, 7, 2)
        corrected = make_project(self.place.county, code="P-2", hours=30, ends_on=last, former_hours={"24": soon})
        self.behind = make_result(self.row, corrected, hours=24, status="entered")
        self.plan = make_plan(self.place.school, 2023, status="filed")
        self.activity = make_activity(self.row, plan=self.plan, completed_on=date(2023, 10, 1))
        self.degree = make_degree(self.row, credits=None)
        self.offset = make_offset(self.row, credits=None)

    def _plans(self) -> None:
        self.draft_plan = make_plan(self.place.school, 2024, status="draft", content="十次。")
        self.safety_net = SafetyNetPlan.objects.create(
            organization=self.place.county, school_year=2024, forecast="差。", content="补。", status="planned"
        )

    def _long_work(self) -> None:
        """A job and two imports of the staff's, one to be confirmed and one applied."""
        staff = self.place.staff
        self.job = Job.objects.create(
            kind="export", title="导出", owner=staff, back="/", state="done", heard_at=timezone.now()
        )
        self.job.keep_file(io.BytesIO(b"x"), "x.xlsx")
        self.imported = SpreadsheetImport.objects.create(
            kind="teachers",
            state="ready",
            owner=staff,
            organization=self.place.school,
            file_name="x.xlsx",
            rows=[[2, {"staff_number": "A-77", "name": "周八", "school": "桃源一小"}]],
            added=1,
        )
        self.applied = SpreadsheetImport.objects.create(
            kind="teachers", state="applied", owner=staff, file_name="y.xlsx", applied_at=timezone.now()
        )

    def client(self, who: str) -> Client:
        return self.place.client(who)

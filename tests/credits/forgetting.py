"""A teacher with all that a teacher can leave behind, and where in the database a word stands."""

from __future__ import annotations

import datetime
import io
import json
import re
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from credits.models import Event, SpreadsheetImport, StatementAccess, Teacher
from credits.steps import awards, codes, people, plans, projects
from helpdesk.common.models import Job
from tests.cast import Place, make_activity, make_degree, make_offset, make_plan, make_project, make_teacher

NAME, NUMBER = "欧阳思远", "GH-20418"
ADMIN = "/admin/credits/teacher/"


def tables() -> dict[str, str]:
    """Every table of the database, word for word, whatever Django thinks is in it."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            values = [bytes(value) if isinstance(value, memoryview) else value for row in cursor for value in row]
            text = "\n".join(str(value) for value in values)
            found[table] = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)
    sessions = [str(session.get_decoded()) for session in Session.objects.all()]
    return found | {"sessions, read": "\n".join(sessions)}


def where(*words: str) -> set[str]:
    """The tables in which one of these words stands."""
    return {table for table, text in tables().items() if any(word in text for word in words)}


class Life:
    """A teacher with all that a teacher can leave behind, and a colleague of the same name with some of it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.teacher = make_teacher(place.school, name=NAME, staff_number=NUMBER)
        self.namesake = make_teacher(place.other, name=NAME, staff_number="GH-20419")
        self.teacher.transfer(place.other, datetime.date(2015, 9, 1))
        self.teacher.transfer(place.school, datetime.date(2016, 9, 1))
        self._records(self.teacher)
        self._records(self.namesake)
        self._codes()
        self._looks()
        self._in_the_admin()
        self._jobs()
        self._imports()

    def _records(self, teacher: Teacher) -> None:
        place = self.place
        project = make_project(place.county)
        (result,) = projects.enter(project, {teacher: project.hours}, place.reviewer)
        projects.review(project, [result.pk], place.reviewer)
        make_activity(teacher)
        degree = make_degree(teacher)
        awards.send_back(degree, f"请{teacher.name}补交证书。", place.reviewer)
        make_offset(teacher, evidence=f"{teacher.name}的证书")
        people.save_teacher(teacher, place.reviewer)

    def _codes(self) -> None:
        """A first sign-in, wrong ones, and a second code that lies about."""
        [(_, code)] = codes.issue_codes([self.teacher], self.place.staff)
        browser = Client()
        typed = {"staff_number": NUMBER, "code": code, "password1": "mulberry-lane-7", "password2": "mulberry-lane-7"}
        assert browser.post("/sign-in/first/", typed).status_code == 302
        assert browser.get("/credits/mine/").status_code == 200
        self.account = User.objects.get(username=NUMBER)
        Client().post("/sign-in/", {"username": NUMBER, "password": "mulberry-lane-7"})
        for name in (NUMBER, NAME):
            Client().post("/sign-in/", {"username": name, "password": "wrong"})
        self.teacher.refresh_from_db()
        codes.issue_codes([self.teacher], self.place.staff)

    def _looks(self) -> None:
        for teacher in (self.teacher, self.namesake):
            self.place.client("reviewer").get(f"/credits/teachers/{teacher.public_id}/")
        # Once worked for the school, and did something there.
        StatementAccess.objects.create(teacher=self.place.teacher, viewer=self.account, viewer_name=NUMBER)
        plan = make_plan(self.place.school, year=2020, status="draft", content="教研计划。")
        membership = self.account.memberships.create(organization=self.place.school, role="staff")
        plans.file(plan, self.account)
        Event.objects.create(subject="plan", subject_id=plan.pk, title="方案", action="上报", actor_name=NUMBER)
        Event.objects.create(
            subject="import",
            subject_id=1,
            title=f"教师：{NAME}.xlsx",
            action="导入",
            note=f"{NUMBER} 等",
            actor_name="x",
        )
        membership.delete()

    def _in_the_admin(self) -> None:
        client = self.place.client("superuser")
        sent = {"staff_number": NUMBER, "name": NAME, "school": self.place.school.pk, "position": "teaching"}
        sent |= {"status": "active", "user": self.account.pk, "subject": "语文"}
        for number, posting in enumerate(self.teacher.postings.order_by("pk")):
            sent |= {f"postings-{number}-id": posting.pk, f"postings-{number}-school": posting.school_id}
            sent |= {f"postings-{number}-teacher": self.teacher.pk}
            for name in ("started_on", "ended_on"):
                sent[f"postings-{number}-{name}"] = getattr(posting, name) or ""
        sent["postings-0-started_on"] = "2014-09-01"
        sent |= {"postings-TOTAL_FORMS": 3, "postings-INITIAL_FORMS": 3}
        assert client.post(f"{ADMIN}{self.teacher.pk}/change/", sent).status_code == 302
        user = {"username": NUMBER, "date_joined_0": "2020-01-01", "date_joined_1": "00:00", "is_active": "on"}
        assert client.post(f"/admin/auth/user/{self.account.pk}/change/", user).status_code == 302
        add = {"user": self.account.pk, "organization": self.place.school.pk, "role": "staff"}
        assert client.post("/admin/credits/membership/add/", add).status_code == 302
        self.account.memberships.all().delete()
        # Of rows that went long ago.
        by = {"user": self.place.superuser, "action_flag": 3, "object_id": "4711"}
        LogEntry.objects.create(
            **by,
            content_type=ContentType.objects.get_for_model(Event),
            object_repr=f"{NAME}（{NUMBER}）：旧项目",
            change_message=json.dumps([{"deleted": {"object": f"{NAME}（{NUMBER}）"}}]),
        )
        LogEntry.objects.create(**by, content_type=ContentType.objects.get_for_model(User), object_repr=NUMBER)

    def _jobs(self) -> None:
        owner = self.place.reviewer
        plain: dict[str, Any] = {"kind": "review", "owner": owner, "back": "/", "state": "done", "title": "审核"}
        Job.objects.create(**plain, details=[f"{self.teacher}：学时不对"])
        Job.objects.create(**plain | {"back": "/credits/teachers/?q=%E6%AC%A7%E9%98%B3%E6%80%9D%E8%BF%9C"})
        Job.objects.create(**plain, parameters={"numbers": [NUMBER]})
        with_file = Job.objects.create(**plain)
        with_file.keep_file(io.BytesIO(f"{NAME},{NUMBER}".encode()), "roster.csv")
        with_file.save()
        self.other_job = Job.objects.create(**plain, details=["王五（B-1）：第 20418 行"])

    def _imports(self) -> None:
        plain: dict[str, Any] = {"owner": self.place.reviewer, "sha256": "0" * 64, "kind": "teachers"}
        theirs = [[2, {"staff_number": "ＧＨ-20418", "name": NAME}], [3, {"staff_number": "GH-20419", "name": NAME}]]
        problems: list[Any] = [[2, "编号", f"{NUMBER} 已经有了。"], [4, "", "空行"]]
        quoted = {"row": 5, "column": "编号", "sentence": "请改正。", "level": "problem"}
        problems += [quoted | {"cell": "ｇＨ—20418"}, quoted | {"cell": " ".join(NAME)}]
        self.ready = SpreadsheetImport.objects.create(**plain, state="ready", file_name="一.xlsx", rows=theirs)
        self.refused = SpreadsheetImport.objects.create(
            **plain, state="refused", file_name=f"{NAME}.xlsx", problems=problems
        )
        done = [
            [self.teacher.pk, {"staff_number": NUMBER, "name": "欧阳"}, {"staff_number": NUMBER, "name": NAME}, 2],
            [self.namesake.pk, {"staff_number": "GH-20419", "name": "思远"}, {"staff_number": "GH-20419"}, 3],
            [10**6, None, {"staff_number": NUMBER, "name": NAME}, 4],  # whose row went since
        ]
        over = {"state": "applied", "applied_at": timezone.now()}
        self.applied = SpreadsheetImport.objects.create(**plain | over, file_name="二.xlsx", done=done)
        self.pks = [self.teacher.pk, self.namesake.pk]
        results = [[10**6 + place, None, {"teacher_id": pk}, place] for place, pk in enumerate(self.pks)]
        self.results = SpreadsheetImport.objects.create(
            **plain | over | {"kind": "results"}, file_name="三.xlsx", done=results
        )

"""People are forgotten: of whom this was asked, nothing is left anywhere in the database; of others, everything."""

from __future__ import annotations

import datetime
import io
import json
import re
from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from credits.models import Event, Job, SpreadsheetImport, StatementAccess, StatementSummary, Teacher
from credits.processes import own_records, people, plans, projects
from credits.processes.history import Refusal

from .place import Place
from .rows import make_activity, make_degree, make_plan, make_project, make_result, make_teacher

pytestmark = pytest.mark.usefixtures("cycles")
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
        own_records.send_back(degree, f"请{teacher.name}补交证书。", place.reviewer)
        people.save_teacher(teacher, place.reviewer)

    def _codes(self) -> None:
        """A first sign-in, wrong ones, and a second code that lies about."""
        [(_, code)] = people.issue_codes([self.teacher], self.place.staff)
        browser = Client()
        typed = {"staff_number": NUMBER, "code": code, "password1": "mulberry-lane-7", "password2": "mulberry-lane-7"}
        assert browser.post("/sign-in/first/", typed).status_code == 302
        assert browser.get("/credits/mine/").status_code == 200
        self.account = User.objects.get(username=NUMBER)
        Client().post("/sign-in/", {"username": NUMBER, "password": "mulberry-lane-7"})
        for name in (NUMBER, NAME):
            Client().post("/sign-in/", {"username": name, "password": "wrong"})
        self.teacher.refresh_from_db()
        people.issue_codes([self.teacher], self.place.staff)

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
        Job.objects.create(**plain, file=f"{NAME},{NUMBER}".encode(), file_name="roster.csv")
        self.other_job = Job.objects.create(**plain, details=["王五（B-1）：第 20418 行"])

    def _imports(self) -> None:
        plain: dict[str, Any] = {"owner": self.place.reviewer, "sha256": "0" * 64, "kind": "teachers"}
        theirs = [[2, {"staff_number": "ＧＨ-20418", "name": NAME}], [3, {"staff_number": "GH-20419", "name": NAME}]]
        problems = [[2, "编号", f"{NUMBER} 已经有了。"], [4, "", "空行"]]
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


@pytest.fixture
def life(place: Place) -> Life:
    return Life(place)


KEPT_IN = {
    "credits_teacher",
    "credits_event",
    "credits_statementaccess",
    "credits_job",
    "credits_spreadsheetimport",
    "auth_user",
    "django_admin_log",
    "axes_accessattempt",
}


def test_nothing_of_the_person_is_left_in_any_table(life: Life) -> None:
    assert where(NUMBER) >= KEPT_IN, "this test looks in places where nothing was"
    teacher = life.teacher
    everything_of = [*people.known_of([teacher])]
    people.forget([teacher], life.place.superuser)
    assert where(NUMBER) == set()
    assert where(teacher.public_id) == set()
    for label, number in everything_of:
        assert number, label
    assert not Teacher.objects.filter(pk=teacher.pk).exists()
    assert not User.objects.filter(pk=life.account.pk).exists()
    # Only somebody else has that name.
    life.namesake.delete()
    assert where(NAME) <= {"credits_spreadsheetimport", "django_admin_log"}
    assert NAME not in str(list(LogEntry.objects.values()))


@pytest.mark.parametrize("typed", [NUMBER.lower(), f"{NUMBER}。", f"{NAME}{NUMBER}"])
def test_a_try_to_sign_in_goes_however_the_account_was_typed(life: Life, typed: str) -> None:
    Client().post("/sign-in/", {"username": typed, "password": "not-the-right-one"})
    assert AccessAttempt.objects.filter(username=typed).exists()
    people.forget([life.teacher], life.place.superuser)
    assert not AccessAttempt.objects.filter(username=typed).exists()


def test_what_is_left_is_that_it_was_done(life: Life) -> None:
    people.forget([life.teacher], life.place.superuser)
    event = Event.objects.get(action="按要求删除资料")
    assert (event.organization, event.teacher, event.actor) == (life.place.school, None, life.place.superuser)
    assert event.note == "按要求删除了 1 位教师的全部资料。"


def test_everybody_else_keeps_everything(life: Life) -> None:
    other = life.namesake

    def kept() -> dict[str, Any]:
        names = ("results", "activities", "degrees", "postings", "accesses", "events", "summaries")
        return {name: list(getattr(other, name).order_by("pk").values()) for name in names}

    before, looks = kept(), StatementAccess.objects.filter(teacher=life.place.teacher).count()
    assert all(before[name] for name in ("results", "activities", "degrees", "accesses", "events", "summaries"))
    people.forget([life.teacher], life.place.superuser)
    assert kept() == before
    assert Teacher.objects.filter(pk=life.place.teacher.pk).exists()
    assert User.objects.filter(pk=life.place.herself.pk).exists()
    assert Job.objects.get().pk == life.other_job.pk
    assert StatementAccess.objects.filter(teacher=life.place.teacher).count() == looks
    assert Event.objects.filter(action="上报", actor_name="（已按要求删除）").count() == 2


def test_imports_lose_the_person_and_nobody_else(life: Life) -> None:
    people.forget([life.teacher], None)
    for row in (life.ready, life.refused, life.applied, life.results):
        row.refresh_from_db()
    assert life.ready.rows == [[3, {"staff_number": "GH-20419", "name": NAME}]]
    assert life.refused.problems == [[4, "", "空行"]]
    assert life.refused.file_name == "（已按要求删除）"
    assert [one[0] for one in life.applied.done] == [life.namesake.pk]
    assert [one[0] for one in life.results.done] == [10**6 + 1]


@pytest.mark.parametrize("how", ["is_staff", "is_superuser", "membership"])
def test_an_account_that_somebody_works_with_only_loses_its_tie(place: Place, how: str) -> None:
    account = User.objects.create_user("deputy")
    teacher = make_teacher(place.school, user=account)
    if how == "membership":
        account.memberships.create(organization=place.school, role="staff")
    else:
        User.objects.filter(pk=account.pk).update(**{how: True})
    people.forget([teacher], place.superuser)
    account.refresh_from_db()
    assert account.username == "deputy"
    assert not Teacher.objects.filter(user=account).exists()


def test_a_number_that_is_somebody_elses_account_leaves_that_alone(place: Place) -> None:
    stranger = User.objects.create_user("N-7")
    teacher = make_teacher(place.school, staff_number="N-7")
    look = StatementAccess.objects.create(teacher=place.teacher, viewer=stranger, viewer_name="N-7")
    people.forget([teacher], place.superuser)
    look.refresh_from_db()
    assert look.viewer_name == "N-7"
    assert User.objects.filter(pk=stranger.pk).exists()


def test_only_superusers_forget(life: Life) -> None:
    for user in (life.place.staff, life.place.reviewer, life.account):
        with pytest.raises(PermissionDenied):
            people.forget([life.teacher], user)
    assert Teacher.objects.filter(pk=life.teacher.pk).exists()


def test_nobody_is_forgotten_while_work_goes_on_that_could_write_them_down_again(place: Place) -> None:
    job = Job.objects.create(kind="export", title="导出", owner=place.staff, back="/", state="running")
    with pytest.raises(Refusal, match="正在批量办理"):
        people.forget([place.teacher], place.superuser)
    assert Teacher.objects.filter(pk=place.teacher.pk).exists()
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - datetime.timedelta(minutes=5))  # its process died
    people.forget([place.teacher], place.superuser)
    assert not Teacher.objects.filter(pk=place.teacher.pk).exists()


def test_forgetting_many_takes_few_queries_for_each(place: Place, django_assert_max_num_queries: Any) -> None:
    teachers = [make_teacher(place.school) for _ in range(3)]
    for teacher in teachers:
        for _ in range(10):
            make_result(teacher)
            make_activity(teacher)
    with django_assert_max_num_queries(120):
        people.forget(teachers, place.superuser)
    assert not StatementSummary.objects.filter(teacher__in=[one.pk for one in teachers]).exists()


# --- the command --------------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("forget_teachers", *arguments, stdout=out)
    return out.getvalue()


def test_without_yes_it_only_says_what_it_would_do(life: Life) -> None:
    plan = make_plan(life.place.school, year=2021, content=f"主讲：{NAME}")
    before = tables()
    said = run(NUMBER)
    assert tables() == before
    assert f"{NAME}（{NUMBER}），桃源一小，在职" in said
    for line in (
        "培训成绩：1 条",
        "任职经历：3 条",
        "自主培训活动：1 条",
        "学历：1 条",
        "登录码：1 条",
        "账号：1 条",
    ):
        assert line in said
    assert f"请人工核对，有相同的姓名：校本研修方案：{plan}" in said
    assert "还没有删除" in said and "--yes" in said


def test_with_yes_it_forgets(life: Life) -> None:
    assert "已删除。" in run(NUMBER, "--yes")
    assert where(NUMBER) == set()
    event = Event.objects.get(action="按要求删除资料")
    assert (event.actor, event.actor_name) == (None, "命令行")


def test_an_unknown_number_is_an_error_and_nothing_is_done(life: Life) -> None:
    before = tables()
    with pytest.raises(CommandError, match="没有这些教师编号：Z-9、Z-8。什么也没有删除"):
        run(NUMBER, "Z-9", "Z-8", "--yes")
    with pytest.raises(CommandError, match="请写明"):
        run("--yes")
    assert tables() == before


def test_whoever_went_long_ago_is_forgotten(place: Place) -> None:
    gone = {day: make_teacher(place.school, status="left", ended_on=datetime.date(2015, 1, day)) for day in (1, 2)}
    undated = make_teacher(place.school, status="retired")
    run("--ended-before", "2015-01-02", "--yes")
    left = set(Teacher.objects.values_list("pk", flat=True))
    assert left == {gone[2].pk, undated.pk, place.teacher.pk, place.stranger.pk}


def test_old_looks_are_forgotten_to_the_day(place: Place) -> None:
    def look(at: str) -> int:
        row = StatementAccess.objects.create(teacher=place.teacher, viewer=place.staff, viewer_name="staff")
        StatementAccess.objects.filter(pk=row.pk).update(at=datetime.datetime.fromisoformat(at))
        return row.pk

    look("2020-12-31T23:59:59+08:00")
    kept = look("2021-01-01T00:00:00+08:00")
    assert "2021-01-01 以前的查看记录：1 条" in run("--looks-before", "2021-01-01")
    assert StatementAccess.objects.count() == 2
    run("--looks-before", "2021-01-01", "--yes")
    assert StatementAccess.objects.get().pk == kept
    assert Teacher.objects.count() == 2


# --- the admin ----------------------------------------------------------------------------------------------------


def choose(client: Client, *teachers: Teacher, **more: str) -> Any:
    return client.post(
        ADMIN, {"action": "forget", "_selected_action": [one.pk for one in teachers]} | more, follow=True
    )


def test_the_admin_says_what_goes_and_then_does_it(life: Life) -> None:
    client = life.place.client("superuser")
    before = tables()["credits_teacher"]
    body = choose(client, life.teacher).content.decode()
    assert "按要求删除资料" in body and f"{NAME}（{NUMBER}）" in body
    assert re.search(r"培训成绩：1 条.*账号：1 条", body, re.S)
    assert tables()["credits_teacher"] == before
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', body.partition("不能恢复")[2]))
    assert fields.pop("csrfmiddlewaretoken")
    answer = client.post(ADMIN, fields, follow=True)
    assert "已删除 1 位教师的全部资料。" in answer.content.decode()
    assert where(NUMBER) == set()


def test_it_replaces_djangos_own_deletion(life: Life) -> None:
    client = life.place.client("superuser")
    body = client.get(ADMIN).content.decode()
    assert re.findall(r'<option value="(\w+)">', body.partition('name="action"')[2].partition("</select>")[0]) == [
        "forget"
    ]
    assert client.get(f"{ADMIN}{life.teacher.pk}/delete/").status_code == 403
    client.post(ADMIN, {"action": "delete_selected", "_selected_action": life.teacher.pk, "post": "yes"})
    assert Teacher.objects.filter(pk=life.teacher.pk).exists()


def test_nobody_but_superusers_gets_there(life: Life) -> None:
    User.objects.filter(pk=life.place.staff.pk).update(is_staff=True)
    answer = choose(life.place.client("staff"), life.teacher, confirmed="yes")
    assert answer.status_code == 403
    assert Teacher.objects.filter(pk=life.teacher.pk).exists()


def test_too_many_at_once_are_told_to_come_in_parts(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credits.admin.MOST_AT_ONCE", 1)
    answer = choose(place.client("superuser"), place.teacher, place.stranger, confirmed="yes")
    assert "更多的请分几次办理" in answer.content.decode()
    assert Teacher.objects.count() == 2


def test_who_signs_in_leaves_no_address(client: Client, db: None) -> None:
    User.objects.create_user("somebody", password="right-password-1")
    assert client.post("/sign-in/", {"username": "somebody", "password": "right-password-1"}).status_code == 302
    client.post("/sign-out/")
    assert not AccessLog.objects.exists()

"""The statements of real teachers: who sees whom, what they see, and that each look is recorded."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from credits.models import Membership, StatementAccess, Teacher
from tests.cast import Crowd, make_activity, make_degree, make_plan, make_project, make_result, signed_in
from tests.credits.roster.pages import ROSTER, names

pytestmark = pytest.mark.usefixtures("cycles")
WORK = "/credits/work/"
MINE = "/credits/mine/"


def statement(teacher: Teacher) -> str:
    return reverse("credits:teacher", args=[teacher.public_id])


# --- who may see what --------------------------------------------------------------------------------------------

WHO = {
    "herself": "",
    "editor": "",
    "staff": "张三 李四",
    "other_staff": "王五",
    "reviewer": "张三 李四 王五",
    "superuser": "张三 李四 王五 赵六",
}


@pytest.mark.parametrize("who", WHO)
def test_each_sees_their_own_teachers_only(crowd: Crowd, who: str) -> None:
    client = signed_in(getattr(crowd, who))
    mine = WHO[who].split()
    assert sorted(names(client)) == sorted(mine)
    assert client.get(ROSTER).status_code == (200 if mine else 403)
    for teacher in crowd.teachers:
        assert client.get(statement(teacher)).status_code == (200 if teacher.name in mine else 404)


@pytest.mark.parametrize("path", [ROSTER, MINE, "/credits/teachers/some-id/"])
def test_who_is_not_signed_in_is_asked_to(client: Client, crowd: Crowd, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in/?next={path}")


def test_who_works_for_two_schools_sees_both(crowd: Crowd) -> None:
    Membership.objects.create(user=crowd.staff, organization=crowd.other, role="staff")
    client = signed_in(crowd.staff)
    for teacher in (crowd.teacher, crowd.stranger):
        assert client.get(statement(teacher)).status_code == 200
    assert client.get(statement(crowd.outsider)).status_code == 404


def test_anothers_teacher_looks_like_nobody(crowd: Crowd) -> None:
    client = signed_in(crowd.staff)

    def page(path: str) -> str:
        return re.sub(r'value="[^"]{20,}"|href="[^"]*"', "", client.get(path).content.decode())

    assert page(statement(crowd.stranger)) == page("/credits/teachers/no-such-teacher/")


@pytest.mark.parametrize("public_id", ["%00", "..", "1", "x" * 300, "' OR 1=1 --", "<script>"])
def test_no_address_breaks_a_statement(crowd: Crowd, public_id: str) -> None:
    assert signed_in(crowd.superuser).get(f"/credits/teachers/{public_id}/").status_code == 404


def test_only_the_present_school_sees_a_teacher(crowd: Crowd) -> None:
    crowd.teacher.transfer(crowd.other, date(2020, 9, 1))
    assert signed_in(crowd.staff).get(statement(crowd.teacher)).status_code == 404
    body = signed_in(crowd.other_staff).get(statement(crowd.teacher)).content.decode()
    assert "桃源一小：（起始日期未登记）— 2020 年 8 月 31 日" in body
    assert "桃源二小：2020 年 9 月 1 日 — 至今" in body


def test_nothing_about_a_person_stands_in_an_address(crowd: Crowd) -> None:
    for part in (crowd.teacher.staff_number, crowd.teacher.name, str(crowd.teacher.pk)):
        assert part not in statement(crowd.teacher).replace(crowd.teacher.public_id, "")
    assert len({teacher.public_id for teacher in crowd.teachers}) == 4


def test_teachers_alone_have_a_statement_of_their_own(crowd: Crowd) -> None:
    body = signed_in(crowd.herself).get(MINE).content.decode()
    assert "我的学分" in body
    assert "A-1" in body
    assert signed_in(crowd.staff).get(MINE).status_code == 404


def test_pages_about_people_are_kept_by_no_cache(crowd: Crowd) -> None:
    client = signed_in(crowd.superuser)
    for path in (ROSTER, statement(crowd.teacher)):
        assert "no-store" in client.get(path).headers["Cache-Control"]


# --- each look is recorded ---------------------------------------------------------------------------------------


def test_each_look_at_someone_elses_statement_is_recorded(crowd: Crowd) -> None:
    signed_in(crowd.herself).get(MINE)
    assert not StatementAccess.objects.exists()
    signed_in(crowd.staff).get(statement(crowd.stranger))
    assert not StatementAccess.objects.exists()
    signed_in(crowd.staff).get(statement(crowd.teacher))
    signed_in(crowd.reviewer).get(statement(crowd.teacher))
    seen = StatementAccess.objects.order_by("pk").values_list("viewer_name", "teacher__name")
    assert list(seen) == [("staff", "张三"), ("reviewer", "张三")]
    crowd.staff.delete()
    assert StatementAccess.objects.filter(viewer=None, viewer_name="staff").exists()


def test_superusers_read_the_looks_and_nobody_changes_them(crowd: Crowd) -> None:
    signed_in(crowd.staff).get(statement(crowd.teacher))
    look = StatementAccess.objects.get()
    client = signed_in(crowd.superuser)
    assert "staff" in client.get("/admin/credits/statementaccess/").content.decode()
    for path in ("add/", f"{look.pk}/delete/"):
        assert client.get(f"/admin/credits/statementaccess/{path}").status_code == 403
    assert client.post(f"/admin/credits/statementaccess/{look.pk}/change/", {"viewer_name": "x"}).status_code == 403
    client.post(
        "/admin/credits/statementaccess/", {"action": "delete_selected", "_selected_action": look.pk, "post": "y"}
    )
    assert StatementAccess.objects.get().viewer_name == "staff"
    assert signed_in(crowd.editor).get("/admin/credits/statementaccess/").status_code == 403


# --- what a statement shows --------------------------------------------------------------------------------------


def test_a_statement_shows_its_sum_and_names(crowd: Crowd) -> None:
    make_result(crowd.teacher, make_project(name="县级语文骨干班", category="county"), credits="4.5")
    make_degree(crowd.teacher, credits=5)
    make_activity(crowd.teacher, "other", plan=make_plan(crowd.school, status="filed"))
    body = signed_in(crowd.staff).get(f"{statement(crowd.teacher)}?cycle=2018").content.decode()
    assert "县级语文骨干班" in body
    assert "硕士学历" in body
    assert "其他校本研修" in body
    assert "<strong>9.5</strong> / 26 学分" in body
    assert "待审核 2.5 学分" in body
    assert "还没达到要求" in body


def test_every_clause_named_stands_below(crowd: Crowd) -> None:
    make_result(crowd.teacher)
    body = signed_in(crowd.staff).get(f"{statement(crowd.teacher)}?cycle=2018").content.decode()
    named = set(re.findall(r'href="#(clause-C\d+)"', body))
    assert named
    assert named <= set(re.findall(r'id="(clause-C\d+)"', body))


def test_a_statement_is_computed_afresh(crowd: Crowd) -> None:
    make_result(crowd.teacher, credits=4)
    crowd.teacher.summaries.update(coordinated_counted=25, verdict="met")
    body = signed_in(crowd.staff).get(f"{statement(crowd.teacher)}?cycle=2018").content.decode()
    assert "<strong>4</strong> / 26 学分" in body


@pytest.mark.parametrize("cycle", ["", "2018", "2023", "1066", "%00", "２０１８"])
def test_any_cycle_may_be_asked_for(crowd: Crowd, cycle: str) -> None:
    body = signed_in(crowd.staff).get(f"{statement(crowd.teacher)}?cycle={cycle}").content.decode()
    assert ("2018 年 9 月 1 日" if cycle == "2018" else "2023 年 9 月 1 日") in body


# --- signing in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "to"), [("herself", MINE), ("staff", WORK), ("superuser", WORK), ("editor", "/admin/")]
)
def test_signing_in_leads_to_what_is_theirs(client: Client, crowd: Crowd, who: str, to: str) -> None:
    user = getattr(crowd, who)
    user.set_password("right-password-1")
    user.save()
    answer = client.post("/sign-in/", {"username": user.username, "password": "right-password-1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, to)
    assert client.post("/sign-out/").status_code == 302
    assert client.get(ROSTER).status_code == 302


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"])
def test_signing_in_never_leads_elsewhere(client: Client, crowd: Crowd, to: str) -> None:
    crowd.staff.set_password("right-password-1")
    crowd.staff.save()
    answer = client.post("/sign-in/", {"username": "staff", "password": "right-password-1", "next": to})
    assert answer.headers["Location"] == WORK


def test_wrong_passwords_have_to_wait_after_a_while(client: Client, crowd: Crowd) -> None:
    for _ in range(6):
        answer = client.post("/sign-in/", {"username": "staff", "password": "wrong"})
        assert answer.status_code == 200
        assert "账号或密码不正确" in answer.content.decode()
    assert Client().post("/sign-in/", {"username": "staff", "password": "wrong"}).status_code == 429


def test_links_for_people_show_only_to_them(crowd: Crowd) -> None:
    def links(client: Client) -> set[str]:
        return set(re.findall(r'href="(/credits/(?:teachers|mine)/)"', client.get("/").content.decode()))

    assert links(Client()) == set()
    assert links(signed_in(crowd.herself)) == {MINE}
    assert links(signed_in(crowd.staff)) == {ROSTER}
    assert links(signed_in(crowd.editor)) == set()


def test_a_statement_on_paper_names_its_teacher(crowd: Crowd) -> None:
    client = signed_in(crowd.reviewer)
    statement = client.get(f"/credits/teachers/{crowd.teacher.public_id}/").content.decode()
    foot = statement.partition('<footer class="statement-foot">')[2]
    assert "<strong>张三</strong>，教师编号 A-1，桃源一小" in foot
    assert "经办人：" in foot
    trial = client.get(f"/credits/teachers/{crowd.teacher.public_id}/what-if/").content.decode()
    assert "假设的结果，不是核对结果" in trial
    assert "经办人：" not in trial
    assert "经办人：" in client.get("/credits/check/?example=1").content.decode()


# --- how often the database is asked -----------------------------------------------------------------------------


def queries_of(client: Client, path: str) -> list[str]:
    """Returns the queries of a page that was opened before, so that the look and the session are noted already."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in queries]


def test_statements_take_a_fixed_number_of_queries(crowd: Crowd) -> None:
    paths = {"herself": (MINE, 11), "staff": (statement(crowd.teacher), 15)}
    before = {who: queries_of(signed_in(getattr(crowd, who)), path) for who, (path, _) in paths.items()}
    plan = make_plan(crowd.school, year=2021, status="filed")
    for year in range(2019, 2023):
        make_result(crowd.teacher)
        make_degree(crowd.teacher, awarded_on=date(year, 6, 30))
        make_activity(crowd.teacher, plan=plan)
    for who, (path, most) in paths.items():
        after = queries_of(signed_in(getattr(crowd, who)), path)
        assert len(after) <= most and len(before[who]) <= most
        assert len(after) == len(set(after))

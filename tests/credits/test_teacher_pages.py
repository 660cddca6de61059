"""The statements of real teachers: who sees whom, what they see, and that each look is recorded."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from credits.models import StatementAccess, Teacher

from .county import ROSTER, County, names, signed_in
from .rows import make_activity, make_degree, make_plan, make_project, make_result

pytestmark = pytest.mark.usefixtures("cycles")
MINE = "/credits/mine/"


@pytest.fixture
def place(db: None) -> County:
    return County()


def statement(teacher: Teacher) -> str:
    return reverse("credits:teacher", args=[teacher.public_id])


# --- who may see what --------------------------------------------------------------------------------------------

WHO = {
    "herself": "",
    "editor": "",
    "staff_a": "张三 李四",
    "staff_b": "王五",
    "reviewer": "张三 李四 王五",
    "superuser": "张三 李四 王五 赵六",
}


@pytest.mark.parametrize("who", WHO)
def test_each_sees_the_teachers_they_are_responsible_for_and_no_other(place: County, who: str) -> None:
    client = signed_in(getattr(place, who))
    mine = WHO[who].split()
    assert sorted(names(client)) == sorted(mine)
    assert client.get(ROSTER).status_code == (200 if mine else 403)
    for teacher in place.teachers:
        assert client.get(statement(teacher)).status_code == (200 if teacher.name in mine else 404)


@pytest.mark.parametrize("path", [ROSTER, MINE, "/credits/teachers/some-id/"])
def test_who_is_not_signed_in_is_asked_to(client: Client, place: County, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in/?next={path}")


def test_anothers_teacher_looks_like_one_that_does_not_exist(place: County) -> None:
    client = signed_in(place.staff_a)

    def page(path: str) -> str:
        return re.sub(r'value="[^"]{20,}"|href="[^"]*"', "", client.get(path).content.decode())

    assert page(statement(place.of_b)) == page("/credits/teachers/no-such-teacher/")


@pytest.mark.parametrize("public_id", ["%00", "..", "1", "x" * 300, "' OR 1=1 --", "<script>"])
def test_no_address_breaks_a_statement(place: County, public_id: str) -> None:
    assert signed_in(place.superuser).get(f"/credits/teachers/{public_id}/").status_code == 404


def test_only_the_school_of_the_present_sees_a_teacher_who_moved(place: County) -> None:
    place.teacher.transfer(place.school_b, date(2020, 9, 1))
    assert signed_in(place.staff_a).get(statement(place.teacher)).status_code == 404
    body = signed_in(place.staff_b).get(statement(place.teacher)).content.decode()
    assert "桃源一小：起始日期没有登记至 2020 年 9 月 1 日" in body


def test_nothing_about_a_person_stands_in_an_address(place: County) -> None:
    for part in (place.teacher.staff_number, place.teacher.name, str(place.teacher.pk)):
        assert part not in statement(place.teacher).replace(place.teacher.public_id, "")
    assert len({teacher.public_id for teacher in place.teachers}) == 4


def test_a_teacher_sees_their_own_statement_and_who_is_none_has_none(place: County) -> None:
    body = signed_in(place.herself).get(MINE).content.decode()
    assert "我的学分" in body
    assert "A-1" in body
    assert signed_in(place.staff_a).get(MINE).status_code == 404


def test_pages_about_people_are_kept_by_no_cache(place: County) -> None:
    client = signed_in(place.superuser)
    for path in (ROSTER, statement(place.teacher)):
        assert "no-store" in client.get(path).headers["Cache-Control"]


# --- each look is recorded ---------------------------------------------------------------------------------------


def test_each_look_at_someone_elses_statement_is_recorded(place: County) -> None:
    signed_in(place.herself).get(MINE)
    assert not StatementAccess.objects.exists()
    signed_in(place.staff_a).get(statement(place.of_b))
    assert not StatementAccess.objects.exists()
    signed_in(place.staff_a).get(statement(place.teacher))
    signed_in(place.reviewer).get(statement(place.teacher))
    seen = StatementAccess.objects.order_by("pk").values_list("viewer_name", "teacher__name")
    assert list(seen) == [("staff_a", "张三"), ("reviewer", "张三")]
    place.staff_a.delete()
    assert StatementAccess.objects.filter(viewer=None, viewer_name="staff_a").exists()


def test_superusers_read_the_looks_and_nobody_changes_them(place: County) -> None:
    signed_in(place.staff_a).get(statement(place.teacher))
    look = StatementAccess.objects.get()
    client = signed_in(place.superuser)
    assert "staff_a" in client.get("/admin/credits/statementaccess/").content.decode()
    for path in ("add/", f"{look.pk}/delete/"):
        assert client.get(f"/admin/credits/statementaccess/{path}").status_code == 403
    assert client.post(f"/admin/credits/statementaccess/{look.pk}/change/", {"viewer_name": "x"}).status_code == 403
    client.post(
        "/admin/credits/statementaccess/", {"action": "delete_selected", "_selected_action": look.pk, "post": "y"}
    )
    assert StatementAccess.objects.get().viewer_name == "staff_a"
    assert signed_in(place.editor).get("/admin/credits/statementaccess/").status_code == 403


# --- what a statement shows --------------------------------------------------------------------------------------


def test_a_statement_shows_the_sum_of_what_is_recorded_with_names(place: County) -> None:
    make_result(place.teacher, make_project(name="县级语文骨干班", category="county"), credits="4.5")
    make_degree(place.teacher, credits=5)
    make_activity(place.teacher, "other", plan=make_plan(place.school_a, status="filed"))
    body = signed_in(place.staff_a).get(f"{statement(place.teacher)}?cycle=2018").content.decode()
    assert "县级语文骨干班" in body
    assert "硕士学历" in body
    assert "其他校本研修" in body
    assert "<strong>9.5</strong> / 26 学分" in body
    assert "待审核 2.5 学分" in body
    assert "还没达到要求" in body


def test_every_clause_it_names_stands_below_with_its_words(place: County) -> None:
    make_result(place.teacher)
    body = signed_in(place.staff_a).get(f"{statement(place.teacher)}?cycle=2018").content.decode()
    named = set(re.findall(r'href="#(clause-C\d+)"', body))
    assert named
    assert named <= set(re.findall(r'id="(clause-C\d+)"', body))


def test_a_statement_is_computed_afresh_and_not_from_the_summary(place: County) -> None:
    make_result(place.teacher, credits=4)
    place.teacher.summaries.update(coordinated_counted=25, verdict="met")
    body = signed_in(place.staff_a).get(f"{statement(place.teacher)}?cycle=2018").content.decode()
    assert "<strong>4</strong> / 26 学分" in body


@pytest.mark.parametrize("cycle", ["", "2018", "2023", "1066", "%00", "２０１８"])
def test_any_cycle_may_be_asked_for(place: County, cycle: str) -> None:
    body = signed_in(place.staff_a).get(f"{statement(place.teacher)}?cycle={cycle}").content.decode()
    assert ("2018 年 9 月 1 日" if cycle == "2018" else "2023 年 9 月 1 日") in body


# --- signing in --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "to"), [("herself", MINE), ("staff_a", ROSTER), ("superuser", ROSTER), ("editor", "/admin/")]
)
def test_signing_in_leads_to_what_is_theirs(client: Client, place: County, who: str, to: str) -> None:
    user = getattr(place, who)
    user.set_password("right-password-1")
    user.save()
    answer = client.post("/sign-in/", {"username": user.username, "password": "right-password-1"})
    assert (answer.status_code, answer.headers["Location"]) == (302, to)
    assert client.post("/sign-out/").status_code == 302
    assert client.get(ROSTER).status_code == 302


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"])
def test_signing_in_never_leads_elsewhere(client: Client, place: County, to: str) -> None:
    place.staff_a.set_password("right-password-1")
    place.staff_a.save()
    answer = client.post("/sign-in/", {"username": "staff_a", "password": "right-password-1", "next": to})
    assert answer.headers["Location"] == ROSTER


def test_a_wrong_password_is_told_and_locks_out_after_a_while(client: Client, place: County) -> None:
    for _ in range(7):
        answer = client.post("/sign-in/", {"username": "staff_a", "password": "wrong"})
        assert answer.status_code == 200
        assert "账号或密码不对" in answer.content.decode()
    assert Client().post("/sign-in/", {"username": "staff_a", "password": "wrong"}).status_code == 429


def test_links_for_people_show_only_to_them(place: County) -> None:
    def links(client: Client) -> set[str]:
        return set(re.findall(r'href="(/credits/(?:teachers|mine)/)"', client.get("/").content.decode()))

    assert links(Client()) == set()
    assert links(signed_in(place.herself)) == {MINE}
    assert links(signed_in(place.staff_a)) == {ROSTER}
    assert links(signed_in(place.editor)) == set()


def test_a_statement_on_paper_says_whose_it_is_and_a_trial_that_it_is_none(place: County) -> None:
    client = signed_in(place.reviewer)
    statement = client.get(f"/credits/teachers/{place.teacher.public_id}/").content.decode()
    foot = statement.partition('<footer class="statement-foot">')[2]
    assert "<strong>张三</strong>，教师编号 A-1，桃源一小" in foot
    assert "经办人：" in foot
    trial = client.get(f"/credits/teachers/{place.teacher.public_id}/what-if/").content.decode()
    assert "假设的结果，不是核对结果" in trial
    assert "经办人：" not in trial
    assert "经办人：" in client.get("/credits/check/?example=1").content.decode()

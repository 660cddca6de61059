"""Teachers come, change schools and go: what staff do on these pages, and what they cannot."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credits.models import Event, StatementSummary, Teacher
from tests.cast import Place, make_result, make_teacher

pytestmark = pytest.mark.usefixtures("cycles")
NEW, ROSTER = "/credits/teachers/new/", "/credits/teachers/"
ID_NUMBER = "110101199003078515"


def payload(**fields: Any) -> dict[str, Any]:
    """Fields of the form for a new teacher, complete and valid unless a test says otherwise."""
    blank = {"formally_employed_on": "2010-09-01", "subject": "", "stage": ""}
    return blank | {"name": "李四", "staff_number": "A-2", "position": "teaching"} | fields


def address(name: str, teacher: Teacher) -> str:
    return reverse(f"credits:teacher-{name}", args=[teacher.public_id])


def error_at(answer: Any, field: str) -> str:
    """The error at a field without its markup; empty where there is none."""
    found = re.search(rf'id="id_{field}_error"[^>]*>(.*?)</(?:div|p|span)>', answer.content.decode(), re.S)
    return re.sub(r"<[^>]*>|\s", "", found[1]) if found else ""


def actions(event: Any) -> list[tuple[str, str]]:
    return list(event.values_list("action", "actor_name"))


# --- adding -------------------------------------------------------------------------------------------------------


def test_a_school_adds_a_teacher(place: Place) -> None:
    sent = payload(school=place.school.pk, formally_employed_on="２０１８年９月１日", subject="语文", stage="小学")
    answer = place.client("staff").post(NEW, sent, follow=True)
    teacher = Teacher.objects.get(staff_number="A-2")
    assert answer.redirect_chain == [(f"/credits/teachers/{teacher.public_id}/", 302)]
    assert "已新增李四" in answer.content.decode()
    assert (teacher.school, teacher.status, teacher.subject) == (place.school, "active", "语文")
    assert teacher.formally_employed_on == datetime.date(2018, 9, 1)
    assert actions(teacher.events) == [("新增教师", "staff")]
    assert "李四" in place.client("staff").get(ROSTER).content.decode()


def test_full_width_numbers_are_taken_as_meant(place: Place) -> None:
    place.client("staff").post(NEW, payload(school=place.school.pk, staff_number="Ａ－２２"))
    assert Teacher.objects.get(name="李四").staff_number == "A-22"


def test_a_namesake_is_mentioned_and_saved(place: Place) -> None:
    client, known = place.client("reviewer"), "本校已有一位同名教师（编号 A-1），请核对是不是同一人。"
    sent = payload(name="张三", school=place.other.pk)
    assert known not in client.post(NEW, sent, follow=True).content.decode()
    sent = payload(name="张三", school=place.school.pk, staff_number="A-3")
    assert known in client.post(NEW, sent, follow=True).content.decode()
    assert Teacher.objects.filter(name="张三").count() == 3
    roster = client.get(ROSTER).content.decode()
    assert all(f'<small class="number">{number}</small>' in roster for number in ("A-1", "A-2", "A-3"))


def test_new_is_a_page_and_no_teacher(place: Place) -> None:
    answer = place.client("staff").get(NEW)
    assert answer.status_code == 200
    assert "<h1>新增教师</h1>" in answer.content.decode()


def schools_offered(client: Client, path: str) -> list[str]:
    select = client.get(path).content.decode().partition('name="school"')[2].partition("</select>")[0]
    return re.findall(r'<option value="\d+"[^>]*>([^<]+)</option>', select)


def test_only_schools_in_charge_are_offered_and_taken(place: Place) -> None:
    assert schools_offered(place.client("staff"), NEW) == ["桃源一小"]
    assert sorted(schools_offered(place.client("reviewer"), NEW)) == ["桃源一小", "桃源二小"]
    for school in (place.other.pk, place.county.pk, 10**30, "x"):
        answer = place.client("staff").post(NEW, payload(school=school))
        assert error_at(answer, "school") == "没有这个选项。"
    assert not Teacher.objects.filter(staff_number="A-2").exists()


def test_the_only_school_is_chosen_already(place: Place) -> None:
    body = place.client("staff").get(NEW).content.decode()
    assert re.search(rf'<option value="{place.school.pk}" selected>桃源一小', body)


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "请填写。"),
        ("name", "长" * 41, "最多40个字，现在有41个。"),
        ("staff_number", "", "请填写。"),
        ("staff_number", "A 2", "只能用字母、数字和短横线。"),
        ("staff_number", ID_NUMBER, "这像是身份证号"),
        ("staff_number", "A-1", "这个编号不能用，请核对"),
        ("staff_number", "B-1", "找上级主管部门办理调动"),
        ("school", "", "请选择。"),
        ("position", "headmaster", "没有这个选项。"),
        ("formally_employed_on", "2018-02-30", "没有这一天"),
        ("formally_employed_on", "02/08/2018", "请写完整的年、月、日"),
        ("formally_employed_on", "1949-01-01", "日期要在"),
        ("subject", "科" * 21, "最多20个字，现在有21个。"),
    ],
)
def test_a_wrong_field_is_told_and_all_is_kept(place: Place, field: str, typed: str, sentence: str) -> None:
    sent = payload(school=place.school.pk, stage="初中") | {field: typed}
    answer = place.client("staff").post(NEW, sent)
    assert answer.status_code == 200
    assert sentence in error_at(answer, field)
    assert 'value="初中"' in answer.content.decode()
    if typed and field != "position":
        assert f'value="{typed}"' in answer.content.decode()
    assert Teacher.objects.count() == 2


# --- changing -----------------------------------------------------------------------------------------------------


def test_the_history_names_the_changed_fields(place: Place) -> None:
    teacher = make_teacher(place.school, name="李四", staff_number="A-2")
    sent = payload(name="李思", staff_number="A-3", position="seconded", formally_employed_on="2010-09-01")
    answer = place.client("reviewer").post(address("edit", teacher), sent, follow=True)
    assert "已保存。" in answer.content.decode()
    teacher.refresh_from_db()
    assert (teacher.name, teacher.staff_number, teacher.position) == ("李思", "A-3", "seconded")
    event = teacher.events.get()
    assert (event.action, event.note) == (
        "修改资料",
        "姓名由“李四”改为“李思”；教师编号由“A-2”改为“A-3”；岗位由“在校任教”改为“借调到教育主管部门”",
    )
    assert StatementSummary.objects.filter(teacher=teacher, verdict="pending_policy").exists()


def test_editing_never_changes_the_school(place: Place) -> None:
    client = place.client("reviewer")
    assert 'name="school"' not in client.get(address("edit", place.stranger)).content.decode()
    sent = payload(staff_number="B-1", name="王五", school=place.school.pk)
    assert client.post(address("edit", place.stranger), sent).status_code == 302
    assert Teacher.objects.get(pk=place.stranger.pk).school == place.other


def test_the_number_that_somebody_signs_in_with_stays(place: Place) -> None:
    client = place.client("staff")
    body = client.get(address("edit", place.teacher)).content.decode()
    assert re.search(r'name="staff_number"[^>]*disabled', body)
    assert "已经有账号" in body
    assert client.post(address("edit", place.teacher), payload(name="张珊", staff_number="A-9")).status_code == 302
    place.teacher.refresh_from_db()
    assert (place.teacher.name, place.teacher.staff_number) == ("张珊", "A-1")


# --- another school -----------------------------------------------------------------------------------------------


def test_records_go_along_with_a_transfer(place: Place) -> None:
    make_result(place.teacher)
    client = place.client("reviewer")
    assert schools_offered(client, address("transfer", place.teacher)) == ["桃源二小"]
    sent = {"school": place.other.pk, "on": "2021年9月1日"}
    answer = client.post(address("transfer", place.teacher), sent, follow=True)
    assert "张三已调到桃源二小。" in answer.content.decode()
    teacher = Teacher.objects.get(pk=place.teacher.pk)
    assert teacher.school == place.other
    assert teacher.school_on(datetime.date(2021, 8, 31)) == place.school
    assert teacher.results.count() == 1
    event = teacher.events.get()
    assert (event.action, event.note) == ("调动", "2021-09-01 由桃源一小调到桃源二小。")
    assert place.client("staff").get(address("edit", teacher)).status_code == 404


def test_a_school_itself_reads_who_can_transfer(place: Place) -> None:
    client = place.client("staff")
    body = client.get(address("transfer", place.teacher)).content.decode()
    assert "请找上级（桃源县）的学分管理员办理" in body
    client.post(address("transfer", place.teacher), {"school": place.other.pk, "on": "2021-09-01"})
    assert Teacher.objects.get(pk=place.teacher.pk).school == place.school


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("on", "2019-09-01", "调动日期要晚于到现在学校的日期（2020 年 9 月 1 日）。"),
        ("on", "2020-09-01", "调动日期要晚于"),
        ("on", "tomorrow", "请写完整的年、月、日"),
        ("on", "", "请填写。"),
        ("school", "", "请选择。"),
        ("school", "999999", "没有这个选项。"),
    ],
)
def test_an_impossible_transfer_is_told_at_its_field(place: Place, field: str, typed: str, sentence: str) -> None:
    place.stranger.transfer(place.school, datetime.date(2020, 9, 1))
    sent = {"school": str(place.other.pk), "on": "2021-09-01"} | {field: typed}
    answer = place.client("reviewer").post(address("transfer", place.stranger), sent)
    assert answer.status_code == 200
    assert sentence.replace(" ", "") in error_at(answer, field)
    assert Teacher.objects.get(pk=place.stranger.pk).school == place.school


@pytest.mark.parametrize("step", ["transfer", "end"])
def test_nothing_is_done_before_its_day(place: Place, step: str) -> None:
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    sent = {"school": str(place.other.pk), "status": "retired", "on": tomorrow.isoformat()}
    answer = place.client("reviewer").post(address(step, place.teacher), sent)
    assert "还没到这一天" in error_at(answer, "on")
    assert not Event.objects.exists()


# --- the end, and back --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "shown"), [("retired", "已退休"), ("left", "已离开")])
def test_a_teacher_who_left_can_come_back(place: Place, status: str, shown: str) -> None:
    client = place.client("staff")
    answer = client.post(address("end", place.teacher), {"status": status, "on": "2021.8.31"}, follow=True)
    body = answer.content.decode()
    assert shown in body and "恢复在职" in body and "发登录码" not in body
    teacher = Teacher.objects.get(pk=place.teacher.pk)
    assert (teacher.status, teacher.ended_on) == (status, datetime.date(2021, 8, 31))
    assert "张三" not in client.get(ROSTER).content.decode()
    refusal = client.post(address("end", teacher), {"status": "left", "on": "2021-09-01"})
    assert "已经不在职了" in refusal.content.decode()
    assert client.get(address("return", teacher)).status_code == 405
    assert "已恢复在职" in client.post(address("return", teacher), follow=True).content.decode()
    teacher.refresh_from_db()
    assert (teacher.status, teacher.ended_on) == ("active", None)
    assert "张三" in client.get(ROSTER).content.decode()
    assert [action for action, _ in actions(teacher.events)] == ["恢复在职", shown]
    assert "本来就在职" in client.post(address("return", teacher), follow=True).content.decode()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("status", "", "请选择。"),
        ("status", "active", "没有这个选项。"),
        ("on", "", "请填写。"),
        ("on", "2000-01-01", "不能早于正式任教日期（2010年9月1日）。"),
    ],
)
def test_an_impossible_end_is_told_at_its_field(place: Place, field: str, typed: str, sentence: str) -> None:
    sent = {"status": "retired", "on": "2021-08-31"} | {field: typed}
    answer = place.client("staff").post(address("end", place.teacher), sent)
    assert sentence in error_at(answer, field)
    assert Teacher.objects.get(pk=place.teacher.pk).status == "active"


# --- who may ------------------------------------------------------------------------------------------------------

PAGES = ["edit", "transfer", "end", "return"]


@pytest.mark.parametrize("step", PAGES)
def test_anothers_teacher_does_not_exist(place: Place, step: str) -> None:
    client = place.client("staff")

    def answer(public_id: str) -> tuple[int, str]:
        found = client.post(reverse(f"credits:teacher-{step}", args=[public_id]), payload())
        return found.status_code, re.sub(r'value="[^"]{20,}"|href="[^"]*"', "", found.content.decode())

    assert answer(place.stranger.public_id) == answer("no-such-teacher")
    assert answer("no-such-teacher")[0] == 404
    assert client.get(f"/credits/teachers/%00/{step}/").status_code in (404, 405)


@pytest.mark.parametrize("step", PAGES)
@pytest.mark.parametrize(("who", "status"), [("nobody", 403), ("herself", 403), ("staff", 200), ("reviewer", 200)])
def test_only_who_works_for_an_organisation_gets_in(place: Place, step: str, who: str, status: int) -> None:
    method = "post" if step == "return" else "get"
    answer = getattr(place.client(who), method)(address(step, place.teacher))
    assert answer.status_code == (302 if step == "return" and status == 200 else status)
    assert getattr(Client(), method)(address(step, place.teacher)).headers["Location"].startswith("/sign-in/")
    assert status == 403 or "no-store" in answer.headers["Cache-Control"]
    assert place.client(who).get(NEW).status_code == status


def test_the_statement_links_to_them_for_staff(place: Place) -> None:
    body = place.client("staff").get(f"/credits/teachers/{place.teacher.public_id}/").content.decode()
    for page in ("edit", "transfer", "end"):
        assert f'href="{address(page, place.teacher)}"' in body
    own = place.client("herself").get("/credits/mine/").content.decode()
    assert "/edit/" not in own and "发登录码" not in own
    assert 'href="/credits/mine/looks/"' in own

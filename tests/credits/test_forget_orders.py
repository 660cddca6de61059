"""Forgetting by command and in the admin: what each says first, and who may."""

from __future__ import annotations

import datetime
import io
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from credits.models import Event, StatementAccess, Teacher
from helpdesk.common.models import SignInTries
from tests.cast import Place, make_plan, make_teacher
from tests.credits.forgetting import ADMIN, NAME, NUMBER, Life, tables, where

pytestmark = pytest.mark.usefixtures("cycles")


# --- the command -------------------------------------------------------------------------------------------------


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("forget_teachers", *arguments, stdout=out)
    return out.getvalue()


def test_without_yes_it_only_says_what_goes(life: Life) -> None:
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


def test_an_unknown_number_stops_everything(life: Life) -> None:
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


# --- the admin ---------------------------------------------------------------------------------------------------


def choose(client: Client, *teachers: Teacher, **more: str) -> Any:
    return client.post(
        ADMIN, {"action": "forget", "_selected_action": [one.pk for one in teachers]} | more, follow=True
    )


def test_the_admin_says_what_goes_first(life: Life) -> None:
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


def test_sent_twice_it_says_so(life: Life) -> None:
    client = life.place.client("superuser")
    choose(client, life.teacher, confirmed="yes")
    assert "选中的教师刚才已经删除了。" in choose(client, life.teacher, confirmed="yes").content.decode()


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


def test_too_many_at_once_are_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credits.admin.MOST_AT_ONCE", 1)
    answer = choose(place.client("superuser"), place.teacher, place.stranger, confirmed="yes")
    assert "更多的请分几次办理" in answer.content.decode()
    assert Teacher.objects.count() == 2


def test_who_signs_in_leaves_no_address_after_a_day(client: Client, db: None) -> None:
    User.objects.create_user("somebody", password="right-password-1")
    assert client.post("/sign-in/", {"username": "somebody", "password": "right-password-1"}).status_code == 302
    client.post("/sign-out/")
    assert where("127.0.0.1") <= {"common_signintries"}
    SignInTries.objects.update(forget_at=timezone.now())
    Client().post("/sign-in/", {"username": "another", "password": "wrong"}, REMOTE_ADDR="203.0.113.9")
    assert where("127.0.0.1") == set()

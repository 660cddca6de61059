"""One activity of many teachers, entered once: each has a row, and what is refused of one keeps nobody else's out."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest

from credits.models import Event, SelfDirectedActivity, StatementAccess
from helpdesk.common import jobs, worker
from helpdesk.common.models import Job
from tests.cast import Crowd, Place, make_plan, make_teachers
from tests.credits.posting import activity_data, said

pytestmark = pytest.mark.usefixtures("cycles")
PATH = "/credits/activities/new/"


def entered() -> list[str]:
    return sorted(SelfDirectedActivity.objects.values_list("teacher__name", flat=True))


def form(crowd: Crowd, *teachers: Any, **fields: Any) -> dict[str, Any]:
    """The form as it is sent, with these teachers ticked of the two of the school."""
    shown = f"{crowd.teacher.public_id},{crowd.colleague.public_id}"
    ticked = [teacher.public_id for teacher in teachers]
    return activity_data(**fields) | {"teacher": ticked, "offered": shown, "save": "1"}


def test_the_roster_leads_to_the_form(crowd: Crowd) -> None:
    client = crowd.client("staff")
    assert f'formaction="{PATH}"' in client.get("/credits/teachers/").content.decode()
    body = said(client, PATH, {"all": "1", "q": "", "cycle": "2018"})
    assert "教师，一共 2 位" in body and body.count(" checked") >= 2
    assert "有 1 处" not in body
    assert StatementAccess.objects.filter(viewer=crowd.staff, teacher=crowd.colleague).exists()


def test_each_teacher_has_a_row_and_its_history(crowd: Crowd) -> None:
    plan = make_plan(crowd.school)
    body = said(crowd.client("staff"), PATH, form(crowd, crowd.teacher, crowd.colleague))
    assert "已登记 2 位教师的活动。" in body
    assert entered() == ["张三", "李四"]
    rows = SelfDirectedActivity.objects.values_list("plan", "count", "level", "completed_on", "evidence", "has_record")
    assert set(rows) == {(plan.pk, 2, "school", datetime.date(2019, 10, 12), "评课表", True)}
    assert Event.objects.filter(action="登记活动").count() == 2


def test_the_same_form_twice_enters_once(crowd: Crowd) -> None:
    make_plan(crowd.school)
    client, sent = crowd.client("staff"), form(crowd, crowd.teacher, crowd.colleague)
    said(client, PATH, sent)
    body = said(client, PATH, sent)
    assert "张三 2019 年 10 月 12 日已经登记过公开课" in body
    assert entered() == ["张三", "李四"]


def test_what_is_refused_of_one_is_named(crowd: Crowd) -> None:
    make_plan(crowd.school)
    crowd.teacher.user = crowd.staff
    crowd.teacher.save()
    body = said(crowd.client("staff"), PATH, form(crowd, crowd.teacher, crowd.colleague))
    assert "已登记 1 位教师的活动，1 位没有登记。" in body
    assert re.search("张三[^<]*：不能登记自己的活动", body)
    assert entered() == ["李四"]


def test_where_all_are_refused_the_form_stays(crowd: Crowd) -> None:
    body = said(crowd.client("staff"), PATH, form(crowd, crowd.colleague))
    assert "桃源一小还没有 2019—2020 学年的校本研修方案" in body
    assert 'value="评课表"' in body
    assert [bool(tick) for tick in re.findall(r'name="teacher"[^>]*?( checked)?>', body)].count(True) == 1
    assert entered() == []


@pytest.mark.parametrize(("fields", "words"), [({"amount": "两"}, "请填数字"), ({"completed_on": ""}, "请填")])
def test_a_wrong_value_keeps_ticks_and_words(crowd: Crowd, fields: dict[str, str], words: str) -> None:
    make_plan(crowd.school)
    body = said(crowd.client("staff"), PATH, form(crowd, crowd.colleague, **fields))
    assert words in body
    assert "教师，一共 2 位" in body and 'value="评课表"' in body
    assert entered() == []


def test_nobody_ticked_is_told_at_once(crowd: Crowd) -> None:
    client = crowd.client("staff")
    assert "请至少勾选一位教师" in said(client, PATH, form(crowd))
    assert "还没有选教师" in said(client, PATH, {"teacher": "nobody"})


def test_others_teachers_are_not_entered(crowd: Crowd) -> None:
    make_plan(crowd.school)
    said(crowd.client("staff"), PATH, form(crowd, crowd.colleague, crowd.stranger, crowd.outsider))
    assert entered() == ["李四"]


def test_many_are_worked_off_as_a_job(place: Place) -> None:
    make_plan(place.school)
    teachers = make_teachers(place.school, 45)
    sent = activity_data() | {"teacher": [teacher.public_id for teacher in teachers], "save": "1", "offered": ""}
    client = place.client("staff")
    assert "这件事还没有开始" in said(client, PATH, sent)
    said(client, PATH, sent)  # pressed twice: the same job
    worker.work_off()
    job = Job.objects.get()
    assert job.message == "已登记 45 位教师的活动。"
    assert SelfDirectedActivity.objects.count() == 45


def test_an_attempt_goes_on_where_the_last_one_ended(place: Place) -> None:
    make_plan(place.school)
    teachers = make_teachers(place.school, 45)
    sent = activity_data() | {"teacher": [teacher.public_id for teacher in teachers], "save": "1", "offered": ""}
    place.client("staff").post(PATH, sent)
    job = Job.objects.get()
    stopped = [False, True]
    row = Job.objects.get()
    Job.objects.filter(pk=row.pk).update(state="running", claim="first", attempts=1)
    row.refresh_from_db()
    with pytest.raises(jobs.Interrupted):
        jobs.RUNNERS["joint-activities"](jobs.Work(row, lambda: stopped.pop(0)))
    row.refresh_from_db()
    assert row.outcome == {"done": 40, "refused": []}
    jobs.RUNNERS["joint-activities"](jobs.Work(row))
    job.refresh_from_db()
    assert (job.message, SelfDirectedActivity.objects.count()) == ("已登记 45 位教师的活动。", 45)

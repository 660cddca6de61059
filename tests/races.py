"""Every step as a form that is sent several times at the same moment: the deed is done once, and nobody gets a 500.

`tests.credits.test_races` sends them from threads, `tests.faults.races` from processes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from credits.models import Event, SafetyNetPlan, SpreadsheetImport, Teacher
from credits.spreadsheets.importing import apply, prepare
from credits.steps import codes, corrections
from tests.cast import (
    Place,
    make_activity,
    make_degree,
    make_offset,
    make_organization,
    make_plan,
    make_project,
    make_result,
    make_teacher,
    signed_in,
)
from tests.credits.sheets import filled

#: Account of the place, address and form.
Sent = tuple[str, str, dict[str, Any]]
years = itertools.count(1960)
codes_of_projects = itertools.count(1)


@dataclass(frozen=True)
class Race:
    """A form that takes a step, and the event that the step leaves behind once."""

    name: str
    #: Module and name of the step.
    step: str
    subject: str
    action: str
    prepare: Callable[[Place], Sent]


@dataclass(frozen=True)
class Outcome:
    """The events and the answers that equal forms have left."""

    events: int
    statuses: Sequence[int]

    @property
    def doubled(self) -> int:
        return max(0, self.events - 1)

    @property
    def lost(self) -> int:
        return int(self.events == 0)

    @property
    def errors(self) -> int:
        return sum(status >= 500 for status in self.statuses)


def last_event() -> int:
    newest = Event.objects.order_by("-pk").first()
    return newest.pk if newest else 0


def outcome(race: Race, since: int, statuses: Sequence[int]) -> Outcome:
    events = Event.objects.filter(pk__gt=since, subject=race.subject, action=race.action)
    return Outcome(events.count(), statuses)


def browser(place: Place, who: str) -> Client:
    """A browser that gets an answer also where the server fails."""
    client = Client() if who == "anonymous" else signed_in(getattr(place, who))
    client.raise_request_exception = False
    return client


# --- teachers ----------------------------------------------------------------------------------------------------


def _page(teacher: Teacher, end: str) -> str:
    return f"/credits/teachers/{teacher.public_id}/{end}"


def _new_teacher(place: Place) -> Sent:
    typed = {"staff_number": f"R-{next(years)}", "name": "新老师", "position": "teaching", "school": place.school.pk}
    return "staff", "/credits/teachers/new/", typed


def _facts(place: Place) -> Sent:
    teacher = make_teacher(place.school)
    typed = {"name": "新名字", "staff_number": teacher.staff_number, "position": "teaching"}
    return "staff", _page(teacher, "edit/"), typed | {"formally_employed_on": "2010-09-01"}


def _transfer(place: Place) -> Sent:
    typed = {"school": place.other.pk, "on": "2020-09-01"}
    return "reviewer", _page(make_teacher(place.school), "transfer/"), typed


def _end(place: Place) -> Sent:
    return "staff", _page(make_teacher(place.school), "end/"), {"status": "retired", "on": "2022-08-31"}


def _return(place: Place) -> Sent:
    teacher = make_teacher(place.school, status="left", ended_on=date(2022, 8, 31))
    return "staff", _page(teacher, "return/"), {}


def _forget(place: Place) -> Sent:
    teacher = make_teacher(place.school)
    typed = {"action": "forget", "_selected_action": teacher.pk, "confirmed": "1"}
    return "superuser", "/admin/credits/teacher/", typed


def _codes(place: Place) -> Sent:
    typed = {"teacher": make_teacher(place.school).public_id, "csrfmiddlewaretoken": f"token-{next(years)}"}
    return "staff", "/credits/codes/", typed


def _redeem(place: Place) -> Sent:
    teacher = make_teacher(place.school)
    [(_, code)] = codes.issue_codes([teacher], place.staff)
    password = "mulberry-lane-7"
    typed = {"staff_number": teacher.staff_number, "code": code, "password1": password, "password2": password}
    return "anonymous", "/sign-in/first/", typed


def _file_correction(place: Place) -> Sent:
    for before in place.teacher.correction_requests.open():  # one is open at a time
        corrections.decide(before, True, "已经改好。", place.staff)
    return "herself", "/credits/mine/corrections/new/", {"text": f"少了第 {next(years)} 号培训。"}


def _pass_on_correction(place: Place) -> Sent:
    return "staff", _correction(place), {"step": "pass_on", "reply": "这条是县里审核的。"}


def _decide_correction(place: Place) -> Sent:
    return "staff", _correction(place), {"step": "corrected", "reply": "已经改好。"}


def _correction(place: Place) -> str:
    filed = corrections.file(place.teacher, place.herself, "少了一学时。", records=f"s{next(years)}")
    return f"/credits/corrections/{filed.public_id}/"


CORRECTIONS = [
    Race("file a correction", "corrections.file", "correction", "提出更正", _file_correction),
    Race("pass a correction on", "corrections.pass_on", "correction", "交上级办理", _pass_on_correction),
    Race("decide on a correction", "corrections.decide", "correction", "已更正", _decide_correction),
]

TEACHERS = [
    Race("add a teacher", "people.save_teacher", "teacher", "新增教师", _new_teacher),
    Race("change a teacher", "people.save_teacher", "teacher", "修改资料", _facts),
    Race("transfer", "people.transfer", "teacher", "调动", _transfer),
    Race("end", "people.end", "teacher", "已退休", _end),
    Race("return to work", "people.return_to_work", "teacher", "恢复在职", _return),
    Race("forget", "forgetting.forget", "teacher", "按要求删除资料", _forget),
    Race("issue codes", "codes.issue_codes", "teacher", "发放登录码", _codes),
    Race("redeem a code", "codes.redeem_code", "teacher", "第一次登录", _redeem),
]

# --- projects and results ----------------------------------------------------------------------------------------


def _attributes(place: Place, **fields: Any) -> dict[str, Any]:
    typed = {"name": f"项目 R{next(codes_of_projects)}", "organizer": place.county.pk, "category": "county"}
    return typed | {"hours": "40", "converted": "on", "ends_on": "2019-07-10"} | fields


def _new_project(place: Place) -> Sent:
    return "reviewer", "/credits/projects/new/", _attributes(place)


def _numbered_project(place: Place) -> Sent:
    return "reviewer", "/credits/projects/new/", _attributes(place, code=f"R-{next(codes_of_projects)}")


def _changed_project(place: Place) -> Sent:
    return "reviewer", f"/credits/projects/{make_project(place.county).code}/edit/", _attributes(place)


def _on_project(step: str, **fields: Any) -> Callable[[Place], Sent]:
    def prepare(place: Place) -> Sent:
        return "reviewer", f"/credits/projects/{make_project(place.county, **fields).code}/", {"step": step}

    return prepare


def _on_results(step: str, status: str) -> Callable[[Place], Sent]:
    def prepare(place: Place) -> Sent:
        project = make_project(place.county)
        make_result(make_teacher(place.school), project, status=status)
        return "reviewer", f"/credits/projects/{project.code}/", {"step": step, "all": "1"}

    return prepare


def _several_projects(place: Place) -> Sent:
    first, second = make_project(place.county), make_project(place.county)
    make_result(make_teacher(place.school), first, status="entered")
    return "reviewer", "/credits/projects/", {"project": [first.pk, second.pk]}


def _follow_hours(place: Place) -> Sent:
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    project = make_project(place.county, hours=40, former_hours={"24": soon})
    make_result(make_teacher(place.school), project, hours=24, credits="2.4")
    return "reviewer", f"/credits/projects/{project.code}/hours/", {"all": "1"}


def _enter(place: Place) -> Sent:
    typed = {"numbers": f"{make_teacher(place.school).staff_number} 30"}
    return "staff", f"/credits/projects/{make_project(place.county).code}/enter/", typed


def _on_result(end: str, **typed: str) -> Callable[[Place], Sent]:
    def prepare(place: Place) -> Sent:
        result = make_result(make_teacher(place.school), make_project(place.county), status="entered")
        return "staff", f"/credits/projects/{result.project.code}/results/{result.pk}/{end}", dict(typed)

    return prepare


PROJECTS = [
    Race("add a project", "projects.add", "project", "新建项目", _new_project),
    Race("add a numbered project", "projects.add", "project", "新建项目", _numbered_project),
    Race("change a project", "projects.change", "project", "修改项目属性", _changed_project),
    Race("publish", "projects.publish", "project", "发布", _on_project("publish", status="draft")),
    Race("withdraw", "projects.withdraw", "project", "撤回发布", _on_project("withdraw")),
    Race("delete a project", "projects.delete", "project", "删除项目", _on_project("delete")),
    Race("enter a result", "projects.enter", "result", "登记成绩", _enter),
    Race("bring a result along", "following.follow_batch", "result", "更正学时", _follow_hours),
    Race("correct a result", "projects.correct", "result", "更正学时", _on_result("", hours="20")),
    Race("remove a result", "projects.remove", "result", "删除成绩", _on_result("delete/")),
    Race("review", "projects.review_batch", "result", "审核", _on_results("review", "entered")),
    Race("review several projects", "projects.review_batch", "result", "审核", _several_projects),
    Race("unreview", "projects.unreview_batch", "result", "取消审核", _on_results("unreview", "reviewed")),
]

# --- plans -------------------------------------------------------------------------------------------------------


def _new_plan(place: Place) -> Sent:
    school = make_organization(parent=place.county)
    typed = {"school": school.pk, "school_year": timezone.localdate().year, "content": "十次。"}
    return "reviewer", "/credits/plans/new/", typed


def _on_plan(who: str, step: str, status: str, **typed: str) -> Callable[[Place], Sent]:
    def prepare(place: Place) -> Sent:
        plan = make_plan(place.school, next(years), status, content="十次。")
        return who, f"/credits/plans/{plan.pk}/", {"step": step, **typed}

    return prepare


def _rewrite(place: Place) -> Sent:
    plan = make_plan(place.school, next(years), "draft", content="十次。")
    return "staff", f"/credits/plans/{plan.pk}/edit/", {"content": "二十次。"}


def _safety_net(place: Place, status: str) -> SafetyNetPlan:
    now = timezone.now()
    times = {"filed_at": now if status != "planned" else None, "reviewed_at": now if status == "recorded" else None}
    return SafetyNetPlan.objects.create(
        organization=place.county, school_year=next(years), forecast="差。", content="补。", status=status, **times
    )


def _forecast(place: Place) -> Sent:
    body = make_organization("county", place.city)
    return (
        "above",
        "/credits/safety-net/new/",
        {
            "organization": body.pk,
            "school_year": timezone.localdate().year,
            "forecast": "差。",
        },
    )


def _draw_up(place: Place) -> Sent:
    plan = _safety_net(place, "planned")
    return "reviewer", f"/credits/safety-net/{plan.pk}/edit/", {"forecast": "差。", "content": "再补。"}


def _on_safety_net(who: str, step: str, status: str, **typed: str) -> Callable[[Place], Sent]:
    def prepare(place: Place) -> Sent:
        plan = _safety_net(place, status)
        return who, f"/credits/safety-net/{plan.pk}/", {"step": step, **typed}

    return prepare


PLANS = [
    Race("start a plan", "plans.start", "plan", "新建方案", _new_plan),
    Race("rewrite a plan", "plans.rewrite", "plan", "修改方案", _rewrite),
    Race("file a plan", "plans.file", "plan", "上报", _on_plan("staff", "file", "draft")),
    Race("take a plan back", "plans.take_back", "plan", "撤回", _on_plan("staff", "take_back", "filed")),
    Race("approve a plan", "plans.approve", "plan", "审核通过", _on_plan("reviewer", "approve", "filed")),
    Race(
        "send a plan back",
        "plans.send_back",
        "plan",
        "退回修改",
        _on_plan("reviewer", "send_back", "filed", feedback="改"),
    ),
    Race("discard a plan", "plans.discard", "plan", "删除方案", _on_plan("staff", "discard", "draft")),
    Race("forecast", "safety_net.forecast", "safety_net", "作出预判", _forecast),
    Race("draw up", "safety_net.draw_up", "safety_net", "拟定方案", _draw_up),
    Race(
        "file upwards",
        "safety_net.file_upwards",
        "safety_net",
        "报上级备案",
        _on_safety_net("reviewer", "file", "planned"),
    ),
    Race(
        "put on record",
        "safety_net.put_on_record",
        "safety_net",
        "备案",
        _on_safety_net("above", "put_on_record", "filed"),
    ),
    Race(
        "return",
        "safety_net.return_for_changes",
        "safety_net",
        "退回修改",
        _on_safety_net("above", "send_back", "filed", feedback="改"),
    ),
    Race(
        "carry out",
        "safety_net.carry_out",
        "safety_net",
        "组织实施",
        _on_safety_net("reviewer", "carry_out", "recorded"),
    ),
]

# --- activities and awards --------------------------------------------------------------------------------------

ACTIVITY = {"activity": "school_training", "amount": "1", "completed_on": "2019-10-12", "has_record": "on"}
DEGREE = {"level": "doctor", "title": "", "awarded_on": "2020-06-30"}
OFFSET = {"basis": "自修", "evidence": "", "awarded_on": "2020-05-01"}


def _new_activity(place: Place) -> Sent:
    return "staff", _page(make_teacher(place.school), "activities/new/"), dict(ACTIVITY)


def _joint_activity(place: Place) -> Sent:
    return (
        "staff",
        "/credits/activities/new/",
        ACTIVITY | {"teacher": make_teacher(place.school).public_id, "save": "1"},
    )


def _on_activity(end: str, typed: dict[str, str]) -> Callable[[Place], Sent]:
    def prepare(place: Place) -> Sent:
        activity = make_activity(make_teacher(place.school), plan=None)
        return "staff", _page(activity.teacher, f"activities/{activity.pk}/{end}"), dict(typed)

    return prepare


def _new_award(section: str, typed: dict[str, str]) -> Callable[[Place], Sent]:
    def prepare(place: Place) -> Sent:
        return "staff", _page(make_teacher(place.school), f"{section}/new/"), dict(typed)

    return prepare


def _on_award(section: str, end: str, typed: dict[str, str]) -> Callable[[Place], Sent]:
    def prepare(place: Place) -> Sent:
        award = MAKERS[section](make_teacher(place.school), credits=None)
        return "staff", _page(award.teacher, f"{section}/{award.pk}/{end}"), dict(typed)

    return prepare


def _decide_on_award(section: str, step: str) -> Callable[[Place], Sent]:
    def prepare(place: Place) -> Sent:
        award = MAKERS[section](make_teacher(place.school), credits=None)
        return "reviewer", f"/credits/{section}/{award.pk}/", {"step": step, "credits": "5", "feedback": "改"}

    return prepare


MAKERS: dict[str, Callable[..., Any]] = {"degrees": make_degree, "offsets": make_offset}


def _races_of_awards(section: str, subject: str, noun: str, typed: dict[str, str]) -> list[Race]:
    return [
        Race(f"add: {subject}", "awards.save", subject, f"登记{noun}", _new_award(section, typed)),
        Race(f"change: {subject}", "awards.save", subject, f"修改{noun}", _on_award(section, "", typed)),
        Race(f"remove: {subject}", "awards.remove", subject, f"删除{noun}", _on_award(section, "delete/", {})),
        Race(f"credit: {subject}", "awards.credit", subject, "认定", _decide_on_award(section, "credit")),
        Race(f"send back: {subject}", "awards.send_back", subject, "退回修改", _decide_on_award(section, "send_back")),
    ]


RECORDS = [
    Race("add an activity", "activities.save_activity", "activity", "登记活动", _new_activity),
    Race("add an activity of many", "activities.save_activity", "activity", "登记活动", _joint_activity),
    Race("change an activity", "activities.save_activity", "activity", "修改活动", _on_activity("", ACTIVITY)),
    Race("remove an activity", "activities.remove_activity", "activity", "删除活动", _on_activity("delete/", {})),
    *_races_of_awards("degrees", "degree", "学历", DEGREE),
    *_races_of_awards("offsets", "offset", "其他冲抵", OFFSET),
]

# --- spreadsheets ------------------------------------------------------------------------------------------------


def _confirm(place: Place) -> Sent:
    number = f"R-{next(years)}"
    content = filled("teachers", {"教师编号": number, "姓名": "表里的"})
    one = prepare("teachers", "教师.xlsx", content, place.staff)
    return "staff", f"/credits/import/{one.public_id}/confirm/", {}


def _undo(place: Place) -> Sent:
    _, path, _ = _confirm(place)
    one = SpreadsheetImport.objects.get(public_id=path.split("/")[3])
    apply(one, place.staff)
    return "staff", f"/credits/import/{one.public_id}/undo/", {}


SHEETS = [
    Race("import", "importing.apply", "import", "导入", _confirm),
    Race("undo an import", "undoing.undo", "import", "撤销导入", _undo),
]

RACES = [*CORRECTIONS, *TEACHERS, *PROJECTS, *PLANS, *RECORDS, *SHEETS]

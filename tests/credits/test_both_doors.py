"""The same row by hand and by spreadsheet: both doors save the same, or neither saves anything."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from credits.models import ConversionRate, Organization, SelfDirectedActivity, Teacher, TrainingCycle, TrainingProject
from credits.steps import people
from tests.cast import (
    Place,
    make_activity,
    make_degree,
    make_offset,
    make_organization,
    make_plan,
    make_project,
    make_result,
)
from tests.credits.doors import Case, as_sheet, by_hand, nothing, rows_of, saved_through

pytestmark = pytest.mark.usefixtures("cycles")
TOMORROW = (timezone.localdate() + timedelta(days=1)).isoformat()


def case(kind: str, about: str, saved: bool, given: Any, by: str, row: dict[str, str]) -> Any:
    return pytest.param(Case(kind, row, saved, given, by), id=f"{kind}: {about}")


# --- teachers ---------------------------------------------------------------------------------------------------


def teacher(about: str, saved: bool, given: Any = nothing, by: str = "staff", **row: str) -> Any:
    return case("teachers", about, saved, given, by, {"staff_number": "N-1", "name": "新老师"} | row)


def known(about: str, saved: bool, given: Any = nothing, by: str = "staff", **row: str) -> Any:
    """The same of 张三 (A-1), who is there already and has no account."""

    def without_account(place: Place) -> None:
        Teacher.objects.filter(pk=place.teacher.pk).update(user=None)
        given(place)

    return teacher(about, saved, without_account, by, **{"staff_number": "A-1", "name": "张三"} | row)


def employment_unknown(place: Place) -> None:
    Teacher.objects.filter(pk=place.teacher.pk).update(formally_employed_on=None)


def own_row(place: Place) -> None:
    """张三 is the county's reviewer."""
    Teacher.objects.filter(pk=place.teacher.pk).update(user=place.reviewer)


def retired(place: Place) -> None:
    people.end(place.teacher, "retired", date(2022, 8, 31), place.reviewer)


def alone(place: Place) -> None:
    Organization.objects.filter(pk=place.school.pk).update(is_sole_teacher_school=True)


def free_again(place: Place) -> None:
    alone(place)
    retired(place)


TEACHERS = [
    teacher("a second one at a school of one", False, alone),
    teacher("a new one where the only one has retired", True, free_again),
    known("another subject at a school of one", True, alone, subject="数学"),
    teacher("a new one", True),
    teacher("a new one with all facts", True, formally_employed_on="2012年9月1日", subject="语文", stage="小学"),
    teacher("a new one by the county", True, by="reviewer", school="桃源二小"),
    teacher("a number in full width", True, staff_number="Ｎ－１７"),
    teacher("a number with another dash", True, staff_number="N‐17"),
    teacher("a number that is none", False, staff_number="张-1"),
    teacher("an identity card number", False, staff_number="110101199003077715"),
    teacher("a known number in other letters", True, staff_number="a-1"),
    teacher("a number of another school", False, staff_number="B-1"),
    teacher("a number of another school in other letters", False, staff_number="b-1"),
    teacher("a number too long", False, staff_number="1" * 33),
    teacher("a name with spaces", True, name="张　三"),
    teacher("a name with another dot", True, name="买买提•艾力"),
    teacher("a name too long", False, name="名" * 41),
    teacher("a subject too long", False, subject="科" * 21),
    teacher("a school of others", False, school="桃源二小"),
    teacher("a school that is none", False, by="reviewer", school="桃源三小"),
    teacher("seconded by the school", False, position="借调到教育主管部门"),
    teacher("seconded by the county", True, by="reviewer", school="桃源一小", position="借调到教育主管部门"),
    teacher("a position that is none", False, position="校长"),
    teacher("a day as the portal writes it", True, formally_employed_on="2012 年 9 月 1 日"),
    teacher("a day without a year", False, formally_employed_on="9月1号"),
    teacher("a day that is none", False, formally_employed_on="2012-02-30"),
    teacher("a day too early", False, formally_employed_on="1949-12-31"),
    known("another name", True, name="曾三"),
    known("another subject", True, subject="数学"),
    known("another position by the school", False, position="借调到教育主管部门"),
    known("another position by the county", True, by="reviewer", position="借调到教育主管部门"),
    known("another day of one's own", False, own_row, by="reviewer", formally_employed_on="2012-09-01"),
    known("another day by the school", False, formally_employed_on="2012-09-01"),
    known("another day by the county", True, by="reviewer", formally_employed_on="2012-09-01"),
    known("a day nobody knew", True, employment_unknown, formally_employed_on="2012-09-01"),
    known("another subject of a retired one", True, retired, subject="数学"),
]

# --- results ----------------------------------------------------------------------------------------------------


def result(about: str, saved: bool, given: Any = nothing, by: str = "staff", **row: str) -> Any:
    """Of a project of 40 hours, unless `given` makes another one of that code."""

    def with_project(place: Place) -> None:
        project(place)
        given(place)

    return case(
        "results", about, saved, with_project, by, {"project": "P-1", "staff_number": "A-1", "hours": "40"} | row
    )


def other(about: str, saved: bool, by: str = "staff", **fields: Any) -> Any:
    """A result of a project with other `fields`."""
    given = partial(project, code="P-2", **fields)
    return result(about, saved, given, by, project="P-2")


def project(place: Place, code: str = "P-1", at: str = "county", **fields: Any) -> Any:
    return make_project(getattr(place, at), code=code, **fields)


def entered(place: Place, status: str = "entered") -> None:
    make_result(place.teacher, TrainingProject.objects.get(code="P-1"), status=status, hours=20)


def far_away(place: Place) -> None:
    make_project(make_organization("county", name="柳溪县"), code="P-3")


def eight_hours_a_credit(place: Place) -> None:
    cycle = TrainingCycle.objects.get(code="2018")
    ConversionRate.objects.create(cycle=cycle, category="county", hours_per_credit=8)


def retired_in_2018(place: Place) -> None:
    people.end(place.teacher, "retired", date(2018, 12, 31), place.reviewer)


RESULTS = [
    result("all hours", True),
    result("half an hour", True, hours="12.5"),
    result("hours in full width", True, hours="１２"),
    result("hours with their unit", True, hours="30学时"),
    result("hours with another unit", False, hours="3学分"),
    result("no hours", False, hours="0"),
    result("negative hours", False, hours="-1"),
    result("three decimals", False, hours="12.345"),
    result("more than a project can have", False, hours="2000.01"),
    result("more than this project has", False, hours="41"),
    result("hours that make no credits", False, hours="10.25"),
    result("hours at a rate of the category", False, eight_hours_a_credit, hours="10.01"),
    result("whole credits at a rate of the category", True, eight_hours_a_credit, hours="12"),
    result("a number in other letters", True, staff_number="ａ—1"),
    result("a teacher of others", False, staff_number="B-1"),
    result("a teacher who is none", False, staff_number="Z-9"),
    result("a project that is none", False, project="P-9"),
    result("a teacher retired before", False, retired_in_2018),
    other("a project of the school", True, at="school"),
    other("a project of another school", False, at="other"),
    other("a project of the city", True, at="city"),
    other("a draft", False, by="reviewer", status="draft"),
    other("a project not over", False, ends_on=timezone.localdate() + timedelta(days=1)),
    other("a project in no cycle", False, ends_on=date(2017, 7, 10)),
    result("of one's own", False, own_row, by="reviewer"),
    result("of a project of another county", False, far_away, by="superuser", project="P-3"),
    result("corrected hours", True, entered, hours="30"),
    result("corrected hours with their unit", True, entered, hours="30学时"),
    result("corrected to too many", False, entered, hours="41"),
    result("corrected to no credits", False, entered, hours="0.05"),
    result("corrected by the county", True, entered, by="reviewer", hours="30"),
    result("reviewed hours", False, partial(entered, status="reviewed"), hours="30"),
]

# --- activities -------------------------------------------------------------------------------------------------


def activity(about: str, saved: bool, given: Any = nothing, by: str = "staff", **row: str) -> Any:
    right = {"staff_number": "A-1", "activity": "听课", "amount": "20", "completed_on": "2019-10-12"}
    return case("activities", about, saved, given, by, right | {"in_plan": "否", "has_record": "是"} | row)


def plan(place: Place, status: str = "approved") -> None:
    make_plan(place.school, 2019, status)


def listened(place: Place, **fields: Any) -> SelfDirectedActivity:
    """20 lessons without a record on 2019-10-12, in the plan of that year unless said."""
    return make_activity(place.teacher, "lesson_observation", **{"has_record": False} | fields)


def not_in_plan(place: Place) -> None:
    listened(place, plan=None)


def not_in_the_plan_that_is_there(place: Place) -> None:
    plan(place)
    not_in_plan(place)


def moved(place: Place, **fields: Any) -> None:
    """The activity is the first school's, its teacher has moved to the second, where `staff` now work."""
    listened(place, **fields)
    move(place)


def move(place: Place) -> None:
    if not place.school.plans.exists():
        plan(place)
    people.transfer(place.teacher, place.other, date(2020, 9, 1), place.reviewer)
    place.staff.memberships.update(organization=place.other)


def in_no_cycle(place: Place) -> None:
    listened(place, completed_on=date(2010, 10, 12), plan=make_plan(place.school, 2010))


def twice(place: Place) -> None:
    listened(place, plan=None, count=5)
    listened(place, plan=None, count=6)


ACTIVITIES = [
    activity("lessons", True),
    activity("lessons of one's own", False, own_row, by="reviewer"),
    activity("lessons in the plan", True, plan, in_plan="是"),
    activity("lessons in a draft", True, partial(plan, status="draft"), in_plan="是"),
    activity("lessons in no plan", False, in_plan="是"),
    activity("lessons of next school year", False, plan, in_plan="是", completed_on="2020-09-01"),
    activity("lessons of the last day of the year", True, plan, in_plan="是", completed_on="2020-08-31"),
    activity("lessons in no cycle", True, completed_on="2010-10-12"),
    activity("lessons in a plan but in no cycle", False, in_plan="是", completed_on="2010-10-12"),
    activity("lessons with their unit", True, amount="20节"),
    activity("lessons with another unit", False, amount="20学时"),
    activity("half a lesson", False, amount="2.5"),
    activity("too many lessons", False, amount="1001"),
    activity("lessons with a level", False, level="校级"),
    activity("an open class", True, activity="公开课", level="校级", amount="2"),
    activity("an open class of no level", False, activity="公开课", amount="2"),
    activity("a lecture", True, activity="讲座", level="县级及以上", amount="1"),
    activity("credits", True, activity="校本培训", amount="1.5"),
    activity("too many credits", False, activity="校本培训", amount="100.01"),
    activity("hours", True, activity="其他校本研修", amount="25"),
    activity("an activity that is none", False, activity="郊游"),
    activity("a day to come", False, completed_on=TOMORROW),
    activity("a day after the teacher's time", False, retired, completed_on="2023-10-01"),
    activity("a day that is none", False, completed_on="2019-02-30"),
    activity("evidence", True, evidence="听课本第 3 册"),
    activity("evidence too long", False, evidence="证" * 301),
    activity("a teacher of others", False, staff_number="B-1"),
    activity("a day at another school", False, move, in_plan="是"),
    activity("a day at another school in no plan", True, move),
    activity("a day at another school by the county", True, move, by="reviewer", in_plan="是"),
    activity("a changed record", True, listened, in_plan="是"),
    activity("another number", True, listened, in_plan="是", has_record="否", amount="21"),
    activity("out of the plan", True, listened),
    activity("into the plan", True, not_in_the_plan_that_is_there, in_plan="是"),
    activity("into a plan that is none", False, not_in_plan, in_plan="是"),
    activity("a changed record after a transfer", True, moved, in_plan="是"),
    activity("another number after a transfer", False, moved, in_plan="是", amount="21"),
    activity("another number after a transfer by the county", True, moved, by="reviewer", in_plan="是", amount="21"),
    activity("another number out of the plan after a transfer", False, moved, amount="21"),
    activity("out of the plan after a transfer", True, moved),
    activity("into a plan after a transfer", False, partial(moved, plan=None), in_plan="是"),
    activity("a changed record in no cycle", True, in_no_cycle, in_plan="是", completed_on="2010-10-12"),
    activity("one of two that are the same", False, twice, amount="7"),
    activity("a number too large of a known one", False, listened, in_plan="是", amount="1001"),
]

# --- degrees ----------------------------------------------------------------------------------------------------


def degree(about: str, saved: bool, given: Any = nothing, by: str = "staff", **row: str) -> Any:
    right = {"staff_number": "A-1", "level": "硕士", "awarded_on": "2020-06-30"}
    return case("degrees", about, saved, given, by, right | row)


def waiting(place: Place, **fields: Any) -> None:
    make_degree(place.teacher, credits=None, title="旧", **fields)


def credited(place: Place) -> None:
    make_degree(place.teacher, title="旧")


DEGREES = [
    degree("a new one", True),
    degree("a new one with its university", True, title="某某大学 语文"),
    degree("a new one by the county", True, by="reviewer"),
    degree("one's own", False, own_row, by="reviewer"),
    degree("before formal employment", True, awarded_on="2008-06-30"),
    degree("after the teacher's time", True, retired, awarded_on="2023-06-30"),
    degree("a day to come", False, awarded_on=TOMORROW),
    degree("a day too early", False, awarded_on="1949-06-30"),
    degree("a day that is none", False, awarded_on="2020-06-31"),
    degree("a level that is none", False, level="高中"),
    degree("a title too long", False, title="校" * 121),
    degree("a teacher of others", False, staff_number="B-1"),
    degree("another title", True, waiting, title="新"),
    degree("another title of a returned one", True, partial(waiting, status="returned", feedback="请补。"), title="新"),
    degree("another title of a credited one", False, credited, title="新"),
    degree("a title too long of a known one", False, waiting, title="校" * 121),
    degree("another level on that day", True, credited, level="博士"),
]


# --- other offsets ----------------------------------------------------------------------------------------------


def offset(about: str, saved: bool, given: Any = nothing, by: str = "staff", **row: str) -> Any:
    right = {"staff_number": "A-1", "basis": "自学课程", "awarded_on": "2020-05-01"}
    return case("offsets", about, saved, given, by, right | row)


def entered_offset(place: Place, **fields: Any) -> None:
    make_offset(place.teacher, credits=None, evidence="旧", **fields)


def credited_offset(place: Place) -> None:
    make_offset(place.teacher, evidence="旧")


OFFSETS = [
    offset("a new one", True),
    offset("a new one with its papers", True, evidence="证书 2020-118"),
    offset("one's own", False, own_row, by="reviewer"),
    offset("before formal employment", True, awarded_on="2008-06-30"),
    offset("a day to come", False, awarded_on=TOMORROW),
    offset("a day too early", False, awarded_on="1949-06-30"),
    offset("a day that is none", False, awarded_on="2020-06-31"),
    offset("a basis of 64 characters", True, basis="课" * 64),
    offset("a basis too long", False, basis="课" * 65),
    offset("no basis", False, basis=""),
    offset("a teacher of others", False, staff_number="B-1"),
    offset("other papers", True, entered_offset, evidence="新"),
    offset(
        "other papers of a returned one", True, partial(entered_offset, status="returned", feedback="补"), evidence="新"
    ),
    offset("other papers of a credited one", False, credited_offset, evidence="新"),
    offset("another basis on that day", True, credited_offset, basis="课题"),
]


@pytest.mark.parametrize("one", [*TEACHERS, *RESULTS, *ACTIVITIES, *DEGREES, *OFFSETS])
def test_both_doors_save_the_same_or_nothing(place: Place, one: Case) -> None:
    one.given(place)
    user = getattr(place, one.by)
    before = rows_of(one.kind)
    typed = saved_through(by_hand, one, user)
    imported = saved_through(as_sheet, one, user)
    assert typed == imported
    assert (typed != before) == one.saved


def test_a_record_is_mended_after_a_transfer_under_the_plan_of_then(place: Place) -> None:
    moved(place)
    row = {"staff_number": "A-1", "activity": "听课", "amount": "20", "completed_on": "2019-10-12"}
    mended = Case("activities", row | {"in_plan": "是", "has_record": "是"}, saved=True)
    for door in (by_hand, as_sheet):
        [saved] = saved_through(door, mended, place.staff)
        assert saved["has_record"]
        assert saved["plan_id"] == place.school.plans.get().pk

"""Staff's work for many at once, gone through in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from credits.models import SelfDirectedActivity, TrainingResult
from tests.browser.visiting import Visitor, browser_of, press
from tests.cast import Place, make_plan, make_project, make_result, make_teacher
from tests.workers import working


def answer(page: Page) -> None:
    page.select_option("[name=activity]", "open_class:school")
    page.fill("[name=amount]", "2")
    page.fill("[name=completed_on]", "2019-10-12")
    page.check("[name=has_record]")
    page.check("[name=in_plan]")
    page.fill("[name=evidence]", "评课表")


def test_an_activity_is_entered_once_for_who_was_there(visitor: Visitor, place: Place) -> None:
    make_plan(place.school)
    make_teacher(place.school, name="李四", staff_number="A-7")
    staff = browser_of(visitor, place, "staff")
    staff.goto("/credits/teachers/")
    staff.get_by_label(re.compile("^找到的全部")).check()
    press(staff, "登记活动")
    staff.get_by_label("李四").uncheck()
    answer(staff)
    press(staff, "登记")
    expect(staff.get_by_text("已登记 1 位教师的活动。")).to_be_visible()
    assert [row.teacher.name for row in SelfDirectedActivity.objects.all()] == ["张三"]


def test_several_projects_are_reviewed_in_one_go(visitor: Visitor, place: Place) -> None:
    for name in ("语文班", "数学班"):
        make_result(place.teacher, make_project(place.county, name=name), status="entered")
    county = browser_of(visitor, place, "reviewer")
    county.goto("/credits/projects/")
    county.get_by_role("link", name="有待审核成绩的").click()
    county.get_by_label("选择语文班").check()
    county.get_by_label("选择数学班").check()
    with working():
        press(county, "审核选中的项目")
        expect(county.get_by_text("2 个项目已审核 2 条。")).to_be_visible()
    assert set(TrainingResult.objects.values_list("status", flat=True)) == {"reviewed"}

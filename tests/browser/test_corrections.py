"""我的学分记错了: a teacher on a phone says so, the school answers at a desk, the teacher reads what was corrected."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from credits.models import CorrectionRequest
from tests.browser.visiting import DESK, PHONE, Visitor, follow, press
from tests.cast import Place, make_activity, make_plan

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_wrong_line_comes_back_corrected(visitor: Visitor, place: Place) -> None:
    plan = make_plan(place.school, 2023)
    make_activity(place.teacher, plan=plan, completed_on="2023-10-01")
    teacher = visitor.page_of(place, "herself", viewport=PHONE)
    teacher.goto("/credits/mine/?cycle=2023")
    teacher.locator("details.counted > summary").click()
    link = teacher.get_by_role("link", name="这条记错了？").first
    box = link.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    link.click()
    teacher.get_by_label("哪里不对").fill("应该是 3 学时，见备案表。")
    press(teacher, "交给学校核对")
    expect(teacher.get_by_text("已经交给学校核对")).to_be_visible()
    assert teacher.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    staff = visitor.page_of(place, "staff", viewport=DESK)
    staff.goto("/questions/")
    follow(staff, "学分更正（1）")
    follow(staff, "张三")
    press(staff, "不更正")
    expect(staff.get_by_text("请写明为什么不更正")).to_be_visible()
    staff.get_by_label("给老师的答复").fill("已改为 3 学时。")
    press(staff, "已经更正")
    expect(staff.get_by_text("现在没有要办的更正。")).to_be_visible()
    teacher.reload()
    expect(teacher.get_by_text("已改为 3 学时。")).to_be_visible()
    assert CorrectionRequest.objects.get().state == "corrected"
    assert visitor.complaints == []

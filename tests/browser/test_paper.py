"""The printed statement, fit for a personnel file: two pages, with what it rests on and lines to sign on."""

from __future__ import annotations

import re
from datetime import date

from credits.models import TrainingCycle
from credits.statements.calendar import rules_cycle
from credits.statements.from_rows import of_teachers
from tests.browser.visiting import Visitor, violations
from tests.cast import Place, make_activity, make_plan, make_project, make_result, make_teachers


def pages_of(pdf: bytes) -> int:
    """Number of pages in a PDF made by Chromium, in which each page is an object."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_forty_records_print_on_two_pages(visitor: Visitor, place: Place) -> None:
    for number in range(20):
        day = date(2019 + number % 4, 1 + number % 8, 5)
        make_result(place.teacher, make_project(place.county, name=f"县级培训第 {number} 期", ends_on=day), credits=2)
        plan = place.school.plans.filter(school_year=2018 + number % 4).first()
        plan = plan or make_plan(place.school, 2018 + number % 4)
        make_activity(place.teacher, plan=plan, credits=1, completed_on=date(2019 + number % 4, 1, 1 + number))
    cycle = rules_cycle(TrainingCycle.objects.get(code="2018"))
    assert len(of_teachers([place.teacher.pk], cycle, date(2023, 8, 31))[place.teacher.pk].records) == 40
    page = visitor.page_of(place, "reviewer")
    page.context.add_cookies([{"name": "theme", "value": "dark", "url": visitor.base}])
    page.goto(f"/credits/teachers/{place.teacher.public_id}/?cycle=2018")
    assert 1 <= pages_of(page.pdf(format="A4", print_background=True)) <= 2
    page.emulate_media(media="print")
    for words in ("教师学分核对结果", "经办人：", "审核人：", "盖章：", "仅供核对，以主管部门认定为准。", "依据的原文"):
        assert page.get_by_text(words).first.is_visible(), words
    for hidden in ("试算", "退出", "管理这位教师"):
        assert not page.get_by_text(hidden).first.is_visible(), hidden
    # On paper it is light, whatever was chosen for the screen.
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_each_teacher_of_a_document_begins_a_page(visitor: Visitor, place: Place) -> None:
    others = make_teachers(place.school, 3)
    page = visitor.page_of(place, "staff")
    page.goto("/credits/teachers/?cycle=2018")
    page.get_by_label("找到的全部 4 人").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="打印核对结果").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/print/")
    assert page.locator(".sheet").count() == len(others) + 1
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert pages_of(page.pdf(format="A4")) == len(others) + 1 + 1  # and one with the clauses
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="打印").is_visible()

"""The printed statement, fit for a personnel file: two pages, with what it rests on and lines to sign on."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from credits.ledger import of_teachers, rules_cycle
from credits.models import TrainingCycle

from ..credits.place import Place
from ..credits.rows import make_activity, make_plan, make_project, make_result
from .conftest import Visitor


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF of Chromium's has: each is an object of its own."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_a_statement_of_forty_records_prints_on_two_pages(visitor: Visitor, content: None, tmp_path: Path) -> None:
    place = Place()
    for number in range(20):
        day = date(2019 + number % 4, 1 + number % 8, 5)
        make_result(place.teacher, make_project(place.county, name=f"县级培训第 {number} 期", ends_on=day), credits=2)
        plan = place.school.plans.filter(school_year=2018 + number % 4).first()
        plan = plan or make_plan(place.school, 2018 + number % 4)
        make_activity(place.teacher, plan=plan, credits=1, completed_on=date(2019 + number % 4, 1, 1 + number))
    cycle = rules_cycle(TrainingCycle.objects.get(code="2018"))
    assert len(of_teachers([place.teacher.pk], cycle, date(2023, 8, 31))[place.teacher.pk].records) == 40
    page = visitor.page()
    session = place.client("reviewer").cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": visitor.base}])
    page.context.add_cookies([{"name": "theme", "value": "dark", "url": visitor.base}])
    page.goto(f"/credits/teachers/{place.teacher.public_id}/?cycle=2018")
    assert 1 <= pages_of(page.pdf(format="A4", print_background=True)) <= 2
    page.emulate_media(media="print")
    for words in ("教师学分核对结果", "经办人：", "审核人：", "盖章：", "仅供核对，以主管部门认定为准。", "依据的原文"):
        assert page.get_by_text(words).first.is_visible(), words
    for hidden in ("再加几条会怎样", "退出", "管理这位教师"):
        assert not page.get_by_text(hidden).first.is_visible(), hidden
    # On paper it is light, whatever was chosen for the screen.
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"

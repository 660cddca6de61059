"""The pages of the processes, all of them: for screen readers, and on every width."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from openpyxl import load_workbook

from credits.spreadsheets.template import template
from tests.browser.visiting import Visitor, browser_of, press
from tests.cast import Place, make_activity, make_degree, make_plan, make_project, make_result


def test_the_preview_scrolls_inside_itself_on_a_phone(visitor: Visitor, place: Place, tmp_path: Path) -> None:
    book = load_workbook(BytesIO(template("teachers")))
    values = ("A-88", "周八", "桃源一小", "在校任教", "2010-09-01", "语文", "小学")
    for at, value in enumerate(values, start=1):
        book.worksheets[0].cell(2, at).value = value
    book.save(tmp_path / "教师.xlsx")
    for width in (1280, 390):
        page = browser_of(visitor, place, "staff", viewport={"width": width, "height": 900})
        page.goto("/credits/import/")
        page.locator("input[name=kind][value=teachers]").check()
        page.locator("input[type=file]").set_input_files(tmp_path / "教师.xlsx")
        press(page, "上传并预览")
        table = page.locator(".preview")
        hidden = table.evaluate("box => box.scrollWidth - box.clientWidth")
        assert (hidden > 0) == (width == 390), f"{hidden} px at {width}"
        assert page.get_by_text("可以左右滑动").is_visible() == (width == 390)
        assert page.locator("html").evaluate("page => page.scrollWidth") <= width
        first = table.locator("tbody th").evaluate("cell => cell.offsetWidth")
        assert first < 70


def test_buttons_and_boxes_show_the_focus_ring(visitor: Visitor, place: Place) -> None:
    page = browser_of(visitor, place, "staff")
    page.goto("/credits/teachers/")
    for control in (
        page.get_by_role("button", name="退出"),
        page.get_by_label("选择张三"),
        page.get_by_text("大字版").first,
    ):
        control.focus()
        ring = control.evaluate("it => [getComputedStyle(it).outlineWidth, getComputedStyle(it).outlineStyle]")
        assert ring == ["3px", "solid"]


@pytest.fixture
def pages(place: Place) -> dict[str, list[str]]:
    """Every page for staff and teachers with something on it, and who looks at it."""
    plan = make_plan(place.school, 2023, status="filed")
    make_activity(place.teacher, plan=plan, completed_on=date(2023, 10, 1))
    activity = make_activity(place.teacher, "open_class", plan=None, completed_on=date(2023, 11, 1))
    degree = make_degree(place.teacher, credits=None, awarded_on=date(2024, 6, 30))
    project = make_project(place.county, ends_on=date(2024, 7, 1))
    make_result(place.teacher, project, status="entered")
    make_result(place.stranger, project)
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    corrected = make_project(place.county, hours=30, former_hours={"24": soon}, ends_on=date(2024, 7, 1))
    make_result(place.teacher, corrected, hours=24, credits="2.4")
    teacher = f"/credits/teachers/{place.teacher.public_id}/"
    return {
        "reviewer": [
            "/credits/work/",
            "/credits/teachers/",
            "/credits/teachers/picture/",
            "/credits/teachers/new/",
            teacher,
            *(f"{teacher}{end}/" for end in ("records", "what-if", "edit", "transfer", "end")),
            f"{teacher}activities/{activity.pk}/",
            f"{teacher}degrees/new/",
            f"{teacher}offsets/new/",
            "/credits/projects/",
            "/credits/projects/?waiting=1",
            f"/credits/projects/{corrected.code}/hours/",
            "/credits/projects/new/",
            f"/credits/projects/{project.code}/",
            f"/credits/projects/{project.code}/enter/",
            "/credits/plans/",
            "/credits/plans/new/",
            f"/credits/plans/{plan.pk}/",
            "/credits/safety-net/",
            "/credits/safety-net/new/",
            "/credits/degrees/",
            "/credits/offsets/",
            f"/credits/degrees/{degree.pk}/",
            "/credits/looks/",
            "/credits/import/",
        ],
        "herself": ["/credits/mine/", "/credits/mine/what-if/", "/credits/mine/looks/"],
    }


@pytest.mark.parametrize("looks", ["light", "dark", "large"])
def test_axe_finds_nothing_on_these_pages(
    visitor: Visitor, place: Place, pages: dict[str, list[str]], looks: str
) -> None:
    for who, paths in pages.items():
        page = visitor.page_of(place, who, color_scheme="dark" if looks == "dark" else "light")
        if looks == "large":
            page.context.add_cookies([{"name": "size", "value": "large", "url": visitor.base}])
        for path in paths:
            answer = page.goto(path)
            assert answer
            assert answer.status == 200, path
            assert (page.locator("html").get_attribute("data-size") == "large") == (looks == "large")
            response = Axe().run(page, options={"resultTypes": ["violations"]}).response  # in half the time
            found = [(item["id"], item["nodes"][0]["html"][:160]) for item in response["violations"]]
            assert found == [], f"{path} ({looks})"
    assert visitor.complaints == []


@pytest.mark.parametrize("size", ["usual", "large"])
def test_no_page_of_the_processes_scrolls_sideways(
    visitor: Visitor, place: Place, pages: dict[str, list[str]], size: str
) -> None:
    for width in (320, 390, 768, 1280) if size == "usual" else (320,):
        for who, paths in pages.items():
            page = browser_of(visitor, place, who, viewport={"width": width, "height": 800})
            page.context.add_cookies([{"name": "size", "value": size, "url": visitor.base}])
            for path in paths:
                page.goto(path)
                whole = page.locator("html").evaluate("page => page.scrollWidth")
                assert whole <= width, f"{path} at {width} px is {whole} px wide"

"""The roster, its picture and the page of long work as staff meet them: narrow, wide, dark, without scripts."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Page

from credits.models import Membership, Organization
from helpdesk.common.models import Job
from tests.browser.visiting import Visitor
from tests.cast import PASSWORD, make_activity, make_organization, make_result, make_teacher

ROSTER = "/credits/teachers/?cycle=2018"


@pytest.fixture
def county(content: None) -> User:
    """A reviewer of a county with two schools, and teachers in every state of the picture."""
    county = make_organization("county", name="桃源县")
    for school in (make_organization(parent=county, name=name) for name in ("桃源一小", "桃源县第二实验小学南校区")):
        for name, coordinated, own in (("张三", 26, 10), ("欧阳·买买提", 6, 10), ("李四", 26, 0), ("王五", 0, 2.5)):
            teacher = make_teacher(school, name=name)
            if coordinated:
                make_result(teacher, credits=coordinated)
            if own:
                make_activity(teacher, credits=own)
        make_teacher(school, name="赵六", position="seconded")
    user = User.objects.create_user("county", password=PASSWORD)
    Membership.objects.create(user=user, organization=Organization.objects.get(name="桃源县"), role="reviewer")
    return user


def paths(user: User) -> list[str]:
    """The pages: the work still going on, over with a file, failed, and dead."""
    now = timezone.now()
    states = [("running", ""), ("done", "教师名单-2018-20261124.xlsx"), ("failed", "")]
    made = [
        Job.objects.create(
            kind="export",
            title="导出 95116 位教师的名单",
            owner=user,
            back="/credits/teachers/",
            state=state,
            done=41200,
            total=95116,
            message="导出了 95116 位教师。",
            details=["第 3 行：编号已经有了。"],
            file_name=name,
            started_at=now,
            heard_at=now,
        )
        for state, name in states
    ]
    jobs = [f"/credits/jobs/{job.public_id}/?still=1" for job in made]
    return [ROSTER, f"{ROSTER}&q=nobody", f"{ROSTER}&school=0", "/credits/teachers/picture/?cycle=2018", *jobs]


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.fill("main [name=username]", "county")
    page.fill("main [name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/credits/**")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(visitor: Visitor, county: User, scheme: str) -> None:
    page = visitor.page(color_scheme=scheme)
    sign_in(page)
    for path in paths(county):
        for width in (320, 390, 768, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(path)
            overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert overflow <= 0, f"{path} at {width} px is {overflow} px too wide"
            found = [(item["id"], item["nodes"][0]["html"][:160]) for item in Axe().run(page).response["violations"]]
            assert found == [], f"{path} at {width} px ({scheme})"
    assert visitor.complaints == []


def test_on_a_phone_amounts_stand_by_their_names(visitor: Visitor, county: User) -> None:
    page = visitor.page(viewport={"width": 320, "height": 800})
    sign_in(page)
    page.goto(ROSTER)
    cells = page.locator(".roster tbody .amount")
    assert cells.count() == 50
    for index in range(5):
        cell = cells.nth(index)
        label = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
        assert label.strip('"') == cell.get_attribute("data-label")
        box = cell.bounding_box()
        assert box
        assert box["x"] + box["width"] <= 320


def test_what_is_ticked_is_exported_without_any_script(visitor: Visitor, county: User) -> None:
    page = visitor.page(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    sign_in(page)
    page.goto(ROSTER)
    page.get_by_label("选择张三").first.check()
    with page.expect_download() as download:
        page.get_by_role("button", name="导出表格").click()
    assert download.value.suggested_filename.startswith("教师名单-2018-")
    page.get_by_role("link", name="统筹还差").click()
    assert "sort=coordinated" in page.url
    page.get_by_role("button", name="重新计算").click()
    assert "还没有选教师" in page.inner_text("main")


def test_the_progress_page_reloads_by_itself(visitor: Visitor, county: User) -> None:
    page = visitor.page(java_script_enabled=False)
    sign_in(page)
    running = paths(county)[4].removesuffix("?still=1")
    page.goto(running)
    assert "41200 / 95116" in page.inner_text("main")
    Job.objects.filter(state="running").update(state="done", message="都导出了。")
    page.get_by_text("都导出了。").wait_for(timeout=6000)

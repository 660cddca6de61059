"""Each process of the documents, gone through in a real browser by the people whose work it is."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import expect

from credits.models import SchoolPlan, StatementAccess, Teacher, TrainingProject, TrainingResult
from credits.spreadsheets.template import template
from tests.browser.visiting import Visitor, browser_of, follow, press
from tests.cast import Place, make_activity, make_plan, make_project, make_result, make_teacher, make_teachers
from tests.workers import working


def test_a_project_goes_its_way_and_changes_conversion(visitor: Visitor, place: Place) -> None:
    county, school = browser_of(visitor, place, "reviewer"), browser_of(visitor, place, "staff")
    county.goto("/credits/projects/")
    follow(county, "新建项目")
    county.get_by_label("项目名称").fill("县级语文骨干班")
    county.get_by_label("举办机构").select_option("桃源县")
    county.get_by_label("学分折算类型").select_option("县培")
    county.get_by_label("学时").fill("40")
    county.get_by_label("折算学分").uncheck()
    county.get_by_label("结束日期").fill("２０２４年７月１日")
    press(county, "保存")
    expect(county.get_by_text("没有勾选折算")).to_be_visible()
    press(county, "发布")
    school.goto("/credits/projects/")
    follow(school, "县级语文骨干班")
    follow(school, "登记成绩")
    school.get_by_label("教师编号").fill("A-1")
    press(school, "登记")
    expect(school.get_by_text("已登记 1 位教师的成绩，等待审核。")).to_be_visible()
    county.goto("/credits/work/")
    county.get_by_role("link", name=re.compile("县级语文骨干班：1 条")).click()
    county.get_by_label("选择张三").check()
    press(county, "审核选中的")
    expect(county.get_by_text("已审核 1 条。")).to_be_visible()
    follow(county, "项目属性")
    county.get_by_label("折算学分").check()
    press(county, "保存")
    expect(county.get_by_text("有 1 条已审核的成绩还是按修改以前的办法折算的")).to_be_visible()
    county.get_by_text("取消审核全部 1 条…").click()
    expect(county.get_by_text("这些教师的学分会先减去")).to_be_visible()
    press(county, "确定取消审核全部 1 条")
    expect(county.get_by_text("已取消审核 1 条。")).to_be_visible()
    press(county, "审核全部 1 条待审核的")
    assert TrainingResult.objects.get().credits == 4
    school.goto(f"/credits/teachers/{place.teacher.public_id}/")
    school.get_by_text("已全部计入（1 条）").click()
    expect(school.get_by_text("县级语文骨干班")).to_be_visible()
    expect(school.get_by_text("4 / 26 学分")).to_be_visible()


def test_a_project_is_deleted_only_without_reviewed_results(visitor: Visitor, place: Place) -> None:
    project = make_project(place.county, name="误建的班")
    make_result(place.teacher, project)
    county = browser_of(visitor, place, "reviewer")
    county.goto(f"/credits/projects/{project.code}/")
    county.get_by_text("删除这个项目").click()
    expect(county.get_by_text("先取消审核这 1 条，才能删除")).to_be_visible()
    expect(county.get_by_role("button", name="删除项目", exact=True)).to_have_count(0)
    county.get_by_text("取消审核全部 1 条…").click()
    press(county, "确定取消审核全部 1 条")
    county.get_by_text("删除这个项目").click()
    press(county, "删除项目")
    expect(county.get_by_text("项目已删除。")).to_be_visible()
    assert not TrainingProject.objects.exists()


def test_a_plan_is_filed_returned_mended_and_approved(visitor: Visitor, place: Place) -> None:
    school, county = browser_of(visitor, place, "staff"), browser_of(visitor, place, "reviewer")
    school.goto("/credits/plans/")
    follow(school, "新建方案")
    school.get_by_label("学年").select_option("2025—2026 学年")
    school.get_by_label("方案内容").fill("校本培训十次。")
    press(school, "存为草稿")
    press(school, "上报")
    expect(school.get_by_text("已上报，等待桃源县审核")).to_be_visible()
    plan = SchoolPlan.objects.get()
    make_activity(place.teacher, credits=3, plan=plan, completed_on=date(2025, 10, 1))
    county.goto("/credits/work/")
    county.get_by_role("link", name=str(plan)).click()
    press(county, "退回修改")
    expect(county.get_by_role("alert")).to_contain_text("有 1 处需要修改")
    expect(county.get_by_text("退回时请写明要改什么。", exact=True)).to_be_visible()
    county.get_by_label("审核意见").fill("请写明考核办法。")
    press(county, "退回修改")
    school.goto("/credits/work/")
    school.get_by_role("link", name=re.compile("请写明考核办法")).click()
    follow(school, "修改内容")
    school.get_by_label("方案内容").fill("校本培训十次，写心得。")
    press(school, "保存")
    press(school, "上报")
    county.goto(f"/credits/plans/{plan.pk}/")
    press(county, "审核通过")
    expect(county.get_by_text("方案里的活动从现在起计学分")).to_be_visible()
    school.goto(f"/credits/teachers/{place.teacher.public_id}/")
    expect(school.get_by_text("3 / 10 学分")).to_be_visible()


def test_a_safety_net_plan_precedes_its_project(visitor: Visitor, place: Place) -> None:
    county, city = browser_of(visitor, place, "reviewer"), browser_of(visitor, place, "above")
    project = make_project(
        place.county, name="托底班", category="safety_net", hours=15, status="draft", ends_on=date(2026, 7, 1)
    )
    county.goto(f"/credits/projects/{project.code}/")
    press(county, "发布")
    expect(county.get_by_role("alert")).to_contain_text("要先作出预判、拟定方案、报上级备案")
    county.goto("/credits/safety-net/")
    follow(county, "作出预判")
    county.get_by_label("机构").select_option("桃源县")
    county.get_by_label("学年").select_option("2025—2026 学年")
    county.get_by_label("预判").fill("全县 40 人差 1.5 学分。")
    press(county, "保存")
    follow(county, "拟定方案")
    county.get_by_label("托底培训方案").fill("线上 15 学时。")
    press(county, "保存")
    press(county, "报上级备案")
    city.goto("/credits/work/")
    city.get_by_role("link", name=re.compile("托底培训方案")).click()
    press(city, "备案")
    county.reload()
    press(county, "组织实施")
    county.goto(f"/credits/projects/{project.code}/")
    press(county, "发布")
    expect(county.get_by_text("已发布，可以登记成绩了。")).to_be_visible()


def test_a_degree_is_entered_and_credited(visitor: Visitor, place: Place) -> None:
    school, county = browser_of(visitor, place, "staff"), browser_of(visitor, place, "reviewer")
    school.goto(f"/credits/teachers/{place.teacher.public_id}/")
    follow(school, "登记的记录")
    follow(school, "登记学历")
    school.get_by_label("学历").select_option("硕士")
    school.get_by_label("取得日期").fill("20250630")
    press(school, "登记")
    expect(school.get_by_text("等待桃源县认定学分")).to_be_visible()
    teacher = browser_of(visitor, place, "herself")
    teacher.goto("/credits/mine/")
    expect(teacher.get_by_text("硕士学历：等待认定学分。等桃源县审核")).to_be_visible()
    county.goto("/credits/work/")
    county.get_by_role("link", name=re.compile("张三")).click()
    county.get_by_label("认定学分").fill("5")
    press(county, "认定")
    teacher.reload()
    expect(teacher.get_by_text("5 / 26 学分")).to_be_visible()


def test_a_trial_closes_the_gap_and_saves_nothing(visitor: Visitor, place: Place) -> None:
    make_result(place.teacher, make_project(place.county, ends_on=date(2024, 7, 1)), credits=20)
    make_activity(place.teacher, credits=10, plan=make_plan(place.school, 2023), completed_on=date(2023, 10, 1))
    page = browser_of(visitor, place, "herself")
    page.goto("/credits/mine/")
    follow(page, "试算")
    card = page.get_by_role("group", name="统筹 1")
    card.get_by_label("类别").select_option("省培")
    card.get_by_label("学分").first.fill("6")
    card.get_by_label("完成日期").fill("2027-07-01")
    page.get_by_role("button", name="核对学分", exact=True).last.click()
    expect(page.get_by_role("heading", name="已达到要求")).to_be_visible()
    expect(page.get_by_text("统筹已得 20 学分，还差 6")).to_be_visible()
    assert TrainingResult.objects.count() == 1


def test_a_spreadsheet_is_previewed_mended_imported_and_undone(visitor: Visitor, place: Place, tmp_path: Path) -> None:
    book = load_workbook(BytesIO(template("teachers")))
    sheet = book.worksheets[0]
    heads = {str(cell.value).rstrip("*＊ "): cell.column for cell in sheet[1] if cell.value}

    def save(number: object) -> Path:
        for head, value in {"教师编号": number, "姓名": "周八", "学校": "桃源一小"}.items():
            sheet.cell(2, heads[head]).value = value  # type: ignore[assignment]
        book.save(tmp_path / "教师.xlsx")
        return tmp_path / "教师.xlsx"

    page = browser_of(visitor, place, "staff", viewport={"width": 1280, "height": 900})

    def upload(number: object) -> None:
        page.goto("/credits/import/")
        page.locator("input[name=kind][value=teachers]").check()
        page.locator("input[type=file]").set_input_files(save(number))
        press(page, "上传并预览")

    upload(12345)
    expect(page.get_by_role("row", name=re.compile("第 2 行 教师编号"))).to_be_visible()
    assert not Teacher.objects.filter(name="周八").exists()
    upload("A-88")
    expect(page.get_by_text("新增 1 条")).to_be_visible()
    press(page, "确认导入")
    assert Teacher.objects.get(name="周八").school == place.school
    upload("A-88")
    expect(page.get_by_text("没有变化：")).to_be_visible()
    page.goto("/credits/import/")
    page.get_by_text("撤销…").click()
    page.get_by_role("button", name=re.compile("^确定撤销")).click()
    assert not Teacher.objects.filter(name="周八").exists()


def test_a_result_is_deleted_in_two_steps_by_keyboard(visitor: Visitor, place: Place) -> None:
    project = make_project(place.county)
    make_result(place.teacher, project, status="entered")
    page = browser_of(visitor, place, "reviewer")
    page.goto(f"/credits/projects/{project.code}/")
    page.get_by_label("选择张三").press("Enter")
    expect(page.get_by_role("button", name=re.compile("^确定删除"))).to_be_hidden()
    assert TrainingResult.objects.exists()
    page.get_by_text("删除…").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已删除张三的成绩")).to_be_visible()
    assert not TrainingResult.objects.exists()


def test_a_teacher_first_signs_in_with_a_code(visitor: Visitor, place: Place) -> None:
    newcomer = make_teacher(place.school, name="周八", staff_number="A-8")
    school = browser_of(visitor, place, "staff", viewport={"width": 1280, "height": 900})
    school.goto(f"/credits/teachers/{newcomer.public_id}/")
    school.get_by_text("管理这位教师").click()
    press(school, "发登录码")
    code = school.locator(".slip-code").inner_text()
    page = visitor.page(java_script_enabled=False)
    page.goto("/sign-in/")
    page.get_by_role("link", name=re.compile("第一次登录")).click()
    page.get_by_label("教师编号").fill("a-8")
    page.get_by_label("登录码").fill(code.lower())
    for label in page.locator("input[type=password]").all():
        label.fill("mulberry-lane-17")
    press(page, "完成并登录")
    expect(page.get_by_role("heading", name="我的学分")).to_be_visible()
    expect(page.get_by_text("周八，教师编号 A-8，桃源一小，在校任教")).to_be_visible()


def test_a_roster_export_records_every_look(visitor: Visitor, place: Place) -> None:
    page = browser_of(visitor, place, "reviewer", viewport={"width": 1280, "height": 900})
    page.goto("/credits/teachers/")
    page.get_by_label("找到的全部 2 人").check()
    with page.expect_download() as download:
        press(page, "导出表格")
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert {"张三", "王五"} <= {str(row[0]) for row in rows}
    assert StatementAccess.objects.filter(kind="export").count() == 2
    page.goto("/credits/looks/")
    expect(page.get_by_text("导出名单").first).to_be_visible()


def test_many_results_are_reviewed_behind_a_progress_page(visitor: Visitor, place: Place) -> None:
    project = make_project(place.county, ends_on=date(2024, 7, 1))
    for teacher in make_teachers(place.school, 250):
        make_result(teacher, project, status="entered")
    page = browser_of(visitor, place, "reviewer")
    page.goto(f"/credits/projects/{project.code}/")
    press(page, "审核全部 250 条待审核的")
    expect(page.get_by_text("办理进程启动以后会自动接着办")).to_be_visible()
    with working():
        expect(page.get_by_text("已审核 250 条。")).to_be_visible(timeout=60_000)
    assert project.results.filter(status="reviewed").count() == 250

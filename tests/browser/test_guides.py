"""Every guide walked on a phone, by touch and without scripts, to an ending with its entry; and a letter filled in."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.visiting import Visitor, follow, open_page, until_kept, violations, with_worker

#: Search in a teacher's words → the answers chosen, the ending they lead to, and the entry it rests on.
WALKS = {
    "credits-account": (
        "学分系统账号",
        ["学校、单位或承训机构用的账号", "不清楚是哪个账号", "找不到人，或者问了也没找到账号"],
        "写一份说明材料，盖章，把扫描件发过去",
        "credits-03",
    ),
    "login": (
        "登录不了",
        ["提升工程的学习平台、公众号“优师助手”", "手机", "提示已绑定其他微信，或者换了手机"],
        "先解除原来的绑定，再绑定新的微信",
        "upgrade-06",
    ),
    "leave": (
        "不想继续学",
        ["已经请了假，想恢复学习", "只是请假，没有换人", "来得及"],
        "可以恢复学习",
        "upgrade-18",
    ),
    "late-registration": (
        "忘了报名",
        ["提升工程", "忘了报名的老师"],
        "可以补报，把信息交给学校的管理员",
        "upgrade-19",
    ),
    "new-teacher": ("新教师", ["没有师训账号，分数怎么记", "还没有"], "等账号建好以后，再录入成绩", "upgrade-16"),
    "take-part": ("我要不要参加", ["借调到教育主管部门", "有"], "借调的暂时不作要求", "credits-21"),
    "degree": (
        "学历能不能冲抵",
        ["新拿到的学历", "在这个周期里", "已经正式任教", "一个"],
        "可以冲抵，最高不超过 8 学分",
        "credits-05",
    ),
    "subject": ("学科怎么报", ["不一样", "学段也不一样"], "建议按现在教的报，学段一定要对应现在教的", "credits-19"),
}
SMALL_PHONE: ViewportSize = {"width": 320, "height": 640}
PHONE: ViewportSize = {"width": 390, "height": 844}
SMALLEST_TOUCH = 44  # pixels


def tap(page: Page, link: Locator) -> None:
    with page.expect_navigation():
        link.tap()


def assert_it_fits(page: Page) -> None:
    """Nothing is wider than the screen of either phone, and every answer is large enough to touch."""
    for phone in (SMALL_PHONE, PHONE):
        page.set_viewport_size(phone)
        assert page.evaluate("document.documentElement.scrollWidth") <= phone["width"], page.url
    boxes = [answer.bounding_box() for answer in page.locator(".choices a").all()]
    assert all(box and box["height"] >= SMALLEST_TOUCH for box in boxes), page.url


def test_every_guide_is_walked_on_a_phone(visitor: Visitor) -> None:
    page = visitor.page(has_touch=True, is_mobile=True, java_script_enabled=False)
    for slug, (query, answers, ending, ref) in WALKS.items():
        page.goto(f"/search/?q={query}")
        tap(page, page.locator(f".guide-door a[href='/guide/{slug}/']"))
        for count, answer in enumerate(answers):
            assert_it_fits(page)
            expect(page.locator(".answered-questions li")).to_have_count(count)
            tap(page, page.get_by_role("link", name=answer, exact=True))
        expect(page.get_by_role("heading", level=1)).to_have_text(ending)
        assert_it_fits(page)
        expect(page.get_by_role("heading", name="问谁")).to_be_visible()
        tap(page, page.locator(f".grounds a[href='/faq/{ref}/']"))
        tap(page, page.locator(f".guide-door a[href='/guide/{slug}/']"))
    assert visitor.complaints == []


def test_an_answer_is_changed_and_the_browser_goes_back(visitor: Visitor) -> None:
    page = visitor.page()
    page.goto("/guide/login/")
    with_worker(page)
    until_kept(page, "/guide/login/")
    for answer in ("提升工程的学习平台、公众号“优师助手”", "电脑", "都不是"):
        with page.expect_navigation():
            follow(page, answer)
    expect(page.get_by_role("heading", level=1)).to_have_text("这种情况，资料里没有写")
    assert violations(page) == []
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("电脑上是哪一种情况？")
    assert violations(page) == []
    page.get_by_role("link", name="这个回答：您用什么登录？").click()
    follow(page, "手机")
    expect(page.get_by_role("heading", level=1)).to_have_text("手机上是哪一种情况？")
    assert page.url.endswith("/guide/login/platform/phone/")
    assert visitor.complaints == []


def test_a_letter_is_filled_in_and_printed(visitor: Visitor) -> None:
    page = open_page(visitor, "/guide/credits-account/letter/unit/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_label("单位全称").fill("桃源县第一小学")
    page.get_by_label("没有找到的情况").fill("原来的管理员已经退休。")
    page.get_by_label("联系电话").press("Enter")
    assert violations(page) == []
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="关于找不到学分系统账号的说明")).to_be_visible()
    expect(page.get_by_label("单位全称")).to_have_value("桃源县第一小学")
    for hidden in ("交给谁", "说明材料的草稿", "依据"):
        expect(page.get_by_text(hidden, exact=True)).to_be_hidden()
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
    assert sent == []

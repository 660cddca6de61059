"""Takes pictures of a running portal: `make pictures DEMO_PASSWORD=…` while `make run` serves.

The README's few go into tests/browser/pictures/; the main pages in every width and appearance into var/pictures/, to
be looked through. Those for staff and teachers need the demo accounts' password, and are left out without it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.visiting import CHROMIUM, FLAGS
from tests.installation import ROOT

README = Path(__file__).parent / "pictures"
REVIEW = ROOT / "var" / "pictures"
README_SHOTS = {
    "home-390-light": ("/", 390, "light"),
    "search-390-light": ("/search/?q=看课没时长", 390, "light"),
    "entry-390-dark": ("/faq/upgrade-06/", 390, "dark"),
    "statement-1280-light": ("/credits/check/?example=1", 1280, "light"),
}
PUBLIC = {
    "home": "/",
    "results": "/search/?q=看课没时长",
    "entry": "/faq/upgrade-06/",
    "check": "/credits/check/?example=1",
}
#: Which pictures an account of the demo has to be signed in for.
ACCOUNTS = {"county": ("roster", "project"), "school": ("import",), "teacher": ("statement",)}
WIDTHS = (390, 1280)
APPEARANCES = {"light": {"theme": "light"}, "dark": {"theme": "dark"}, "large": {"theme": "light", "size": "large"}}


def open_page(browser: Browser, base: str, width: int, cookies: dict[str, str]) -> Page:
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": 844 if width < 600 else 1000},
        locale="zh-CN",
        reduced_motion="reduce",
        service_workers="block",
    )
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in cookies.items()])
    return context.new_page()


def shoot_for_readme(browser: Browser, base: str) -> None:
    README.mkdir(exist_ok=True)
    for name, (path, width, theme) in README_SHOTS.items():
        page = open_page(browser, base, width, {"theme": theme})
        page.goto(path)
        save(README / f"{name}.jpg", page.screenshot(type="jpeg", quality=70))
        page.context.close()


def shoot_for_review(browser: Browser, base: str, password: str) -> None:
    REVIEW.mkdir(parents=True, exist_ok=True)
    addresses = dict(PUBLIC)
    sessions: dict[str, dict[str, str]] = {name: {} for name in PUBLIC}
    for account, names in ACCOUNTS.items() if password else ():
        page = open_page(browser, base, 1280, {})
        session = sign_in(page, account, password)
        for name in names:
            addresses[name] = find(page, name)
            sessions[name] = session
        if account == "school":
            preview = page
        else:
            page.context.close()
    for name, path in addresses.items():
        for width in WIDTHS:
            for looks, cookies in APPEARANCES.items():
                page = open_page(browser, base, width, cookies | sessions[name])
                answer = page.goto(path)
                assert answer and answer.ok, path
                # A screen as high as the page: what sticks to its edge stands where it belongs, and covers nothing.
                page.set_viewport_size({"width": width, "height": page.evaluate("document.body.scrollHeight")})
                save(REVIEW / f"{name}-{width}-{looks}.png", page.screenshot())
                page.context.close()
    if password:
        preview.goto(addresses["import"])
        preview.locator("main form[action$='/discard/'] button").click()  # the portal is left as it was
        preview.context.close()


def sign_in(page: Page, account: str, password: str) -> dict[str, str]:
    page.goto("/sign-in/")
    page.fill("main [name=username]", account)
    page.fill("main [name=password]", password)
    page.click("main button[type=submit]")
    found = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    sessions = {name: value for name, value in found.items() if name.endswith("sessionid")}
    assert sessions, f"{account} cannot sign in; is DEMO_PASSWORD that of `make run`?"
    return sessions


def find(page: Page, name: str) -> str:
    """The address of a page that has something on it."""
    if name == "roster":
        return "/credits/teachers/"
    if name == "statement":
        return "/credits/mine/"
    if name == "project":
        page.goto("/credits/projects/")
        return str(page.locator("main table a, main .cards a").first.get_attribute("href"))
    return preview_of_import(page)


def preview_of_import(page: Page) -> str:
    """A spreadsheet of two new teachers, uploaded and not confirmed."""
    page.goto("/credits/import/")
    with page.expect_download() as download:
        page.locator("a[href$='template/teachers/']").first.click()
    book = load_workbook(BytesIO(download.value.path().read_bytes()))
    sheet = book.worksheets[0]
    rows = [
        {"教师编号": "PIC-1", "姓名": "阿依古丽·买买提", "岗位": "在校任教", "正式任教日期": "2015-09-01"},
        {"教师编号": "PIC-2", "姓名": "李四", "岗位": "在校任教", "现在任教学科": "语文", "现在任教学段": "小学"},
    ]
    heads = [str(cell.value).rstrip("*＊ ") for cell in sheet[1]]
    for values in rows:
        sheet.append([values.get(head) for head in heads])
    with tempfile.TemporaryDirectory() as folder:
        book.save(Path(folder) / "教师.xlsx")
        page.locator("input[name=kind][value=teachers]").check()
        page.locator("input[type=file]").set_input_files(Path(folder) / "教师.xlsx")
        page.get_by_role("button", name="上传并预览").click()
    return page.url


def save(path: Path, image: bytes) -> None:
    path.write_bytes(image)
    print(f"{path.relative_to(ROOT)}: {len(image) / 1024:.0f} KB")


def main(base: str) -> None:
    password = os.environ.get("DEMO_PASSWORD", "")
    if not password:
        print("没有给出 DEMO_PASSWORD，登录以后的页面不拍：make pictures DEMO_PASSWORD=……")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--no-sandbox"])
        shoot_for_readme(browser, base)
        shoot_for_review(browser, base, password)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")

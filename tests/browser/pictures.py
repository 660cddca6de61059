"""Takes the README's pictures from a running portal: `make pictures` while `make run` serves."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS

HERE = Path(__file__).parent / "pictures"
SHOTS = {
    "home-390-light": ("/", 390, "light"),
    "search-390-light": ("/search/?q=看课没时长", 390, "light"),
    "entry-390-dark": ("/faq/upgrade-06/", 390, "dark"),
    "statement-1280-light": ("/credits/check/?example=1", 1280, "light"),
}


def main(base: str) -> None:
    HERE.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--no-sandbox"])
        for name, (path, width, scheme) in SHOTS.items():
            page = browser.new_context(
                viewport={"width": width, "height": 844 if width < 600 else 1000},
                color_scheme="dark" if scheme == "dark" else "light",
                locale="zh-CN",
            ).new_page()
            page.goto(base + path)
            page.screenshot(path=HERE / f"{name}.png")
            print(HERE / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")

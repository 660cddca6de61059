"""Draws the icons and the card that are shown where a page is passed on: `make drawings`.

Everything is drawn here, from static/img/icon.svg and words; Chromium is the pen.
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.visiting import CHROMIUM, FLAGS

IMAGES = Path(__file__).resolve().parents[2] / "static" / "img"
GREEN = "#1f6b5c"
#: File → pixels, and whether the colour reaches the edge, because the device cuts its own shape out of it.
ICONS = {
    "icon-180.png": (180, True),
    "icon-192.png": (192, False),
    "icon-512.png": (512, False),
    "icon-maskable-512.png": (512, True),
}
CARD = f"""
<style>
  body {{ margin: 0; width: 1200px; height: 630px; box-sizing: border-box; padding: 96px 104px; background: {GREEN};
         color: #fff; font-family: "Noto Sans CJK SC", sans-serif; -webkit-font-smoothing: none; }}
  svg {{ width: 150px; height: 150px; display: block; margin: 0 0 34px -24px; }}
  b {{ position: absolute; right: 20px; top: 95px; opacity: .22; }}
  b svg {{ width: 440px; height: 440px; margin: 0; }}
  h1 {{ font-size: 96px; line-height: 1.2; margin: 0 0 22px; font-weight: 700; }}
  p {{ font-size: 44px; line-height: 1.5; margin: 0; color: #d5e9e3; }}
</style>
<b>{{icon}}</b>{{icon}}<h1>教师培训答疑</h1><p>常见问题，一问就有<br>统筹、自主学分够不够，一填就知道</p>
"""


def main() -> None:
    icon = (IMAGES / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, "--no-sandbox"])
        for name, (size, to_the_edge) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            inner = size * (0.72 if "maskable" in name else 1)
            ground = GREEN if to_the_edge else "transparent"
            page.set_content(
                f"<style>body {{ margin: 0; height: {size}px; background: {ground}; display: grid; "
                f"place-items: center }} svg {{ width: {inner}px; height: {inner}px; display: block }}</style>{icon}"
            )
            page.screenshot(path=IMAGES / name, omit_background=not to_the_edge)
        page = browser.new_page(viewport={"width": 1200, "height": 630})
        page.set_content(CARD.replace("{icon}", icon))
        page.screenshot(path=IMAGES / "share.png")
        for path in sorted(IMAGES.glob("*.png")):
            print(f"{path.name}: {path.stat().st_size / 1024:.1f} KB")


if __name__ == "__main__":
    main()

"""Opens a running portal in Chromium 72 of 2019: what an office PC with an old 360 Browser shows.

`make old-engine` while `make run` serves. The browser comes from the npm package `chrome-aws-lambda` 1.11.0 (Linux on
x86-64 only) and stays in var/. Scripts must have run on every page; the pictures in var/pictures/ are for looking at.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tests.installation import ROOT

PACKAGE = "chrome-aws-lambda@1.11.0"
PLACE = ROOT / "var" / "old-engine"
PICTURES = ROOT / "var" / "pictures"
UNPACK = """
const files = require("fs");
const [, packed, plain] = process.argv;
files.writeFileSync(plain, require("zlib").brotliDecompressSync(files.readFileSync(packed)), { mode: 0o755 });
"""
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--single-process", "--hide-scrollbars"]
#: Address → what only our scripts put into the page.
PAGES = {
    "/": 'role="combobox"',
    "/search/?q=看课没时长": 'role="combobox"',
    "/faq/upgrade-14/": 'class="scripted"',
    "/credits/check/?example=1": 'class="scripted"',
    "/credits/rules/": 'class="scripted"',
}


def browser() -> Path:
    found = PLACE / "chromium-72"
    if not found.exists():
        PLACE.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", PACKAGE, "--silent"], cwd=PLACE, check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        with tarfile.open(PLACE / packed) as archive:
            archive.extractall(PLACE, filter="data")
        [compressed] = (PLACE / "package" / "bin").glob("chromium-*.br")
        subprocess.run(["node", "-e", UNPACK, str(compressed), str(found)], check=True)
    return found


def main(base: str) -> int:
    if missing := [tool for tool in ("node", "npm") if not shutil.which(tool)]:
        print(f"skipped: {'、'.join(missing)} not installed")
        return 0
    chromium, failed = str(browser()), 0
    PICTURES.mkdir(parents=True, exist_ok=True)
    for number, (path, made) in enumerate(PAGES.items(), 1):
        for width, height in ((390, 2400), (1280, 1600)):
            shot = PICTURES / f"old-{number}-{width}.png"
            size = f"--window-size={width},{height}"
            command = [chromium, *FLAGS, size, f"--screenshot={shot}", base + path]
            subprocess.run(command, check=True, capture_output=True, timeout=60)
        command = [chromium, *FLAGS, "--virtual-time-budget=5000", "--dump-dom", base + path]
        # Having printed the page, it ends with 1.
        page = subprocess.run(command, capture_output=True, timeout=60).stdout.decode()
        failed += made not in page
        print(f"{'ok    ' if made in page else 'FAILED'} {path}")
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

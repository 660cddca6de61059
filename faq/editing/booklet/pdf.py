"""The booklet as a PDF. It is made in a process of its own: several seconds of work that no reader shall feel."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import threading
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from helpdesk.common import child

from .content import Booklet
from .rendering import NO_LIBRARIES

MEDIA_TYPE = "application/pdf"
COMMAND = child.command("faq.editing.booklet.rendering")
STYLES = ("css/site.css", "css/booklet.css")
#: Entries of a PDF that is made while the page waits: less than ten seconds, as forty take about three.
MOST_ENTRIES = 150
MOST_SECONDS = 60
#: Seconds for a booklet that somebody waits for at the command line.
MOST_SECONDS_OF_COMMAND = 3600
#: Address of a stored picture, and the name of its file.
_PICTURE = re.compile(r'src="(/media/([0-9a-f]{32}\.(?:jpg|png)))"')
#: One PDF at a time for each process of the web server.
ROOM = threading.BoundedSemaphore(1)

LIBRARIES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
MISSING = f"这台服务器上少了排版用的组件，PDF 没有做成。请系统管理员安装：{LIBRARIES}。打印页面照常可用。"
BUSY = "正在做另一份 PDF，请过半分钟再试。"
FAILED = "PDF 没有做成，请稍后再试，或者打开打印页面，用浏览器另存为 PDF。"
TOO_MANY = (
    "问答太多，网页上等不及。请打开打印页面，用浏览器另存为 PDF；"
    "也可以请系统管理员用命令做：manage.py export_entries 手册.pdf。"
)


class NoPdf(Exception):
    """The PDF was not made; `sentence` says why, and what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def pdf_for_page(made: Booklet) -> bytes:
    """Returns the PDF of a booklet that can be made within a request. Raises NoPdf."""
    if made.entries > MOST_ENTRIES:
        raise NoPdf(TOO_MANY)
    if not ROOM.acquire(blocking=False):
        raise NoPdf(BUSY)
    try:
        return pdf_of(made, most_seconds=MOST_SECONDS)
    finally:
        ROOM.release()


def pdf_of(made: Booklet, *, most_seconds: int = MOST_SECONDS_OF_COMMAND) -> bytes:
    """Returns the PDF of a booklet. Raises NoPdf where libraries are missing, or it takes too long."""
    html = render_to_string("faq/booklet_pdf.html", {"booklet": made})
    styles = [_style(name) for name in STYLES]
    given = json.dumps({"html": html, "styles": styles, "files": _pictures(html), "seconds": most_seconds})
    try:
        done = subprocess.run(  # noqa: S603  a module of our own
            COMMAND,
            input=given.encode(),
            capture_output=True,
            cwd=child.ROOT,
            env=child.surroundings({"XDG_CACHE_HOME": str(settings.VAR_DIR / "cache")}),
            timeout=most_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NoPdf(FAILED) from error
    if done.returncode == NO_LIBRARIES:
        raise NoPdf(MISSING)
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        raise NoPdf(FAILED)
    return done.stdout


def _pictures(html: str) -> dict[str, str]:
    """Returns the stored pictures that the HTML shows: address → content in base64. Those that are gone are not."""
    folder = Path(settings.MEDIA_ROOT) / "pictures"
    found = {address: folder / name for address, name in _PICTURE.findall(html)}
    return {address: base64.b64encode(path.read_bytes()).decode() for address, path in found.items() if path.is_file()}


def _style(name: str) -> str:
    path = finders.find(name)
    return Path(str(path)).read_text(encoding="utf-8")

"""The pages of the roster as a test reads them, and records that make it worth reading."""

from __future__ import annotations

import re

from django.test import Client

from tests.cast import Crowd, make_activity, make_plan, make_result

ROSTER = "/credits/teachers/"
PICTURE, EXPORT, RECOMPUTE = "/credits/teachers/picture/", "/credits/teachers/export/", "/credits/teachers/recompute/"

PRINT, PICTURE_EXPORT = "/credits/teachers/print/", "/credits/teachers/picture/export/"


def fill(crowd: Crowd) -> None:
    """In the cycle of 2018: 张三 has met it, 王五 lacks coordinated credits, 李四 lacks both and waits for a review."""
    for credits, teacher in ((26, crowd.teacher), (6, crowd.stranger)):
        make_result(teacher, credits=credits)
        make_activity(teacher, credits=10)
    make_activity(crowd.colleague, plan=make_plan(crowd.school, year=2020, status="filed"))


def names(client: Client, query: str = "") -> list[str]:
    """The teachers on a page of the roster, in its order."""
    body = client.get(f"{ROSTER}?{query}").content.decode()
    return re.findall(r'<th scope="row"><a href="/credits/teachers/[\w-]+/[^"]*">([^<]+)</a>', body)


def page(client: Client, query: str = "", path: str = ROSTER) -> str:
    return client.get(f"{path}?{query}").content.decode()

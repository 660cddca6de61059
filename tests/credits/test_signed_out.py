"""Pages for people who are not signed in: the way in, and the text typed before they found out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from credits.models import SchoolPlan
from tests.cast import Place, make_plan

pytestmark = pytest.mark.usefixtures("cycles")
TYPED = "\n第一行<b>\n校本培训十次，写心得。"


def copied(answer: Any) -> list[str]:
    """Texts that the page offers for copying, as written in its markup."""
    return re.findall(r"<textarea[^>]*readonly[^>]*>\n(.*?)</textarea>", answer.content.decode(), re.S)


def test_the_header_offers_to_sign_in(place: Place) -> None:
    link = '<a href="/sign-in/">登录</a>'
    assert link in Client().get("/").content.decode()
    client = place.client("herself")
    assert link not in client.get("/").content.decode()
    assert link in client.post("/sign-out/", follow=True).content.decode()


def test_the_credit_form_leads_to_ones_own_credits(place: Place) -> None:
    line = "登录看自己的学分"
    assert line in Client().get("/credits/check/").content.decode()
    for path in ("/credits/check/", "/credits/mine/what-if/"):
        assert line not in place.client("herself").get(path).content.decode()


def test_a_refused_person_can_change_accounts(place: Place) -> None:
    body = place.client("nobody").get("/credits/teachers/").content.decode()
    assert 'href="/sign-in/">换一个账号登录</a>' in body and 'href="/">回到首页</a>' in body


def test_what_was_written_is_shown_to_copy(place: Place) -> None:
    plan = make_plan(place.school, status="draft", content="旧")
    path = f"/credits/plans/{plan.pk}/edit/?from=work"
    sent = {"content": TYPED, "csrfmiddlewaretoken": "t" * 64, "password": "secret " * 9, "school": str(plan.school_id)}
    answer = Client().post(path, sent)
    assert answer.status_code == 403
    assert copied(answer) == [TYPED.replace("<b>", "&lt;b&gt;")]
    body = answer.content.decode()
    assert "刚才没有保存，您已经退出登录" in body
    assert f'href="/sign-in/?next=/credits/plans/{plan.pk}/edit/%3Ffrom%3Dwork"' in body
    assert "secret" not in body and "t" * 64 not in body
    assert "no-store" in answer.headers["Cache-Control"]
    assert SchoolPlan.objects.get().content == "旧"


@pytest.mark.parametrize("path", ["/credits/mine/what-if/", "/credits/teachers/x/what-if/"])
def test_trials_are_shown_to_copy_as_well(place: Place, path: str) -> None:
    data = {"coordinated-0-project": "骨干班 7", "coordinated-0-credits": "4"}
    assert copied(Client().post(path, data)) == ["骨干班 7"]
    assert Client().post(path, data, headers={"X-Requested-With": "fetch"}).status_code == 302


@pytest.mark.parametrize("data", [{}, {"step": "file"}, {"teacher": "x" * 30, "q": "李"}, {"feedback": " \n "}])
def test_with_nothing_written_one_signs_in(place: Place, data: dict[str, str]) -> None:
    answer = Client().post("/credits/teachers/new/", data)
    assert answer.headers["Location"] == "/sign-in/?next=/credits/teachers/new/"


def test_a_stale_page_gives_back_what_was_written(place: Place) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(place.staff)
    here = "http://testserver/credits/plans/new/"
    for headers in ({}, {"referer": here}):
        answer = client.post("/credits/plans/new/", {"content": TYPED, "school": "1"}, headers=headers)
        body = answer.content.decode()
        assert answer.status_code == 403
        assert copied(answer) == [TYPED.replace("<b>", "&lt;b&gt;")]
        assert "可能您在另一个窗口登录" in body
        assert f'href="{headers.get("referer", "/credits/plans/new/")}">重新打开这一页</a>' in body
    elsewhere = client.post("/credits/plans/new/", {"content": TYPED}, headers={"referer": "http://evil.example/"})
    assert "evil.example" not in elsewhere.content.decode()

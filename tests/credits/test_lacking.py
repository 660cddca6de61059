"""待办 says what should be there and is not; staff come to it when they sign in."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from credits.models import Membership, Organization, TrainingResult
from credits.steps import lacking
from tests.account.people import sign_in, with_password
from tests.cast import Place, make_organization, make_plan, make_project, make_result

pytestmark = pytest.mark.usefixtures("cycles")
WORK, MISSING = "/credits/work/", "/credits/plans/?status=missing"


@pytest.fixture(autouse=True)
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lacking, "today", lambda: date(2024, 11, 30))


def page(client: Client, path: str = WORK) -> str:
    return client.get(path).content.decode()


# --- plans -------------------------------------------------------------------------------------------------------


def test_a_school_reads_that_it_has_no_plan(place: Place) -> None:
    make_plan(place.school, year=2023)
    body = page(place.client("staff"))
    assert "2024—2025 学年还没有写校本研修方案" in body and "桃源一小：新建方案" in body
    assert "桃源二小" not in body and "还没有上报校本研修方案的学校" not in body
    make_plan(place.school, year=2024, status="draft")
    body = page(place.client("staff"))
    assert "还没有写校本研修方案" not in body and "还没上报或要修改的校本研修方案" in body


def test_a_county_reads_which_schools_have_not_filed(place: Place) -> None:
    make_plan(place.school, year=2024, status="returned")
    body = page(place.client("reviewer"))
    assert "还没有上报校本研修方案的学校 <small>2 所</small>" in body
    assert "桃源一小（退回修改）" in body and "桃源二小（还没有写）" in body
    make_plan(place.other, year=2024, status="filed")
    assert "桃源二小" not in page(place.client("reviewer"), MISSING).partition("本学年没上报")[2]


def test_all_schools_that_have_not_filed_are_listed_page_by_page(place: Place) -> None:
    for at in range(120):
        make_organization(parent=place.county, name=f"小学{at:03}")
    client = place.client("reviewer")
    assert "先列出 20 所" in page(client) and "122 所" in page(client)
    pages = page(client, MISSING) + page(client, f"{MISSING}&page=2")
    assert len(set(re.findall(r"(桃源.小|小学\d+)（还没有写）", pages))) == 122
    for plan in Organization.objects.filter(kind="school"):
        make_plan(plan, year=2024, status="filed")
    assert "学校都上报了" in page(client, MISSING)


# --- reviews -----------------------------------------------------------------------------------------------------


def waits(place: Place, days: int, **fields: Any) -> None:
    result = make_result(place.teacher, make_project(place.county, name="骨干班"), status="entered", **fields)
    TrainingResult.objects.filter(pk=result.pk).update(entered_at=timezone.now() - timedelta(days=days))


@pytest.mark.parametrize(("days", "named"), [(29, False), (30, True), (400, True)])
@pytest.mark.parametrize("who", ["staff", "reviewer", "superuser"])
def test_a_review_that_takes_a_month_is_named(place: Place, who: str, days: int, named: bool) -> None:
    waits(place, days)
    body = page(place.client(who))
    assert ("登记满 30 天还没有审核的培训成绩" in body) == named
    assert ("骨干班：1 条，最早的" in body and "由桃源县审核" in body) == named


def test_the_results_of_others_are_none_of_ones_business(place: Place) -> None:
    waits(place, 40)
    assert "骨干班" not in page(place.client("other_staff"))


# --- signing in --------------------------------------------------------------------------------------------------


def lands(user: User) -> str:
    with_password(user)
    return sign_in(user)[1].headers["Location"]


def test_staff_come_to_their_work(place: Place) -> None:
    assert [lands(user) for user in (place.staff, place.reviewer, place.superuser)] == [WORK] * 3
    assert lands(place.herself) == "/credits/mine/"
    Membership.objects.create(user=place.herself, organization=place.school, role="staff")
    assert lands(place.herself) == WORK


def test_a_superuser_of_nothing_comes_to_the_admin(db: None) -> None:
    assert lands(User.objects.create_superuser("root")) == "/admin/"

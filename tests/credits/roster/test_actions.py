"""Actions on many teachers at once: choosing them, computing anew, codes."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.test import Client

from credits.models import StatementAccess, StatementSummary, Teacher, TrainingCycle
from credits.statements.roster import chosen_teachers
from helpdesk.common.models import Job
from tests.cast import Crowd, make_teacher, signed_in
from tests.credits.roster.pages import EXPORT, RECOMPUTE, ROSTER, fill, names, page

pytestmark = pytest.mark.usefixtures("cycles")


# --- what is chosen ----------------------------------------------------------------------------------------------


def chosen(crowd: Crowd, who: str, query: str) -> list[str]:
    teachers = chosen_teachers(getattr(crowd, who), QueryDict(query))
    return sorted(teachers.values_list("name", flat=True))


def test_the_chosen_are_ticked_or_found_but_never_anothers(crowd: Crowd) -> None:
    fill(crowd)
    ticked = "&".join(f"teacher={one.public_id}" for one in (crowd.teacher, crowd.stranger, crowd.outsider))
    assert chosen(crowd, "reviewer", ticked) == ["张三", "王五"]
    assert chosen(crowd, "staff", ticked) == ["张三"]
    assert chosen(crowd, "superuser", ticked) == ["张三", "王五", "赵六"]
    assert chosen(crowd, "editor", ticked) == []
    assert chosen(crowd, "reviewer", "all=1&cycle=2018") == ["张三", "李四", "王五"]
    assert chosen(crowd, "reviewer", "all=1&cycle=2018&verdict=short") == ["李四", "王五"]
    assert chosen(crowd, "staff", "all=1&cycle=2018&verdict=short") == ["李四"]
    assert chosen(crowd, "reviewer", f"all=1&cycle=2018&school={crowd.other.pk}") == ["王五"]


@pytest.mark.parametrize("query", ["", "teacher=", "teacher=%00", "teacher=nobody", "all=&q=张"])
def test_nothing_chosen_is_nobody(crowd: Crowd, query: str) -> None:
    assert chosen(crowd, "superuser", query) == []


def test_all_that_an_impossible_filter_finds_is_nobody(crowd: Crowd) -> None:
    assert chosen(crowd, "reviewer", f"all=1&school={crowd.elsewhere.pk}") == []
    assert chosen(crowd, "reviewer", "all=1&verdict=x") == []


@pytest.mark.parametrize("path", [EXPORT, RECOMPUTE])
def test_choosing_nobody_is_told_kindly_and_leads_back(crowd: Crowd, path: str) -> None:
    client = signed_in(crowd.reviewer)
    answer = client.post(path, {"cycle": "2018", "q": "李"}, follow=True)
    assert answer.redirect_chain == [(f"{ROSTER}?q=%E6%9D%8E&cycle=2018", 302)]
    assert "还没有选教师" in answer.content.decode()
    assert names(client, "q=李") == ["李四"]
    assert not StatementAccess.objects.filter(kind="export").exists()


@pytest.mark.parametrize("path", [EXPORT, RECOMPUTE])
def test_only_a_deliberate_post_by_staff_does_anything(crowd: Crowd, path: str) -> None:
    assert signed_in(crowd.reviewer).get(f"{path}?all=1").status_code == 405
    assert signed_in(crowd.herself).post(path, {"all": "1"}).status_code == 403
    assert Client().post(path, {"all": "1"}).status_code == 302
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(crowd.reviewer)
    assert strict.post(path, {"all": "1"}).status_code == 403
    assert not StatementAccess.objects.exists()
    assert not Job.objects.exists()


# --- computed anew -----------------------------------------------------------------------------------------------


def test_recomputing_takes_up_new_numbers_of_a_cycle(crowd: Crowd) -> None:
    fill(crowd)
    TrainingCycle.objects.filter(code="2018").update(coordinated_required=30)
    client = signed_in(crowd.reviewer)
    answer = client.post(
        RECOMPUTE, {"teacher": crowd.teacher.public_id, "cycle": "2018", "verdict": "met"}, follow=True
    )
    assert "已重新计算 1 位教师的学分。" in answer.content.decode()
    assert answer.redirect_chain == [(f"{ROSTER}?cycle=2018&verdict=met", 302)]
    missing = dict(
        StatementSummary.objects.filter(cycle__code="2018").values_list("teacher__name", "coordinated_missing")
    )
    assert (missing["张三"], missing["王五"]) == (4, 20)
    client.post(RECOMPUTE, {"all": "1", "cycle": "2018"})
    assert StatementSummary.objects.get(cycle__code="2018", teacher=crowd.stranger).coordinated_missing == 24
    assert StatementSummary.objects.get(cycle__code="2018", teacher=crowd.outsider).coordinated_missing == 26


def test_a_filter_too_long_leads_to_the_whole_roster(crowd: Crowd) -> None:
    name = "长" * 40
    make_teacher(crowd.other, name=name)
    answer = signed_in(crowd.other_staff).post(RECOMPUTE, {"all": "1", "q": name, "cycle": "2018"})
    assert answer.headers["Location"] == ROSTER
    assert Job.objects.get().message == "已重新计算 1 位教师的学分。"


# --- codes for the first sign-in ---------------------------------------------------------------------------------


def test_codes_go_to_those_the_form_names(crowd: Crowd) -> None:
    client = signed_in(crowd.reviewer)
    assert 'formaction="/credits/codes/"' in page(client)
    body = client.post("/credits/codes/", {"all": "1", "cycle": "2018", "school": crowd.other.pk}).content.decode()
    assert "王五" in body
    assert "李四" not in body
    assert Teacher.objects.filter(sign_in_code__isnull=False).get() == crowd.stranger

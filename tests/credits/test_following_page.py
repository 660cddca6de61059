"""The page of results that follow former hours: what is said, what is offered to whom, and what becomes of it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from credits.models import TrainingProject, TrainingResult
from tests.cast import Place, make_project, make_result, make_teacher
from tests.credits.posting import project_data, said

pytestmark = pytest.mark.usefixtures("cycles")
HERE = "/credits/projects/Y-01/"


@pytest.fixture
def project(place: Place) -> TrainingProject:
    """A project of 24 hours with a reviewed result, one that waits, and one of other hours on purpose."""
    made = make_project(place.county, code="Y-01", hours=24)
    make_result(place.teacher, made, credits="2.4")
    make_result(make_teacher(place.school, name="李四"), made, status="entered")
    make_result(make_teacher(place.school, name="孙七"), made, status="entered", hours=20)
    return made


def correct(place: Place, hours: str = "30") -> str:
    """The page after the county has corrected the project's hours."""
    return said(place.client("reviewer"), f"{HERE}edit/", project_data(place, hours=hours))


def hours_of() -> dict[str, Decimal]:
    return dict(TrainingResult.objects.values_list("teacher__name", "hours"))


def test_saving_says_what_did_not_change(place: Place, project: TrainingProject) -> None:
    assert "已经登记的成绩不会跟着变" in place.client("reviewer").get(f"{HERE}edit/").content.decode()
    body = correct(place)
    assert "有 2 条成绩还是项目以前的学时，没有跟着改" in body
    assert "2.4 改为 3" in body and "李四" in body and "孙七" not in body
    assert "更正全部 2 条" in body
    assert "没有跟着改成 30 学时" in place.client("reviewer").get(HERE).content.decode()
    assert set(hours_of().values()) == {24, 20}


def test_other_changes_lead_back_to_the_project(place: Place, project: TrainingProject) -> None:
    body = correct(place, "24")
    assert "已保存。" in body and "没有跟着改" not in body


def test_all_are_brought_along_and_told(place: Place, project: TrainingProject) -> None:
    correct(place)
    body = said(place.client("reviewer"), f"{HERE}hours/", {"all": "1"})
    assert "已更正 2 条。" in body
    assert "没有跟着改" not in body
    assert hours_of() == {"张三": 30, "李四": 30, "孙七": 20}
    assert TrainingResult.objects.get(teacher=place.teacher).credits == 3


def test_ticked_ones_alone_are_brought_along(place: Place, project: TrainingProject) -> None:
    correct(place)
    result = TrainingResult.objects.get(teacher=place.teacher)
    client = place.client("reviewer")
    assert "没有选中可以改的成绩" in said(client, f"{HERE}hours/", {})
    assert "已更正 1 条。" in said(client, f"{HERE}hours/", {"result": f"{result.pk}:"})
    assert hours_of() == {"张三": 30, "李四": 24, "孙七": 20}


def test_a_school_is_offered_what_waits(place: Place, project: TrainingProject) -> None:
    correct(place)
    client = place.client("staff")
    body = client.get(f"{HERE}hours/").content.decode()
    assert "要由桃源县的审核员在这一页办理" in body
    assert "更正全部 1 条" in body and body.count('type="checkbox"') == 1
    assert "已更正 1 条。" in said(client, f"{HERE}hours/", {"all": "1"})
    assert hours_of() == {"张三": 24, "李四": 30, "孙七": 20}


def test_all_of_an_older_page_are_refused(place: Place, project: TrainingProject) -> None:
    correct(place)
    body = said(place.client("reviewer"), f"{HERE}hours/", {"all": "1", "seen": "x" * 20})
    assert "内容有变化" in body
    assert set(hours_of().values()) == {24, 20}

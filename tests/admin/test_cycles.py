"""Training cycles in the admin."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from credits.models import TrainingCycle
from tests.admin.forms import errors, save

pytestmark = pytest.mark.django_db


CYCLE = {
    "code": "2028",
    "starts_on": "2028-09-01",
    "ends_on": "2033-08-31",
    "coordinated_required": "26",
    "self_directed_required": "10",
    "degree_offset_cap": "8",
    "safety_net_cap_per_school_year": "1.5",
    "safety_net_cap_per_cycle": "7.5",
    "lessons_observed_per_credit": "20",
    "county_open_classes_per_credit": "1",
    "school_open_classes_per_credit": "2",
    "county_lectures_per_credit": "1",
    "school_lectures_per_credit": "2",
    "hours_per_credit": "10",
    "rates-TOTAL_FORMS": "0",
    "rates-INITIAL_FORMS": "0",
}
ADD_CYCLE = "/admin/credits/trainingcycle/add/"


def test_a_cycle_is_added_and_its_code_stays(admin_client: Client, content: None) -> None:
    save(admin_client, ADD_CYCLE, CYCLE)
    cycle = TrainingCycle.objects.get(code="2028")
    path = f"/admin/credits/trainingcycle/{cycle.pk}/change/"
    save(admin_client, path, CYCLE | {"code": "other", "coordinated_required": "27.5", "confirmed": "on"})
    cycle.refresh_from_db()
    assert (cycle.code, str(cycle.coordinated_required), cycle.confirmed) == ("2028", "27.50", True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"starts_on": "2028-08-31"}, "与另一个培训周期的日期重叠了。"),
        ({"starts_on": "2017-01-01", "ends_on": "2030-01-01"}, "与另一个培训周期的日期重叠了。"),
        ({"starts_on": "2032-02-29"}, "学年每年都从这一天开始，不能是 2 月 29 日。"),
        ({"ends_on": "2028-09-01"}, "结束日期要晚于开始日期。"),
        ({"ends_on": "2027-08-31", "starts_on": "2040-09-01"}, "结束日期要晚于开始日期。"),
        ({"starts_on": "2028-02-30"}, "日期"),
        ({"starts_on": ""}, "请填写"),
        ({"coordinated_required": "-1"}, "不能小于"),
        ({"other_offset_cap": "-0.01"}, "不能小于"),
        ({"positions_without_requirement": "teaching"}, ""),
        ({"degree_offset_cap": "NaN"}, "数字"),
        ({"degree_offset_cap": "1.234"}, "小数"),
        ({"safety_net_cap_per_cycle": "1e309"}, ""),
        ({"safety_net_cap_per_cycle": "99999"}, ""),
        ({"lessons_observed_per_credit": "0"}, "不能小于 1"),
        ({"county_lectures_per_credit": "-5"}, "不能小于"),
        ({"school_lectures_per_credit": "1.5"}, "整数"),
        ({"hours_per_credit": "7"}, ""),
        ({"hours_per_credit": "0"}, ""),
        ({"hours_per_credit": ""}, "请填写"),
        ({"code": "2018"}, "已经有了"),
        ({"code": "二〇二八"}, "只能用字母、数字和短横线。"),
    ],
)
def test_an_impossible_cycle_is_refused_in_chinese(
    admin_client: Client, content: None, wrong: dict[str, str], message: str
) -> None:
    said = errors(admin_client, ADD_CYCLE, CYCLE | wrong)
    assert message in said and re.search(r"[\u4e00-\u9fff]", said)
    assert TrainingCycle.objects.count() == 2


def test_cap_and_posts_of_a_cycle_are_set_and_taken_back(admin_client: Client, content: None) -> None:
    posts = {"positions_without_requirement": ["seconded", "administration"]}
    save(admin_client, ADD_CYCLE, CYCLE | {"other_offset_cap": "4.5"} | posts)
    cycle = TrainingCycle.objects.get(code="2028")
    assert (str(cycle.other_offset_cap), cycle.positions_without_requirement) == (
        "4.50",
        ["administration", "seconded"],
    )
    save(admin_client, f"/admin/credits/trainingcycle/{cycle.pk}/change/", CYCLE | {"other_offset_cap": ""})
    cycle.refresh_from_db()
    assert (cycle.other_offset_cap, cycle.positions_without_requirement) == (None, [])


def test_a_new_cycle_begins_with_both_posts_ticked(admin_client: Client, content: None) -> None:
    body = admin_client.get(ADD_CYCLE).content.decode()
    ticked = re.findall(r'name="positions_without_requirement" value="(\w+)"[^>]* checked', body)
    assert ticked == ["administration", "seconded"]


def test_a_cycle_may_follow_right_after_another(admin_client: Client, content: None) -> None:
    save(admin_client, ADD_CYCLE, CYCLE)
    save(admin_client, ADD_CYCLE, CYCLE | {"code": "2013", "starts_on": "2013-09-01", "ends_on": "2018-08-31"})
    assert TrainingCycle.objects.count() == 4


def test_a_category_gets_its_own_conversion(admin_client: Client, content: None) -> None:
    rate = {"rates-TOTAL_FORMS": "1", "rates-0-category": "national", "rates-0-hours_per_credit": "8"}
    save(admin_client, ADD_CYCLE, CYCLE | rate)
    cycle = TrainingCycle.objects.get(code="2028")
    assert (cycle.hours_per_credit_of("national"), cycle.hours_per_credit_of("county")) == (8, 10)
    body = admin_client.get("/credits/rules/").content.decode()
    assert re.search(r"国培</th>(<td>10 学时 1 学分</td>){2}<td>8 学时 1 学分</td>", body)


def test_a_form_of_a_category_gets_its_own_conversion(admin_client: Client, content: None) -> None:
    rates = {"rates-TOTAL_FORMS": "1", "rates-0-category": "county", "rates-0-form": "online"}
    save(admin_client, ADD_CYCLE, CYCLE | rates | {"rates-0-hours_per_credit": "20"})
    cycle = TrainingCycle.objects.get(code="2028")
    assert (cycle.hours_per_credit_of("county", "online"), cycle.hours_per_credit_of("county", "onsite")) == (20, 10)
    body = admin_client.get("/credits/rules/").content.decode()
    row = r"县培（网络）</th>(<td>10 学时 1 学分</td>){2}<td>20 学时 1 学分</td>\s*<td><span[^>]*>系统理解"
    assert re.search(row, body)
    assert "县培（集中）" not in body


def test_hours_are_chosen_from_those_that_divide_exactly(admin_client: Client, content: None) -> None:
    body = (
        admin_client.get(ADD_CYCLE).content.decode().partition('name="hours_per_credit"')[2].partition("</select>")[0]
    )
    offered = [int(value) for value in re.findall(r'value="(\d+)"', body)]
    assert 10 in offered
    assert all(10**6 % hours == 0 for hours in offered)

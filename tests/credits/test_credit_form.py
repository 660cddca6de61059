"""The credit form: it judges what was typed, keeps every character of it, and stores nothing."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from credits.fields import ExactAmountField, ExactDateField
from credits.forms import MAX_ROWS, MOST_ROWS_READ
from credits.ledger import from_json, today
from credits.models import TrainingCycle
from credits.rules.evaluate import evaluate
from credits.rules.serialize import statement_data
from credits.rules.types import Ledger, Record
from helpdesk import middleware
from helpdesk.management.commands.bootstrap import load_once

from .make import (
    make_coordinated,
    make_degree,
    make_form,
    make_json,
    make_ledger,
    make_mixed_ledger,
    make_self_directed,
)
from .page import FormPage
from .test_statement_api import rows_of_all_tables

pytestmark = pytest.mark.usefixtures("cycles")

URL = "/credits/check/"
#: One browser for all tests: loading the middleware anew for each takes longer than the answer.
BROWSER = Client()
PREFIXES = ("coordinated", "self_directed", "degrees")
NO_ROWS = {f"{prefix}-{field}": "0" for prefix in PREFIXES for field in ("TOTAL_FORMS", "INITIAL_FORMS")}
AMOUNTS = ["coordinated-0-credits", "self_directed-0-amount", "degrees-0-credits"]
DATES = [
    "as_of",
    "formally_employed_on",
    "coordinated-0-completed_on",
    "self_directed-0-completed_on",
    "degrees-0-awarded_on",
]


def one_of_each(**about: Any) -> Ledger:
    """A ledger with one record in each section of the form."""
    return make_ledger(
        make_coordinated("4", "national", project="P-17", id="c001"),
        make_self_directed("25", "other", id="s001"),
        make_degree("5", id="d001"),
        **about,
    )


def post(data: dict[str, str], **more: str) -> Any:
    return BROWSER.post(URL, data | {name.replace("__", "-"): value for name, value in more.items()})


def page_of(response: Any) -> FormPage:
    assert response.status_code == 200
    return FormPage(response.content.decode())


def statement_of(response: Any) -> dict[str, Any]:
    """The statement on the page, JSON-ready; the form must have been taken."""
    assert response.context["page"] is not None, page_of(response).errors
    return statement_data(response.context["page"].statement)


def is_judged(response: Any) -> bool:
    return response.context["page"] is not None


def many_rows(count: int) -> dict[str, str]:
    """`count` rows, spread over the three sections."""
    third = count // 3
    return make_form(
        make_ledger(
            *(make_coordinated("0.01", project=f"P-{number}") for number in range(count - 2 * third)),
            *(make_self_directed("0.01") for _ in range(third)),
            *(make_degree("0.01") for _ in range(third)),
        )
    )


# --- looking at it ----------------------------------------------------------------------------------------


def test_blank_form_has_one_row_of_each_kind_and_no_errors() -> None:
    before = today()
    response = BROWSER.get(URL)
    page = page_of(response)
    assert page.rows == ["统筹 1", "自主 1", "学历 1"]
    assert (page.errors, page.marked, is_judged(response)) == ({}, [], False)
    assert page.typed["as_of"] in (before.isoformat(), today().isoformat())
    assert page.typed["position"] == "teaching"
    assert page.typed["formally_employed_on"] == ""


def test_blank_form_sent_as_it_is_gives_the_statement_of_nothing() -> None:
    blank = page_of(BROWSER.get(URL)).typed
    assert statement_of(post(blank))["coordinated"]["missing"] == "26"


def test_cycle_that_holds_today_is_chosen_and_said_to_be_carried_forward() -> None:
    TrainingCycle.objects.filter(code="2023").update(ends_on="2100-12-31")
    page = page_of(BROWSER.get(URL))
    assert page.typed["cycle"] == "2023"
    assert "2023—2100 周期的数值沿用上一周期" in page.text
    assert "2018—2023 周期的数值沿用上一周期" not in page.text


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2018-09-01", "2018"),
        ("2023-08-31", "2018"),
        ("2023-09-01", "2023"),
        ("2028-08-31", "2023"),
        ("2028-09-01", "2023"),
        ("2001-01-01", "2018"),
    ],
)
def test_cycle_of_a_day(day: str, code: str) -> None:
    cycle = TrainingCycle.objects.holding(datetime.date.fromisoformat(day))
    assert cycle is not None
    assert cycle.code == code


def test_example_is_filled_in_and_judged() -> None:
    response = BROWSER.get(URL, {"example": "1"})
    page = page_of(response)
    assert statement_of(response)["verdict"] == "short"
    assert page.typed["coordinated-0-credits"] == "5"
    assert page.errors == {}
    assert post(page.typed).context["page"].statement == response.context["page"].statement


def test_head_is_answered() -> None:
    assert BROWSER.head(URL).status_code == 200


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(method: str) -> None:
    assert getattr(BROWSER, method)(URL).status_code == 405


# --- the statement ------------------------------------------------------------------------------------------


def test_statement_shows_verdict_sums_lines_clauses_and_tags() -> None:
    load_once("documents")
    response = post(make_form(make_mixed_ledger()))
    page = page_of(response)
    for words in (
        "还没达到要求",
        "统筹 13.5（要求 26），自主 1.75（要求 10），统筹还差 12.5 学分，自主还差 8.25 学分",
        "25 学时：所在方案已上报，还没有审核通过",
        "7.5 学时 ÷ 10 学时/学分 = 0.75 学分",
        "托底最多还能得 3 学分，仍有 9.5 学分只能靠国培、省培、市县培训",
        "同一项目、同一天已经登记过，不重复计",
        "有 2.5 学分要等校本研修方案审核通过才能计入自主",
        "“最高不超过 8 学分”",
        "“统筹 26 学分是打通的”",
        "官方答复",
        "文件原文",
        "提问所述",
        "系统理解",
        "仅供核对，以主管部门认定为准。",
        "教师学分管理办法（依据资料《教师学分管理（系统）常见问题》）",
    ):
        assert words in page.text
    for code in ("C1", "C2", "C5", "C6", "C8", "C9", "C10", "C13", "C14", "C19"):
        assert f'id="clause-{code}"' in page.html
    assert 'href="/faq/credits-05/"' in page.html


def test_every_clause_a_line_refers_to_is_on_the_page() -> None:
    html = page_of(post(make_form(make_mixed_ledger()))).html
    referred = set(re.findall(r'href="#(clause-C[0-9]+)"', html))
    assert referred
    assert [anchor for anchor in referred if f'id="{anchor}"' not in html] == []


def test_clause_links_to_no_entry_that_cannot_be_read() -> None:
    html = page_of(post(make_form(make_mixed_ledger()))).html
    assert "第 5 条" in html
    assert "/faq/credits-05/" not in html


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"position": "seconded"}, "暂不作要求"),
        ({"sole_teacher_school": True}, "等省厅意见"),
        ({"cycle": "2023", "as_of": "2025-01-01"}, "本周期的数值沿用上一周期，尚待主管部门确认。"),
        ({"employed_on": None}, "不知道正式任教日期"),
    ],
)
def test_statement_says_what_is_special(about: dict[str, Any], words: str) -> None:
    assert words in page_of(post(make_form(one_of_each(**about)))).text


def test_other_reading_is_told() -> None:
    ledger = make_ledger(make_coordinated(20), make_coordinated(6, "all_staff"), make_self_directed(10))
    page = page_of(post(make_form(ledger)))
    assert "统筹计 21.5 学分，结论会变成“还没达到要求”" in page.text


@pytest.mark.parametrize(
    "ledger",
    [
        pytest.param(make_mixed_ledger(), id="mixed"),
        pytest.param(one_of_each(position="seconded"), id="seconded"),
        pytest.param(one_of_each(employed_on=None, sole_teacher_school=True), id="sole teacher"),
        pytest.param(one_of_each(cycle="2023", as_of="2030-01-01"), id="other cycle"),
        pytest.param(make_ledger(), id="empty"),
    ],
)
def test_form_and_json_give_the_same_statement(ledger: Ledger) -> None:
    assert statement_of(post(make_form(ledger))) == statement_data(evaluate(from_json(make_json(ledger))))


def test_rows_are_called_in_the_statement_as_in_the_form() -> None:
    """The first row of each section is left blank."""
    data = make_form(make_ledger(make_coordinated(0, project=""), make_coordinated(7, converted=False)))
    data |= {"coordinated-0-credits": "", "coordinated-0-category": "", "coordinated-0-completed_on": ""}
    response = post(data)
    assert page_of(response).rows == ["统筹 1", "统筹 2"]
    (line,) = response.context["page"].lines_not_counted
    assert line.names == "统筹 2"


def test_records_of_one_group_are_all_named() -> None:
    rows = [make_self_directed(10, "lesson_observation", f"2019-1{month}-01") for month in (2, 0, 1)]
    (line,) = post(make_form(make_ledger(*rows))).context["page"].lines_counted
    assert line.names == "自主 2、自主 3、自主 1"


def test_rows_of_one_day_are_taken_in_their_order() -> None:
    rows = [make_coordinated(1, "safety_net") for _ in range(12)]
    response = post(make_form(make_ledger(*rows)))
    assert [line["counted"] for line in statement_of(response)["lines"]] == ["1", "0.5", *["0"] * 10]


def test_date_left_blank_means_today() -> None:
    before = today()
    assert statement_of(post(make_form(one_of_each()), as_of=""))["as_of"] in (before.isoformat(), today().isoformat())


def test_date_in_the_future_is_told_beside_its_record() -> None:
    response = post(make_form(one_of_each(as_of="2019-12-31")), degrees__0__awarded_on="2020-06-30")
    assert "日期晚于核对日期（2019 年 12 月 31 日），到时再计" in page_of(response).text


# --- what is read as it is meant ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day", ["２０１８年２月８日", "2018年2月8日", "2018-2-8", "2018/02/08", "2018.2.8", "20180208"]
)
def test_dates_are_read_as_they_are_meant(day: str) -> None:
    response = post(make_form(one_of_each()), formally_employed_on=day)
    assert response.context["form"].ledger().teacher.formally_employed_on == datetime.date(2018, 2, 8)
    assert page_of(response).typed["formally_employed_on"] == day


@pytest.mark.parametrize("day", ["２０１９－０７－１０", "２０１９／７／１０", " 2019-07-10 ", "　２０１９．７．１０"])
def test_full_width_dates_count_in_records(day: str) -> None:
    ledger = post(make_form(one_of_each()), coordinated__0__completed_on=day).context["form"].ledger()
    assert ledger.records[0].done_on == datetime.date(2019, 7, 10)


@pytest.mark.parametrize(
    ("typed", "credits"),
    [("１２", "12"), ("１．５", "1.5"), (" 4 ", "4"), ("007", "7"), ("4.50", "4.5"), ("　８　", "8")],
)
def test_full_width_amounts_are_read_as_they_are_meant(typed: str, credits: str) -> None:
    response = post(make_form(one_of_each()), coordinated__0__credits=typed)
    assert statement_of(response)["coordinated"]["by_category"]["national"] == credits
    assert page_of(response).typed["coordinated-0-credits"] == typed


@pytest.mark.parametrize(
    ("choice", "activity", "amount", "counted"),
    [
        ("lesson_observation", "lesson_observation", "20", "1"),
        ("open_class:school", "open_class", "2", "1"),
        ("open_class:school", "open_class", "1", "0"),
        ("open_class:county", "open_class", "1", "1"),
        ("lecture:school", "lecture", "1", "0"),
        ("lecture:county", "lecture", "1", "1"),
        ("workshop", "workshop", "2.5", "2.5"),
        ("other", "other", "2000", "200"),
    ],
)
def test_each_activity_of_the_list_is_counted(choice: str, activity: str, amount: str, counted: str) -> None:
    response = post(make_form(one_of_each()), self_directed__0__activity=choice, self_directed__0__amount=amount)
    assert statement_of(response)["self_directed"]["by_activity"][activity] == counted


# --- what is refused ------------------------------------------------------------------------------------------------

BAD_AMOUNTS = [
    *("NaN", "nan", "Infinity", "-Infinity", "-1", "－１", "-0", "0", "0.00", "００", "1e309", "1e2", "1_0", "1 0"),
    *("٣", "½", "²", "①", "十二", "二", "26.0000001", "0.001", "12,5", "１２，５", "1.000,00", "0x1A", "4.", ".5"),
    *("9" * 400, f"0.{'0' * 400}1", "4节", "4%", "4\u200b", "\u202e4", "4\x00", "null", "=1+1", "<b>4</b>", "'", '"'),
    *("+4", "4..5", "--4", "4 4", "４．", "true"),
]
BAD_DATES = [
    *("2018-02-30", "2019-02-29", "２０１８年２月３０日", "2018-13-01", "2018-00-10", "20180230", "0000-01-01"),
    *("10000-01-01", "1949-12-31", "2101-01-01", "9999-12-31", "0001-01-01", "02/08/2018", "8.2.2018", "18-02-08"),
    *("2018-2", "2018年2月", "二〇一八年二月八日", "2018-02/08", "2018--8", "-2018-02-08", "2018-02-08T00:00", "today"),
    *("2018-02-08 10:00", "٢٠١٨-٠٢-٠٨", "2018²-01-01", "NaN", "1e309", "9" * 400, "2018022", "2018-02-08\x00", "<i>"),
]
CHINESE_SENTENCE = re.compile("[一-鿿].*。$")


@pytest.mark.parametrize("value", BAD_AMOUNTS, ids=lambda value: ascii(value)[:24])
def test_bad_amount_is_no_amount(value: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ExactAmountField(kind="credits").clean(value)
    assert CHINESE_SENTENCE.search(refusal.value.messages[0])


@pytest.mark.parametrize(
    ("kind", "value", "amount"),
    [
        ("credits", "4学分", "4"),
        ("credits", "１．５ 分", "1.5"),
        ("hours", "40学时", "40"),
        ("hours", "40 课时", "40"),
        ("count", "20节", "20"),
        ("count", "2次", "2"),
    ],
)
def test_the_unit_of_a_field_may_stand_behind_its_number(kind: str, value: str, amount: str) -> None:
    assert ExactAmountField(kind=kind).clean(value) == Decimal(amount)


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("credits", "-1", "要大于 0。"),
        ("hours", "－2.5", "要大于 0。"),
        ("credits", "40学时", "这里填学分，不是学时。"),
        ("hours", "4分", "这里填学时，不是分。"),
        ("count", "２学分", "这里填节数或次数，不是学分。"),
    ],
)
def test_a_negative_number_and_another_unit_are_told_as_such(kind: str, value: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ExactAmountField(kind=kind).clean(value)
    assert refusal.value.messages == [sentence]


def test_hours_are_no_credits_of_an_activity_either() -> None:
    page = page_of(
        post(make_form(make_ledger(make_self_directed("2", "school_training"))), self_directed__0__amount="20学时")
    )
    assert page.errors == {"self_directed-0-amount": "这里填学分，不是学时。"}
    fine = post(make_form(make_ledger(make_self_directed(20, "lesson_observation"))), self_directed__0__amount="20节")
    assert is_judged(fine)


@pytest.mark.parametrize("value", BAD_DATES, ids=lambda value: ascii(value)[:24])
def test_bad_date_is_no_date(value: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        ExactDateField(required=False).clean(value)
    assert CHINESE_SENTENCE.search(refusal.value.messages[0])


def rows_with(column: str, values: list[str]) -> dict[str, str]:
    """Rows of one section, right but for `column` ("degrees credits"), which holds one of `values` in each."""
    prefix, name = column.split()
    records: dict[str, Record] = {
        "coordinated": make_coordinated("4", "national", project="P"),
        "self_directed": make_self_directed("25", "other"),
        "degrees": make_degree("5"),
    }
    data = make_form(make_ledger(*(records[prefix] for _ in values)))
    return data | {f"{prefix}-{index}-{name}": value for index, value in enumerate(values)}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("coordinated credits", BAD_AMOUNTS),
        ("self_directed amount", BAD_AMOUNTS[::4]),
        ("degrees credits", BAD_AMOUNTS[1::4]),
        ("coordinated completed_on", BAD_DATES),
        ("self_directed completed_on", BAD_DATES[::4]),
        ("degrees awarded_on", BAD_DATES[1::4]),
    ],
)
def test_bad_value_is_told_at_its_field_and_everything_is_kept(column: str, values: list[str]) -> None:
    data = rows_with(column, values)
    before = rows_of_all_tables()
    response = post(data)
    page = page_of(response)
    prefix, name = column.split()
    assert not is_judged(response)
    assert list(page.errors) == page.marked == [f"{prefix}-{index}-{name}" for index in range(len(values))]
    assert all(CHINESE_SENTENCE.search(message) for message in page.errors.values())
    assert page.typed == data
    assert rows_of_all_tables() == before


@pytest.mark.parametrize(
    "value", ["2018-02-30", "02/08/2018", "0000-01-01", "10000-01-01", "NaN", "1949-12-31", "１２"]
)
def test_bad_date_about_the_teacher_is_told_at_its_field_and_kept(value: str) -> None:
    data = make_form(one_of_each()) | {"as_of": value, "formally_employed_on": value}
    page = page_of(post(data))
    assert set(page.errors) == set(page.marked) == {"as_of", "formally_employed_on"}
    assert all(CHINESE_SENTENCE.search(message) for message in page.errors.values())
    assert page.typed == data


@pytest.mark.parametrize(
    ("activity", "amount", "message"),
    [
        ("school_training", "100.01", "学分不能超过 100。"),
        ("other", "2000.01", "学时不能超过 2000。"),
        ("lesson_observation", "1001", "节数或次数不能超过 1000。"),
        ("lesson_observation", "1.5", "节数或次数要填整数。"),
        ("open_class:county", "1.5", "节数或次数要填整数。"),
        ("workshop", "0", "学分要大于 0。"),
    ],
)
def test_amount_is_bounded_as_its_activity_takes_it(activity: str, amount: str, message: str) -> None:
    response = post(make_form(one_of_each()), self_directed__0__activity=activity, self_directed__0__amount=amount)
    assert page_of(response).errors == {"self_directed-0-amount": message}


@pytest.mark.parametrize("field", ["coordinated-0-credits", "degrees-0-credits"])
def test_credits_are_bounded(field: str) -> None:
    data = make_form(one_of_each()) | {field: "100.01"}
    assert page_of(post(data)).errors == {field: "学分不能超过 100。"}


def test_field_left_out_of_a_row_is_asked_for() -> None:
    """Three rows in each section, each without another of the fields it needs."""
    data = make_form(
        make_ledger(
            *(make_coordinated(4) for _ in range(3)),
            *(make_self_directed(4) for _ in range(3)),
            *(make_degree(4) for _ in range(3)),
        )
    )
    left_out = [
        *("coordinated-0-category", "coordinated-1-credits", "coordinated-2-completed_on"),
        *("self_directed-0-activity", "self_directed-1-amount", "self_directed-2-completed_on"),
        *("degrees-0-level", "degrees-1-credits", "degrees-2-awarded_on"),
    ]
    data |= dict.fromkeys(left_out, "")
    page = page_of(post(data))
    assert list(page.errors) == left_out
    assert set(page.errors.values()) == {"请填写。", "请选择。"}
    assert page.typed == data


@pytest.mark.parametrize("value", ["", "1999", "x\x00", "<script>", "９" * 1000], ids=ascii)
def test_word_that_is_in_no_list_is_refused_at_its_field(value: str) -> None:
    fields = ["cycle", "position", "coordinated-0-category", "self_directed-0-activity", "degrees-0-level"]
    page = page_of(post(make_form(one_of_each()) | dict.fromkeys(fields, value)))
    assert list(page.errors) == fields
    assert all(CHINESE_SENTENCE.search(message) for message in page.errors.values())


def test_project_of_65_characters_is_refused_and_kept() -> None:
    data = make_form(one_of_each()) | {"coordinated-0-project": "长" * 65}
    page = page_of(post(data))
    assert list(page.errors) == ["coordinated-0-project"]
    assert page.typed == data
    assert is_judged(post(data | {"coordinated-0-project": "长" * 64}))


def test_number_of_fields_to_mend_is_told() -> None:
    page = page_of(post(make_form(one_of_each()) | dict.fromkeys([*AMOUNTS, *DATES], "x")))
    assert "有 8 处需要改一改" in page.text


def test_what_was_typed_is_escaped() -> None:
    attack = '"><script>alert(1)</script>{{ 7 }}'
    data = make_form(one_of_each()) | dict.fromkeys([*AMOUNTS, *DATES, "coordinated-0-project"], attack)
    page = page_of(post(data))
    assert "<script>alert" not in page.html
    assert page.typed == data


def test_project_is_never_shown_as_markup() -> None:
    response = post(make_form(one_of_each()), coordinated__0__project="<img src=x onerror=1>")
    assert is_judged(response)
    assert "<img src=x" not in page_of(response).html


# --- rows, without a script -----------------------------------------------------------------------------------------

SOME_ROWS = make_ledger(
    make_coordinated("4", "national", "2019-07-10", project="P-17", id="c001"),
    make_coordinated("3", "municipal", "2019-07-11", id="c002"),
    make_coordinated("2", "county", "2020-05-28", converted=False, id="c003"),
    make_self_directed("25", "other", plan="submitted", has_record=False, id="s001"),
    make_degree("5", id="d001"),
    make_degree("6", "2021-06-30", level="doctor", id="d002"),
)
TYPED = make_form(SOME_ROWS) | {"coordinated-1-credits": "12,5", "as_of": "soon", "degrees-0-level": ""}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_added_row_keeps_all_that_was_typed(prefix: str) -> None:
    page = page_of(post(TYPED | {"add": prefix}))
    total = int(TYPED[f"{prefix}-TOTAL_FORMS"])
    assert page.typed[f"{prefix}-TOTAL_FORMS"] == str(total + 1)
    kept = {name: value for name, value in page.typed.items() if not name.startswith(f"{prefix}-{total}-")}
    assert kept == TYPED | {f"{prefix}-TOTAL_FORMS": str(total + 1)}


@pytest.mark.parametrize("action", [{"add": "coordinated"}, {"add": "x"}, {"remove": "degrees-1"}, {"remove": "x"}])
def test_adding_and_removing_rows_shows_no_errors(action: dict[str, str]) -> None:
    response = post(TYPED | action)
    page = page_of(response)
    assert page.errors == {}
    assert "需要改一改" not in page.text
    assert not is_judged(response)


def test_adding_a_row_marks_no_field_as_wrong() -> None:
    """Neither to the eye (is-invalid) nor to a screen reader (aria-invalid): nothing was judged yet."""
    assert page_of(post(TYPED | {"add": "coordinated"})).marked == []


@pytest.mark.parametrize("prefix", PREFIXES)
def test_added_row_is_blank_and_ignored_until_it_is_filled(prefix: str) -> None:
    page = page_of(post(make_form(SOME_ROWS) | {"add": prefix}))
    assert statement_of(post(page.typed)) == statement_data(evaluate(SOME_ROWS))


@pytest.mark.parametrize("index", range(3))
def test_removed_row_takes_nothing_else_with_it(index: int) -> None:
    def row(data: dict[str, str], number: int) -> dict[str, str]:
        start = f"coordinated-{number}-"
        return {name.removeprefix(start): value for name, value in data.items() if name.startswith(start)}

    page = page_of(post(TYPED | {"remove": f"coordinated-{index}"}))
    rest = [row(TYPED, number) for number in range(3) if number != index]
    assert [row(page.typed, number) for number in range(2)] == rest
    assert page.typed["coordinated-TOTAL_FORMS"] == "2"
    others = {name: value for name, value in TYPED.items() if not name.startswith("coordinated-")}
    assert {name: value for name, value in page.typed.items() if not name.startswith("coordinated-")} == others


def test_only_row_can_be_removed_and_added_again() -> None:
    blank = page_of(BROWSER.get(URL)).typed
    removed = page_of(post(blank, remove="coordinated-0"))
    assert removed.rows == ["自主 1", "学历 1"]
    assert is_judged(post(removed.typed))
    assert page_of(post(removed.typed, add="coordinated")).typed == blank


@pytest.mark.parametrize(
    "row",
    [
        "",
        "coordinated",
        "coordinated-",
        "coordinated-5",
        "coordinated--1",
        "coordinated-²",
        "coordinated-９",
        "x-0",
        "0",
    ],
)
def test_removing_no_row_changes_nothing(row: str) -> None:
    assert page_of(post(TYPED, remove=row)).typed == TYPED


def test_buttons_need_no_script() -> None:
    html = page_of(BROWSER.get(URL)).html
    shown = re.sub(r"<template>.*?</template>", "", html, flags=re.S)  # the script's own blank rows
    assert shown.count('type="submit" name="add"') == 3
    assert shown.count('type="submit" name="remove"') == 3


def test_sixty_rows_are_judged() -> None:
    response = post(many_rows(MAX_ROWS))
    assert MAX_ROWS == 60
    assert len(statement_of(response)["lines"]) == 60


def test_sixty_first_row_is_refused_and_all_are_kept() -> None:
    data = many_rows(61)
    response = post(data)
    page = page_of(response)
    assert not is_judged(response)
    assert "一次最多核对 60 条，现在有 61 条" in page.text
    assert page.typed == data


def test_blank_rows_beyond_sixty_do_not_count() -> None:
    data = many_rows(60) | {"coordinated-TOTAL_FORMS": "21", "coordinated-20-converted": "on"}
    assert is_judged(post(data))


# --- what no browser sends ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", [{}, {"add": "degrees"}], ids=["judged", "row added"])
@pytest.mark.parametrize(
    "value", ["", "x", "-1", "1e3", "1.5", "１", "²", "9" * 5000, "\x00"], ids=lambda value: value[:3]
)
def test_tampered_row_counts_never_break_the_page(value: str, action: dict[str, str]) -> None:
    tampered = {"coordinated-TOTAL_FORMS": value, "degrees-INITIAL_FORMS": value}
    assert post(make_form(one_of_each()) | tampered | action).status_code == 200


def test_row_counts_beyond_all_bounds_are_refused_on_a_bounded_page() -> None:
    """A page of 450 rows takes longer than two seconds to draw."""
    data = make_form(one_of_each()) | {f"{prefix}-TOTAL_FORMS": "99999" for prefix in PREFIXES}
    response = post(data | {"degrees-INITIAL_FORMS": "99999"})
    assert not is_judged(response)
    assert len(page_of(response).rows) <= MOST_ROWS_READ


@pytest.mark.parametrize("value", [None, "", "x", "-1", "999999"])
def test_rows_whose_count_cannot_be_read_are_never_left_out_in_silence(value: str | None) -> None:
    """A request cut short on its way must not be answered with a verdict on less than was typed."""
    data = make_form(one_of_each()) | {"coordinated-TOTAL_FORMS": value or ""}
    if value is None:
        del data["coordinated-TOTAL_FORMS"]
    response = post(data)
    assert not is_judged(response) or statement_of(response)["coordinated"]["by_category"]["national"] == "4"


@pytest.mark.parametrize("action", [{}, {"add": "coordinated"}, {"remove": "coordinated-0"}])
@pytest.mark.parametrize("data", [{}, NO_ROWS, {"cycle": "2018"}, {"coordinated-0-credits": "4"}])
def test_missing_fields_never_break_the_page(data: dict[str, str], action: dict[str, str]) -> None:
    response = post(data | action)
    assert response.status_code == 200
    assert not is_judged(response)


@pytest.mark.parametrize("part", ["coordinated-0", "self_directed-0", "degrees-0", "_FORMS", "TOTAL", "INITIAL", "_on"])
def test_any_part_of_the_form_may_be_missing(part: str) -> None:
    data = {name: value for name, value in make_form(one_of_each()).items() if part not in name}
    assert post(data).status_code == 200


def test_portal_without_any_cycle_still_shows_the_form() -> None:
    TrainingCycle.objects.all().delete()
    assert BROWSER.get(URL).status_code == 200
    assert BROWSER.get(URL, {"example": "1"}).status_code == 200
    assert "cycle" in page_of(post(make_form(one_of_each()))).errors


def test_form_needs_its_token_and_keeps_what_was_typed_without_it() -> None:
    response = Client(enforce_csrf_checks=True).post(URL, make_form(one_of_each()))
    assert response.status_code == 403
    assert 'name="coordinated-0-project" value="P-17"' in response.content.decode()


def test_too_many_checks_are_told_to_wait_and_keep_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(middleware.RATE_LIMITED, "credits:check", (1, 10**9))
    client, data = Client(), make_form(one_of_each())
    assert client.post(URL, data).status_code == 200
    response = client.post(URL, data)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert 'name="coordinated-0-project" value="P-17"' in response.content.decode()


@pytest.mark.parametrize(
    ("data", "status"),
    [({"as_of": "x" * 5 * 1024 * 1024}, 413), ({f"k{number}": "" for number in range(3001)}, 400)],
    ids=["5 MB", "3,001 fields"],
)
def test_too_much_is_refused(data: dict[str, str], status: int) -> None:
    body = "&".join(f"{name}={value}" for name, value in data.items())
    response = BROWSER.post(URL, body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == status


@pytest.mark.parametrize("body", [b"\xff=%FF&as_of=%ff%fe", b"as_of=%ED%A0%80", b"=&&&==", b"%00=%00", b""])
def test_broken_encodings_never_break_the_page(body: bytes) -> None:
    assert BROWSER.generic("POST", URL, body, "application/x-www-form-urlencoded").status_code == 200


def test_broken_multipart_is_refused() -> None:
    response = BROWSER.generic("POST", URL, b"--x\r\nbroken", "multipart/form-data; boundary=\xe9")
    assert response.status_code in (200, 400)


def test_nothing_is_stored() -> None:
    before = rows_of_all_tables()
    post(make_form(make_mixed_ledger()))
    BROWSER.get(URL, {"example": "1"})
    post(TYPED, add="coordinated")
    assert rows_of_all_tables() == before


# --- the cycle itself -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_on": datetime.date(2018, 8, 31)}, "__all__"),
        ({"ends_on": datetime.date(2023, 9, 1)}, "starts_on"),
        ({"starts_on": datetime.date(2016, 2, 29)}, "starts_on"),
        ({"hours_per_credit": 3}, "hours_per_credit"),
        ({"degree_offset_cap": -1}, "degree_offset_cap"),
        ({"lessons_observed_per_credit": 0}, "lessons_observed_per_credit"),
    ],
    ids=["an end before its start", "two cycles at once", "29 February", "hours that leave a rest", "below 0", "none"],
)
def test_cycle_that_cannot_be_is_refused(changes: dict[str, Any], field: str) -> None:
    cycle = TrainingCycle.objects.get(code="2018")
    for name, value in changes.items():
        setattr(cycle, name, value)
    with pytest.raises(ValidationError) as refusal:
        cycle.full_clean()
    assert field in refusal.value.message_dict


def test_what_is_not_asked_for_is_not_called_short() -> None:
    text = page_of(post(make_form(make_ledger(make_coordinated(6), position="seconded")))).text
    assert "比要求少 20 学分，暂不作要求" in text
    assert "还差" not in text


def test_with_nothing_filled_in_the_verdict_says_so() -> None:
    said = "还没有填培训、活动和学历"
    assert said in page_of(post(make_form(make_ledger()))).text
    assert said not in page_of(post(make_form(make_mixed_ledger()))).text


def test_the_head_of_the_form_leads_to_each_field_in_error() -> None:
    rows = (make_coordinated(4), make_coordinated(5), make_self_directed(2))
    body = post(make_form(make_ledger(*rows)), coordinated__1__credits="四", as_of="2018-02-30").content.decode()
    links = dict(re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', body))
    assert links == {"id_as_of": "老师：核对到哪一天", "id_coordinated-1-credits": "统筹 2：学分"}
    assert all(f'id="{at}"' in body for at in links)

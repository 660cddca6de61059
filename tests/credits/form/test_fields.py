"""The fields of the credit form: what is read as it is meant, what is refused and kept."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from credits.forms.fields import ExactAmountField, ExactDateField
from credits.rules.types import Record
from tests.credits.form.sending import AMOUNTS, DATES, is_judged, one_of_each, page_of, post, statement_of
from tests.credits.ledgers import (
    make_coordinated,
    make_degree,
    make_form,
    make_ledger,
    make_offset,
    make_self_directed,
)
from tests.credits.test_statement_api import rows_of_all_tables

pytestmark = pytest.mark.usefixtures("cycles")


# --- what is read as it is meant ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day",
    [
        *("２０１８年２月８日", "2018年2月8日", "2018-2-8", "2018/02/08", "2018.2.8", "20180208"),
        *("2018 年 2 月 8 日", "2018年2月8号", "2018—2—8", "2018 / 2 / 8"),
    ],
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
def test_full_width_amounts_are_read_as_meant(typed: str, credits: str) -> None:
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


# --- what is refused ---------------------------------------------------------------------------------------------


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
#: Months, with which a record of the credit form is content: `test_open_answers`.
MONTHS = ["2018-2", "2018年2月"]
BAD_DATES_OF_RECORDS = [text for text in BAD_DATES if text not in MONTHS]
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
def test_a_unit_may_stand_behind_its_number(kind: str, value: str, amount: str) -> None:
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
def test_a_negative_number_or_other_unit_is_named(kind: str, value: str, sentence: str) -> None:
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
        "offsets": make_offset("2"),
    }
    data = make_form(make_ledger(*(records[prefix] for _ in values)))
    return data | {f"{prefix}-{index}-{name}": value for index, value in enumerate(values)}


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("coordinated credits", BAD_AMOUNTS),
        ("self_directed amount", BAD_AMOUNTS[::4]),
        ("degrees credits", BAD_AMOUNTS[1::4]),
        ("offsets credits", BAD_AMOUNTS[2::4]),
        ("coordinated completed_on", BAD_DATES_OF_RECORDS),
        ("self_directed completed_on", BAD_DATES_OF_RECORDS[::4]),
        ("degrees awarded_on", BAD_DATES_OF_RECORDS[1::4]),
        ("offsets awarded_on", BAD_DATES_OF_RECORDS[2::4]),
    ],
)
def test_a_bad_value_is_told_and_kept(column: str, values: list[str]) -> None:
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
def test_a_bad_date_of_the_teacher_is_kept(value: str) -> None:
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


@pytest.mark.parametrize("field", ["coordinated-0-credits", "degrees-0-credits", "offsets-0-credits"])
def test_credits_are_bounded(field: str) -> None:
    data = make_form(one_of_each()) | {field: "100.01"}
    assert page_of(post(data)).errors == {field: "学分不能超过 100。"}


def test_a_field_left_out_is_asked_for() -> None:
    """Three rows in each section, each without another of the fields it needs."""
    data = make_form(
        make_ledger(
            *(make_coordinated(4) for _ in range(3)),
            *(make_self_directed(4) for _ in range(3)),
            *(make_degree(4) for _ in range(3)),
            *(make_offset(4) for _ in range(3)),
        )
    )
    left_out = [
        *("coordinated-0-category", "coordinated-1-credits", "coordinated-2-completed_on"),
        *("self_directed-0-activity", "self_directed-1-amount", "self_directed-2-completed_on"),
        *("degrees-0-level", "degrees-1-credits", "degrees-2-awarded_on"),
        *("offsets-0-basis", "offsets-1-credits", "offsets-2-awarded_on"),
    ]
    data |= dict.fromkeys(left_out, "")
    page = page_of(post(data))
    assert list(page.errors) == left_out
    assert set(page.errors.values()) == {"请填写。", "请选择。"}
    assert page.typed == data


@pytest.mark.parametrize("value", ["", "1999", "x\x00", "<script>", "９" * 1000], ids=ascii)
def test_a_word_in_no_list_is_refused(value: str) -> None:
    fields = ["cycle", "position", "coordinated-0-category", "self_directed-0-activity", "degrees-0-level"]
    page = page_of(post(make_form(one_of_each()) | dict.fromkeys(fields, value)))
    assert list(page.errors) == fields
    assert all(CHINESE_SENTENCE.search(message) for message in page.errors.values())


@pytest.mark.parametrize("field", ["coordinated-0-project", "offsets-0-basis"])
def test_text_of_65_characters_is_refused_and_kept(field: str) -> None:
    data = make_form(one_of_each()) | {field: "长" * 65}
    page = page_of(post(data))
    assert list(page.errors) == [field]
    assert page.typed == data
    assert is_judged(post(data | {field: "长" * 64}))


@pytest.mark.parametrize("basis", ["", "  ", "\u3000"])
def test_blank_basis_is_asked_for(basis: str) -> None:
    assert page_of(post(make_form(one_of_each()), offsets__0__basis=basis)).errors == {"offsets-0-basis": "请填写。"}


def test_number_of_fields_to_mend_is_told() -> None:
    page = page_of(post(make_form(one_of_each()) | dict.fromkeys([*AMOUNTS, *DATES], "x")))
    assert "有 10 处需要修改" in page.text


def test_what_was_typed_is_escaped() -> None:
    attack = '"><script>alert(1)</script>{{ 7 }}'
    data = make_form(one_of_each()) | dict.fromkeys(
        [*AMOUNTS, *DATES, "coordinated-0-project", "offsets-0-basis"], attack
    )
    page = page_of(post(data))
    assert "<script>alert" not in page.html
    assert page.typed == data


@pytest.mark.parametrize("field", ["coordinated-0-project", "offsets-0-basis"])
def test_typed_text_is_never_shown_as_markup(field: str) -> None:
    response = post(make_form(one_of_each()) | {field: "<img src=x onerror=1>"})
    assert is_judged(response)
    assert "<img src=x" not in page_of(response).html


# --- the cycle itself --------------------------------------------------------------------------------------------


def test_the_head_leads_to_each_wrong_field() -> None:
    rows = (make_coordinated(4), make_coordinated(5), make_self_directed(2))
    body = post(make_form(make_ledger(*rows)), coordinated__1__credits="四", as_of="2018-02-30").content.decode()
    links = dict(re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', body))
    assert links == {"id_as_of": "老师：截止日期", "id_coordinated-1-credits": "统筹 2：学分"}
    assert all(f'id="{at}"' in body for at in links)

"""`/credits/rules/`: every number and clause in force, from the database and from the code that applies them."""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from credits.models import TrainingCycle
from credits.rules.clauses import CLAUSES, TAG_EXPLANATIONS, TAG_LABELS, Clause
from credits.rules.evaluate import evaluate
from credits.rules.types import Cycle, Record
from credits.statements.from_json import from_json
from credits.statements.presentation import CLAUSE_OF_NUMBER
from tests.credits.ledgers import (
    make_coordinated,
    make_cycle,
    make_degree,
    make_json,
    make_ledger,
    make_offset,
    make_self_directed,
)

URL = "/credits/rules/"
#: Fields that a cycle holds beside its numbers.
NOT_NUMBERS = {"code", "starts_on", "ends_on", "confirmed", "positions_without_requirement"}


@pytest.fixture
def rules_page(content: None) -> str:
    return read()


def read() -> str:
    response = Client().get(URL)
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def article_of(page: str, code: str) -> str:
    found = re.search(rf'<article class="clause" id="clause-{code}">.*?</article>', page, re.DOTALL)
    assert found, code
    return found.group()


def numbers_on(page: str) -> dict[str, list[str]]:
    """The table of numbers: label → its value in each cycle, then the clause."""
    table = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert table
    return {
        label: [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", cells, re.DOTALL)]
        for label, cells in re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', table.group(1), re.DOTALL)
    }


def label_of(field: str) -> str:
    return str(TrainingCycle._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=list(CLAUSES))
def test_every_clause_stands_with_words_and_tags(rules_page: str, clause: Clause) -> None:
    article = article_of(rules_page, clause.code)
    assert clause.title in article
    for quote in clause.quotes:
        assert re.search(f"“{re.escape(quote.text)}” <span[^>]*>{TAG_LABELS[quote.tag]}</span>", article)
    for reading in clause.readings:
        assert re.search(f"{re.escape(reading)} <span[^>]*>系统理解</span>", article)
    for ref in clause.entries:
        assert ref.startswith("credits-")  # the document that the page names
        assert f'<a href="/faq/{ref}/">第 {int(ref[-2:])} 条</a>' in article


def test_every_tag_is_explained(rules_page: str) -> None:
    for tag, label in TAG_LABELS.items():
        assert re.search(f"{label}</span> {TAG_EXPLANATIONS[tag]}", rules_page)


@pytest.mark.parametrize("field", sorted(set(Cycle.__slots__) - NOT_NUMBERS))
def test_every_number_stands_with_its_clause(rules_page: str, field: str) -> None:
    values = [shown(getattr(make_cycle(code), field)) for code in ("2018", "2023")]
    assert numbers_on(rules_page)[label_of(field)] == [*values, CLAUSE_OF_NUMBER[field]]


def shown(value: Decimal | int | None) -> str:
    """A number of a cycle as the page has it."""
    return "没有规定" if value is None else format(Decimal(value), "f")


def test_each_post_stands_with_what_the_cycles_require(cycles: None) -> None:
    TrainingCycle.objects.filter(code="2023").update(positions_without_requirement=["seconded"])
    rows = numbers_on(read())
    assert rows["教育行政部门持证在岗"] == ["暂不作要求", "按要求", "C16"]
    assert rows["借调到教育主管部门"] == ["暂不作要求", "暂不作要求", "C17"]


def test_both_cycles_are_there_with_their_dates(rules_page: str) -> None:
    words = re.sub("<[^>]+>", "", rules_page)
    assert "2018.9.1—2023.8.31" in words
    assert "2023.9.1—2028.8.31" in words
    assert numbers_on(rules_page)["数值是否确认"][:2] == ["已确认", "沿用上一周期，尚待确认"]


@pytest.mark.parametrize("number", [CLAUSE_OF_NUMBER[field] for field in CLAUSE_OF_NUMBER])
def test_clause_of_a_number_is_on_the_page(rules_page: str, number: str) -> None:
    assert article_of(rules_page, number)


def test_every_link_within_the_page_leads_somewhere(rules_page: str) -> None:
    anchors = set(re.findall(r'href="#([^"]+)"', rules_page))
    assert [anchor for anchor in anchors if f'id="{anchor}"' not in rules_page] == []


def test_scheme_is_named_as_the_installation_sets_it(content: None, settings: Settings) -> None:
    assert "教师学分管理办法（依据资料《教师学分管理（系统）常见问题》）" in read()
    settings.SCHEME_NAME = "某地办法"
    assert "某地办法。" in read()


def test_a_withdrawn_entry_is_named_without_link(cycles: None) -> None:
    article = article_of(read(), "C6")
    assert "第 5 条" in article
    assert "href" not in article


def test_page_without_any_cycle_is_shown(db: None) -> None:
    assert numbers_on(read())[label_of("hours_per_credit")] == ["C11"]


def test_head_is_answered(cycles: None) -> None:
    assert Client().head(URL).status_code == 200


#: field → new value, records that count differently then, what counts before and after (both buckets together)
EDITED: dict[str, tuple[Any, list[Record], tuple[str, str]]] = {
    "degree_offset_cap": (Decimal("3.25"), [make_degree(8)], ("8", "3.25")),
    "other_offset_cap": (Decimal("3.25"), [make_offset(8)], ("8", "3.25")),
    "safety_net_cap_per_school_year": (Decimal("0.5"), [make_coordinated(2, "safety_net")], ("1.5", "0.5")),
    "safety_net_cap_per_cycle": (Decimal("0.75"), [make_coordinated(2, "safety_net")], ("1.5", "0.75")),
    "lessons_observed_per_credit": (21, [make_self_directed(20, "lesson_observation")], ("1", "0")),
    "county_open_classes_per_credit": (2, [make_self_directed(1, "open_class", level="county")], ("1", "0")),
    "school_open_classes_per_credit": (3, [make_self_directed(2, "open_class", level="school")], ("1", "0")),
    "county_lectures_per_credit": (2, [make_self_directed(1, "lecture", level="county")], ("1", "0")),
    "school_lectures_per_credit": (3, [make_self_directed(2, "lecture", level="school")], ("1", "0")),
    "hours_per_credit": (16, [make_self_directed(1, "other")], ("0.1", "0.0625")),
    "coordinated_required": (Decimal(25), [make_coordinated(25), make_self_directed(10)], ("short", "met")),
    "self_directed_required": (Decimal("9.9"), [make_coordinated(26), make_self_directed("9.9")], ("short", "met")),
}


@pytest.mark.parametrize("field", EDITED)
def test_an_edited_number_changes_page_and_statements(field: str, cycles: None) -> None:
    value, records, (before, after) = EDITED[field]

    def outcome() -> str:
        statement = evaluate(from_json(make_json(make_ledger(*records))))
        if field.endswith("_required"):
            return statement.verdict
        return format((statement.coordinated.counted + statement.self_directed.counted).normalize(), "f")

    assert outcome() == before
    TrainingCycle.objects.filter(code="2018").update(**{field: value})
    assert outcome() == after
    assert numbers_on(read())[label_of(field)][:2] == [str(value), shown(getattr(make_cycle("2023"), field))]


def test_posts_of_which_something_is_required_change_statements(cycles: None) -> None:
    ledger = make_json(make_ledger(position="seconded"))
    assert evaluate(from_json(ledger)).verdict == "pending_policy"
    TrainingCycle.objects.filter(code="2018").update(positions_without_requirement=["administration"])
    assert evaluate(from_json(ledger)).verdict == "short"


def test_edited_dates_change_page_and_statements(cycles: None) -> None:
    def verdict() -> str:
        ledger = make_ledger(make_coordinated(26, on="2018-08-31"), make_self_directed(10))
        return evaluate(from_json(make_json(ledger))).verdict

    assert verdict() == "short"
    TrainingCycle.objects.filter(code="2018").update(starts_on="2018-08-31")
    assert verdict() == "met"
    assert "2018.8.31—2023.8.31" in re.sub("<[^>]+>", "", read())


def test_confirming_a_cycle_takes_its_caveat_away(cycles: None) -> None:
    ledger = make_json(make_ledger(cycle="2023", as_of="2025-01-01"))
    assert evaluate(from_json(ledger)).advice[-1].code == "carried_forward"
    TrainingCycle.objects.update(confirmed=True)
    assert evaluate(from_json(ledger)).advice[-1].code != "carried_forward"
    assert numbers_on(read())["数值是否确认"][:2] == ["已确认", "已确认"]

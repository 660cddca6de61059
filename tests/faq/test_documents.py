"""The FAQ fixture holds the two source documents word for word.

Only the marks that became markup are left aside: entry and step numbers, 答： and the angle brackets around the link.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Final

import pytest

from tests.faq.sources import (
    COUNTS,
    DOCUMENTS,
    FIXTURE,
    REFS,
    answer_of,
    entry_of,
    every_entry,
    first_difference,
    fixture,
    parse_document,
    read_document,
    source,
    words,
)

CHECKSUMS: Final = {
    "upgrade": "434ec60d8fa4ebf6eee1db2b21474adde7f625a9ec129ef1d2078e2966350044",
    "credits": "a5756b36a552fed478cadfac7a00437b3c63c481ba5d96599c1fa6d8f28e09c4",
}

EXPLAINED: Final = {"upgrade-03", "upgrade-12", "credits-03", "credits-04", "credits-07", "credits-11", "credits-18"}
WITH_NOTICE: Final = {"upgrade-01", "upgrade-02", "upgrade-06", "upgrade-13", "upgrade-14"} | EXPLAINED


# --- The documents and the fixture as a whole --------------------------------------------------------------------


# The documents and the fixture as a whole
@pytest.mark.parametrize("slug", COUNTS)
def test_documents_are_the_untouched_copies(slug: str) -> None:
    assert hashlib.sha256((DOCUMENTS / f"{slug}.txt").read_bytes()).hexdigest() == CHECKSUMS[slug]


@pytest.mark.parametrize("slug", COUNTS)
def test_documents_have_all_their_entries(slug: str) -> None:
    assert len(parse_document(slug, read_document(slug))[1]) == COUNTS[slug]


def test_fixture_names_both_documents() -> None:
    titles = {document["slug"]: document["title"] for document in fixture("document")}
    assert titles == {slug: parse_document(slug, read_document(slug))[0] for slug in COUNTS}


def test_the_fixture_holds_three_models_without_keys() -> None:
    objects = json.loads(FIXTURE.read_text(encoding="utf-8"))
    assert {item["model"] for item in objects} == {"faq.document", "faq.category", "faq.entry"}
    assert all(set(item) == {"model", "fields"} for item in objects)


def test_fixture_has_all_entries_in_order() -> None:
    assert [entry["ref"] for entry in fixture("entry")] == REFS


@every_entry
def test_entry_has_its_source_number(ref: str) -> None:
    entry = entry_of(ref)
    assert (*entry["document"], entry["number"]) == (ref.split("-")[0], source(ref).number), ref


@every_entry
def test_entry_is_published(ref: str) -> None:
    assert entry_of(ref)["status"] == "published", ref


# --- Categories --------------------------------------------------------------------------------------------------


# Categories
def test_categories_all_have_entries() -> None:
    used = {slug for entry in fixture("entry") for slug in entry["category"]}
    assert used == {category["slug"] for category in fixture("category")}


def test_categories_have_names_descriptions_and_distinct_positions() -> None:
    categories = fixture("category")
    assert all(category["name"] and category["description"] for category in categories)
    positions = [category["position"] for category in categories]
    assert positions == sorted(set(positions))


@every_entry
def test_entry_is_in_a_category_of_its_document(ref: str) -> None:
    (category,) = entry_of(ref)["category"]
    assert category.startswith(f"{ref.split('-')[0]}-"), ref


@pytest.mark.parametrize("ref", [ref for ref in REFS if ref.startswith("upgrade")])
def test_entry_is_in_the_section_of_the_document(ref: str) -> None:
    names = {category["slug"]: category["name"] for category in fixture("category")}
    (category,) = entry_of(ref)["category"]
    assert names[category] == source(ref).section, ref


# --- Words -------------------------------------------------------------------------------------------------------


# Words
@every_entry
def test_question_is_word_for_word(ref: str) -> None:
    ours, theirs = entry_of(ref)["question"], source(ref).question
    assert ours == theirs, f"{ref}: {first_difference(ours, theirs)}"


@every_entry
def test_answer_is_word_for_word(ref: str) -> None:
    ours, theirs = words(*answer_of(ref).pieces), words(*source(ref).pieces)
    assert ours == theirs, f"{ref}: {first_difference(ours, theirs)}"


@every_entry
def test_answer_keeps_paragraphs_and_spaces(ref: str) -> None:
    assert answer_of(ref).pieces == source(ref).pieces, ref


# --- Markup ------------------------------------------------------------------------------------------------------


@every_entry
def test_question_and_notice_are_plain_text(ref: str) -> None:
    entry = entry_of(ref)
    assert not re.search(r"[<>&\n]", entry["question"] + entry["notice"]), ref


@every_entry
def test_notice_is_only_where_it_is_needed(ref: str) -> None:
    assert bool(entry_of(ref)["notice"]) == (ref in WITH_NOTICE), ref

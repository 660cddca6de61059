"""Both source documents, as text and as Word documents made of it, come out as the forty entries shipped."""

from __future__ import annotations

from functools import cache

import pytest

from faq import html
from faq.editing.documents import reader
from faq.editing.documents.splitting.choosing import Reading, read_entries
from tests.faq.sources import COUNTS, DOCUMENTS, REFS, entry_of, fixture

from .word_files import paragraphs, with_tables

FORMS = ("utf-8", "with a mark", "gb18030", "paragraphs", "no blank paragraphs", "word tables")


def _file(slug: str, form: str) -> bytes:
    text = (DOCUMENTS / f"{slug}.txt").read_text(encoding="utf-8")
    made = {
        "utf-8": lambda: text.encode(),
        "with a mark": lambda: text.encode("utf-8-sig"),
        "gb18030": lambda: text.replace("\n", "\r\n").encode("gb18030"),
        "paragraphs": lambda: paragraphs(text.split("\n")),
        "no blank paragraphs": lambda: paragraphs(text.split("\n"), blank=False),
        "word tables": lambda: with_tables(text),
    }
    return made[form]()


@cache
def _reading(slug: str, form: str) -> Reading:
    return read_entries(reader.read(_file(slug, form)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("slug", COUNTS)
def test_document_gives_its_numbers_and_questions(slug: str, form: str) -> None:
    found = [(entry.number, entry.question) for entry in _reading(slug, form).split.entries]
    assert found == [(entry_of(ref)["number"], entry_of(ref)["question"]) for ref in _refs(slug)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("slug", COUNTS)
def test_document_gives_the_words_of_each_answer(slug: str, form: str) -> None:
    for entry, ref in zip(_reading(slug, form).split.entries, _refs(slug), strict=True):
        assert html.to_text(entry.answer_html) == html.to_text(entry_of(ref)["answer"]), ref


@pytest.mark.parametrize("form", ["utf-8", "paragraphs", "word tables"])
@pytest.mark.parametrize("slug", COUNTS)
def test_tables_steps_and_notes_are_the_shipped_ones(slug: str, form: str) -> None:
    for entry, ref in zip(_reading(slug, form).split.entries, _refs(slug), strict=True):
        assert html.clean(entry.answer_html) == html.clean(entry_of(ref)["answer"]), ref


def test_sections_of_the_document_become_categories() -> None:
    names = {category["slug"]: category["name"] for category in fixture("category")}
    for entry, ref in zip(_reading("upgrade", "utf-8").split.entries, _refs("upgrade"), strict=True):
        assert entry.section == names[entry_of(ref)["category"][0]], ref


@pytest.mark.parametrize("slug", COUNTS)
def test_title_is_that_of_the_document(slug: str) -> None:
    titles = {document["slug"]: document["title"] for document in fixture("document")}
    assert _reading(slug, "utf-8").split.title == titles[slug]
    assert _reading(slug, "utf-8").split.left_out == []


def _refs(slug: str) -> list[str]:
    return [ref for ref in REFS if ref.startswith(slug)]

"""The FAQ fixture holds the two source documents word for word.

The documents are kept as byte copies in ``tests/documents``. Both sides are
read independently: the documents by their numbering, the fixture by its
markup. Only the marks that became markup are left aside: entry and step
numbers, "答：" and the angle brackets around the link.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest

TESTS: Final = Path(__file__).resolve().parents[1]
FIXTURE: Final = TESTS.parent / "fixtures" / "documents.json"
DOCUMENTS: Final = TESTS / "documents"

CHECKSUMS: Final = {
    "upgrade": "434ec60d8fa4ebf6eee1db2b21474adde7f625a9ec129ef1d2078e2966350044",
    "credits": "a5756b36a552fed478cadfac7a00437b3c63c481ba5d96599c1fa6d8f28e09c4",
}
COUNTS: Final = {"upgrade": 19, "credits": 21}
REFS: Final = [f"{slug}-{n:02}" for slug, count in COUNTS.items() for n in range(1, count + 1)]
HEADINGS: Final = {
    "upgrade": re.compile(r"([0-9]+)、(.+)"),
    "credits": re.compile(r"([0-9]+)\. (.+)"),
}
SECTION: Final = re.compile(r"[一二三四五六七八九十]+、(.+)")
STEP: Final = re.compile(r"(注：)?([0-9]+)\.(.+)")

TABLES: Final = {
    "upgrade-13": (6, ["经验说明", "经验来源", "经验数量", "时间"]),
    "upgrade-14": (10, ["分类", "指标", "分值", "规则"]),
}
WITH_NOTICE: Final = {"upgrade-01", "upgrade-02", "upgrade-06", "upgrade-13", "upgrade-14"}

BLOCKS: Final = {"p", "ol", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "div"}
INLINE: Final = {"strong", "a", "br"}
ATTRIBUTES: Final = {
    "a": {"href"},
    "th": {"scope", "rowspan", "colspan"},
    "td": {"scope", "rowspan", "colspan"},
    "div": {"class"},
}


# The documents


@dataclass
class SourceEntry:
    """One entry of a document, its numbering taken off."""

    number: int
    section: str
    question: str
    pieces: list[str] = field(default_factory=list)
    steps: list[list[str]] = field(default_factory=list)
    table: list[list[str]] = field(default_factory=list)


def take_answer_line(entry: SourceEntry, line: str, after_blank: bool) -> None:
    """Add one line of an answer: a table row, a numbered step or plain text."""
    if "\t" in line:
        cells = line.split("\t")
        entry.pieces += [cell for cell in cells if cell]
        if not cells[0]:
            assert len(entry.table) > 1, f"{entry.number}: a group goes on before it began"
            cells[0] = entry.table[-1][0]
        assert not entry.table or len(cells) == len(entry.table[0]), line
        entry.table.append(cells)
        return
    step = STEP.fullmatch(line)
    if step is None:
        entry.pieces.append(line)
        if not after_blank:
            assert entry.steps, f"{entry.number}: a line goes on, but no step is open: {line}"
            entry.steps[-1].append(line)
        return
    label, number, text = step.groups()
    if label:
        entry.pieces.append(label)
    if number == "1":
        assert not entry.steps or label, f"{entry.number}: the steps begin twice"
        entry.steps.clear()
    assert int(number) == len(entry.steps) + 1, f"{entry.number}: step out of turn: {line}"
    entry.steps.append([text])
    entry.pieces.append(text)


def parse_document(slug: str, text: str) -> tuple[str, list[SourceEntry]]:
    """Return the title and the entries; whatever is not understood is an error."""
    lines = text.split("\n")
    assert (lines[:2], lines[3]) == (["", ""], ""), f"{slug}: unexpected beginning"
    title, section = lines[2], ""
    entries: list[SourceEntry] = []
    for before, line in pairwise(lines[3:]):
        after_blank = before == ""
        heading = HEADINGS[slug].fullmatch(line)
        chapter = SECTION.fullmatch(line)
        if line == "":
            continue
        if chapter is not None:
            assert after_blank, f"{slug}: heading inside a paragraph: {line}"
            section = chapter[1]
        elif heading is not None:
            assert after_blank, f"{slug}: heading inside a paragraph: {line}"
            assert int(heading[1]) == len(entries) + 1, f"{slug}: entry out of turn: {line}"
            entries.append(SourceEntry(len(entries) + 1, section, heading[2]))
        else:
            assert entries, f"{slug}: text before the first entry: {line}"
            entry = entries[-1]
            if slug == "upgrade" and not entry.pieces:
                assert line.startswith("答："), f"{slug}-{entry.number:02}: no 答： in {line}"
                line = line.removeprefix("答：")
            line = re.sub(r"<(https?://[^<>]+)>", r"\1", line)
            take_answer_line(entry, line, after_blank)
    assert all(entry.pieces for entry in entries), f"{slug}: an entry has no answer"
    return title, entries


def read_document(slug: str) -> str:
    return (DOCUMENTS / f"{slug}.txt").read_bytes().decode("utf-8")


@cache
def source(ref: str) -> SourceEntry:
    slug, number = ref.split("-")
    return parse_document(slug, read_document(slug))[1][int(number) - 1]


# The fixture


@dataclass
class Cell:
    """One cell of a table."""

    tag: str
    part: str
    attributes: dict[str, str | None]
    text: str = ""


class Answer(HTMLParser):
    """Reads an answer: its pieces of text, its lists, its tables, its tags."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.faults: list[str] = []
        self.pieces: list[str] = [""]
        self.lists: list[list[list[str]]] = []
        self.tables: list[list[list[Cell]]] = []
        self.text_in_note = ""
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]
        self.pieces = [piece for piece in self.pieces if piece]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if len(dict(attrs)) != len(attrs):
            self.faults.append(f"<{tag}> has an attribute twice")
        if tag in BLOCKS or tag == "br":
            self.pieces.append("")
        if tag == "ol":
            self.lists.append([])
        elif tag == "li" and "ol" in self.open:
            self.lists[-1].append([""])
        elif tag == "br" and "li" in self.open and self.lists:
            self.lists[-1][-1].append("")
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in {"th", "td"} and self.tables and self.tables[-1]:
            part = next((t for t in reversed(self.open) if t in {"thead", "tbody"}), "")
            self.tables[-1][-1].append(Cell(tag, part, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.faults.append(f"<{tag}/> is not plain HTML")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")
        if tag in BLOCKS:
            self.pieces.append("")

    def handle_data(self, data: str) -> None:
        if not data.strip("\n"):
            return
        inside = [tag for tag in self.open if tag in BLOCKS]
        if not inside or inside[-1] not in {"p", "li", "th", "td"}:
            self.faults.append(f"text outside a paragraph, step or cell: {data}")
            self.pieces.append("")
        self.pieces[-1] += data
        if "div" in self.open:
            self.text_in_note += data
        if "li" in self.open and "ol" in self.open:
            self.lists[-1][-1][-1] += data
        if inside and inside[-1] in {"th", "td"}:
            self.tables[-1][-1][-1].text += data

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"comment: {data}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"declaration: {decl}")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"declaration: {data}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"instruction: {data}")

    def grid(self) -> list[list[str]]:
        """The text of the one table, with row and column spans filled in."""
        (table,) = self.tables
        cells: dict[tuple[int, int], str] = {}
        for y, row in enumerate(table):
            x = 0
            for cell in row:
                while (y, x) in cells:
                    x += 1
                for down in range(int(cell.attributes.get("rowspan") or 1)):
                    for across in range(int(cell.attributes.get("colspan") or 1)):
                        cells[y + down, x + across] = cell.text
        assert all(y < len(table) for y, _ in cells), "a cell reaches below the table"
        return [[cells[at] for at in sorted(cells) if at[0] == y] for y in range(len(table))]


@cache
def fixture(model: str) -> list[dict[str, Any]]:
    objects = json.loads(FIXTURE.read_text(encoding="utf-8"))
    return [item["fields"] for item in objects if item["model"] == f"faq.{model}"]


@cache
def entry_of(ref: str) -> dict[str, Any]:
    found = [entry for entry in fixture("entry") if entry["ref"] == ref]
    assert len(found) == 1, f"{ref} is there {len(found)} times"
    return found[0]


@cache
def answer_of(ref: str) -> Answer:
    return Answer(entry_of(ref)["answer"])


def first_difference(ours: str, theirs: str) -> str:
    at = next((i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), None)
    if at is None:
        at = min(len(ours), len(theirs))
    near = slice(max(at - 8, 0), at + 12)
    return f"fixture has {ours[near]!r}, document {theirs[near]!r}"


def words(*pieces: str) -> str:
    return re.sub(r"\s+", "", "".join(pieces))


every_entry = pytest.mark.parametrize("ref", REFS)


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


def test_fixture_holds_nothing_but_the_three_models_without_keys() -> None:
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


# Steps, tables, notes and links


@every_entry
def test_numbered_steps_are_an_ordered_list(ref: str) -> None:
    steps = source(ref).steps
    assert answer_of(ref).lists == ([steps] if steps else []), ref


def test_two_entries_have_numbered_steps() -> None:
    counts = {ref: len(source(ref).steps) for ref in REFS if source(ref).steps}
    assert counts == {"upgrade-13": 6, "upgrade-14": 2}


@every_entry
def test_tables_are_where_the_document_has_them(ref: str) -> None:
    answer = answer_of(ref)
    assert len(answer.tables) == (1 if ref in TABLES else 0), ref
    assert bool(source(ref).table) == (ref in TABLES), ref


@pytest.mark.parametrize("ref", TABLES)
def test_table_has_every_row_and_cell(ref: str) -> None:
    grid = answer_of(ref).grid()
    assert grid == source(ref).table, ref
    assert len(grid) == TABLES[ref][0] + 1, ref


@pytest.mark.parametrize("ref", TABLES)
def test_table_has_header_cells(ref: str) -> None:
    (header, *body) = answer_of(ref).tables[0]
    assert [cell.text for cell in header] == TABLES[ref][1], ref
    assert {(cell.tag, cell.part) for cell in header} == {("th", "thead")}, ref
    assert {cell.attributes.get("scope") for cell in header} == {"col"}, ref
    assert {cell.part for row in body for cell in row} == {"tbody"}, ref


def test_experience_table_has_a_header_cell_for_each_group() -> None:
    groups = [
        (cell.text, cell.attributes.get("rowspan") or "1")
        for row in answer_of("upgrade-14").tables[0]
        for cell in row
        if cell.tag == "th" and cell.attributes.get("scope") == "rowgroup"
    ]
    assert groups == [("空间", "3"), ("资源", "3"), ("教学", "3"), ("应用", "1")]


@every_entry
def test_remark_is_a_note(ref: str) -> None:
    answer, pieces = answer_of(ref), source(ref).pieces
    remark = words(*pieces[pieces.index("注：") :]) if "注：" in pieces else ""
    assert words(answer.text_in_note) == remark, ref
    assert bool(remark) == (ref == "upgrade-14"), ref


@every_entry
def test_address_is_a_link(ref: str) -> None:
    links = [attributes.get("href") for tag, attributes in answer_of(ref).tags if tag == "a"]
    assert links == re.findall(r"https?://[!-~]+", " ".join(source(ref).pieces)), ref


# Markup


@every_entry
def test_answer_has_only_allowed_markup(ref: str) -> None:
    for tag, attributes in answer_of(ref).tags:
        assert tag in BLOCKS | INLINE, f"{ref}: <{tag}>"
        assert set(attributes) <= ATTRIBUTES.get(tag, set()), f"{ref}: <{tag}> {attributes}"
        if tag == "div":
            assert attributes == {"class": "note"}, f"{ref}: <div> {attributes}"


@every_entry
def test_answer_is_well_formed(ref: str) -> None:
    assert answer_of(ref).faults == [], ref
    assert "&" not in re.sub(r"&(?:amp|lt|gt|quot|#[0-9]+);", "", entry_of(ref)["answer"]), ref


@every_entry
def test_question_and_notice_are_plain_text(ref: str) -> None:
    entry = entry_of(ref)
    assert not re.search(r"[<>&\n]", entry["question"] + entry["notice"]), ref


@every_entry
def test_notice_is_only_where_it_is_needed(ref: str) -> None:
    assert bool(entry_of(ref)["notice"]) == (ref in WITH_NOTICE), ref

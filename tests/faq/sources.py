"""The two documents and the fixture made of them, each read independently of the other.

The documents are kept as byte copies in `tests/documents` and read by their numbering, the fixture by its markup.
"""

from __future__ import annotations

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

COUNTS: Final = {"upgrade": 19, "credits": 21}
REFS: Final = [f"{slug}-{n:02}" for slug, count in COUNTS.items() for n in range(1, count + 1)]
HEADINGS: Final = {
    "upgrade": re.compile(r"([0-9]+)、(.+)"),
    "credits": re.compile(r"([0-9]+)\. (.+)"),
}
SECTION: Final = re.compile(r"[一二三四五六七八九十]+、(.+)")
STEP: Final = re.compile(r"(注：)?([0-9]+)\.(.+)")

BLOCKS: Final = {"p", "ol", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "div"}


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

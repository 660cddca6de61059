"""Guides as data: each file in `flows/` is one guide, and no code knows a guide by its name.

A guide holds at most four questions, the endings they lead to, and the letters that endings ask for. The words of an
ending rest on quotes of entries; `tests/faq/test_guide_flows.py` compares every quote with the entry's text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FLOWS = Path(__file__).parent / "flows"


@dataclass(frozen=True)
class Answer:
    """Answer to a question. `name` stands in the address; `leads_to` names a question or an ending of the guide."""

    name: str
    words: str
    leads_to: str


@dataclass(frozen=True)
class Question:
    """Question with the answers to choose from; `hint` is a sentence below it."""

    ask: str
    answers: tuple[Answer, ...]
    hint: str = ""

    def answer(self, name: str) -> Answer | None:
        """Returns the answer of that name, or None."""
        return next((answer for answer in self.answers if answer.name == name), None)


@dataclass(frozen=True)
class Quote:
    """Words that stand in the entry with the ref `entry`: in its answer, or with `in_question` in its question."""

    entry: str
    words: str
    in_question: bool = False

    def stands_in(self, question: str, answer: str) -> bool:
        """Tells whether an entry with these texts holds the words; white space is ignored: the documents' is uneven."""
        place = question if self.in_question else answer
        return _squeezed(self.words) in _squeezed(place)


@dataclass(frozen=True)
class Ending:
    """Conclusion of a guide: what to do in `steps`, whom to ask, and the quotes it rests on.

    `not_stated` says what no document states, and is empty where nothing is missing. `letter` names a letter of the
    guide where the entry asks for one.
    """

    heading: str
    steps: tuple[str, ...]
    ask: str
    quotes: tuple[Quote, ...]
    not_stated: str = ""
    letter: str = ""


@dataclass(frozen=True)
class Blank:
    """Place in a letter that the reader fills in; `width` is `short`, `wide`, or `long` for several lines."""

    label: str
    width: str


@dataclass(frozen=True)
class Letter:
    """Draft of a letter. In its paragraphs `{name}` stands for the blank of that name."""

    title: str
    addressee: str
    paragraphs: tuple[str, ...]
    blanks: Mapping[str, Blank]
    seal: str


@dataclass(frozen=True)
class Guide:
    """Guide with its questions, endings and letters by name; `entries` are the refs of the entries that offer it."""

    slug: str
    position: int
    title: str
    about: str
    entries: tuple[str, ...]
    first: str
    questions: Mapping[str, Question]
    endings: Mapping[str, Ending]
    letters: Mapping[str, Letter] = field(default_factory=dict)


def guide_from(data: Mapping[str, Any]) -> Guide:
    """Returns the guide that a parsed JSON object describes. Raises KeyError or TypeError where a part is missing."""
    built = {
        "entries": tuple(data["entries"]),
        "questions": {name: _question(part) for name, part in data["questions"].items()},
        "endings": {name: _ending(part) for name, part in data["endings"].items()},
        "letters": {name: _letter(part) for name, part in data.get("letters", {}).items()},
    }
    return Guide(**{**data, **built})


def _question(data: Mapping[str, Any]) -> Question:
    answers = tuple(Answer(**answer) for answer in data["answers"])
    return Question(**{**data, "answers": answers})


def _ending(data: Mapping[str, Any]) -> Ending:
    quotes = tuple(Quote(**quote) for quote in data["quotes"])
    return Ending(**{**data, "steps": tuple(data["steps"]), "quotes": quotes})


def _letter(data: Mapping[str, Any]) -> Letter:
    blanks = {name: Blank(**blank) for name, blank in data["blanks"].items()}
    return Letter(**{**data, "paragraphs": tuple(data["paragraphs"]), "blanks": blanks})


@cache
def guides() -> Mapping[str, Guide]:
    """Returns every guide by its slug, in the order of their positions; the files are read once in a process."""
    texts = [path.read_text(encoding="utf-8") for path in FLOWS.glob("*.json")]
    read = [guide_from(json.loads(text)) for text in texts]
    in_order = sorted(read, key=lambda guide: guide.position)
    return {guide.slug: guide for guide in in_order}


def guides_about(refs: Iterable[str]) -> list[Guide]:
    """Returns the guides that any of the entries with these refs offers, in order."""
    asked = set(refs)
    return [guide for guide in guides().values() if asked.intersection(guide.entries)]


def refs_with_guides() -> set[str]:
    """Returns the refs of all entries that offer a guide."""
    return {ref for guide in guides().values() for ref in guide.entries}


def lost_quotes(ref: str, question: str, answer: str) -> list[str]:
    """Returns a sentence in Chinese for each quote of a guide that the entry `ref` would not hold with these words."""
    gone = [
        f"“回答几个问题”里的《{guide.title}》引用了这里的原话“{quote.words}”。"
        for guide in guides().values()
        for ending in guide.endings.values()
        for quote in ending.quotes
        if quote.entry == ref and not quote.stands_in(question, answer)
    ]
    return list(dict.fromkeys(gone))


def _squeezed(text: str) -> str:
    return "".join(text.split())

"""One entry as a segment stores it and as ranking reads it: everything in normal form, prepared once when indexed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from faq import html

from . import text
from .content import Row

# Stored part of an entry, which becomes a `Document`.
_STORED = (
    "heading",
    "question",
    "phrasings",
    "answer",
    "category",
    "heading_words",
    "phrasing_words",
    "question_length",
    "question_sounds",
    "said_sounds",
    "answer_sounds",
    "own",
    "not_stated",
)


class Record(NamedTuple):
    """Identity of an indexed entry: its id, its stamp when it was indexed, and the checksum of its content."""

    entry_id: int
    stamp: int
    digest: str

    @classmethod
    def of(cls, row: Row) -> Record:
        """Return the record of a row."""
        return cls(row.id, row.stamp, row.digest)


@dataclass(frozen=True, slots=True)
class Document:
    """One entry in normal form. Fields of words or sounds are one string with a space around each of them."""

    entry_id: int
    # The short question where there is one, else the question.
    heading: str
    question: str
    # Heading and question.
    asked: str
    phrasings: tuple[str, ...]
    # All phrasings in one string, for a quick test before each is looked at.
    said: str
    answer: str
    category: str
    # The informative words of the heading, and of each phrasing.
    heading_words: str
    phrasing_words: tuple[str, ...]
    # The number of different informative words in the whole question.
    question_length: int
    # The ways in which the words of question and heading, of the phrasings, and of the answer may be typed in letters.
    question_sounds: str
    said_sounds: str
    answer_sounds: str
    # True for an entry of the portal's own, and for one that says what no document says.
    own: bool = False
    not_stated: bool = False

    @classmethod
    def from_stored(cls, entry_id: int, stored: Mapping[str, Any]) -> Document:
        """Return the document of what a segment stores of it."""
        return cls(
            entry_id=entry_id,
            heading=stored["heading"],
            question=stored["question"],
            asked=_asked(stored["heading"], stored["question"]),
            phrasings=tuple(stored["phrasings"]),
            said="\n".join(stored["phrasings"]),
            answer=stored["answer"],
            category=stored["category"],
            heading_words=stored["heading_words"],
            phrasing_words=tuple(stored["phrasing_words"]),
            question_length=stored["question_length"],
            question_sounds=stored["question_sounds"],
            said_sounds=stored["said_sounds"],
            answer_sounds=stored["answer_sounds"],
            own=stored["own"],
            not_stated=stored["not_stated"],
        )


def fields_of(row: Row) -> dict[str, Any]:
    """Return what a segment gets of one entry: what it stores, and the terms by field."""
    question = text.normalize(row.question)
    heading = text.normalize(row.short_question) or question
    answer = text.normalize(html.to_text(row.answer))
    category = text.normalize(row.category)
    phrasings = [text.normalize(phrasing) for phrasing in row.phrasings]
    question_words = text.informative(text.words(question))
    asked = _asked(heading, question)
    stored = {
        "heading": heading,
        "question": question,
        "phrasings": phrasings,
        "answer": answer,
        "category": category,
        "heading_words": _distinct_words(heading),
        "phrasing_words": [_distinct_words(phrasing) for phrasing in phrasings],
        "question_length": len(set(question_words)),
        "question_sounds": _sounds(asked, every=True),
        "said_sounds": _sounds(" ".join(phrasings), every=False),
        "answer_sounds": _sounds(answer, every=False),
        "own": row.own,
        "not_stated": row.not_stated,
    }
    return stored | terms_of(stored)


def stored_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the part of an entry's fields that is stored."""
    return {name: fields[name] for name in _STORED}


def terms_of(stored: Mapping[str, Any]) -> dict[str, str]:
    """Return the terms of an entry by field, separated by spaces, from what is stored of it.

    `asked` has the bigrams, numbers and words in letters of question, heading and phrasings; `answered` has those that
    only answer and category have. Every word of an entry is found by its bigrams. `characters` has the single
    characters of questions and phrasings, `sound` pinyin and initials. Neither positions nor frequencies are kept,
    because `matching.py` looks at the entry's text itself.
    """
    asked = _asked(stored["heading"], stored["question"])
    said = " ".join([asked, *stored["phrasings"]])
    answered = f"{stored['answer']} {stored['category']}"
    asked_terms = _terms(said)
    only_answered = _terms(answered) - asked_terms
    characters = set(filter(text.is_cjk, said))
    return {
        "asked": " ".join(asked_terms),
        "answered": " ".join(only_answered),
        "characters": " ".join(characters),
        "sound": f"{stored['question_sounds']}{stored['said_sounds']}{stored['answer_sounds']}",
    }


def _terms(normal: str) -> set[str]:
    """Return the bigrams, the numbers and the words in letters of normal text."""
    return {*text.bigrams(normal), *text.plain_tokens(normal)}


def _asked(heading: str, question: str) -> str:
    return question if heading == question else f"{heading} {question}"


def _sounds(normal: str, *, every: bool) -> str:
    words = text.informative(text.words(normal))
    return _between_spaces(text.sound_keys(words, every=every))


def _distinct_words(normal: str) -> str:
    words = text.informative(text.words(normal))
    return _between_spaces(dict.fromkeys(words))


def _between_spaces(words: Iterable[str]) -> str:
    """Return the words in one string with a space on both sides of each, so that ` word ` finds whole words only."""
    spaced = [f" {word} " for word in words]
    return "".join(spaced)

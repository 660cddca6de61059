"""The draft as it stands in the form: read as it is, right or wrong, and never longer than what is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from ... import html, search
from ...markup import plain
from ...models import Category, Entry, Phrasing, is_own, normal_words

#: Characters of an answer that are looked at, tags included: twice what may be saved, as it shrinks when cleaned.
LONGEST_ANSWER = 2 * html.MAX_LENGTH
LONGEST_QUESTION = 500
#: Wordings that search is tried with.
MOST_WORDINGS = 10


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Draft as typed. `answer` is HTML as typed, not cleaned; `entry_id` is None before the first save."""

    entry_id: int | None = None
    ref: str = ""
    question: str = ""
    short_question: str = ""
    answer: str = ""
    category: str = ""
    not_stated: bool = False
    phrasings: tuple[str, ...] = ()
    #: Wordings to try search with, as typed beside the form; without any, the first phrasings are tried.
    wordings: tuple[str, ...] = ()

    @cached_property
    def cleaned(self) -> str:
        """The answer as it would be saved."""
        return str(html.clean(self.answer))

    @property
    def words(self) -> str:
        """The words of the answer, a line for each block."""
        return html.to_text(self.cleaned)

    @property
    def to_try(self) -> tuple[str, ...]:
        """The wordings that search is tried with."""
        return self.wordings or self.phrasings[:MOST_WORDINGS]

    def as_written(self) -> search.Written:
        """Returns the draft as search would read it."""
        return search.Written(
            self.entry_id,
            self.question,
            short_question=self.short_question,
            answer=self.cleaned,
            category=self.category,
            phrasings=self.phrasings,
            own=is_own(self.ref),
            not_stated=self.not_stated,
        )


def draft_of(fields: Mapping[str, str], entry: Entry | None) -> Draft:
    """Returns the draft in the fields of a sent form; what is missing or wrong is read as empty."""
    return Draft(
        entry_id=entry.pk if entry else None,
        ref=entry.ref if entry else _line(fields, "ref"),
        question=_line(fields, "question"),
        short_question=_line(fields, "short_question"),
        answer=_answer(fields),
        category=_category(fields.get("category", "")),
        not_stated=bool(fields.get("not_stated")),
        phrasings=_lines(fields.get("said", ""), Phrasing.MOST_PER_ENTRY, Phrasing.LONGEST),
        wordings=_lines(fields.get("wordings", ""), MOST_WORDINGS, search.MAX_QUERY_LENGTH),
    )


def _line(fields: Mapping[str, str], name: str) -> str:
    return normal_words(fields.get(name, "")[:LONGEST_QUESTION].replace("\x00", ""))


def _answer(fields: Mapping[str, str]) -> str:
    """Returns the answer as HTML; plain text becomes it as it would when saved."""
    typed = fields.get("answer", "").replace("\x00", "")[:LONGEST_ANSWER]
    edited = fields.get("answer-format") == "html"
    return plain.to_html(typed) if not edited and plain.is_plain(typed) else typed


def _lines(typed: str, most: int, longest: int) -> tuple[str, ...]:
    """Returns the first lines that say something, each once and cut to `longest` characters."""
    # Twice as many characters as the lines may have, so that a megabyte of blanks is not walked through.
    lines = typed[: 2 * most * (longest + 2)].replace("\x00", "").splitlines()
    cut = [normal_words(line[:longest]) for line in lines]
    saying = [line for line in dict.fromkeys(cut) if search.normalize(line)]
    return tuple(saying[:most])


def _category(typed: str) -> str:
    """Returns the name of the chosen category, empty where none is."""
    if not typed.isascii() or not typed.isdecimal() or len(typed) > 9:
        return ""
    return Category.objects.filter(pk=int(typed)).values_list("name", flat=True).first() or ""

"""What a row of a spreadsheet says of an entry, or what is wrong with it, named by row and column."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from helpdesk.common.words import sentence_of

from ... import html
from ...markup import plain
from ...models import Document, Entry, Phrasing, normal_words
from ...models.entries import YEARS
from ..found import FoundEntry
from .columns import ANSWERS, ENTRIES

Value = TypeVar("Value")

#: States that a file may ask for.
STATES = (Entry.Status.PUBLISHED, Entry.Status.DRAFT)
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """One thing that is wrong, with the row and the header of the column where these are known."""

    sentence: str
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        places = [f"第 {self.row} 行"] if self.row else []
        places += [f"“{self.column}”"] if self.column else []
        return f"{'，'.join(places)}：{self.sentence}" if places else self.sentence


class Documents:
    """Source documents by what people write for them: slug, title, or 《title》."""

    def __init__(self) -> None:
        self._slugs: dict[str, set[str]] = {}
        for slug, title in Document.objects.values_list("slug", "title"):
            for name in (slug, title, f"《{title}》"):
                self._slugs.setdefault(_squeezed(name), set()).add(slug)

    def slug_of(self, written: str) -> str:
        """Returns the slug of the one that is meant. Raises ValidationError where it is none, or several."""
        slugs = self._slugs.get(_squeezed(written), set())
        if not slugs:
            raise ValidationError("没有这份来源文档。请照后台“来源文档”里的标题写，或者先在那里建好。")
        if len(slugs) > 1:
            raise ValidationError(f"有几份文档都叫这个名字，请改写代号：{'、'.join(sorted(slugs))}。")
        [slug] = slugs
        return slug


def _squeezed(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


class Row:
    """One row: `entry` is what it says, `problems` what is wrong with it."""

    def __init__(self, number: int, cells: Mapping[str, str], documents: Documents) -> None:
        self.number = number
        self.cells = cells
        self.problems: list[SheetProblem] = []
        self.entry = self._read(documents)

    def _read(self, documents: Documents) -> FoundEntry:
        document = self._value("document", documents.slug_of) or ""
        number = self._value("number", _number)
        if bool(self.cells.get("document")) != bool(self.cells.get("number")):
            missing = "number" if self.cells.get("document") else "document"
            self._tell(missing, "来源文档和序号要么都填，要么都不填。")
        valid_from, valid_to = self._value("valid_from", _year), self._value("valid_to", _year)
        if valid_from and valid_to and valid_from > valid_to:
            self._tell("valid_to", "结束的年份不能早于开始的年份。")
        return FoundEntry(
            ref=self._value("ref", _checked("ref")) or "",
            question=self._needed("question", _checked("question")),
            short_question=self._value("short_question", _checked("short_question")) or "",
            answer_html=self._answer(),
            is_exact=not plain.is_plain(self._typed()),
            notice=self._value("notice", _checked("notice")) or "",
            category=self.cells.get("category", ""),
            document=document,
            number=number,
            phrasings=self._value("phrasings", _phrasings),
            valid_from=valid_from,
            valid_to=valid_to,
            checked_on=self._value("checked_on", _day),
            status=self._value("status", _status) or "",
            place=f"第 {self.number} 行",
        )

    def _typed(self) -> str:
        return "".join(self.cells.get(field, "") for field in ANSWERS)

    def _answer(self) -> str:
        typed = self._typed()
        if not typed:
            self._tell("answer", "这里要填写。")
            return ""
        answer = plain.html_of(typed)
        try:
            html.validate_answer(answer)
        except ValidationError as error:
            self._tell("answer", sentence_of(error.error_list))
            return ""
        return str(html.clean(answer))

    def _needed(self, field: str, read: Callable[[str], str]) -> str:
        if not self.cells.get(field):
            self._tell(field, "这里要填写。")
        return self._value(field, read) or ""

    def _value(self, field: str, read: Callable[[str], Value]) -> Value | None:
        """Returns what a cell says; None where it is empty, or wrong, which is then told."""
        text = self.cells.get(field, "")
        if not text:
            return None
        try:
            return read(text)
        except ValidationError as error:
            self._tell(field, sentence_of(error.error_list))
            return None

    def _tell(self, field: str, sentence: str) -> None:
        header = ENTRIES.column(field).header
        self.problems.append(SheetProblem(sentence, self.number, header))


# --- cells -------------------------------------------------------------------------------------------------------


def _checked(field: str) -> Callable[[str], str]:
    """Returns what reads a cell as that field of an entry: as long, and as formed, as the field demands."""
    model_field: Any = Entry._meta.get_field(field)

    def read(text: str) -> str:
        line = " ".join(text.strip().split("\n"))
        model_field.run_validators(line)
        return line

    return read


def _number(text: str) -> int:
    digits = unicodedata.normalize("NFKC", text)
    if not re.fullmatch("[0-9]{1,5}", digits) or not 0 < int(digits) <= 32_767:
        raise ValidationError("序号要写成数字，如 5。")
    return int(digits)


def _year(text: str) -> int:
    digits = unicodedata.normalize("NFKC", text).removesuffix("年").strip()
    if not re.fullmatch("[0-9]{4}", digits):
        raise ValidationError("请写四位数的年份，如 2016。")
    for validate in YEARS:
        validate(int(digits))
    return int(digits)


def _day(text: str) -> datetime.date:
    found = _DAY.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
    try:
        day = datetime.date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None:
        raise ValidationError("日期请写成 2026-09-01 这样。")
    Entry._meta.get_field("checked_on").run_validators(day)
    return day


def _status(text: str) -> str:
    """Returns the state that the word names. Raises ValidationError for any other word."""
    words = {str(state.label): state.value for state in STATES}
    if text in words:
        return words[text]
    raise ValidationError(f"没有“{text[:20]}”这个状态，请从这些里选：{'、'.join(words)}。")


def _phrasings(text: str) -> tuple[str, ...]:
    """Returns the phrasings, each once. Raises ValidationError that names the lines which are too long."""
    lines = [normal_words(line) for line in text.split("\n")]
    said = tuple(dict.fromkeys(line for line in lines if line))
    if len(said) > Phrasing.MOST_PER_ENTRY:
        raise ValidationError(f"最多写 {Phrasing.MOST_PER_ENTRY} 种问法，这里有 {len(said)} 种。")
    too_long = list(_too_long(lines))
    if too_long:
        raise ValidationError(too_long)
    return said


def _too_long(lines: list[str]) -> Iterator[str]:
    most = Phrasing.LONGEST
    for number, line in enumerate(lines, start=1):
        if len(line) > most:
            yield f"格子里的第 {number} 行“{line[:10]}…”有 {len(line)} 个字，一种问法最多 {most} 个字。"

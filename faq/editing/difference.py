"""Differences between two contents in words, as an editor reads them: markup is no part of it."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import unescape

from .. import html
from ..models import Category, Document, Entry
from .content import Content

#: Words of Latin letters and numbers stay whole; every other sign stands for itself, as Chinese has no spaces.
_SIGNS = re.compile(r"[A-Za-z]+|[0-9]+(?:\.[0-9]+)?|\s+|.", re.DOTALL)
#: Links and pictures as the cleaner writes them.
_LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_PICTURE = re.compile(r'(<img\b[^>]*?\bsrc="([^"]*)"[^>]*>)')
_ALT = re.compile(r'\balt="([^"]*)"')
#: Lines with more signs than this are shown as replaced: comparing them sign by sign would take its time.
LONGEST_LINE = 3_000
#: Common signs between two changes that are too few to be read as unchanged.
FEWEST_KEPT = 2
#: Two lines less alike than this are shown as one taken out and one put in.
ALIKE = 0.35


class Kind(StrEnum):
    SAME = "same"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stayed, was taken out, or was put in."""

    kind: Kind
    text: str

    @property
    def tag(self) -> str:
        """Element of HTML that stands for the kind; empty for text that stayed."""
        return {Kind.OUT: "del", Kind.IN: "ins"}.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Changed:
    """A part of the content that differs: its name in Chinese, its pieces in order, and a remark where one helps."""

    name: str
    pieces: tuple[Piece, ...]
    remark: str = ""
    #: True where each piece is a line of its own, rather than a part of a text.
    in_lines: bool = False


def difference(before: Content, after: Content) -> list[Changed]:
    """Returns the parts that differ, in the order of the form; an empty list where both say the same."""
    old, new = _texts(before), _texts(after)
    found = [Changed(name, tuple(pieces(old[name], new[name]))) for name in new if old[name] != new[name]]
    embedded = [
        Changed(name, tuple(lines), in_lines=True)
        for name, lines in (
            ("链接", _lines(links_of(before.answer), links_of(after.answer))),
            ("图片", _lines(pictures_of(before.answer), pictures_of(after.answer))),
        )
        if lines
    ]
    if before.answer != after.answer and old[ANSWER] == new[ANSWER] and not embedded:
        found.append(Changed(ANSWER, (), "文字没有变，只改了排版。"))
    phrasings = _lines(before.phrasings, after.phrasings)
    return found + embedded + ([Changed("相似问法", tuple(phrasings), in_lines=True)] if phrasings else [])


def changed_parts(before: Content, after: Content) -> list[str]:
    """Returns the names of the parts that differ, in the order of the form."""
    parts = {NAMES[name]: None for name in NAMES if getattr(before, name) != getattr(after, name)}
    same_phrasings = sorted(before.phrasings) == sorted(after.phrasings)
    return [*parts] + ([] if same_phrasings else ["相似问法"])


QUESTION, ANSWER, SOURCE = "问题", "答案", "来源"
#: Fields of a content → the name of the part that they belong to.
NAMES = {
    "question": QUESTION,
    "short_question": "短标题",
    "answer": ANSWER,
    "notice": "提示",
    "page": "本站的页面",
    "not_stated": "资料没有写明",
    "category": "分类",
    "document": SOURCE,
    "number": SOURCE,
    "valid_from": "适用年份",
    "valid_to": "适用年份",
}


def _texts(content: Content) -> dict[str, str]:
    """Returns what can be compared word by word, by the names that the form has for it."""
    category = Category.objects.filter(slug=content.category).values_list("name", flat=True).first()
    document = Document.objects.filter(slug=content.document).first() if content.document else None
    source = f"{document or content.document}第 {content.number} 条" if content.document else ""
    pages = dict(Entry.Page.choices)
    return {
        QUESTION: content.question,
        "短标题": content.short_question,
        ANSWER: html.to_text(content.answer),
        "提示": content.notice,
        "本站的页面": str(pages.get(content.page, content.page)),
        "资料没有写明": "是" if content.not_stated else "",
        "分类": category or content.category,
        SOURCE: source,
        "适用年份": _years(content),
    }


def _years(content: Content) -> str:
    return Entry(valid_from=content.valid_from, valid_to=content.valid_to).valid_for


def links_of(answer: str) -> list[str]:
    """Returns the links of an answer, each as its words and its address."""
    found = _LINK.findall(answer)
    return [f"{html.to_text(words) or '（没有字）'} → {unescape(address)}" for address, words in found]


def pictures_of(answer: str) -> list[str]:
    """Returns the pictures of an answer, each as its description and its name."""
    return [f"{_description(tag)}（{unescape(source)}）" for tag, source in _PICTURE.findall(answer)]


def _description(tag: str) -> str:
    described = _ALT.search(tag)
    return unescape(described[1]) if described and described[1] else "没有说明的图片"


def _lines(before: Iterable[str], after: Iterable[str]) -> list[Piece]:
    """Returns the lines that were taken out or put in, a piece each."""
    old, new = dict.fromkeys(before), dict.fromkeys(after)
    out = [Piece(Kind.OUT, text) for text in old if text not in new]
    return out + [Piece(Kind.IN, text) for text in new if text not in old]


def pieces(before: str, after: str) -> list[Piece]:
    """Returns the pieces that lead from one text to the other: the lines first, then the signs of changed lines."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    found: list[Piece] = []
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece(Kind.SAME, "".join(old[old_from:old_to])))
        else:
            found.extend(_changed_lines(old[old_from:old_to], new[new_from:new_to]))
    return list(_joined(found))


def _changed_lines(old: list[str], new: list[str]) -> Iterator[Piece]:
    """Yields the pieces of lines that stand in place of others, line by line where as many came as went."""
    if len(old) == len(new):
        for old_line, new_line in zip(old, new, strict=True):
            yield from _changed_text(old_line, new_line)
    else:
        yield from _changed_text("".join(old), "".join(new))


def _changed_text(old: str, new: str) -> list[Piece]:
    before, after = _SIGNS.findall(old), _SIGNS.findall(new)
    whole = [Piece(Kind.OUT, old), Piece(Kind.IN, new)]
    if max(len(before), len(after)) > LONGEST_LINE:
        return whole
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if old.strip() and new.strip() and matcher.ratio() < ALIKE:
        return whole
    found: list[Piece] = []
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        out, put = "".join(before[old_from:old_to]), "".join(after[new_from:new_to])
        if tag == "equal" and _is_kept(out, is_edge=old_from == 0 or old_to == len(before)):
            found.append(Piece(Kind.SAME, out))
        else:
            found += [Piece(Kind.OUT, out), Piece(Kind.IN, put)]
    return found


def _is_kept(text: str, *, is_edge: bool) -> bool:
    """Tells whether common signs are read as unchanged, rather than as a remnant between two changes."""
    return is_edge or len(text) >= FEWEST_KEPT or "\n" in text


def _joined(found: Iterable[Piece]) -> Iterator[Piece]:
    """Yields neighbouring pieces of a kind as one, what went before what came, and none that is empty."""
    for is_same, group in itertools.groupby(found, key=lambda piece: piece.kind == Kind.SAME):
        together = list(group)
        for kind in [Kind.SAME] if is_same else [Kind.OUT, Kind.IN]:
            text = "".join(piece.text for piece in together if piece.kind == kind)
            if text:
                yield Piece(kind, text)

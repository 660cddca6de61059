"""Decisions on degrees and other offsets: when they may be changed, and when they may be credited (C7, credits-05)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from ..rules import wording
from .findings import Door, Finding


@dataclass(frozen=True)
class AwardWords:
    """The words for one kind of award, and the column of it that may be changed in a spreadsheet."""

    noun: str
    #: The noun as one of them.
    one: str
    detail: str


def changing_finding(credited: bool, door: Door, words: AwardWords) -> Finding | None:
    """A problem where an award was credited: to change it, the reviewer sends it back first."""
    if not credited:
        return None
    if door is Door.SHEET:
        return Finding(words.detail, f"{words.one}已经认定，不能改：请审核员先退回。")
    return Finding("", f"已经认定的{words.noun}不能改，也不能删：请审核员先退回。")


def too_early(awarded_on: datetime.date, employed_on: datetime.date | None) -> str:
    """Why a degree awarded before formal employment is not credited (C7); empty where it was not, or nobody knows."""
    if employed_on is None or awarded_on >= employed_on:
        return ""
    awarded, employed = wording.date_in_words(awarded_on), wording.date_in_words(employed_on)
    return f"学历取得日期（{awarded}）早于正式任教日期（{employed}），不能冲抵（学分问答第 5 条）"

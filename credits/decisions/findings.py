"""Findings: what a decision says of the values that somebody entered, in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum


class FindingLevel(StrEnum):
    """How much a finding weighs; the word that is stored with an import."""

    PROBLEM = "problem"  # nothing is saved
    REMINDER = "reminder"  # shown, and keeps nobody from saving


class Door(Enum):
    """The way by which values come in. Both doors follow one rule; some sentences name what is on the page."""

    HAND = "hand"  # a form for one row
    SHEET = "sheet"  # a spreadsheet


@dataclass(frozen=True)
class Finding:
    """One sentence about a row, at the field it is about; an empty field means the row as a whole."""

    field: str
    sentence: str
    level: FindingLevel = FindingLevel.PROBLEM

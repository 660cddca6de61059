"""Something that a check found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem and its remedy, in Chinese; `urgent` where it must be done for the portal to work as it should."""

    wrong: str
    remedy: str
    urgent: bool = True

"""Tones in which pages show the state of a row."""

from __future__ import annotations

from enum import StrEnum


class Tone(StrEnum):
    """The end of a CSS class: `state-good`."""

    GOOD = "good"  # it counts, or is done
    OPEN = "open"  # somebody has still to decide or to act
    SHORT = "short"  # it came back to be mended

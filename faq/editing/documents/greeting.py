"""The greeting at the beginning of an answer, which is cut only where somebody asks for it."""

from __future__ import annotations

import re
from dataclasses import replace

from ..found import FoundEntry

_GREETING = re.compile(
    r"^(\s*<p>(?:<strong>)?)(?:您好|你好|老师|您好老师|老师您好|各位老师)(?:[，,、\s]*(?:您好|你好|老师|各位老师))?"
    r"\s*[，,！!。：:]\s*"
)


def without_greeting(entry: FoundEntry) -> FoundEntry:
    """Returns the entry without 您好，老师， at the beginning of its answer; one that is nothing else stays."""
    cut = _GREETING.sub(r"\1", entry.answer_html, count=1)
    return entry if cut.startswith("<p></p>") else replace(entry, answer_html=cut)

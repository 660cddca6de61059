"""Words that parts of the portal quote from entries: apps register who quotes, editing asks before words go.

The credit rules rest on clauses that stand in entries, and guides quote answers. An app that editing must not import
registers a function here; editing then warns of what an edit or the bin would take away.
"""

from __future__ import annotations

from collections.abc import Callable

#: Takes an entry's ref, its question and its answer as text (both empty for an entry that goes), and returns a sentence
#: in Chinese for each place that quotes words which would no longer stand there.
Check = Callable[[str, str, str], list[str]]

_CHECKS: list[Check] = []


def register(check: Check) -> None:
    """Lets `check` be asked about every entry that is about to change or to go."""
    if check not in _CHECKS:
        _CHECKS.append(check)


def lost(ref: str, question: str, answer: str) -> list[str]:
    """Returns the sentences of all checks: what would no longer find its words in this entry."""
    return [sentence for check in _CHECKS for sentence in check(ref, question, answer)]

"""Reads a spreadsheet in a process of its own, which may take 10 s and 256 MB and no more.

`read(command, content)` starts the command, whose module calls `reading.serving.serve` with the kinds of sheets it
knows, gives it the file and gets JSON back: rows as text by field, problems with row and column, and what the user may
want to know. The child knows no Django, has no database and may write no file. Whatever goes wrong in it is a problem
with the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import child
from .reading.problems import MOST_BYTES, MOST_PROBLEMS, SENTENCES, Problem, Reading

__all__ = ["MOST_BYTES", "MOST_PROBLEMS", "SENTENCES", "Problem", "Reading", "read"]


def read(command: Sequence[str], content: bytes) -> Reading:
    """The rows of a spreadsheet, read by that command; whatever is wrong with the file stands in `problems`."""
    if len(content) > MOST_BYTES:
        return _refused("too_large")
    try:
        answer = child.run(command, content)
    except child.Busy:
        return _refused("busy")
    except child.TooMuch:
        return _refused("too_much")
    except child.Failed:
        return _refused("damaged")
    return _from_json(answer)


def _refused(code: str) -> Reading:
    return Reading(problems=[Problem(code)])


def _from_json(answer: dict[str, Any]) -> Reading:
    return Reading(
        rows=[(number, cells) for number, cells in answer["rows"]],
        problems=[Problem(**problem) for problem in answer["problems"]],
        notes=[Problem(**note) for note in answer["notes"]],
    )

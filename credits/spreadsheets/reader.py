"""Reads a spreadsheet of one of our kinds in a bounded child process, see `helpdesk.common.spreadsheets.reader`."""

from __future__ import annotations

from helpdesk.common import child
from helpdesk.common.spreadsheets import reader
from helpdesk.common.spreadsheets.reader import MOST_BYTES, MOST_PROBLEMS, SENTENCES, Problem, Reading

__all__ = ["MOST_BYTES", "MOST_PROBLEMS", "SENTENCES", "Problem", "Reading", "command", "read"]


def command(kind: str) -> list[str]:
    return child.command("credits.spreadsheets.reading", kind)


def read(kind: str, content: bytes) -> Reading:
    """The rows of a spreadsheet of `kind`; whatever is wrong with the file stands in `problems`."""
    return reader.read(command(kind), content)

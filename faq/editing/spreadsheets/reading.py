"""The child process that reads one spreadsheet of entries: `python -m faq.editing.spreadsheets.reading entries`."""

from __future__ import annotations

from helpdesk.common.spreadsheets.reading.serving import serve

from .columns import SHEETS

if __name__ == "__main__":
    serve(SHEETS)

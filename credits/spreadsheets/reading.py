"""The child process that reads one spreadsheet: `python -m credits.spreadsheets.reading KIND`, the file on stdin."""

from __future__ import annotations

from helpdesk.common.spreadsheets.reading.serving import serve

from .columns import SHEETS


def main() -> None:
    serve(SHEETS)


if __name__ == "__main__":
    main()

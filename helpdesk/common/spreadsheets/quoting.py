"""Quoting of text that a spreadsheet program would compute. Knows no openpyxl: the child process uses it too."""

from __future__ import annotations

import re

#: Excel, WPS and LibreOffice may take text that begins so for a formula, full-width signs too.
_ACTIVE = "=+\\-@\t\r\n＝＋－＠"
#: Text that needs quoting: an active character at the beginning, or after quotes.
_TO_QUOTE = re.compile(f"'*[{_ACTIVE}]")
_QUOTED = re.compile(f"'+[{_ACTIVE}]")


def safe_cell(text: str) -> str:
    """`text` for a cell or a CSV field, with a ' in front where a program might take it for a formula."""
    return f"'{text}" if _TO_QUOTE.match(text) else text


def without_quote(text: str) -> str:
    """The text that `safe_cell` was given."""
    return text[1:] if _QUOTED.match(text) else text

"""The text of a cell, by the kind of its column."""

from __future__ import annotations

import datetime
import re
from typing import Any

from ...names import visible_line
from ..quoting import without_quote
from ..sheets import NO, YES, Column, Holds
from .facts import Facts, Place
from .problems import LONGEST_QUOTE, Refused
from .xlsx import shown_with_zeros

#: Programs write a day's beginning some seconds off, SheetJS 43 of them in China: a minute before midnight is the day.
NEARLY = datetime.timedelta(minutes=1)
MIDNIGHT = datetime.time()
#: The days of 1950 to 2100 as numbers, and the day that they count from. No typed day looks like these.
DAYS_AS_NUMBERS = range(18_264, 73_416)
FIRST_DAY = datetime.date(1899, 12, 30)
#: A time of day behind a date, as programs write it.
_TIME = re.compile(r"(?<=[0-9日号])[T ] *[0-9]{1,2}[:：][0-9]{2}([:：][0-9]{2}(\.[0-9]+)?)?Z?\Z")
#: A number that a program has rounded to fit its column: 1.23457E+11.
_ROUNDED = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+[0-9]+")


def text_of(value: Any, column: Column, facts: Facts, at: Place) -> str:
    """The text of a value from calamine, empty where it is blank. Raises Refused where the column cannot hold it."""
    if at in facts.errors:
        raise Refused("error_value", where=facts.errors[at][:20])
    if value == "":
        if at in facts.formulas:
            raise Refused("uncalculated")
        return ""
    if isinstance(value, bool):
        return _of_truth(value, column)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return _of_day(value, column)
    if isinstance(value, int | float):
        if facts.days_as_numbers and column.holds is Holds.DATE and value in DAYS_AS_NUMBERS:
            return _of_day(FIRST_DAY + datetime.timedelta(days=value), column)
        return _of_number(value, column, facts.zeros.get(at))
    return _of_text(value, column)


def shown(value: Any) -> str:
    """A value as one line of text, whatever it is; of a date with a time at its beginning the date."""
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}".removesuffix(" 00:00:00")
    if isinstance(value, float):
        return _digits(value)
    return plain(str(value))


def quoted(value: Any) -> str:
    """As much of a value as a problem quotes."""
    return shown(value)[:LONGEST_QUOTE]


def plain(text: str) -> str:
    """One line without invisible characters, and without the quote that `safe_cell` put in front."""
    # A tab may begin what `safe_cell` quoted, so the quote goes before the white space does.
    return visible_line(without_quote(text))


def _of_text(value: str, column: Column) -> str:
    text = _lines(value) if column.holds is Holds.LINES else plain(value)
    if len(text) > column.longest:
        raise Refused("long_text", where=str(column.longest))
    if column.holds is Holds.DATE:
        return _TIME.sub("", text)
    if column.holds is Holds.CODE:
        text = text.lstrip("'‘’")  # typed to keep zeros in front
        if _ROUNDED.fullmatch(text):
            raise Refused("rounded_code")
    return text


def _lines(value: str) -> str:
    """Text as written, without the quote of `safe_cell`; line breaks are those of Unix. Empty where it is blank."""
    text = without_quote(value).replace("\r\n", "\n").replace("\r", "\n")
    return text if text.strip() else ""


def _of_truth(value: bool, column: Column) -> str:
    if column.holds is not Holds.YES_NO:
        raise Refused("truth_as_text")
    return YES if value else NO


def _of_day(value: Any, column: Column) -> str:
    """The day of a date or a date with a time, as 2019-07-10."""
    if column.holds is not Holds.DATE:
        raise Refused("date_as_amount" if column.holds is Holds.AMOUNT else "date_as_text")
    if not isinstance(value, datetime.date):
        raise Refused("not_a_date")
    begun = value if isinstance(value, datetime.datetime) else datetime.datetime.combine(value, MIDNIGHT)
    return (begun + NEARLY).date().isoformat()


def _of_number(value: float, column: Column, code: str | None) -> str:
    """The digits that Excel would show; `code` is the number's format where it shows zeros in front."""
    if column.holds is Holds.CODE:
        with_zeros = shown_with_zeros(value, code) if code else None
        if with_zeros is None:
            raise Refused("number_as_code")
        return with_zeros
    if column.holds is Holds.NAME:
        raise Refused("number_as_name")
    return _digits(value)


def _digits(value: float) -> str:
    """Fifteen significant digits, as in Excel, so that 0.1+0.2 is 0.3."""
    digits = f"{value:.15g}"
    is_plain = "e" not in digits and "n" not in digits  # not 1e+300, inf or nan
    return digits.removesuffix(".0") if is_plain else digits

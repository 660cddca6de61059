"""Bounds of amounts and dates: those of the contract, for rows, forms, spreadsheets and JSON alike."""

from __future__ import annotations

import datetime
from decimal import Decimal

FIRST_DATE = datetime.date(1950, 1, 1)
LAST_DATE = datetime.date(2100, 12, 31)
MAX_CREDITS = Decimal(100)
MAX_HOURS = Decimal(2000)
MAX_COUNT = 1000
#: Characters of an id, a project's code or the basis of an offset.
MAX_NAME_LENGTH = 64

"""Words of the form for records that the ledger has in others: a month for a day, 不清楚 for yes or no."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ..rules.types import Line

_DAY = re.compile(r"^[0-9]{4} 年 [0-9]{1,2} 月 [0-9]{1,2} 日")


@dataclass(frozen=True)
class AsTyped:
    """Words of dates by the id of their record, and the ids of records of which a yes or no is not known."""

    days: Mapping[str, str] = field(default_factory=dict)
    unknown: Collection[str] = ()

    def because(self, line: Line) -> str:
        """Returns why a line counts as it does: with the date as it was typed, and that the unknown does not matter."""
        ids = [record.lstrip("+") for record in line.records]
        because = line.because
        if len(ids) == 1 and ids[0] in self.days:
            because = _DAY.sub(self.days[ids[0]], because)
        if any(name in self.unknown for name in ids):
            because += "（您填的是不清楚：有没有，结果都一样。）"
        return because

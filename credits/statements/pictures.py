"""Counts of teachers by verdict and by what they lack, as parts of a bar.

The templates draw the bars, in percent: no chart library, so that a picture needs no script and prints as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet, Sum

from ..models import StatementSummary
from ..rules.types import Verdict
from ..rules.wording import VERDICT

MISSING = {
    "coordinated": "统筹还差",
    "self_directed": "自主还差",
    "coordinated_only": "只差统筹",
    "self_directed_only": "只差自主",
    "both": "两项都差",
    "pending": "有方案待审核",
}
LACKS_COORDINATED = Q(coordinated_missing__gt=0)
LACKS_OWN = Q(self_directed_missing__gt=0)
#: The key of MISSING for a pair: coordinated credits are lacking, self-directed ones are.
LACKS = {(True, False): "coordinated_only", (False, True): "self_directed_only", (True, True): "both"}
#: The verdicts in the order of a bar from left to right, with their tones.
DRAWN = {
    Verdict.MET: "good",
    Verdict.SHORT: "short",
    Verdict.CANNOT_DECIDE: "open",
    Verdict.UNDECIDED: "waiting",
    Verdict.PENDING_POLICY: "other",
}
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Part:
    """One piece of a bar: `count` teachers of one state, drawn from `start` to `start + width`, in percent."""

    label: str
    tone: str
    count: int
    start: str
    width: str


@dataclass
class Picture:
    """Counts of some teachers, all or a school's: by verdict, and for those who are short by what they lack."""

    name: str = ""
    pk: int | None = None
    verdicts: Counter[str] = field(default_factory=Counter)
    lacking: Counter[str] = field(default_factory=Counter)
    #: Credits that the teachers who are short lack together.
    coordinated_missing: Decimal = Decimal(0)
    self_directed_missing: Decimal = Decimal(0)

    @property
    def teachers(self) -> int:
        return self.verdicts.total()

    @property
    def met(self) -> int:
        return self.verdicts[Verdict.MET.value]

    @property
    def short(self) -> int:
        return self.verdicts[Verdict.SHORT.value]

    @property
    def coordinated(self) -> int:
        return self.lacking["coordinated_only"]

    @property
    def self_directed(self) -> int:
        return self.lacking["self_directed_only"]

    @property
    def both(self) -> int:
        return self.lacking["both"]

    @property
    def others(self) -> int:
        """Number of teachers of whom nothing is required, or nothing can be said yet."""
        return self.teachers - self.met - self.short

    @property
    def judged(self) -> int:
        """Number of teachers whose verdict is met or short."""
        return self.met + self.short

    @property
    def by_verdict(self) -> list[Part]:
        return _parts((VERDICT[verdict], tone, self.verdicts[verdict.value]) for verdict, tone in DRAWN.items())

    @property
    def by_lack(self) -> list[Part]:
        return _parts(self._lacks())

    @property
    def by_state(self) -> list[Part]:
        return _parts([("已达到要求", "good", self.met), *self._lacks(), ("其他", "other", self.others)])

    def _lacks(self) -> list[tuple[str, str, int]]:
        return [(MISSING[lack], lack, self.lacking[lack]) for lack in LACKS.values()]

    def add(self, row: dict[str, Any]) -> None:
        """Adds a row of `counted_by_verdict`: teachers of one verdict who lack the same."""
        self.verdicts[row["verdict"]] += row["teachers"]
        if row["verdict"] == Verdict.SHORT.value:
            lack = LACKS[row["coordinated"], row["own"]]
            self.lacking[lack] += row["teachers"]
            self.coordinated_missing += row["coordinated_sum"]
            self.self_directed_missing += row["own_sum"]


def _parts(counted: Iterable[tuple[str, str, int]]) -> list[Part]:
    """Returns the parts of a bar from (label, tone, count), from left to right, without the empty ones."""
    filled = [(label, tone, count) for label, tone, count in counted if count]
    whole = sum(count for _, _, count in filled)
    start = 0.0
    parts = []
    for label, tone, count in filled:
        width = 100 * count / whole
        parts.append(Part(label, tone, count, f"{start:.2f}", f"{width:.2f}"))
        start += width
    return parts


def counted_by_verdict(rows: QuerySet[StatementSummary], *by: str) -> Iterator[dict[str, Any]]:
    """Yields a row for the teachers of one verdict who lack the same: how many, and how much they lack together.

    Amounts are rounded to hundredths of a credit: SQLite adds up in floating point, and 1062.7 comes out as
    1062.699999999999. `by` are further columns to count by.
    """
    marked = rows.order_by().annotate(
        coordinated=ExpressionWrapper(LACKS_COORDINATED, BooleanField()),
        own=ExpressionWrapper(LACKS_OWN, BooleanField()),
    )
    counted = marked.values(*by, "verdict", "coordinated", "own").annotate(
        teachers=Count("pk"),
        coordinated_sum=Sum("coordinated_missing"),
        own_sum=Sum("self_directed_missing"),
    )
    for row in counted.iterator():
        for name in ("coordinated_sum", "own_sum"):
            row[name] = row[name].quantize(HUNDREDTH)
        yield row

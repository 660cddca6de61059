"""The table that `make faults` prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass
class Row:
    """One fault: how often it was tried, how often what must hold did not, and what was measured beside."""

    fault: str
    tried: int
    failed: int
    measured: str = ""

    def __str__(self) -> str:
        return f"{self.fault:<48} {self.tried:>6} {self.failed:>6}  {self.measured}"


def show(title: str, rows: Iterable[Row]) -> int:
    """Prints rows as they come, below a title; returns how many failures they tell."""
    print(f"\n{title:<48} {'tried':>6} {'failed':>6}  measured", flush=True)
    failed = 0
    for row in rows:
        print(row, flush=True)
        failed += row.failed
    return failed


def failures(rows: Iterable[Row]) -> list[str]:
    """Prints rows as `show` does, for tests; returns those that tell failures."""
    found = []
    for row in rows:
        print(row, flush=True)
        if row.failed:
            found.append(str(row))
    return found

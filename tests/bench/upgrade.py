"""`python -m tests.bench.upgrade`: the points of 5,000 deeds, from JSON to JSON, beside reading the same JSON.

Times are those of the processor, so that other work on the machine counts little.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench.__main__ import own_place, start_django

DEEDS = 5_000
ROUNDS = 15
MOST = 3


def body(deeds: int) -> str:
    """Deeds of every kind on the days of a year, as one body of `POST /api/v1/upgrade/points`."""
    from credits.upgrade.kinds import Kind, Level

    chance = random.Random(1)
    kinds, levels = list(Kind), list(Level)
    rows = []
    for _ in range(deeds):
        on = datetime.date(2021, 1, 1) + datetime.timedelta(days=chance.randrange(365))
        kind = chance.choice(kinds)
        level = {"level": chance.choice(levels)} if kind is Kind.SUBMISSION else {}
        rows.append({"kind": kind, "on": on.isoformat(), **level})
    return json.dumps({"year": 2021, "as_of": "2021-11-30", "deeds": rows})


def milliseconds(*acts: Callable[[], object]) -> list[float]:
    """The least that each act took in several rounds, in turn, so that all meet the same machine."""
    took: list[list[float]] = [[] for _ in acts]
    for _ in range(ROUNDS):
        for times, act in zip(took, acts, strict=True):
            gc.collect()
            began = time.process_time()
            act()
            times.append(time.process_time() - began)
    return [1000 * min(times) for times in took]


def bench(deeds: int) -> bool:
    """Prints the times; returns whether the whole stays within the target."""
    from credits.statements.public import points_json
    from helpdesk.common.json_text import parse_json

    text = body(deeds)
    plain, reading, whole = milliseconds(
        lambda: json.loads(text),
        lambda: parse_json(text),
        lambda: json.dumps(points_json(parse_json(text))),
    )
    print(f"\n== points of {deeds:,} deeds")
    print(f"reading the JSON with floats, repeated keys lost {plain:18.1f} ms")
    print(f"reading it exactly, repeated keys kept {reading:28.1f} ms")
    print(
        f"reading, judging, counting and writing it {whole:25.1f} ms, × {whole / reading:.2f} (target: at most {MOST})"
    )
    return whole <= MOST * reading


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deeds", type=int, default=DEEDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        own_place(Path(name))
        start_django()
        kept = bench(options.deeds)
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()

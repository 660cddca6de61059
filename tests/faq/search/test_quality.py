"""Quality of search: floors just below the figures reached, so that no change makes it worse unnoticed.

No choice was made by `hurried-held`, and no query of the other `-held` files was read while ranking and phrasings were
made. All queries were written before any result was looked at. The situations, the long ones,
those in another idiom, other voices and in a hurry come from people who had seen neither search nor phrasings.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from faq import search

DATA = Path(__file__).parent.parent / "data"


class Floor(NamedTuple):
    reciprocal_rank: float
    first: float
    first_three: float


FLOORS = {
    "queries-cases.tsv": Floor(0.97, 0.93, 0.99),
    "queries-dev.tsv": Floor(0.99, 0.98, 0.99),
    "queries-own.tsv": Floor(0.985, 0.975, 0.99),
    "queries-situations-tune.tsv": Floor(0.98, 0.97, 0.99),
    "queries-situations-held.tsv": Floor(0.98, 0.97, 0.99),
    "queries-long-tune.tsv": Floor(0.98, 0.96, 0.98),
    "queries-long-held.tsv": Floor(0.98, 0.97, 0.99),
    "queries-idiom-tune.tsv": Floor(0.98, 0.97, 0.99),
    "queries-idiom-held.tsv": Floor(0.98, 0.96, 0.99),
    "queries-voices-tune.tsv": Floor(0.99, 0.98, 0.99),
    "queries-voices-held.tsv": Floor(0.99, 0.98, 0.99),
    "queries-hurried-held.tsv": Floor(0.98, 0.97, 0.99),
    "queries-portal.tsv": Floor(0.98, 0.96, 0.99),
}
MOST_WRONG = {
    "out-of-scope-cases.txt": 0,
    "out-of-scope-dev.txt": 1,
    "out-of-scope-own.txt": 4,
    "out-of-scope-situations-tune.txt": 3,
    "out-of-scope-situations-held.txt": 2,
    "out-of-scope-long-tune.txt": 1,
    "out-of-scope-long-held.txt": 1,
    "out-of-scope-idiom-tune.txt": 3,
    "out-of-scope-idiom-held.txt": 3,
    "out-of-scope-voices-tune.txt": 9,
    "out-of-scope-voices-held.txt": 7,
    "out-of-scope-hurried-held.txt": 3,
}
# The least share of the answerable queries that is answered with confidence.
LEAST_CONFIDENT = {"queries-cases.tsv": 0.86, "queries-idiom-held.tsv": 0.83, "queries-voices-tune.tsv": 0.85}
USUALLY_CONFIDENT = 0.9


def rank(query: str, refs: set[str]) -> int:
    """Return the place of the first hit that answers; 0 where none of ten does."""
    hits = search.search(query, limit=10).hits
    found = (place for place, hit in enumerate(hits, 1) if hit.entry.ref in refs)
    return next(found, 0)


def ranks(name: str) -> dict[str, int]:
    """Return the rank of each query of a file."""
    found: dict[str, int] = {}
    for line in (DATA / name).read_text(encoding="utf-8").splitlines():
        query, _, refs = line.partition("\t")
        found[query] = rank(query, set(refs.split(",")))
    return found


@pytest.mark.parametrize("name", FLOORS)
def test_queries_find_their_entries(content: None, name: str) -> None:
    by_query = ranks(name)
    places = list(by_query.values())
    reached = Floor(
        sum(1 / place for place in places if place) / len(places),
        sum(place == 1 for place in places) / len(places),
        sum(1 <= place <= 3 for place in places) / len(places),
    )
    missed = {query: place for query, place in by_query.items() if place != 1}
    assert all(value >= floor for value, floor in zip(reached, FLOORS[name], strict=True)), (reached, missed)


@pytest.mark.parametrize("name", FLOORS)
def test_most_answerable_queries_are_answered_with_confidence(content: None, name: str) -> None:
    queries = [line.partition("\t")[0] for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
    modest = [query for query in queries if not search.search(query).confident]
    least = LEAST_CONFIDENT.get(name, USUALLY_CONFIDENT)
    assert len(modest) <= (1 - least) * len(queries), modest


@pytest.mark.parametrize("name", MOST_WRONG)
def test_queries_out_of_scope_are_not_answered(content: None, name: str) -> None:
    queries = (DATA / name).read_text(encoding="utf-8").split("\n")
    wrong = [query for query in queries if query and search.search(query).confident]
    assert len(wrong) <= MOST_WRONG[name], wrong

"""`python -m tests.bench.ablation`: the worth of each ingredient of the ranking, measured by leaving it out.

All query files beside the tests are asked, on a database of its own.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from tests.bench.__main__ import ROOT, own_place, start_django

DATA = ROOT / "tests" / "faq" / "data"
DEPTH = 10  # hits that are looked at

Removal = Callable[[], AbstractContextManager[Any]]


class Figures(NamedTuple):
    """Quality of search: shares from 0 to 1, then the number of out-of-scope queries, and of those answered."""

    reciprocal_rank: float
    first: float
    first_three: float
    out_of_scope: int
    answered: int


def figures() -> Figures:
    """Return the quality of search over all query files."""
    from faq import search

    ranks = [rank(line) for path in sorted(DATA.glob("queries-*.tsv")) for line in lines(path)]
    out_of_scope = [line for path in DATA.glob("out-of-scope-*.txt") for line in lines(path)]
    answered = [query for query in out_of_scope if search.search(query).confident]
    count = len(ranks)
    reciprocal = [1 / place for place in ranks if place]
    first_three = [place for place in ranks if 0 < place <= 3]
    return Figures(
        reciprocal_rank=sum(reciprocal) / count,
        first=ranks.count(1) / count,
        first_three=len(first_three) / count,
        out_of_scope=len(out_of_scope),
        answered=len(answered),
    )


def lines(path: Path) -> list[str]:
    """Return the lines of a file that are not empty."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line]


def rank(line: str) -> int:
    """Return the place of the first hit that answers the query of a line, from 1; 0 where none of DEPTH does."""
    from faq import search

    query, _, listed = line.partition("\t")
    refs = listed.split(",")
    hits = search.search(query, limit=DEPTH).hits
    places = (place for place, hit in enumerate(hits, 1) if hit.entry.ref in refs)
    return next(places, 0)


@contextmanager
def without_rows(model: Any) -> Iterator[None]:
    """Delete all rows of a model, and bring them back at the end."""
    from django.db import transaction

    with transaction.atomic():
        model.objects.all().delete()
        yield
        transaction.set_rollback(True)


def constants(module: Any, **values: float) -> Removal:
    """Return the removal that gives constants of a module other values."""
    patch: Any = mock.patch.multiple
    return lambda: patch(module, **values)


def patched(module: Any, name: str, value: Any) -> Removal:
    """Return the removal that puts `value` in the place of one name of a module."""
    return lambda: mock.patch.object(module, name, value)


def ingredients() -> dict[str, Removal]:
    """Return each ingredient of the ranking with what removes it."""
    from faq.models import Phrasing, SynonymGroup
    from faq.search import matching, query, ranking, relations, text

    nothing = text.re.compile("(?!)")
    return {
        "everything": nullcontext,
        "no phrasings": lambda: without_rows(Phrasing),
        "no synonyms": lambda: without_rows(SynonymGroup),
        "no pinyin, initials, homophones": patched(text, "sound_keys", lambda found, *, every: []),
        "no spellings (帐号 → 账号)": patched(text, "_SPELLING", nothing),
        "no numerals to digits": patched(text, "_NUMERAL", nothing),
        "no Traditional to Simplified": patched(text, "_simplify", lambda written: written),
        "no stop words": patched(text, "STOP_WORDS", frozenset()),
        "no healing of cut words": patched(query, "_heal", lambda asked, session: list(asked)),
        "every word weighs the same": patched(query, "rarity", lambda frequency, size: 1.0),
        "single characters weigh in full": constants(query, CHARACTER=1.0),
        "everyday words weigh in full": constants(query, COMMON_WORD=1.0),
        "every place is worth the same": constants(
            matching, IN_PHRASING=1.0, IN_ANSWER=1.0, OFTEN_IN_ANSWER=1.0, IN_CATEGORY=1.0, LONGER_QUESTION=0.0
        ),
        "no side by side": constants(ranking, PHRASE=0.0),
        "no share of the heading asked for": constants(ranking, ABOUT=0.0),
        "no second opinion": constants(ranking, OWN=1.0),
        "no lead": constants(ranking, BY_LEAD=0.0),
        "no words that decide": patched(relations, "missing", lambda normalized, document: False),
        "mention in passing is trusted": constants(matching, IN_PASSING=1.0),
    }


def figures_without(removed: Removal) -> Figures:
    """Return the quality of search in a new process's place, without one ingredient."""
    from faq import search
    from faq.search import text
    from faq.search.replica import Replica

    with removed(), mock.patch.object(search, "own_replica", Replica()):
        search.own_replica._distrusted = True  # the files were written with every ingredient
        text.word_sounds.cache_clear()
        return figures()


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ablation-") as name:
        own_place(Path(name))
        start_django()
        from django.core.management import call_command

        with open(os.devnull, "w") as silence:
            call_command("bootstrap", verbosity=0, stdout=silence)
        print("| without | MRR@10 | recall@1 | recall@3 | out of scope, yet confident |")
        print("|---|---|---|---|---|")
        for label, removed in ingredients().items():
            found = figures_without(removed)
            shares = f"{found.reciprocal_rank:.3f} | {found.first:.3f} | {found.first_three:.3f}"
            print(f"| {label} | {shares} | {found.answered} of {found.out_of_scope} |", flush=True)


if __name__ == "__main__":
    main()

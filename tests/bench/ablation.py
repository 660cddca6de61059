"""`python -m tests.bench.ablation`: what each ingredient of the ranking is worth, by leaving it out.

Over all query files beside the tests, on a database of its own.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any
from unittest import mock

from tests.bench.__main__ import ROOT, own_place, start_django

DATA = ROOT / "tests" / "faq" / "data"


def figures() -> tuple[int, float, float, float, int, int]:
    """Queries, MRR@10, recall at 1 and 3; out-of-scope queries, and how many of them were answered."""
    from faq import search

    ranks = []
    for path in sorted(DATA.glob("queries-*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            query, _, refs = line.partition("\t")
            hits = [hit.entry.ref for hit in search.search(query, limit=10).hits]
            ranks.append(next((place for place, ref in enumerate(hits, 1) if ref in refs.split(",")), 0))
    beyond = [
        query for path in DATA.glob("out-of-scope-*.txt") for query in path.read_text(encoding="utf-8").split("\n")
    ]
    wrong = [search.search(query).confident for query in filter(None, beyond)]
    count = len(ranks)
    mrr = sum(1 / rank for rank in ranks if rank) / count
    return count, mrr, ranks.count(1) / count, sum(0 < rank <= 3 for rank in ranks) / count, len(wrong), sum(wrong)


@contextmanager
def without_rows(model: Any) -> Iterator[None]:
    from django.db import transaction

    with transaction.atomic():
        model.objects.all().delete()
        yield
        transaction.set_rollback(True)


def constants(**values: float) -> Callable[[], AbstractContextManager[Any]]:
    from faq.search import ranking

    patch: Any = mock.patch.multiple
    return lambda: patch(ranking, **values)


def ingredients() -> dict[str, Callable[[], AbstractContextManager[Any]]]:
    from faq.models import Phrasing, SynonymGroup
    from faq.search import ranking, text

    def patched(module: Any, name: str, value: Any) -> Callable[[], AbstractContextManager[Any]]:
        return lambda: mock.patch.object(module, name, value)

    return {
        "everything": nullcontext,
        "no phrasings": lambda: without_rows(Phrasing),
        "no synonyms": lambda: without_rows(SynonymGroup),
        "no pinyin, initials, homophones": patched(text, "sound_keys", lambda found, *, every: []),
        "no spellings (帐号 → 账号)": patched(text, "_SPELLING", text.re.compile("(?!)")),
        "no numerals to digits": patched(text, "_NUMERAL", text.re.compile("(?!)")),
        "no Traditional to Simplified": patched(text, "_simplify", lambda written: written),
        "no stop words": patched(text, "STOP_WORDS", frozenset()),
        "no healing of cut words": patched(ranking, "_heal", lambda asked, session: list(asked)),
        "every word weighs the same": patched(ranking, "rarity", lambda frequency, size: 1.0),
        "single characters weigh in full": constants(CHARACTER=1.0),
        "everyday words weigh in full": constants(COMMON_WORD=1.0),
        "every place is worth the same": constants(
            IN_PHRASING=1.0, IN_ANSWER=1.0, OFTEN_IN_ANSWER=1.0, IN_CATEGORY=1.0, LONGER_QUESTION=0.0
        ),
        "no side by side": constants(PHRASE=0.0),
        "no share of the heading asked for": constants(ABOUT=0.0),
        "mention in passing is trusted": constants(IN_PASSING=1.0),
    }


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ablation-") as name:
        own_place(Path(name))
        start_django()
        from django.core.management import call_command

        from faq import search
        from faq.search import index, text
        from faq.search.replica import Replica

        call_command("bootstrap", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
        print("| without | MRR@10 | recall@1 | recall@3 | out of scope, yet confident |")
        print("|---|---|---|---|---|")
        for label, removed in ingredients().items():
            with removed(), mock.patch.object(search, "own_replica", Replica()):
                search.own_replica._distrusted = True  # the files were written with everything in
                index._fields.cache_clear()
                text.word_sounds.cache_clear()
                _, mrr, first, three, beyond, wrong = figures()
            print(f"| {label} | {mrr:.3f} | {first:.3f} | {three:.3f} | {wrong} of {beyond} |", flush=True)


if __name__ == "__main__":
    main()

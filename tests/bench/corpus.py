"""Synthetic entries made from the forty: halves of questions and phrasings joined anew, sentences dealt anew."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from faq import html
from faq.models import Category, Entry, Phrasing, SearchState

PHRASINGS = 8


def grow(size: int) -> None:
    """Adds published entries, with eight phrasings each, until there are `size`; the same ones every time."""
    chance = random.Random(size)
    seeds = list(Entry.objects.order_by("id")[:40])
    questions = [entry.question for entry in seeds]
    sentences = [sentence for entry in seeds for sentence in re.findall(r"[^。；！？]+[。；！？]?", entry.answer_text)]
    said = list(Phrasing.objects.order_by("id").values_list("text", flat=True)[:1040])
    categories = list(Category.objects.order_by("id"))
    stamp = SearchState.raise_version()
    numbers = range(Entry.objects.count(), size)
    Entry.objects.bulk_create(
        [
            Entry(
                ref=f"made-{number}",
                category=chance.choice(categories),
                question=_joined(questions, chance),
                answer=str(html.clean("".join(chance.sample(sentences, chance.randint(2, 8))))),
                status=Entry.Status.PUBLISHED,
                stamp=stamp,
            )
            for number in numbers
        ],
        batch_size=500,
    )
    made = Entry.objects.filter(ref__startswith="made-", phrasings=None)
    Phrasing.objects.bulk_create(_phrasings(made.values_list("pk", flat=True), said, chance), batch_size=2000)


def _phrasings(entries: Iterator[int], said: list[str], chance: random.Random) -> Iterator[Phrasing]:
    for pk in entries:
        for text in {_joined(said, chance)[:60] for _ in range(PHRASINGS)}:
            yield Phrasing(entry_id=pk, text=text)


def _joined(texts: list[str], chance: random.Random) -> str:
    one, other = chance.choice(texts), chance.choice(texts)
    return one[: max(2, len(one) // 2)] + other[len(other) // 2 :]

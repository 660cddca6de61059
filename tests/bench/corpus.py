"""Synthetic entries made from the forty: halves of questions and phrasings joined anew, sentences dealt anew."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

from faq import html
from faq.models import Category, Entry, Phrasing, SearchState

PHRASINGS = 8
_SENTENCE = re.compile(r"[^。；！？]+[。；！？]?")


class Seeds:
    """Questions, sentences of answers, phrasings and categories of the first forty entries."""

    def __init__(self) -> None:
        entries = list(Entry.objects.order_by("id")[:40])
        phrasings = Phrasing.objects.order_by("id").values_list("text", flat=True)
        self.questions = [entry.question for entry in entries]
        self.sentences = [sentence for entry in entries for sentence in _SENTENCE.findall(entry.answer_text)]
        self.phrasings = list(phrasings[:1040])
        self.categories = list(Category.objects.order_by("id"))


def grow(size: int) -> None:
    """Add published entries, with eight phrasings each, until there are `size`; the same ones every time."""
    chance = random.Random(size)
    seeds = Seeds()
    stamp = SearchState.raise_version()
    numbers = range(Entry.objects.count(), size)
    entries = [_entry(number, seeds, chance, stamp) for number in numbers]
    Entry.objects.bulk_create(entries, batch_size=500)
    made = Entry.objects.filter(ref__startswith="made-", phrasings=None)
    phrasings = _phrasings(made.values_list("pk", flat=True), seeds.phrasings, chance)
    Phrasing.objects.bulk_create(phrasings, batch_size=2000)


def _entry(number: int, seeds: Seeds, chance: random.Random, stamp: int) -> Entry:
    category = chance.choice(seeds.categories)
    question = _joined(seeds.questions, chance)
    count = chance.randint(2, 8)
    answer = "".join(chance.sample(seeds.sentences, count))
    return Entry(
        ref=f"made-{number}",
        category=category,
        question=question,
        answer=str(html.clean(answer)),
        status=Entry.Status.PUBLISHED,
        stamp=stamp,
    )


def _phrasings(entries: Iterator[int], said: Sequence[str], chance: random.Random) -> Iterator[Phrasing]:
    for pk in entries:
        texts = {_joined(said, chance)[:60] for _ in range(PHRASINGS)}
        for text in texts:
            yield Phrasing(entry_id=pk, text=text)


def _joined(texts: Sequence[str], chance: random.Random) -> str:
    """Return the first half of one text with the second half of another."""
    first = chance.choice(texts)
    second = chance.choice(texts)
    return first[: max(2, len(first) // 2)] + second[len(second) // 2 :]

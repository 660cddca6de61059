"""Plain Whoosh in its usual setup: two fields, an OR of the query's bigrams, its own BM25F, files on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from whoosh import fields, index
from whoosh.analysis import NgramTokenizer
from whoosh.query import Or, Term

from faq.models import Entry

FOLDED = str.maketrans({sign: " " for sign in "，。？！：；（）《》“”、,.?!:;()\n"})


def bigrams(text: str) -> list[str]:
    """Return each pair of neighbouring characters; a single character stays alone."""
    pairs: list[str] = []
    for piece in text.lower().translate(FOLDED).split():
        count = max(1, len(piece) - 1)
        pairs += [piece[at : at + 2] for at in range(count)]
    return pairs


def build(folder: Path) -> Callable[[str], list[str]]:
    """Index all entries in `folder`, and return the function that finds ten refs for a query."""
    folder.mkdir(parents=True)
    text = fields.TEXT(analyzer=NgramTokenizer(2), phrase=False)
    schema = fields.Schema(ref=fields.ID(stored=True), question=text, answer=text)
    made = index.create_in(str(folder), schema)
    writer = made.writer(limitmb=512)
    for entry in Entry.objects.all().iterator():
        writer.add_document(ref=entry.ref, question=entry.question, answer=entry.answer_text)
    writer.commit()
    searcher = made.searcher()

    def search(query: str) -> list[str]:
        terms = [Term(field, pair) for pair in bigrams(query) for field in ("question", "answer")]
        hits = searcher.search(Or(terms), limit=10)
        return [hit["ref"] for hit in hits]

    return search

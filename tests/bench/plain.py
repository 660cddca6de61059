"""Plain Whoosh, as it is set up everywhere: two fields, an OR of the query's bigrams, its own BM25F, files on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from whoosh import fields, index
from whoosh.analysis import NgramTokenizer
from whoosh.query import Or, Term

from faq.models import Entry

FOLDED = str.maketrans({sign: " " for sign in "，。？！：；（）《》“”、,.?!:;()\n"})


def bigrams(text: str) -> list[str]:
    pieces = text.lower().translate(FOLDED).split()
    return [piece[at : at + 2] for piece in pieces for at in range(max(1, len(piece) - 1))]


def build(folder: Path) -> Callable[[str], list[str]]:
    """An index of all entries in `folder`; returns what finds ten refs for a query."""
    folder.mkdir(parents=True)
    text = fields.TEXT(analyzer=NgramTokenizer(2), phrase=False)
    made = index.create_in(str(folder), fields.Schema(ref=fields.ID(stored=True), question=text, answer=text))
    writer = made.writer(limitmb=512)
    for entry in Entry.objects.all().iterator():
        writer.add_document(ref=entry.ref, question=entry.question, answer=entry.answer_text)
    writer.commit()
    searcher = made.searcher()

    def search(query: str) -> list[str]:
        terms = [Term(field, pair) for pair in bigrams(query) for field in ("question", "answer")]
        return [hit["ref"] for hit in searcher.search(Or(terms), limit=10)]

    return search

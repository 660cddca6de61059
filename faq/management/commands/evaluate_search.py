"""`manage.py evaluate_search`: how well search finds entries, measured with queries whose answers are known."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError

from faq import search
from faq.models import Entry

DEPTH = 10
#: Queries of more characters are long: pasted questions with a greeting and a story.
LONG = 20


class Expected(NamedTuple):
    """A query and the refs of the entries that answer it, any of which counts."""

    query: str
    refs: frozenset[str]


class Evaluated(NamedTuple):
    """A query, what search found, and the place of the first entry that answers, from 1; 0 if not within DEPTH."""

    expected: Expected
    result: search.SearchResult
    rank: int


class Command(BaseCommand):
    help = "用已知答案的查询衡量搜索：MRR@10、前 1 条和前 3 条的命中率；另可衡量范围外的查询。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "queries", metavar="QUERIES.tsv", type=Path, help="每行：查询、制表符、编号（多个用英文逗号隔开）"
        )
        parser.add_argument("--out-of-scope", metavar="FILE", type=Path, help="每行一个不该有答案的查询")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the figures, and with `-v 2` each miss. Raises CommandError if a file is missing or malformed."""
        listing = options["verbosity"] >= 2
        expected = _read_expected(options["queries"])
        out_of_scope = _read_out_of_scope(options["out_of_scope"]) if options["out_of_scope"] else []
        evaluated = [_evaluate(query) for query in expected]
        self._report(evaluated)
        if listing:
            self._report_by_length(evaluated)
            self._list_misses(evaluated)
        if out_of_scope:
            self._report_out_of_scope(out_of_scope, listing=listing)

    def _report(self, evaluated: list[Evaluated]) -> None:
        ranks = [query.rank for query in evaluated]
        count = len(ranks)
        reciprocal = [1 / rank for rank in ranks if rank]
        confident = [query for query in evaluated if query.result.confident]
        self.stdout.write(f"查询：{count} 条")
        self.stdout.write(f"MRR@{DEPTH}：{sum(reciprocal) / count:.4f}")
        for depth in (1, 3):
            within = [rank for rank in ranks if 0 < rank <= depth]
            self.stdout.write(f"前 {depth} 条命中率（recall@{depth}）：{len(within) / count:.4f}")
        self.stdout.write(f"有把握地回答：{len(confident)} / {count}")

    def _report_by_length(self, evaluated: list[Evaluated]) -> None:
        """Print how many of the short and of the long queries come first, are answered, and wrongly answered."""
        for name, long in ((f"不超过 {LONG} 个字", False), (f"超过 {LONG} 个字", True)):
            of_length = [query for query in evaluated if (len(query.expected.query) > LONG) is long]
            first = [query for query in of_length if query.rank == 1]
            confident = [query for query in of_length if query.result.confident]
            wrong = [query for query in confident if query.rank != 1]
            self.stdout.write(
                f"  {name}：{len(of_length)} 条，第一条就对 {len(first)}，"
                f"有把握 {len(confident)}，有把握却不对 {len(wrong)}"
            )

    def _list_misses(self, evaluated: list[Evaluated]) -> None:
        for expected, result, rank in evaluated:
            if rank == 1:
                continue
            first_refs = [hit.entry.ref for hit in result.hits[:3]]
            found = "、".join(first_refs) or "无"
            wanted = "、".join(sorted(expected.refs))
            place = f"第 {rank} 条" if rank else "没有找到"
            self.stdout.write(f"  {expected.query}：{place}，应为 {wanted}，前几条是 {found}")

    def _report_out_of_scope(self, queries: list[str], *, listing: bool) -> None:
        wrong = [query for query in queries if search.search(query).confident]
        share = len(wrong) / len(queries)
        self.stdout.write(f"范围外却有把握地回答：{len(wrong)} / {len(queries)}（{share:.4f}）")
        if listing:
            for query in wrong:
                self.stdout.write(f"  {query}")


def _evaluate(expected: Expected) -> Evaluated:
    result = search.search(expected.query, limit=DEPTH)
    places = (place for place, hit in enumerate(result.hits, 1) if hit.entry.ref in expected.refs)
    return Evaluated(expected, result, next(places, 0))


def _read_expected(path: Path) -> list[Expected]:
    """Return the queries of a file with their refs. Raises CommandError."""
    known = set(Entry.objects.values_list("ref", flat=True))
    expected: list[Expected] = []
    for number, line in _lines(path):
        query, _, listed = line.partition("\t")
        stripped = [ref.strip() for ref in listed.split(",")]
        refs = frozenset(ref for ref in stripped if ref)
        if not query.strip() or not refs:
            raise CommandError(f"{path} 第 {number} 行不合格式，应为：查询、制表符、编号（多个用英文逗号隔开）。")
        unknown = sorted(refs - known)
        if unknown:
            raise CommandError(f"{path} 第 {number} 行的编号不存在：{'、'.join(unknown)}。")
        expected.append(Expected(query.strip(), refs))
    if not expected:
        raise CommandError(f"{path} 里没有查询。")
    return expected


def _read_out_of_scope(path: Path) -> list[str]:
    """Return the queries of a file that has one on each line. Raises CommandError."""
    queries = [line.strip() for _, line in _lines(path)]
    if not queries:
        raise CommandError(f"{path} 里没有查询。")
    return queries


def _lines(path: Path) -> list[tuple[int, str]]:
    """Return the lines that are not blank, with their numbers. Raises CommandError if the file cannot be read."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"读不了文件 {path}：{error.strerror or error}。") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} 不是 UTF-8 编码的文本文件。") from error
    lines = content.split("\n")
    return [(number, line) for number, line in enumerate(lines, 1) if line.strip()]

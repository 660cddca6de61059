"""`manage.py evaluate_search`: how well search finds, measured with queries whose answers are known."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management.base import BaseCommand, CommandError

from faq import search
from faq.models import Entry

DEPTH = 10


class Expected(NamedTuple):
    """A query and the entries that answer it, any of which counts."""

    query: str
    refs: frozenset[str]


class Command(BaseCommand):
    help = "用已知答案的查询衡量搜索：MRR@10、前 1 条和前 3 条的命中率；另可衡量范围外的查询。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "queries", metavar="QUERIES.tsv", type=Path, help="每行：查询、制表符、编号（多个用英文逗号隔开）"
        )
        parser.add_argument("--out-of-scope", metavar="FILE", type=Path, help="每行一个不该有答案的查询")

    def handle(self, *args: Any, **options: Any) -> None:
        expected = _read_expected(options["queries"])
        out_of_scope = _read_out_of_scope(options["out_of_scope"]) if options["out_of_scope"] else []
        results = [search.search(one.query, limit=DEPTH) for one in expected]
        ranks = [_rank(one, result) for one, result in zip(expected, results, strict=True)]
        count = len(ranks)
        self.stdout.write(f"查询：{count} 条")
        self.stdout.write(f"MRR@{DEPTH}：{sum(1 / rank for rank in ranks if rank) / count:.4f}")
        for depth in (1, 3):
            self.stdout.write(
                f"前 {depth} 条命中率（recall@{depth}）：{sum(0 < rank <= depth for rank in ranks) / count:.4f}"
            )
        self.stdout.write(f"有把握地回答：{sum(result.confident for result in results)} / {count}")
        if options["verbosity"] >= 2:
            for one, rank, result in zip(expected, ranks, results, strict=True):
                if rank != 1:
                    found = "、".join(hit.entry.ref for hit in result.hits[:3]) or "无"
                    place = f"第 {rank} 条" if rank else "没有找到"
                    self.stdout.write(f"  {one.query}：{place}，应为 {'、'.join(sorted(one.refs))}，前几条是 {found}")
        if out_of_scope:
            wrong = [query for query in out_of_scope if search.search(query).confident]
            share = len(wrong) / len(out_of_scope)
            self.stdout.write(f"范围外却有把握地回答：{len(wrong)} / {len(out_of_scope)}（{share:.4f}）")
            if options["verbosity"] >= 2:
                for query in wrong:
                    self.stdout.write(f"  {query}")


def _rank(expected: Expected, result: search.SearchResult) -> int:
    """The place of the first entry that answers, from 1; 0 where none is among the first DEPTH."""
    places = (place for place, hit in enumerate(result.hits, 1) if hit.entry.ref in expected.refs)
    return next(places, 0)


def _read_expected(path: Path) -> list[Expected]:
    known = set(Entry.objects.values_list("ref", flat=True))
    expected = []
    for number, line in _lines(path):
        query, tab, listed = line.partition("\t")
        refs = frozenset(ref.strip() for ref in listed.split(",") if ref.strip())
        if not tab or not query.strip() or not refs:
            raise CommandError(f"{path} 第 {number} 行不合格式，应为：查询、制表符、编号（多个用英文逗号隔开）。")
        if unknown := sorted(refs - known):
            raise CommandError(f"{path} 第 {number} 行的编号不存在：{'、'.join(unknown)}。")
        expected.append(Expected(query.strip(), refs))
    if not expected:
        raise CommandError(f"{path} 里没有查询。")
    return expected


def _read_out_of_scope(path: Path) -> list[str]:
    queries = [line.strip() for _, line in _lines(path)]
    if not queries:
        raise CommandError(f"{path} 里没有查询。")
    return queries


def _lines(path: Path) -> list[tuple[int, str]]:
    """The lines that are not blank, with their numbers."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"读不了文件 {path}：{error.strerror or error}。") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} 不是 UTF-8 编码的文本文件。") from error
    return [(number, line) for number, line in enumerate(content.split("\n"), 1) if line.strip()]

"""The commands `search_index` and `evaluate_search`."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from faq.management.commands import search_index
from faq.models import Category, Entry, SearchState
from faq.search import generations


def run(*arguments: str) -> str:
    output = StringIO()
    call_command(*arguments, stdout=output)
    return output.getvalue()


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    path = tmp_path / "queries.tsv"
    path.write_text("校本活动怎么签到\tupgrade-08\n饕餮盛宴\tupgrade-01,upgrade-02\n\n", encoding="utf-8")
    return path


@pytest.fixture
def out_of_scope(tmp_path: Path) -> Path:
    path = tmp_path / "out-of-scope.txt"
    path.write_text("食堂菜单\n线上直播\n", encoding="utf-8")
    return path


def test_evaluation_prints_its_figures(content: None, queries: Path, out_of_scope: Path) -> None:
    lines = run("evaluate_search", str(queries), "--out-of-scope", str(out_of_scope)).splitlines()
    assert lines == [
        "查询：2 条",
        "MRR@10：0.5000",
        "前 1 条命中率（recall@1）：0.5000",
        "前 3 条命中率（recall@3）：0.5000",
        "有把握地回答：1 / 2",
        "范围外却有把握地回答：1 / 2（0.5000）",
    ]


def test_misses_are_listed_on_request(content: None, queries: Path, out_of_scope: Path) -> None:
    output = run("evaluate_search", str(queries), "--out-of-scope", str(out_of_scope), "-v", "2")
    assert "  饕餮盛宴：没有找到，应为 upgrade-01、upgrade-02，前几条是 无" in output.splitlines()
    assert output.endswith("  线上直播\n")


@pytest.mark.parametrize(
    ("content_of_file", "complaint"),
    [
        ("签到\tupgrade-08\n没有制表符\n", "第 2 行不合格式"),
        ("签到\tupgrade-08\n\n签到\t\n", "第 3 行不合格式"),
        ("\tupgrade-08\n", "第 1 行不合格式"),
        ("签到\tupgrade-99\n", "第 1 行的编号不存在：upgrade-99"),
        ("\n", "没有查询"),
        (b"\xff\xfe\x00", "不是 UTF-8"),
    ],
)
def test_a_malformed_line_is_named(content: None, tmp_path: Path, content_of_file: str | bytes, complaint: str) -> None:
    path = tmp_path / "queries.tsv"
    path.write_bytes(content_of_file.encode() if isinstance(content_of_file, str) else content_of_file)
    with pytest.raises(CommandError, match=complaint):
        run("evaluate_search", str(path))


def test_a_missing_file_is_named(content: None, tmp_path: Path, queries: Path) -> None:
    with pytest.raises(CommandError, match=r"读不了文件 .*missing\.tsv"):
        run("evaluate_search", str(tmp_path / "missing.tsv"))
    with pytest.raises(CommandError, match="读不了文件"):
        run("evaluate_search", str(queries), "--out-of-scope", str(tmp_path))


@pytest.mark.django_db(transaction=True)
def test_search_index_brings_the_index_up_to_date(settings: Any) -> None:
    category = Category.objects.create(slug="made", name="登录问题")
    Entry.objects.create(question="怎么签到", answer="答", category=category, status=Entry.Status.PUBLISHED)
    SearchState.raise_version()
    with pytest.raises(CommandError, match="落后"):
        run("search_index", "--status")
    output = run("search_index")
    assert f"索引版本：{SearchState.current()}" in output
    assert "索引中的问答：1 条" in output
    assert "一致" in run("search_index", "--status")
    before = generations.current().path
    assert str(before) in run("search_index")
    assert str(before) not in run("search_index", "--rebuild")


def test_a_long_build_reports_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("faq.management.commands.search_index.STEP", 10)
    errors = StringIO()
    command = search_index.Command(stderr=errors)
    for done in range(25):
        command._progress(done, 25)
    assert errors.getvalue().splitlines() == [f"正在建立索引：{done} / 25 条" for done in (0, 10, 20)]


@pytest.mark.django_db(transaction=True)
def test_an_index_not_written_is_an_error(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    settings.SEARCH_INDEX_DIR = tmp_path / "a file" / "search"
    with pytest.raises(CommandError, match="搜索索引写不进磁盘"):
        run("search_index")

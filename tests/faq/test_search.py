"""Search finds what is published, at once, and goes on whatever happens to its files."""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from faq import search
from faq.models import Category, Entry, Phrasing, SearchState, SynonymGroup
from faq.search import generations, ranking, text
from faq.search.index import Index, TooManyChanges, build, changes_since, current_version, take_snapshot
from faq.search.replica import Keeper, Replica
from faq.search.snippets import SNIPPET_CHARS
from tests.installation import wait_until

committed = pytest.mark.django_db(transaction=True)


#: The index of the content as loaded: building it for every test takes its time.
of_content: dict[str, Index] = {}


@pytest.fixture(autouse=True)
def replica(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Replica:
    """A process that has just started; one that was asked before, where the content is there."""
    replica = new_process(monkeypatch)
    if "content" in request.fixturenames:
        request.getfixturevalue("content")
        replica._held = of_content["index"] if of_content else of_content.setdefault("index", build(take_snapshot()))
    return replica


def new_process(monkeypatch: pytest.MonkeyPatch) -> Replica:
    replica = Replica()
    monkeypatch.setattr(search, "own_replica", replica)
    return replica


@pytest.fixture
def folder(settings: Any) -> Path:
    return Path(settings.SEARCH_INDEX_DIR)


def refs(query: str) -> list[str]:
    return [hit.entry.ref for hit in search.search(query).hits]


def make_entry(question: str, answer: str = "<p>答案</p>", **fields: Any) -> Entry:
    category = Category.objects.first() or Category.objects.create(slug="made", name="登录问题")
    fields = {"category": category, "status": Entry.Status.PUBLISHED} | fields
    return Entry.objects.create(question=question, answer=answer, **fields)


# --- What is found ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "ref", "step"),
    [
        ("线上直播怎么观看？", "upgrade-07", search.Step.EXACT),
        ("统筹 26 分拿不满怎么办？", "credits-12", search.Step.EXACT),
        ("直播观看", "upgrade-07", search.Step.ALL_WORDS),
        ("密码不对", "upgrade-03", search.Step.EXACT),
        ("密码 账号 不对", "upgrade-03", search.Step.ALL_WORDS),
        ("學歷 可以衝抵嗎", "credits-05", search.Step.ALL_WORDS),
        ("校本活动签到 显示器", "upgrade-08", search.Step.SOME_WORDS),
        ("xlcd", "credits-05", search.Step.PINYIN),
        ("jingyanzhi chakan", "upgrade-13", search.Step.PINYIN),
        ("签道", "upgrade-08", search.Step.PINYIN),
    ],
)
def test_each_step_of_the_ladder_finds_its_entry(content: None, query: str, ref: str, step: search.Step) -> None:
    result = search.search(query)
    assert (result.hits[0].entry.ref, result.step, result.confident) == (ref, step, True)
    assert result.suggestions == ()


@pytest.mark.parametrize("query", ["食堂菜单", "班主任津贴标准", "qwertyuiop", "怎么办", ""])
def test_what_nothing_answers_is_said_and_other_queries_are_offered(content: None, query: str) -> None:
    result = search.search(query)
    assert (result.step, result.confident) == (search.Step.NEAREST, False)
    assert len(result.hits) <= 3
    assert 1 <= len(result.suggestions) <= 5
    assert all(search.search(suggestion).hits for suggestion in result.suggestions)


def test_every_step_has_a_sentence() -> None:
    assert all(step.sentence.endswith("。") for step in search.Step)


def test_scores_fall_from_at_most_one_and_have_four_digits(content: None) -> None:
    scores = [hit.score for hit in search.search("学分").hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 and score == round(score, 4) for score in scores)


@pytest.mark.parametrize("limit", [0, 1, 4, 50])
def test_no_more_than_the_limit_is_found(content: None, limit: int) -> None:
    assert len(search.search("学分", limit=limit).hits) <= limit
    assert len(search.search("食堂在哪里登录", limit=limit).hits) <= limit
    assert len(search.suggest("学", limit=limit)) <= limit


def test_the_query_stays_as_sent_and_its_normal_form_stands_beside(content: None) -> None:
    result = search.search(" 二十六學分 ")
    assert (result.query, result.normalized) == (" 二十六學分 ", "26学分")


def test_asking_politely_changes_nothing(content: None) -> None:
    assert refs("老师您好，请问视频没计时怎么办呢？谢谢")[:1] == refs("视频 计时")[:1]


@pytest.mark.parametrize("query", ["xuefen zenme cha", "xuefenzenmecha", "qingwen xuefen zenme cha"])
def test_stop_words_do_not_count_in_letters_either(content: None, query: str) -> None:
    asked = search.explain(query).words
    assert "zenme" not in [word.written for word in asked if word.alternatives == ("zen",)]
    assert {alternative for word in asked for alternative in word.alternatives} <= {"xuefen", "cha"}


@pytest.mark.parametrize(
    ("typed", "ref"),
    [
        ("登", "upgrade-01"),
        ("之江", "upgrade-13"),
        ("xuefenzhe", "credits-01"),
        ("zjh", "upgrade-13"),
        ("xlc", "credits-05"),
        ("qiand", "upgrade-08"),
        ("换手", "upgrade-06"),
    ],
)
def test_suggestions_come_with_the_first_letters(content: None, typed: str, ref: str) -> None:
    suggested = [entry.ref for entry in search.suggest(typed)]
    assert ref in suggested
    assert len(suggested) == len(set(suggested)) <= 8


def test_related_entries_are_similar_and_never_the_entry_itself(content: None) -> None:
    for entry in Entry.objects.all():
        found = search.related(entry)
        assert entry not in found
        assert len(found) == len(set(found)) <= 4
    assert search.related(Entry.objects.get(ref="upgrade-07"))[0].ref == "upgrade-11"
    assert search.related(Entry.objects.get(ref="upgrade-13"))[0].ref == "upgrade-14"


def test_an_entry_like_no_other_is_related_to_its_category(db: None) -> None:
    alone, neighbour = make_entry("怎么办？"), make_entry("如何？")
    make_entry("另一类", category=Category.objects.create(slug="other", name="其他"))
    assert search.related(alone) == [neighbour]


# --- What is shown ---------------------------------------------------------------------------------------


def test_nothing_unescaped_is_shown(db: None) -> None:
    make_entry(
        "<script>alert('签到')</script> & 签到",
        "<p>1 &lt; 2 &amp; <b>签到</b> &lt;script&gt;alert(1)&lt;/script&gt;</p>",
    )
    for query in ("签到", "script", "alert 签到", "1", "qiandao", "lt", "amp"):
        for hit in search.search(query).hits:
            for shown in (hit.question_html, hit.snippet):
                assert not re.search(r"<(?!/?mark>)", shown)
                assert re.search(r"&(?!lt;|gt;|amp;|#x27;|quot;)", shown) is None
                assert shown.count("<mark>") == shown.count("</mark>")
    hit = search.search("签到").hits[0]
    assert "&lt;script&gt;" in hit.question_html
    assert "<mark>签到</mark>" in hit.question_html
    assert "<mark>签到</mark>" in hit.snippet


def test_marks_stand_around_the_text_as_written(db: None) -> None:
    make_entry("學歷可以充抵 二十六 學分嗎")
    hit = search.search("学历冲抵26学分").hits[0]
    assert hit.question_html == "<mark>學歷</mark>可以<mark>充抵</mark> <mark>二十六</mark> <mark>學分</mark>嗎"


def test_words_found_by_their_sound_are_marked(content: None) -> None:
    assert "<mark>签到</mark>" in search.search("qiandao").hits[0].question_html


def test_a_snippet_is_short_and_chosen_around_the_match(db: None) -> None:
    make_entry("某个问题", f"<p>{'前面的话。' * 100}请点击重新签到。{'后面的话。' * 100}</p>")
    snippet = search.search("签到").hits[0].snippet
    assert "<mark>签到</mark>" in snippet
    assert snippet.startswith("…")
    assert snippet.endswith("…")
    assert len(re.sub("</?mark>|…", "", snippet)) <= SNIPPET_CHARS


# --- Who sees what, and when -----------------------------------------------------------------------------


def found_anywhere(word: str, entry: Entry) -> bool:
    others = Entry.objects.exclude(pk=entry.pk)
    return (
        entry in [hit.entry for hit in search.search(word, limit=50).hits]
        or entry in search.suggest(word)
        or any(entry in search.related(other) for other in others)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["in a transaction", pytest.param("committed", marks=committed)])
def test_a_change_is_found_at_once(kind: str) -> None:
    entry = make_entry("量子打印机怎么用")
    make_entry("量子投影仪怎么用")
    assert found_anywhere("量子打印机", entry)
    entry.question = "海藻投影怎么用"
    entry.save()
    assert found_anywhere("海藻投影", entry)
    assert entry.ref not in refs("打印机")
    entry.status = Entry.Status.DRAFT
    entry.save()
    assert not found_anywhere("海藻投影", entry)
    entry.status = Entry.Status.PUBLISHED
    entry.save()
    assert found_anywhere("海藻投影", entry)
    Entry.objects.filter(pk=entry.pk).delete()
    assert not found_anywhere("海藻投影", entry)


@committed
def test_a_renamed_category_is_found_at_once() -> None:
    entry = make_entry("怎么做呢", answer="<p>无</p>")
    assert refs("火星移民") == []
    entry.category.name = "火星移民"
    entry.category.save()
    assert refs("火星移民") == [entry.ref]


@committed
def test_a_draft_that_the_index_was_not_told_of_is_not_shown() -> None:
    entry = make_entry("量子打印机怎么用")
    assert refs("量子打印机") == [entry.ref]
    Entry.objects.update(status=Entry.Status.DRAFT)  # as raw SQL would: the version stays
    assert refs("量子打印机") == []


@committed
def test_another_process_finds_what_this_one_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    others = [Replica(), Replica()]
    for other in others:
        monkeypatch.setattr(search, "own_replica", other)
        assert refs("量子打印机") == [entry.ref]
    monkeypatch.setattr(search, "own_replica", others[0])
    newer = make_entry("海藻投影怎么用")
    monkeypatch.setattr(search, "own_replica", others[1])
    assert refs("海藻投影") == [newer.ref]


@committed
def test_a_version_that_was_rolled_back_and_given_again_does_not_mislead() -> None:
    kept = make_entry("量子打印机怎么用")
    with pytest.raises(RuntimeError), transaction.atomic():
        make_entry("海藻投影怎么用")
        assert len(refs("海藻投影")) == 1
        raise RuntimeError
    newer = make_entry("火星移民怎么办理")
    assert refs("火星移民") == [newer.ref]
    assert refs("海藻投影") == []
    assert refs("量子打印机") == [kept.ref]


@committed
def test_a_change_that_is_not_committed_never_reaches_the_disk(folder: Path) -> None:
    make_entry("量子打印机怎么用")
    before = generations.current().version
    with transaction.atomic():
        make_entry("海藻投影怎么用")
        search.search("海藻投影")
        search.sync(rebuild=True)
        assert generations.current().version == before
    assert generations.current().version.number == SearchState.current()


# --- The files -------------------------------------------------------------------------------------------


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes() or b" ")
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def damage_all(change: Callable[[Path], None]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for path in [path for path in folder.rglob("*") if path.is_file()]:
            change(path)

    return damage


def write_garbage(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir(mode=0o700)


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "deleted": shutil.rmtree,
    "emptied": empty,
    "truncated": damage_all(lambda path: os.truncate(path, path.stat().st_size // 2)),
    "all files empty": damage_all(lambda path: os.truncate(path, 0)),
    "garbage": damage_all(write_garbage),
    "a bit flipped": damage_all(flip_a_bit),
    "CURRENT elsewhere": lambda folder: (folder / "CURRENT").write_text("../../etc"),
    "CURRENT not text": lambda folder: (folder / "CURRENT").write_bytes(b"\xff\xfe"),
    "a manifest of another kind": lambda folder: next(folder.glob("*/manifest.json")).write_text("[1]"),
    "open to others": lambda folder: folder.chmod(0o777),
}


@committed
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_search_goes_on_when_the_files_are_damaged(
    monkeypatch: pytest.MonkeyPatch, folder: Path, damage: Callable[[Path], None]
) -> None:
    entry = make_entry("量子打印机怎么用")
    assert refs("量子打印机") == [entry.ref]
    assert search.status().healthy
    damage(folder)
    assert refs("量子打印机") == [entry.ref]
    new_process(monkeypatch)
    assert refs("量子打印机") == [entry.ref]
    newer = make_entry("海藻投影怎么用")
    assert refs("海藻投影") == [newer.ref]
    assert search.sync().healthy


@committed
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_the_keeper_mends_damaged_files(
    replica: Replica, monkeypatch: pytest.MonkeyPatch, folder: Path, damage: Callable[[Path], None]
) -> None:
    entry = make_entry("量子打印机怎么用")
    damage(folder)
    replica.bring_up()
    assert search.status().healthy
    assert generations.is_whole(current_version())
    new_process(monkeypatch)
    monkeypatch.setattr("faq.search.replica.build", None)
    assert refs("量子打印机") == [entry.ref]


@committed
@pytest.mark.parametrize("failure", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_saving_and_searching_go_on_when_the_files_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, folder: Path, failure: int
) -> None:
    make_entry("量子打印机怎么用")

    def fail(handle: int) -> None:
        raise OSError(failure, os.strerror(failure))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        entry = make_entry("海藻投影怎么用")
        assert refs("海藻投影") == [entry.ref]
        status = search.sync()
        assert (status.healthy, status.database_version) == (False, SearchState.current())
        assert not list(folder.glob("*.new/*"))
    assert search.sync().healthy


@committed
def test_search_goes_on_without_any_place_for_files(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("")
    settings.SEARCH_INDEX_DIR = tmp_path / "a file" / "search"
    entry = make_entry("量子打印机怎么用")
    assert refs("量子打印机") == [entry.ref]
    status = search.sync(rebuild=True)
    assert (status.healthy, status.indexed_version, status.entries, status.generation) == (False, None, 0, "")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["in a transaction", pytest.param("committed", marks=committed)])
def test_an_index_that_fails_is_built_anew(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    entry = make_entry("量子打印机怎么用")
    broken = search.own_replica.current()
    session = Index.session

    def fail(index: Index) -> Any:
        if index is broken:
            raise RuntimeError("broken")
        return session(index)

    monkeypatch.setattr(Index, "session", fail)
    assert refs("量子打印机") == [entry.ref]
    assert search.own_replica.current() is not broken


@committed
def test_files_that_other_code_wrote_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    with monkeypatch.context() as other:
        other.setattr(generations, "_code_digest", lambda: "other code")
        search.sync(rebuild=True)
    assert not search.status().healthy
    new_process(monkeypatch)
    assert refs("量子打印机") == [entry.ref]
    assert search.sync().healthy


@committed
def test_without_any_index_the_database_answers_as_well_as_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    draft = make_entry("量子投影仪怎么用", status=Entry.Status.DRAFT)

    def fail(index: Index) -> Any:
        raise RuntimeError("broken")

    monkeypatch.setattr(Index, "session", fail)
    result = search.search("量子")
    assert ([hit.entry for hit in result.hits], result.confident, result.step) == ([entry], False, search.Step.NEAREST)
    assert search.suggest("量子") == []
    assert search.related(draft) == [entry]


@committed
def test_two_older_generations_stay_and_a_killed_builders_remains_go(folder: Path) -> None:
    (folder / "0000000001-00000000.new").mkdir(parents=True)
    for number in range(6):
        make_entry(f"第 {number} 号打印机")
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    assert len(names) == 3
    assert (folder / "CURRENT").read_text() == names[-1]
    assert names[-1].startswith(f"{SearchState.current():010d}-")


@committed
def test_the_folders_are_private(folder: Path) -> None:
    make_entry("量子打印机怎么用")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert generations.current().path.stat().st_mode & 0o777 == 0o700


@committed
def test_a_new_process_loads_the_files_instead_of_building(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    assert search.sync().healthy
    new_process(monkeypatch)
    monkeypatch.setattr("faq.search.replica.build", None)
    assert refs("量子打印机") == [entry.ref]


@committed
def test_another_builder_at_work_is_not_waited_for_while_searching(folder: Path) -> None:
    search.sync()
    written = generations.current()
    with generations.alone(0) as alone:
        assert alone
        with generations.alone(0) as second:
            assert not second
        entry = make_entry("量子打印机怎么用")  # waits a while, then leaves it to the other
        assert refs("量子打印机") == [entry.ref]
        assert generations.current() == written
    assert search.sync().healthy


@committed
def test_a_rebuild_makes_every_process_see_what_was_written_past_the_models(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    other = Replica()
    other.current()
    search.sync()
    Entry.objects.filter(pk=entry.pk).update(question="海藻投影怎么用")
    assert refs("海藻投影") == []
    assert search.sync(rebuild=True).healthy
    assert refs("海藻投影") == [entry.ref]
    monkeypatch.setattr(search, "own_replica", other)
    assert refs("海藻投影") == [entry.ref]


@committed
def test_a_database_of_the_same_version_but_other_content_is_told_apart() -> None:
    """As after a restored backup."""
    first = make_entry("量子打印机怎么用")
    assert refs("量子打印机") == [first.ref]
    version = SearchState.current()
    Entry.objects.all().delete()
    SearchState.objects.update(version=version - 1)
    second = make_entry("海藻投影怎么用")
    assert SearchState.current() == version
    assert refs("海藻投影") == [second.ref]


@committed
def test_threads_search_while_an_editor_saves() -> None:
    make_entry("量子打印机怎么用")
    failures: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                assert refs("量子打印机")
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for number in range(5):
            saved = make_entry(f"第 {number} 号海藻投影")
            assert saved.ref in refs(f"第 {number} 号海藻投影")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []


@committed
def test_the_status_says_how_the_index_stands(folder: Path) -> None:
    assert search.status().message
    make_entry("量子打印机怎么用")
    status = search.sync()
    assert (status.healthy, status.indexed_version, status.entries) == (True, SearchState.current(), 1)
    assert Path(status.generation).parent == folder
    SearchState.raise_version()
    behind = search.status()
    assert (behind.healthy, behind.database_version) == (False, SearchState.current())
    assert "落后" in behind.message


# --- Phrasings and synonyms ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["in a transaction", pytest.param("committed", marks=committed)])
def test_an_entry_is_found_by_its_phrasings_at_once(kind: str) -> None:
    entry, other = make_entry("量子打印机怎么用"), make_entry("海藻投影怎么用")
    phrasing = Phrasing.objects.create(entry=entry, text="机器卡纸咋整")
    assert refs("卡纸") == [entry.ref]
    phrasing.text = "墨盒干了咋整"
    phrasing.save()
    assert (refs("墨盒"), refs("卡纸")) == ([entry.ref], [])
    phrasing.entry = other
    phrasing.save()
    assert refs("墨盒") == [other.ref]
    phrasing.delete()
    assert refs("墨盒") == []


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["in a transaction", pytest.param("committed", marks=committed)])
def test_a_synonym_works_at_once_and_until_it_is_deleted(kind: str) -> None:
    entry = make_entry("量子打印机怎么用")
    assert refs("印表机") == []
    group = SynonymGroup.objects.create(words="打印机 印表机")
    assert refs("印表机") == [entry.ref]
    group.words = "打印机 复印件"
    group.save()
    assert (refs("印表机"), refs("复印件")) == ([], [entry.ref])
    SynonymGroup.objects.filter(pk=group.pk).delete()
    assert refs("复印件") == []


def test_a_phrasing_asked_word_for_word_is_an_exact_hit(content: None) -> None:
    result = search.search("单人校")
    assert (result.hits[0].entry.ref, result.step) == ("credits-18", search.Step.EXACT)


def test_phrasings_of_drafts_are_not_searched(content: None) -> None:
    entry = Entry.objects.get(ref="credits-18")
    entry.status = Entry.Status.DRAFT
    entry.save()
    assert entry not in [hit.entry for hit in search.search("单人校").hits]
    assert entry not in search.suggest("单人校")


def test_what_one_phrasing_mentions_in_passing_is_no_answer(db: None) -> None:
    entry = make_entry("怎么退出培训")
    Phrasing.objects.create(entry=entry, text="家里老人住院需要照顾，这期项目能不能往后推")
    found = search.search("老人住院")
    assert ([hit.entry for hit in found.hits], found.confident) == ([entry], False)
    Phrasing.objects.create(entry=entry, text="老人住院")
    assert search.search("老人住院").confident


def test_the_explanation_names_word_place_and_step(content: None) -> None:
    found = search.explain("请问 之江汇 jifen 食堂")
    best = found.found[0]
    assert best.entry.ref in {"upgrade-13", "upgrade-14"}
    assert found.ignored == ("请问",)
    assert [(reason.word.written, reason.place, reason.how) for reason in best.reasons] == [
        ("之江汇", "问题", "原词"),
        ("jifen", "相似问法", "同音或拼音"),
        ("食堂", "", ""),
    ]
    assert [word.known for word in found.words] == [True, True, False]
    assert sum(word.share for word in found.words) == pytest.approx(1)
    assert best.phrasing in [phrasing.text for phrasing in best.entry.phrasings.all()]
    assert found.confident == best.confident == (best.covered >= search.ENOUGH)


def test_the_explanation_is_of_what_the_search_finds(content: None) -> None:
    for query in ("看课没时长", "xlcd", "食堂菜单", "", "学分", "密码不对"):
        result, found = search.search(query, limit=5), search.explain(query)
        assert [one.entry for one in found.found] == [hit.entry for hit in result.hits]
        assert (found.step, found.confident, found.normalized) == (result.step, result.confident, result.normalized)


# --- An index brought up to date is one built anew -------------------------------------------------------

WORDS = ["登录", "手机", "学分", "26", "签到", "视频", "直播", "作业", "pc", "折算", "村小", "备案", "之江汇", "账号"]


def same_as_built_anew(index: Index) -> None:
    fresh = build(take_snapshot())
    assert index.version == fresh.version
    assert sorted(filter(None, index.records)) == sorted(filter(None, fresh.records))
    queries = [*WORDS, "xf", "qiandao", "签道", "手机登录账号", "视频 直播", "学分26", "回放", "卡纸"]
    for query in queries:
        results = []
        for one in (index, fresh):
            session = one.session()
            for typing in (False, True):
                scored = ranking.rank(ranking.analyse(query, session, typing=typing), session)
                results.append([(hit.document.entry_id, hit.score, hit.covered, hit.step) for hit in scored])
        assert results[:2] == results[2:], query


@pytest.mark.parametrize("seed", range(6))
def test_any_changes_in_any_order_lead_to_the_same_index(db: None, seed: int) -> None:
    chance = random.Random(seed)

    def sentence() -> str:
        return "".join(chance.choices(WORDS, k=chance.randint(1, 4)))

    def change() -> None:
        entries = list(Entry.objects.all())
        one = chance.choice(entries) if entries else make_entry(sentence())
        match chance.randrange(9):
            case 0:
                make_entry(sentence(), f"<p>{sentence()}</p>", status=chance.choice(["published", "draft"]))
            case 1:
                one.delete()
            case 2:
                one.question = sentence()
                one.save()
            case 3:
                one.status = "draft" if one.is_published else "published"
                one.save()
            case 4:
                Phrasing.objects.get_or_create(entry=one, text=sentence())
            case 5:
                Phrasing.objects.filter(entry=one).delete()
            case 6:
                SynonymGroup.objects.get_or_create(words=" ".join(chance.sample(WORDS, 2)))
            case 7:
                one.category.name = sentence()[:40]
                one.category.save()
            case 8:
                SynonymGroup.objects.filter(pk=SynonymGroup.objects.values_list("pk", flat=True).first()).delete()

    for number in range(40):
        make_entry(f"{sentence()}{number}", f"<p>{sentence()}</p>")
    index = build(take_snapshot())
    for number in range(24):
        change()
        if number % 3 == 0:
            index = index.updated(changes_since(index))
            same_as_built_anew(index)
            index = Index.from_files(index.version, index.files)
            same_as_built_anew(index)


def test_a_bulk_change_is_for_a_new_index(db: None) -> None:
    for number in range(70):
        make_entry(f"第 {number} 号打印机")
    index = build(take_snapshot())
    for entry in Entry.objects.all():
        entry.save()
    with pytest.raises(TooManyChanges):
        changes_since(index)


@committed
def test_a_worn_index_is_made_anew_when_nobody_waits(replica: Replica) -> None:
    for number in range(30):
        make_entry(f"第 {number} 号打印机")
    replica.bring_up()
    for entry in Entry.objects.all()[:20]:
        entry.save()
    index = replica.current()
    assert index is not None
    assert not index.worn
    assert index.base == 30


# --- Written past the models -----------------------------------------------------------------------------


def raw(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


PAST_THE_MODELS: dict[str, Callable[[Entry], Any]] = {
    "updated": lambda entry: Entry.objects.filter(pk=entry.pk).update(question="海藻投影怎么用"),
    "updated by raw SQL": lambda entry: raw("UPDATE faq_entry SET question = '海藻投影怎么用' WHERE id = %s", entry.pk),
    "a draft published": lambda entry: Entry.objects.filter(question="海藻投影怎么用").update(status="published"),
    "phrasings in bulk": lambda entry: Phrasing.objects.bulk_create([Phrasing(entry=entry, text="海藻投影")]),
    "a synonym in bulk": lambda entry: SynonymGroup.objects.bulk_create([SynonymGroup(words="海藻投影 量子打印机")]),
    "entries in bulk": lambda entry: Entry.objects.bulk_create(
        [Entry(ref="by-bulk", category=entry.category, question="海藻投影怎么用", answer="", status="published")]
    ),
}


@committed
@pytest.mark.parametrize("write", PAST_THE_MODELS.values(), ids=PAST_THE_MODELS)
def test_what_was_written_past_the_models_is_found_by_every_process(
    monkeypatch: pytest.MonkeyPatch, write: Callable[[Entry], Any]
) -> None:
    entry = make_entry("量子打印机怎么用")
    make_entry("海藻投影怎么用", status="draft")
    others = [Replica(), Replica()]
    for other in others:
        monkeypatch.setattr(search, "own_replica", other)
        assert refs("海藻投影") == []
    write(entry)
    assert refs("海藻投影") == []
    others[0].bring_up(reconcile=True)
    for other in [*others, Replica()]:
        monkeypatch.setattr(search, "own_replica", other)
        assert len(refs("海藻投影")) == 1
    assert search.status().healthy


@committed
def test_a_row_deleted_past_the_models_is_gone_at_once_and_from_the_index_after_a_while(replica: Replica) -> None:
    entry, kept = make_entry("量子打印机怎么用"), make_entry("量子投影仪怎么用")
    assert len(refs("量子")) == 2
    raw("DELETE FROM faq_entry WHERE id = %s", entry.pk)
    assert refs("量子") == [kept.ref]
    replica.bring_up(reconcile=True)
    assert search.status().entries == 1


@committed
def test_reconciling_changes_nothing_where_nothing_was_written(replica: Replica) -> None:
    make_entry("量子打印机怎么用")
    before = SearchState.current()
    replica.bring_up(reconcile=True)
    search.sync()
    assert SearchState.current() == before


# --- Too much for a reader to wait for -------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if there were so many entries that nobody could wait for an index of them."""
    monkeypatch.setattr("faq.search.replica.ON_THE_SPOT", 0)


@committed
def test_without_an_index_the_database_answers_until_one_is_built(large: None, replica: Replica) -> None:
    entry = make_entry("量子打印机怎么用")
    shutil.rmtree(generations.current().path.parent)
    woken: list[bool] = []
    fresh = Replica()
    fresh.wake = lambda: woken.append(True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "own_replica", fresh)
        result = search.search("量子打印机")
        assert ([hit.entry for hit in result.hits], result.confident) == ([entry], False)
        assert (search.suggest("量子"), search.related(entry), search.explain("量子").available) == ([], [], False)
        assert woken
        fresh.bring_up()
        assert search.search("量子打印机").confident
        assert search.status().healthy


@committed
def test_while_too_much_changed_the_old_index_answers_and_shows_no_draft(large: None, replica: Replica) -> None:
    entries = [make_entry(f"第 {number} 号量子打印机") for number in range(70)]
    kept = make_entry("火星移民怎么办")
    replica.bring_up()
    old = replica.current()
    for entry in entries:
        entry.status = Entry.Status.DRAFT
        entry.question = "海藻投影怎么用"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Replica, "bring_up", lambda *arguments, **named: None)
            entry.save()
    assert replica.current() is old
    assert (refs("量子打印机"), refs("海藻投影"), search.suggest("量子")) == ([], [], [])
    assert search.related(entries[0]) == [kept]
    replica.bring_up()
    assert replica.current() is not old
    assert (search.status().entries, search.status().healthy) == (1, True)


@committed
def test_another_process_takes_over_what_the_builder_wrote(
    large: None, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(70):
        make_entry(f"第 {number} 号量子打印机")
    replica.bring_up()
    other = Replica()
    other.bring_up()
    with monkeypatch.context() as patch:
        patch.setattr(Replica, "bring_up", lambda *arguments, **named: None)
        for entry in Entry.objects.all():
            entry.save()
    replica.bring_up()
    monkeypatch.setattr("faq.search.replica.build", None)
    with generations.alone(0):
        other.bring_up()  # somebody else is at it
    held = other.current()
    assert held is not None
    assert held.version == current_version()


@committed
def test_trouble_with_the_disk_is_told_until_it_is_over(
    replica: Replica, monkeypatch: pytest.MonkeyPatch, client: Any
) -> None:
    make_entry("量子打印机怎么用")
    assert search.trouble() == ""

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        make_entry("海藻投影怎么用")
        assert "磁盘已满" in search.trouble()
        search.sync()
        assert "磁盘已满" in search.trouble()
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["search"]["healthy"]) == (200, False)
        assert "磁盘已满" in ready.json()["search"]["warning"]
    replica.bring_up()
    assert search.trouble() == ""
    assert "warning" not in client.get("/readyz").json()["search"]


# --- The keeper ------------------------------------------------------------------------------------------


@committed
def test_the_keeper_follows_a_change_and_mends_the_files(
    monkeypatch: pytest.MonkeyPatch, folder: Path, replica: Replica
) -> None:
    monkeypatch.setattr("faq.search.replica.CHECK_EVERY", 0.2)
    keeper = Keeper(replica)
    monkeypatch.setattr(search, "own_keeper", keeper)
    keeper.start()
    try:
        assert keeper.at_work
        make_entry("量子打印机怎么用")
        assert wait_until(lambda: search.status().healthy, 10)
        shutil.rmtree(folder)
        assert wait_until(lambda: search.status().healthy, 10)
        flip_a_bit(next(path for path in generations.current().path.iterdir() if path.suffix == ".seg"))
        assert not generations.is_whole(current_version())
        assert wait_until(lambda: generations.is_whole(current_version()), 10)
    finally:
        keeper.stop()
    assert not keeper.at_work


# --- Hostile input ---------------------------------------------------------------------------------------

HOSTILE = [
    "１２３，。！？",
    "\u200b\u200c\u200d\ufeff",
    "\u202e学分\u202c",
    "學分衝抵",
    "👩\u200d👩\u200d👧\u200d👦" * 30,
    "\x00",
    "学\x00分",
    "\ud800",
    "学\udfff分",
    "\ufffd",
    "*",
    "?" * 30,
    "学" + "?" * 30,
    "a OR",
    "NOT " * 1000,
    '"',
    '"学分',
    "[a TO",
    "(" * 5000,
    "学分^1e309",
    "学分~2",
    "terms:学分 OR title:*",
    "'; DROP TABLE faq_entry; --",
    "{{ 7*7 }}{% debug %}",
    "<script>alert(1)</script>",
    "%FF%00../../etc/passwd",
    "学" * 1_000_000,
    "a" * 1_000_000,
    " " * 1_000_000,
    "e\u0301" * 100_000,
    "e" + "\u0301" * 100_000,
    "\ufdfa" * 10_000,
    "九" * 10_000 + "学分",
    "签道" * 50,
    "xuefen" * 50,
    "x" * 100,
    "的" * 100,
    "".join(chr(0x4E00 + number * 37) for number in range(200)),
    " ".join("ab" for _ in range(100)),
]


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: ascii(query[:20]))
def test_no_input_fails_or_takes_long(content: None, query: str) -> None:
    search.search("学分")  # the segmenter is loaded once a process
    began = time.perf_counter()
    result = search.search(query)
    search.suggest(query)
    assert time.perf_counter() - began < 10
    assert len(result.normalized) <= search.MAX_QUERY_LENGTH
    assert result.normalized.isprintable()
    for hit in result.hits:
        assert not re.search(r"<(?!/?mark>)", hit.question_html + hit.snippet)
    index = search.own_replica.current()
    assert index is not None
    asked = ranking.analyse(result.normalized, index.session())
    assert len(asked.tokens) <= text.MAX_QUERY_TOKENS


def test_an_entry_of_the_greatest_length_is_found_in_time(db: None) -> None:
    make_entry("签到" * 250, f"<p>{'签到了吗？' * 9_000}</p>")
    began = time.perf_counter()
    hit = search.search("签到").hits[0]
    assert "<mark>签到</mark>" in hit.snippet
    assert time.perf_counter() - began < 10

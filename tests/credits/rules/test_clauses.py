"""Every clause stands in the documents, word for word, and says how sure we may be of it."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from io import StringIO

import pytest
from django.core.management import call_command

from credits.rules.clauses import CLAUSES, TAG_EXPLANATIONS, TAG_LABELS, Clause, Quote, Tag, entries_of
from credits.upgrade.clauses import UPGRADE_CLAUSES
from faq.models import Entry
from tests.credits.ledgers import FIXTURES

EVERY_QUOTE = [quote for clause in CLAUSES.values() for quote in clause.quotes]


@cache
def entries() -> dict[str, tuple[str, str]]:
    """ref → question and answer as text, as shipped."""
    rows = json.loads((FIXTURES / "documents.json").read_text(encoding="utf-8"))
    fields = [row["fields"] for row in rows if row["model"] == "faq.entry"]
    return {row["ref"]: (row["question"], html.unescape(re.sub(r"<[^>]*>", "", row["answer"]))) for row in fields}


# --- the clauses themselves ---------------------------------------------------------------------------------


@pytest.mark.parametrize("quote", EVERY_QUOTE, ids=lambda quote: f"{quote.entry} {quote.text}")
def test_quote_is_verbatim_where_its_tag_says(quote: Quote) -> None:
    question, answer = entries()[quote.entry]
    assert quote.text in (answer if quote.tag is Tag.ANSWER else question)


@pytest.mark.parametrize("ref", sorted({ref for clause in CLAUSES.values() for ref in clause.entries}))
def test_entry_of_a_clause_is_shipped(ref: str) -> None:
    assert ref in entries()


#: The duplicate rule (same project, same day) stands in no document, so C14 carries `reading` as well.
TAGS = {
    "C1": "answer",
    "C2": "quoted",
    "C3": "answer",
    "C4": "answer reading",
    "C5": "answer reading",
    "C6": "answer reading",
    "C7": "answer",
    "C8": "asked reading",
    "C9": "quoted answer reading",
    "C10": "answer",
    "C11": "quoted answer",
    "C12": "answer",
    "C13": "answer",
    "C14": "answer reading",
    "C15": "answer",
    "C16": "answer",
    "C17": "answer",
    "C18": "answer",
    "C19": "answer",
    "C20": "answer",
    "C22": "answer",
    "C23": "answer",
    "C24": "asked reading",
}
ENTRIES = {
    "C1": "credits-02 credits-13",
    "C2": "credits-08",
    "C3": "credits-02",
    "C4": "credits-02",
    "C5": "credits-05",
    "C6": "credits-05 credits-12",
    "C7": "credits-05",
    "C8": "credits-12",
    "C9": "credits-09",
    "C10": "credits-09",
    "C11": "credits-10",
    "C12": "credits-08",
    "C13": "credits-14 credits-15",
    "C14": "credits-16",
    "C15": "credits-13",
    "C16": "credits-20",
    "C17": "credits-21",
    "C18": "credits-18",
    "C19": "credits-01",
    "C20": "credits-11",
    "C22": "credits-17",
    "C23": "credits-19",
    "C24": "credits-12",
}
WORDS = {
    "C1": ["统筹 26 学分是打通的"],
    "C2": ["获得不少于 10 个学分"],
    "C3": ["这两者是不可以互通的"],
    "C4": ["建议三种类型的培训项目老师们都要有机会参加", "但是不鼓励"],
    "C5": ["从 18- 19 学年开始的五年内"],
    "C6": ["最高不超过 8 学分"],
    "C8": ["每年不超过 1.5 分", "托底最高可以得 7.5"],
    "C9": ["听课 20 节/学年", "有一项就认 1 学分，有二项就认 2 学分"],
    "C11": ["10 学时/学分"],
    "C12": ["认他们的考核结论"],
    "C18": ["等省厅领导的意见"],
    "C24": ["通过其他途径获取学习冲抵学分，也只是部分教师能够"],
}
READINGS = {
    "C4": ["没有列出是哪三种"],
    "C5": ["9 月 1 日"],
    "C6": ["所有学历合起来用一个上限", "冲抵的学分计入统筹"],
    "C8": ["“每年”按学年算"],
    "C9": ["公开课和讲座也按学年算"],
    "C24": ["不占学历冲抵的上限", "计入统筹培训", "只有要在本培训周期内取得这一条适用"],
}


def test_clauses_are_those_of_the_tables() -> None:
    assert list(CLAUSES) == list(TAGS) == list(ENTRIES)


@pytest.mark.parametrize("code", TAGS)
def test_clause_has_its_tags(code: str) -> None:
    assert " ".join(CLAUSES[code].tags) == TAGS[code]


@pytest.mark.parametrize("code", ENTRIES)
def test_clause_has_its_entries(code: str) -> None:
    assert " ".join(CLAUSES[code].entries) == ENTRIES[code]


@pytest.mark.parametrize("code", WORDS)
def test_clause_quotes_the_words_it_rests_on(code: str) -> None:
    quoted = " … ".join(quote.text for quote in CLAUSES[code].quotes)
    assert [words for words in WORDS[code] if words not in quoted] == []


@pytest.mark.parametrize("code", READINGS)
def test_what_was_read_into_a_clause_is_told(code: str) -> None:
    told = "".join(CLAUSES[code].readings)
    assert [words for words in READINGS[code] if words not in told] == []


@pytest.mark.parametrize("clause", CLAUSES.values(), ids=list(CLAUSES))
def test_clause_has_a_title_and_a_quote(clause: Clause) -> None:
    assert clause.title
    assert clause.quotes
    assert all(quote.text and quote.tag is not Tag.READING for quote in clause.quotes)


def test_tags_are_those_of_the_documents() -> None:
    assert [tag.value for tag in Tag] == ["answer", "quoted", "asked", "reading"]
    assert set(TAG_LABELS) == set(TAG_EXPLANATIONS) == set(Tag)


def test_entries_of_several_clauses_come_once() -> None:
    assert entries_of(("C8", "C6", "C8", "C7")) == ("credits-12", "credits-05")


# --- against the live entries ---------------------------------------------------------------------------------


def check_citations() -> tuple[int, str]:
    """The command's exit code, and all it says."""
    out = StringIO()
    try:
        call_command("check_citations", stdout=out, stderr=out)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue()
    return 0, out.getvalue()


def test_shipped_entries_carry_every_quote(content: None) -> None:
    code, said = check_citations()
    assert (code, said.strip()) == (0, "每条规则引用的原文都还在。")


def test_uneven_white_space_does_not_matter(content: None) -> None:
    entry = Entry.objects.get(ref="credits-05")
    entry.answer = entry.answer.replace("最高不超过 8 学分", "最高 不超过8学分")
    entry.save()
    assert check_citations()[0] == 0


@pytest.mark.parametrize(
    ("ref", "field", "words", "code"),
    [
        ("credits-05", "answer", "8 学分", "C6"),
        ("credits-02", "answer", "不可以互通", "C3"),
        ("credits-08", "question", "10 个学分", "C2"),
        ("credits-12", "question", "1.5", "C8"),
    ],
)
def test_edited_words_are_named(content: None, ref: str, field: str, words: str, code: str) -> None:
    entry = Entry.objects.get(ref=ref)
    assert words in getattr(entry, field)
    setattr(entry, field, getattr(entry, field).replace(words, "（已改）"))
    entry.save()
    exit_code, said = check_citations()
    assert exit_code == 1
    assert f"{code} {ref} 问答里找不到这句话" in said
    assert len(said.splitlines()) == 1


def test_words_moved_into_the_question_are_named(content: None) -> None:
    entry = Entry.objects.get(ref="credits-16")
    entry.question, entry.answer = entry.answer_text, entry.question
    entry.save()
    exit_code, said = check_citations()
    assert exit_code == 1
    assert "C14 credits-16" in said


def test_drafted_entry_is_named(content: None) -> None:
    Entry.objects.filter(ref="credits-18").update(status=Entry.Status.DRAFT)
    exit_code, said = check_citations()
    assert exit_code == 1
    assert "C18 credits-18 问答不在了或没有发布" in said


def test_a_deleted_entry_is_named_by_quote(content: None) -> None:
    Entry.objects.get(ref="credits-01").delete()
    exit_code, said = check_citations()
    assert exit_code == 1
    assert [line.split("：")[0] for line in said.splitlines()] == ["C19 credits-01 问答不在了或没有发布"] * 2


def test_without_any_entry_every_clause_is_named(db: None) -> None:
    exit_code, said = check_citations()
    assert exit_code == 1
    quotes_of_upgrade = [quote for clause in UPGRADE_CLAUSES.values() for quote in clause.quotes]
    assert len(said.splitlines()) == len(EVERY_QUOTE) + len(quotes_of_upgrade)

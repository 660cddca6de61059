"""The guides as data: every way ends, every ending is reached, and every quote stands in its entry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from faq import html
from faq.guides.flows import FLOWS, Ending, Guide, Quote, guide_from, guides, guides_about
from faq.guides.walk import UnknownAnswer, joined, walk

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
MOST_QUESTIONS = 4
EVERY_GUIDE = list(guides().values())
#: Guide → the entries that the guide is about; it may rest on more.
ABOUT = {
    "credits-account": ["credits-03", "credits-04"],
    "login": [f"upgrade-0{number}" for number in range(1, 7)],
    "leave": ["upgrade-17", "upgrade-18"],
    "late-registration": ["upgrade-19"],
    "new-teacher": ["upgrade-16", "credits-17"],
    "take-part": ["credits-17", "credits-18", "credits-20", "credits-21"],
    "degree": ["credits-05"],
    "subject": ["credits-19"],
}


def squeezed(text: str) -> str:
    return "".join(text.split())


def entries() -> dict[str, tuple[str, str]]:
    """Ref → question and answer as plain text, from the files that the portal is delivered with."""
    found = {}
    for name in ("documents", "portal"):
        rows = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))
        for row in rows:
            if row["model"] == "faq.entry":
                fields = row["fields"]
                found[fields["ref"]] = (squeezed(fields["question"]), squeezed(html.to_text(fields["answer"])))
    return found


ENTRIES = entries()


def ways(guide: Guide, way: str = "") -> Iterator[str]:
    """Every way that leads to an ending."""
    place = walk(guide, way)
    if place.question is None:
        yield way
        return
    for answer in place.question.answers:
        yield from ways(guide, joined(way, answer))


def endings(guide: Guide) -> list[Ending]:
    return [place.ending for place in (walk(guide, way) for way in ways(guide)) if place.ending]


def quotes() -> list[Any]:
    found = []
    for guide in EVERY_GUIDE:
        for name, ending in guide.endings.items():
            found += [pytest.param(quote, id=f"{guide.slug}-{name}-{quote.entry}") for quote in ending.quotes]
    return found


by_guide = pytest.mark.parametrize("guide", EVERY_GUIDE, ids=lambda guide: guide.slug)

# --- the ways ----------------------------------------------------------------------------------------------------


def test_the_guides_are_those_promised_in_order() -> None:
    assert list(guides()) == list(ABOUT)
    assert sorted(path.stem for path in FLOWS.glob("*.json")) == sorted(ABOUT)


@by_guide
def test_a_guide_asks_four_questions_at_most(guide: Guide) -> None:
    assert 1 <= len(guide.questions) <= MOST_QUESTIONS
    assert walk(guide, "").most_questions <= MOST_QUESTIONS


@by_guide
def test_every_answer_leads_to_a_question_or_ending(guide: Guide) -> None:
    assert not guide.questions.keys() & guide.endings.keys()
    leads = {answer.leads_to for question in guide.questions.values() for answer in question.answers}
    assert leads <= guide.questions.keys() | guide.endings.keys()


@by_guide
def test_every_way_ends_and_every_ending_is_reached(guide: Guide) -> None:
    """A loop would make `ways` go on for ever, which Python ends with an error."""
    reached = endings(guide)
    assert len(reached) == len(list(ways(guide)))
    assert {id(ending) for ending in reached} == {id(ending) for ending in guide.endings.values()}
    asked = {given.question.ask for way in ways(guide) for given in walk(guide, way).given}
    assert asked == {question.ask for question in guide.questions.values()}


@by_guide
def test_answers_have_names_fit_for_addresses(guide: Guide) -> None:
    for question in guide.questions.values():
        names = [answer.name for answer in question.answers]
        assert len(names) == len(set(names)) >= 2
        assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", name) for name in names)
        assert "letter" not in names, "the address of letters"


@by_guide
def test_every_ending_says_what_to_do_and_whom_to_ask(guide: Guide) -> None:
    for ending in guide.endings.values():
        assert ending.heading and ending.steps and ending.ask and ending.quotes
        assert not ending.not_stated or ending.not_stated.startswith("资料没有写明")
        sentences = [*ending.steps, ending.ask, ending.not_stated or "。"]
        assert all(sentence.endswith("。") for sentence in sentences)


# --- the words of the entries ------------------------------------------------------------------------------------


def stands(quote: Quote) -> bool:
    question, answer = ENTRIES.get(quote.entry, ("", ""))
    return squeezed(quote.words) in (question if quote.in_question else answer)


@pytest.mark.parametrize("quote", quotes())
def test_a_quote_stands_in_its_entry(quote: Quote) -> None:
    assert stands(quote)
    assert len(quote.words) >= 10


def test_a_quote_of_other_words_is_seen() -> None:
    assert stands(Quote("credits-19", "建议按正在从事的工作报"))
    assert not stands(Quote("credits-19", "必须按正在从事的工作报"))
    assert not stands(Quote("credits-18", "建议按正在从事的工作报"))
    assert not stands(Quote("credits-20", "其培训学分管理另行规定"))
    assert not stands(Quote("credits-99", "建议按正在从事的工作报"))


@by_guide
def test_a_guide_rests_on_its_entries(guide: Guide) -> None:
    quoted = {quote.entry for ending in guide.endings.values() for quote in ending.quotes}
    assert set(ABOUT[guide.slug]) <= set(guide.entries) <= quoted <= ENTRIES.keys()


def test_an_entry_that_states_nothing_rests_no_claim() -> None:
    """An ending that quotes only what the portal says no document states must say so itself."""
    for guide in EVERY_GUIDE:
        for ending in guide.endings.values():
            if all("资料没有写明" in ENTRIES[quote.entry][1] for quote in ending.quotes):
                assert ending.not_stated, ending.heading


# --- letters -----------------------------------------------------------------------------------------------------


@by_guide
def test_a_letter_is_there_where_one_is_asked_for(guide: Guide) -> None:
    wanted = {ending.letter for ending in guide.endings.values() if ending.letter}
    assert wanted == guide.letters.keys()
    for ending in guide.endings.values():
        assert bool(ending.letter) == any("说明材料" in quote.words for quote in ending.quotes)


def test_every_blank_of_a_letter_is_used_once() -> None:
    for letter in (letter for guide in EVERY_GUIDE for letter in guide.letters.values()):
        used = re.findall(r"\{([^}]*)\}", "".join(letter.paragraphs))
        assert sorted(used) == sorted(letter.blanks)
        assert {blank.width for blank in letter.blanks.values()} <= {"short", "wide", "long"}


# --- walking -----------------------------------------------------------------------------------------------------


def test_a_place_knows_the_answers_and_how_far_it_is() -> None:
    place = walk(guides()["credits-account"], "unit/unknown")
    assert [(given.answer.name, given.way) for given in place.given] == [("unit", ""), ("unknown", "unit")]
    assert (place.number, place.most_questions) == (3, 3)
    assert place.question and place.question.ask == "问过以前的培训管理员吗？"


@pytest.mark.parametrize(
    "way", ["nobody", "unit/nobody", "new-district/unit", "unit//unknown", "unit/", "/", "\x00", "../x", "Unit"]
)
def test_a_way_of_other_answers_is_refused(way: str) -> None:
    with pytest.raises(UnknownAnswer):
        walk(guides()["credits-account"], way)


def test_an_entry_names_its_guides_in_order() -> None:
    assert [guide.slug for guide in guides_about(["credits-17"])] == ["new-teacher", "take-part"]
    assert guides_about(["credits-01"]) == []


def test_a_guide_without_a_part_is_refused() -> None:
    data = json.loads((FLOWS / "subject.json").read_text(encoding="utf-8"))
    assert guide_from(data) == guides()["subject"]
    del data["endings"]["same-subject"]["ask"]
    with pytest.raises(TypeError):
        guide_from(data)

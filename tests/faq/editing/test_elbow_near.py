"""Entries near a draft, and the draft tried in search, against the real index."""

from __future__ import annotations

from typing import Any

import pytest

from faq import search
from faq.editing.elbow import draft_of, look, wordings
from faq.editing.elbow.draft import Draft
from faq.editing.elbow.near import near
from faq.models import Entry, Phrasing, SearchState
from tests.faq.editing.authors import entry

pytestmark = pytest.mark.django_db


def draft(row: Entry | None = None, **fields: str) -> Draft:
    """The draft of an entry, as its form holds it, with these fields changed; of a new one without an entry."""
    said = "\n".join(row.phrasings.values_list("text", flat=True)) if row else ""
    shown = {"question": row.question, "answer": row.answer, "said": said} if row else {}
    return draft_of(shown | fields, row)


# --- near entries ------------------------------------------------------------------------------------------------


def test_a_question_asked_again_finds_its_entry(content: None) -> None:
    first = near(draft(question="电脑端怎样登录学习？"))[0]
    assert first.entry.ref == "upgrade-01"


def test_the_entry_itself_is_never_near(content: None) -> None:
    row = Entry.objects.get(ref="upgrade-14")
    found = [one.entry.ref for one in near(draft(row))]
    assert "upgrade-13" in found
    assert row.ref not in found


def test_a_new_subject_has_nothing_near(content: None) -> None:
    assert near(draft(question="食堂几点开饭？", answer="<p>十一点。</p>")) == []


def test_other_numbers_of_the_same_question_are_named(content: None) -> None:
    other = Entry.objects.get(ref="portal-14")
    other.question, other.answer = "每年最少要修多少学时？", "<p>每年不少于 72 学时。</p>"
    other.save()
    first = near(draft(question="每年最少修多少学时？", answer="<p>每年不少于 90 学时。</p>"))[0]
    assert first.entry == other
    assert [(found.here, found.there) for found in first.contrary] == [("90 学时", "72 学时")]


def test_a_shared_phrasing_is_named(content: None) -> None:
    Phrasing.objects.create(entry=entry(), text="玄铁怎么领")
    [found] = near(draft(question="完全是别的事情", said="玄铁怎么领\n玄铁在哪"))
    assert (found.entry, found.shared) == (entry(), ("玄铁怎么领",))


def test_an_unpublished_entry_is_not_near(content: None) -> None:
    row = Entry.objects.get(ref="upgrade-01")
    row.status = Entry.Status.DRAFT
    row.save()
    assert row not in [one.entry for one in near(draft(question=row.question))]


# --- the trial ---------------------------------------------------------------------------------------------------


def test_a_new_phrasing_is_found_once_published(content: None) -> None:
    row = entry()
    trial = wordings.tried(draft(row, said="玄铁按钮怎么领取", wordings="玄铁按钮怎么领取\n玄铁"))
    assert trial is not None
    assert (trial.first_now, trial.first_then) == (0, 2)
    [place, _] = trial.places
    assert (place.now, place.then, place.sure_then) == (None, 1, True)


def test_a_trial_tells_what_publishing_does(content: None) -> None:
    row = entry()
    asked = ["玄铁学历冲抵", "两个学历怎么冲抵", "签到", "校本活动怎么签到", "每年最少要修多少学分"]
    trial = wordings.tried(draft(row, question="校本活动怎么签到？", said="玄铁学历冲抵", wordings="\n".join(asked)))
    row.question = "校本活动怎么签到？"
    row.phrasings.all().delete()
    Phrasing.objects.create(entry=row, text="玄铁学历冲抵")
    row.save()
    assert trial is not None
    for place in trial.places:
        found = search.search(place.query)
        honest = [found.not_stated] if found.not_stated else []
        refs = [hit.entry.ref for hit in (*honest, *found.hits)]
        assert place.sure_then == (found.confident or bool(honest))
        assert place.then == (refs.index(row.ref) + 1 if row.ref in refs else None), place.query


def test_an_entry_that_says_nothing_is_stated_is_found_first(content: None) -> None:
    row = Entry.objects.get(ref="portal-14")
    trial = wordings.tried(draft(row, not_stated="on", wordings=row.question))
    assert trial is not None
    [place] = trial.places
    assert (place.now, place.sure_now, place.then, place.sure_then) == (1, True, 1, True)


def test_a_trial_leaves_search_as_it_was(content: None) -> None:
    before = SearchState.objects.get()
    wordings.tried(draft(question="玄铁按钮在哪里？", said="玄铁按钮", wordings="玄铁按钮"))
    after = SearchState.objects.get()
    assert (before.version, before.stamp) == (after.version, after.stamp)
    assert not search.search("玄铁按钮").confident


def test_words_that_go_are_not_found_any_more(content: None) -> None:
    row = Entry.objects.get(ref="upgrade-08")
    now = wordings.tried(draft(row, wordings="校本活动怎么签到"))
    other = {"question": "食堂几点开饭？", "answer": "<p>十一点。</p>", "said": ""}
    later = wordings.tried(draft(row, **other, wordings="校本活动怎么签到"))
    assert now is not None
    assert later is not None
    assert [(place.now, place.then) for place in (*now.places, *later.places)] == [(1, 1), (1, None)]


def test_the_first_phrasings_are_tried_where_none_are_given(content: None) -> None:
    row = entry()
    assert draft(row).to_try == draft(row).phrasings[:10]
    assert len(draft(row, wordings="\n".join(f"问法{number}" for number in range(50))).to_try) == 10


def test_a_trial_ends_in_time(content: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(wordings, "SECONDS", -1.0)
    trial = wordings.tried(draft(entry()))
    assert trial is not None
    assert (trial.tried, trial.untried) == (0, 10)


def test_search_that_fails_leaves_the_other_findings(content: None, monkeypatch: Any) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("index")

    monkeypatch.setattr(search.rehearsal, "rehearse", fail)
    monkeypatch.setattr(search.rehearsal, "alike", fail)
    found = look(draft(entry(), answer='<a href="/faq/nothing-9/">x</a>'), frozenset())
    assert found.trouble
    assert (found.near, found.trial, len(found.links)) == ((), None, 1)


@pytest.mark.parametrize("typed", ["", "\x00", "<" * 200_000, "<a href=" * 30_000, "学" * 300_000])
def test_whatever_is_typed_is_looked_at(content: None, typed: str) -> None:
    fields = dict.fromkeys(("question", "short_question", "answer", "said", "wordings", "category"), typed)
    assert look(draft_of(fields, None), frozenset()).trouble == ""

"""The markup of a clause is made once for everybody, and follows what may be read."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import render_to_string

from credits.statements.presentation import clause_views
from faq.models import Entry

pytestmark = pytest.mark.django_db


def test_a_clause_is_what_its_template_makes_of_it(content: None) -> None:
    for clause in clause_views(["C1", "C6", "C8"]):
        assert clause.article == render_to_string("credits/_clause.html", {"clause": clause})
        assert clause.title in clause.reference and f'href="#clause-{clause.code}"' in clause.reference


def test_a_withdrawn_entry_is_linked_to_no_more(content: None) -> None:
    [before] = clause_views(["C1"])
    ref = before.entries[0][0]
    assert f'href="/faq/{ref}/"' in before.article
    Entry.objects.filter(ref=ref).update(status="draft")
    assert f'href="/faq/{ref}/"' not in clause_views(["C1"])[0].article
    Entry.objects.filter(ref=ref).update(status="published")
    assert clause_views(["C1"])[0].article == before.article


def test_clauses_ask_one_query(content: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert all(clause.article for clause in clause_views(["C1", "C2", "C6", "C8", "C9"]))

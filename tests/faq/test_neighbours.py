"""The entries before and after one are found by its place alone, and are those of the list of its category."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.test import Client

from faq.models import Category, Document, Entry
from faq.neighbours import FEW, neighbours
from tests.cast import make_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def mixed(content: None) -> Category:
    """A category whose entries differ in every part of their place, with and without documents."""
    category = Category.objects.create(slug="mixed", name="各种")
    places = {"a": 7, "b": 5, "c": 5}
    documents = [Document.objects.create(slug=slug, title="资料", position=at) for slug, at in places.items()]
    numbers = itertools.count(1)
    for position, document in itertools.product((100, 3), [None, *documents, None, documents[0]]):
        number = next(numbers) if document else None
        make_entry(category=category, position=position, document=document, number=number)
    return category


@pytest.mark.parametrize("few", [0, 11, 12])
def test_every_entry_has_the_neighbours_that_the_list_has(mixed: Category, few: int) -> None:
    listed = list(Entry.objects.in_order().filter(category=mixed))
    assert len(listed) == 12
    for before, entry, after in zip([None, *listed], listed, [*listed[1:], None], strict=False):
        assert neighbours(entry, Entry.objects.all(), few) == (before, after)


def test_drafts_are_no_neighbours_of_what_readers_see(mixed: Category) -> None:
    first, second, third, *_ = Entry.objects.in_order().filter(category=mixed)
    Entry.objects.filter(pk=second.pk).update(status="draft")
    published = Entry.objects.filter(status="published")
    assert neighbours(first, published).next == third
    assert neighbours(second, published) == (first, third)


def test_a_page_asks_the_same_of_any_long_category(
    client: Client, content: None, django_assert_num_queries: Any
) -> None:
    category = Category.objects.create(slug="long", name="长")
    address = make_entry(category=category).get_absolute_url()
    for more, queries in ((0, 5), (FEW - 1, 5), (1, 8), (20, 8)):
        for _ in range(more):
            make_entry(category=category)
        client.get(address)  # the index is brought up to date
        with django_assert_num_queries(queries):  # entry, version of the content (twice), relatives, neighbours
            client.get(address)

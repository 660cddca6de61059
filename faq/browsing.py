"""The lists that readers browse: every entry by category, and those of one category, page by page where there are many.

No page reads more rows than it lists, and of these only what a link needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple, cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery

from .models import Category, Entry, EntryQuerySet

#: Entries that one page lists whole, about fifteen screens of a phone; longer lists have so many on each page.
ON_ONE_PAGE, PER_PAGE = 200, 100

User = AbstractBaseUser | AnonymousUser


class Section(NamedTuple):
    """Entries of one category on one page. `continued`: those before them stand on an earlier page."""

    category: Category
    entries: list[Entry]
    continued: bool


def categories_with_counts(user: User) -> list[Category]:
    """Returns the categories that hold something the reader may see, each with its `entry_count`, in two queries."""
    visible = Entry.objects.visible_to(user).order_by()
    counts = dict(visible.values_list("category").annotate(Count("pk")))
    categories = list(Category.objects.filter(pk__in=counts).order_by("position", "id"))
    for category in categories:
        category.entry_count = counts[category.pk]
    return categories


def first_of_each_category(user: User) -> list[Entry]:
    """Returns the first entry of every category, in their order, in two queries."""
    visible = Entry.objects.visible_to(user)
    first = places(visible.filter(category=OuterRef("pk")))[:1]
    first_of_each = Category.objects.annotate(first=Subquery(first)).order_by("position", "id")
    return linked(visible, first_of_each.values_list("first", flat=True))


def places(entries: EntryQuerySet) -> QuerySet[Entry, int]:
    """Returns the ids of the entries in their order, which an index knows without their rows."""
    return entries.in_order().values_list("pk", flat=True)


def linked(entries: EntryQuerySet, ids: Iterable[int]) -> list[Entry]:
    """Returns those of the entries that have these ids, in this order, each with what a link in a list needs."""
    ids = list(ids)
    found = entries.only("ref", "question", "short_question", "status", "category_id", "stamp").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def page_of(listed: Any, wanted: str | None) -> Page[Any]:
    """Returns the page wanted of a queryset or sequence, the first where there is none such, and its `numbers`."""
    paginator = Paginator(listed, ON_ONE_PAGE)
    if paginator.count > ON_ONE_PAGE:
        paginator.per_page = PER_PAGE
    page = paginator.get_page(wanted)
    numbers = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    page.numbers = list(numbers)  # type: ignore[attr-defined]
    return page


def page_of_all(categories: Sequence[Category], wanted: str | None) -> Page[int]:
    """Returns the page wanted of the entries of all categories, as the places of its entries from 0 on."""
    total = sum(category.entry_count for category in categories)  # type: ignore[attr-defined]
    return page_of(range(total), wanted)


def sections(user: User, categories: Sequence[Category], page: Page[int]) -> Iterator[Section]:
    """Yields the entries of a page of the whole list, by category; two queries."""
    at = cast("range", page.object_list)
    here, before = _overlapping(categories, at)
    visible = Entry.objects.visible_to(user).filter(category__in=here)
    listed = linked(visible, places(visible)[at.start - before : at.stop - before])
    by_id = {category.pk: category for category in here}
    for category_id, entries in groupby(listed, key=lambda entry: entry.category_id):
        continued = category_id == here[0].pk and at.start > before
        yield Section(by_id[category_id], list(entries), continued)


def _overlapping(categories: Sequence[Category], at: range) -> tuple[list[Category], int]:
    """Returns the categories with entries at these places, and the number of entries before the first of these."""
    here: list[Category] = []
    before = end = 0
    for category in categories:
        start, end = end, end + category.entry_count  # type: ignore[attr-defined]
        if start < at.stop and at.start < end:
            before = before if here else start
            here.append(category)
    return here, before

"""The pages teachers read: home, categories, entries, search results."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from . import search
from .models import Category, Entry
from .structured_data import faq_page

RESULTS_PER_PAGE = 10
MOST_RESULTS = 50


def categories_with_counts(request: HttpRequest) -> QuerySet[Category]:
    """Categories that hold something `request`'s user may see, each with its `entry_count`."""
    visible = Entry.objects.visible_to(request.user)
    counted = Category.objects.annotate(entry_count=Count("entries", filter=Q(entries__in=visible), distinct=True))
    return counted.filter(entry_count__gt=0).order_by("position", "slug")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The search box, the categories, and a first question of each to begin with."""
    first_of_category: dict[int, Entry] = {}
    for entry in Entry.objects.visible_to(request.user).in_order():
        first_of_category.setdefault(entry.category_id, entry)
    return render(
        request,
        "faq/home.html",
        {"categories": categories_with_counts(request), "starters": list(first_of_category.values())},
    )


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """Every question, by category."""
    entries = Entry.objects.visible_to(request.user).in_order()
    categories = categories_with_counts(request).prefetch_related(Prefetch("entries", queryset=entries))
    return render(request, "faq/browse.html", {"categories": categories})


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(categories_with_counts(request), slug=slug)
    entries = Entry.objects.visible_to(request.user).in_order().filter(category=category)
    return render(request, "faq/category.html", {"category": category, "entries": entries})


@require_safe
def entry(request: HttpRequest, ref: str) -> HttpResponse:
    """One entry, with its neighbours in the category and its relatives."""
    visible = Entry.objects.visible_to(request.user).in_order()
    entry = visible.filter(ref=ref).first() if "\x00" not in ref else None
    if entry is None:
        raise Http404
    neighbours = list(visible.filter(category=entry.category))
    place = next(index for index, neighbour in enumerate(neighbours) if neighbour.pk == entry.pk)
    year = entry.document.year if entry.document else None
    return render(
        request,
        "faq/entry.html",
        {
            "entry": entry,
            "previous": neighbours[place - 1] if place else None,
            "next": neighbours[place + 1] if place + 1 < len(neighbours) else None,
            "related": search.related(entry),
            "years_old": timezone.localdate().year - year if year else 0,
            "permalink": request.build_absolute_uri(entry.get_absolute_url()),
            "structured_data": faq_page([entry]) if entry.is_published else None,
        },
    )


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Results, ten a page; a query that nothing answers says so and offers the nearest."""
    query = request.GET.get("q", "").replace("\x00", "")
    context: dict[str, Any] = {"query": query[: search.MAX_QUERY_LENGTH], "cut": len(query) > search.MAX_QUERY_LENGTH}
    if query.strip():
        result = search.search(query, limit=MOST_RESULTS)
        page = Paginator(result.hits, RESULTS_PER_PAGE).get_page(request.GET.get("page"))
        context |= {"result": result, "page": page}
    else:
        context["categories"] = categories_with_counts(request)
    context["search_url"] = reverse("faq:search")
    return render(request, "faq/search.html", context)

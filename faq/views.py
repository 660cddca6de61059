"""The pages teachers read: home, categories, entries, search results."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from . import feedback, search
from .feedback import FeedbackForm
from .models import Category, Entry, Feedback
from .structured_data import faq_page

RESULTS_PER_PAGE = 10
MOST_RESULTS = 50
#: How many entries the home page names that helped most; with fewer than the other number it names none.
MOST_HELPFUL, FEWEST_HELPFUL = 7, 3


def categories_with_counts(request: HttpRequest) -> QuerySet[Category]:
    """Categories that hold something `request`'s user may see, each with its `entry_count`."""
    visible = Entry.objects.visible_to(request.user)
    counted = Category.objects.annotate(entry_count=Count("entries", filter=Q(entries__in=visible), distinct=True))
    return counted.filter(entry_count__gt=0).order_by("position", "slug")


def first_of_each_category(request: HttpRequest) -> QuerySet[Entry]:
    """The first entry of every category, in their order."""
    visible = Entry.objects.visible_to(request.user).in_order()
    first = visible.filter(category=OuterRef("pk")).values("pk")[:1]
    return visible.filter(pk__in=Category.objects.annotate(first=Subquery(first)).values("first"))


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The search box, the categories, and what helped most; while hardly anybody said so, a first of each category."""
    published = Entry.objects.filter(status=Entry.Status.PUBLISHED)
    helpful = Feedback.helped_most(published, MOST_HELPFUL)
    enough = len(helpful) >= FEWEST_HELPFUL
    context = {
        "categories": categories_with_counts(request),
        "starters": helpful if enough else first_of_each_category(request),
        "helpful": enough,
    }
    return render(request, "faq/home.html", context)


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """Every question, by category."""
    entries = Entry.objects.visible_to(request.user).in_order()
    categories = categories_with_counts(request).prefetch_related(Prefetch("entries", queryset=entries))
    return render(request, "faq/browse.html", {"nav": "faq", "categories": categories})


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    category = get_object_or_404(categories_with_counts(request), slug=slug)
    entries = Entry.objects.visible_to(request.user).in_order().filter(category=category)
    return render(request, "faq/category.html", {"nav": "faq", "category": category, "entries": entries})


def find_entry(request: HttpRequest, ref: str) -> Entry:
    visible = Entry.objects.visible_to(request.user).in_order()
    entry = visible.filter(ref=ref).first() if "\x00" not in ref else None
    if entry is None:
        raise Http404
    return entry


@require_safe
def entry(request: HttpRequest, ref: str) -> HttpResponse:
    """One entry, with its neighbours in the category and its relatives."""
    return entry_page(request, find_entry(request, ref))


def entry_page(request: HttpRequest, entry: Entry, form: FeedbackForm | None = None) -> HttpResponse:
    """The page of `entry`; with `form`, what was wrong with what the reader said of it."""
    neighbours = list(Entry.objects.visible_to(request.user).in_order().filter(category=entry.category))
    place = next(index for index, neighbour in enumerate(neighbours) if neighbour.pk == entry.pk)
    year = entry.document.year if entry.document else None
    voice = feedback.voice_of(request, entry) if entry.is_published else None
    said = {"reason": voice.reason, "comment": voice.comment} if voice else None
    response = render(
        request,
        "faq/entry.html",
        {
            "nav": "faq",
            "entry": entry,
            "previous": neighbours[place - 1] if place else None,
            "next": neighbours[place + 1] if place + 1 < len(neighbours) else None,
            "related": search.related(entry),
            "years_old": timezone.localdate().year - year if year else 0,
            "permalink": request.build_absolute_uri(entry.get_absolute_url()),
            "structured_data": faq_page([entry]) if entry.is_published else None,
            "voice": voice,
            "form": form or FeedbackForm(initial=said),
            "canonical": request.build_absolute_uri(entry.get_absolute_url()),
            "here": entry.get_absolute_url(),
        },
        status=400 if form else 200,
    )
    if voice:
        # What one said is one's own: no cache keeps this page, nor does the worker for reading offline. It has, or
        # gets from whoever has not spoken, the page that is the same for everybody.
        patch_cache_control(response, private=True)
    return response


@csrf_exempt  # `sent_by_our_page` is what protects it
@require_http_methods(["GET", "HEAD", "POST"])
def give_feedback(request: HttpRequest, ref: str) -> HttpResponse:
    """Takes one reader's word on an entry, in place of what they said before."""
    entry = find_entry(request, ref)
    if not entry.is_published:
        raise Http404
    if request.method != "POST":  # the address that a browser shows after a mistake
        return HttpResponseRedirect(f"{entry.get_absolute_url()}#feedback")
    if int(request.META.get("CONTENT_LENGTH") or 0) > feedback.MOST_BYTES:
        raise RequestDataTooBig
    form = FeedbackForm(request.POST)
    if not feedback.sent_by_our_page(request):
        typed = form["comment"].value()
        context = {"path": entry.get_absolute_url(), "copy": [typed] if typed else []}
        return render(request, "403_csrf.html", context, status=403)
    if not form.is_valid():
        return entry_page(request, entry, form)
    token = feedback.token_of(request) or feedback.new_token()
    try:
        Feedback.record(entry, feedback.voter(token, entry), **form.cleaned_data)
    except IntegrityError as error:  # the entry was deleted in this moment
        raise Http404 from error
    response = HttpResponseRedirect(f"{entry.get_absolute_url()}#feedback", status=303)
    feedback.remember(response, token)
    return response


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

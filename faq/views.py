"""The pages teachers read: home, categories, entries, search results."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import IntegrityError
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from helpdesk.common.same_origin import sent_by_our_page
from helpdesk.common.shared_pages import names_only, same_for_everybody

from . import browsing, feedback, insight, search
from .feedback import FeedbackForm
from .guides.flows import Guide, guides_about, refs_with_guides
from .models import Category, Document, Entry, Feedback, Revision
from .neighbours import neighbours
from .structured_data import faq_page

RESULTS_PER_PAGE = 10
MOST_RESULTS = 50
#: Most helpful entries that the home page names; with fewer than the other number it names none.
MOST_HELPFUL, FEWEST_HELPFUL = 7, 3


@require_safe
@same_for_everybody(votes=True)
def home(request: HttpRequest) -> HttpResponse:
    """The search box, the categories, and the most helpful entries, or with few of these a first of each category."""
    published = Entry.objects.filter(status=Entry.Status.PUBLISHED)
    helpful = Feedback.helped_most(published, MOST_HELPFUL)
    enough = len(helpful) >= FEWEST_HELPFUL
    starters = helpful if enough else browsing.first_of_each_category(request.user)
    _names_only(request, starters)
    context = {
        "categories": browsing.categories_with_counts(request.user),
        "starters": starters,
        "helpful": enough,
        "documents": Document.objects.filter(Exists(published.filter(document=OuterRef("pk")))),
    }
    return render(request, "faq/home.html", context)


@require_safe
@same_for_everybody()
def browse(request: HttpRequest) -> HttpResponse:
    """Every question, by category; on pages where there are many."""
    categories = browsing.categories_with_counts(request.user)
    page = browsing.page_of_all(categories, request.GET.get("page"))
    sections = list(browsing.sections(request.user, categories, page))
    _names_only(request, (entry for section in sections for entry in section.entries))
    context = {
        "nav": "faq",
        "categories": categories,
        "sections": sections,
        "page": page,
        "canonical": _address_of(request, page),
    }
    return render(request, "faq/browse.html", context)


@require_safe
@same_for_everybody()
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions of one category; on pages where there are many."""
    category = get_object_or_404(Category, slug=slug)
    visible = Entry.objects.visible_to(request.user).filter(category=category)
    page = browsing.page_of(browsing.places(visible), request.GET.get("page"))
    if not page.paginator.count:
        raise Http404
    offered = visible.filter(ref__in=refs_with_guides()).order_by().values_list("ref", flat=True)
    entries = browsing.linked(visible, page.object_list)
    _names_only(request, entries)
    context = {
        "nav": "faq",
        "category": category,
        "entries": entries,
        "page": page,
        "guides": guides_about(offered) if page.number == 1 else [],
        "canonical": _address_of(request, page),
    }
    return render(request, "faq/category.html", context)


def _names_only(request: HttpRequest, entries: Iterable[Entry]) -> None:
    """Says that a page shows the words of these entries and no others, so that it outlives new words of others."""
    names_only(request, ((entry.pk, entry.stamp) for entry in entries))


def _address_of(request: HttpRequest, page: Page[Any]) -> str:
    """Returns the one address by which search engines should know this page of a list."""
    number = f"?page={page.number}" if page.number > 1 else ""
    return request.build_absolute_uri(f"{request.path}{number}")


# --- one entry -----------------------------------------------------------------------------------------------


def find_entry(request: HttpRequest, ref: str) -> Entry:
    """Returns the entry of that ref. Raises Http404 for one that the reader may not see."""
    visible = Entry.objects.visible_to(request.user).in_order()
    return get_object_or_404(visible, ref=ref)


@require_safe
@same_for_everybody()
def entry(request: HttpRequest, ref: str) -> HttpResponse:
    """One entry, with its neighbours in the category and its relatives."""
    found = find_entry(request, ref)
    insight.count_opening(request, found)
    return entry_page(request, found)


def entry_page(request: HttpRequest, entry: Entry, refused: FeedbackForm | None = None) -> HttpResponse:
    """Renders the page of `entry`; with the `refused` form in place of a blank one, and status 400, if there is one."""
    voice = feedback.voice_of(request, entry) if entry.is_published else None
    said = {"reason": voice.reason, "comment": voice.comment} if voice else None
    address = entry.get_absolute_url()
    permalink = request.build_absolute_uri(address)
    related = search.related(entry)
    beside = neighbours(entry, Entry.objects.visible_to(request.user))
    _names_only(request, [entry, *related, *filter(None, beside)])
    context = {
        "nav": "faq",
        "entry": entry,
        "guides": guides_about([entry.ref]),
        "related": related,
        "permalink": permalink,
        "structured_data": faq_page([entry]) if entry.is_published else None,
        "voice": voice,
        "form": refused or FeedbackForm(initial=said),
        "canonical": permalink,
        "here": address,
    }
    context |= beside._asdict()
    search.keep_if_current(request)
    response = render(request, "faq/entry.html", context, status=400 if refused else 200)
    if voice:
        # A reader's own words belong in no cache, and not in the worker's for reading offline either. That one keeps
        # the page as readers get it who have said nothing, which is the same for everybody.
        patch_cache_control(response, private=True)
    return response


def preview_page(request: HttpRequest, entry: Entry, version: Revision) -> HttpResponse:
    """Renders `entry`, filled with the content of a version and not saved, as readers would see it."""
    context = {
        "nav": "faq",
        "entry": entry,
        "version": version,
        "guides": guides_about([entry.ref]),
        "related": search.related(entry) if entry.is_published else [],
        "permalink": request.build_absolute_uri(entry.get_absolute_url()),
    }
    return render(request, "faq/entry.html", context)


@csrf_exempt  # `sent_by_our_page` is what protects it
@require_http_methods(["GET", "HEAD", "POST"])
def give_feedback(request: HttpRequest, ref: str) -> HttpResponse:
    """Takes one reader's word on an entry, in place of what they said before."""
    entry = find_entry(request, ref)
    if not entry.is_published:
        raise Http404
    address = f"{entry.get_absolute_url()}#feedback"
    if request.method != "POST":  # the address that a browser shows after a mistake
        return HttpResponseRedirect(address)
    form = FeedbackForm(request.POST)
    if not sent_by_our_page(request):
        return _foreign_form(request, entry, form)
    if not form.is_valid():
        return entry_page(request, entry, form)
    token = feedback.token_of(request) or feedback.new_token()
    counts = feedback.counts_at_home(request, entry)
    try:
        Feedback.record(entry, feedback.voter(token, entry), counts=counts, **form.cleaned_data)
    except IntegrityError as error:  # the entry was deleted in this moment
        raise Http404 from error
    response = HttpResponseRedirect(address, status=303)
    feedback.remember(response, token)
    return response


def _foreign_form(request: HttpRequest, entry: Entry, form: FeedbackForm) -> HttpResponse:
    """Renders the refusal of a form that no page of ours sent, with the typed text to be copied."""
    typed = form["comment"].value()
    context = {"path": entry.get_absolute_url(), "copy": [typed] if typed else []}
    return render(request, "403_csrf.html", context, status=403)


@require_safe
@same_for_everybody()
def search_page(request: HttpRequest) -> HttpResponse:
    """Results, ten a page; a query that nothing answers says so and offers the nearest."""
    typed = request.GET.get("q", "").replace("\x00", "")
    query = typed[: search.MAX_QUERY_LENGTH]
    longest = search.MAX_QUERY_LENGTH
    context: dict[str, Any] = {"query": query, "cut": query != typed, "longest": longest}
    context["search_url"] = reverse("faq:search")
    if typed.strip():
        result = search.search(typed, limit=MOST_RESULTS)
        page = Paginator(result.hits, RESULTS_PER_PAGE).get_page(request.GET.get("page"))
        context |= {"result": result, "page": page}
        if page.number == 1:
            insight.count_search(request, query, result)
        context["guides"] = _guides_beside(result) if page.number == 1 else []
        search.keep_if_current(request)
    else:
        context["categories"] = browsing.categories_with_counts(request.user)
    return render(request, "faq/search.html", context)


def _guides_beside(result: search.SearchResult) -> list[Guide]:
    """Returns the guides of the entry that answers, or of the one that says that no document does."""
    answer = next(iter(result.hits), None) if result.confident else None
    best = answer or result.not_stated
    return guides_about([best.entry.ref]) if best else []

"""Public, read-only JSON of entries and search, version 1; helpdesk/openapi.json describes it.

Plain views, because five addresses that mostly read need no framework. A view raises ValidationError with the name of
the parameter that is wrong; `helpdesk.middleware.ApiMiddleware` answers it with 400 and the error object.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from helpdesk.common.shared_pages import same_for_everybody

from . import insight, search
from .models import Entry

DEFAULT_LIMIT = 10
MOST_LIMIT = 50


def _url(request: HttpRequest, entry: Entry) -> str:
    return request.build_absolute_uri(entry.get_absolute_url())


def _listed(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    """Returns the schema `ListedEntry`."""
    updated_at = timezone.localtime(entry.updated_at)
    return {
        "ref": entry.ref,
        "question": entry.question,
        "category": entry.category.name,
        "url": _url(request, entry),
        "updated_at": updated_at.isoformat(timespec="seconds"),
    }


def _brief(request: HttpRequest, entry: Entry) -> dict[str, str]:
    """Returns the schema `Brief`."""
    return {"ref": entry.ref, "question": entry.question, "url": _url(request, entry)}


def _query(request: HttpRequest) -> str:
    """Returns the parameter `q`; raises ValidationError where it is missing."""
    query = request.GET.get("q")
    if query is None:
        raise ValidationError({"q": "请在 q 里写要查的话。"})
    return query


def _limit(request: HttpRequest) -> int:
    """Returns the parameter `limit`; raises ValidationError where it is no whole number from 1 to `MOST_LIMIT`."""
    text = request.GET.get("limit", str(DEFAULT_LIMIT))
    is_number = text.isascii() and text.isdigit() and len(text) <= 4
    if not is_number or not 1 <= int(text) <= MOST_LIMIT:
        raise ValidationError({"limit": f"limit 要填 1 到 {MOST_LIMIT} 的整数。"})
    return int(text)


def found_json(request: HttpRequest, hit: search.Hit) -> dict[str, Any]:
    """Returns one of the `results` of the schema `SearchResult`."""
    return {
        "ref": hit.entry.ref,
        "question": hit.entry.question,
        "snippet": str(hit.snippet),
        "category": hit.entry.category.name,
        "url": _url(request, hit.entry),
        "score": hit.score,
    }


@require_safe
@same_for_everybody()
def search_entries(request: HttpRequest) -> JsonResponse:
    """Answers with what the query finds; at most three nearest entries where nothing answers it."""
    query = _query(request)
    result = search.search(query, limit=_limit(request))
    insight.count_search(request, query, result, by_page=False)
    search.keep_if_current(request)
    return JsonResponse(
        {
            "query": query[: search.MAX_QUERY_LENGTH],
            "normalized": result.normalized,
            "confident": result.confident,
            "step": result.step.value,
            "not_stated": found_json(request, result.not_stated) if result.not_stated else None,
            "results": [found_json(request, hit) for hit in result.hits],
            "suggestions": list(result.suggestions),
        }
    )


@require_safe
@same_for_everybody()
def suggest_entries(request: HttpRequest) -> JsonResponse:
    """Answers with at most eight entries, by their titles, for a query that is still being typed."""
    suggested = search.suggest(_query(request))
    search.keep_if_current(request)
    named = [_brief(request, entry) | {"question": entry.title} for entry in suggested]
    return JsonResponse({"suggestions": named})


@require_safe
def entries(request: HttpRequest) -> JsonResponse:
    """Answers with every published entry, in the order of the categories."""
    visible = Entry.objects.visible_to(AnonymousUser()).in_order()
    return JsonResponse({"entries": [_listed(request, entry) for entry in visible]})


@require_safe
@same_for_everybody()
def entry(request: HttpRequest, ref: str) -> JsonResponse:
    """Answers with one published entry, its source and its relatives; raises Http404 where there is none."""
    visible = Entry.objects.visible_to(AnonymousUser()).select_related("category", "document")
    entry = visible.filter(ref=ref).first()
    if entry is None:
        raise Http404
    document = entry.document
    search.keep_if_current(request)
    return JsonResponse(
        {
            **_listed(request, entry),
            "answer_html": str(entry.answer_html),
            "answer_text": entry.answer_text,
            "source": {"document": document.title, "number": entry.number} if document else None,
            "related": [_brief(request, other) for other in search.related(entry)],
        }
    )

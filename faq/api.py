"""The public, read-only JSON of entries and search, version 1; helpdesk/openapi.json describes it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from . import search
from .models import Entry

DEFAULT_LIMIT = 10
MOST_LIMIT = 50


def _url(request: HttpRequest, entry: Entry) -> str:
    return request.build_absolute_uri(entry.get_absolute_url())


def _listed(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    return {
        "ref": entry.ref,
        "question": entry.question,
        "category": entry.category.name,
        "url": _url(request, entry),
        "updated_at": timezone.localtime(entry.updated_at).isoformat(timespec="seconds"),
    }


def _brief(request: HttpRequest, entry: Entry) -> dict[str, str]:
    return {"ref": entry.ref, "question": entry.question, "url": _url(request, entry)}


def _query(request: HttpRequest) -> str:
    query = request.GET.get("q")
    if query is None:
        raise ValidationError({"q": "请在 q 里写要查的话。"})
    return query


def _limit(request: HttpRequest) -> int:
    text = request.GET.get("limit", str(DEFAULT_LIMIT))
    if not (text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MOST_LIMIT):
        raise ValidationError({"limit": f"limit 要填 1 到 {MOST_LIMIT} 的整数。"})
    return int(text)


@require_safe
def search_entries(request: HttpRequest) -> JsonResponse:
    query, limit = _query(request), _limit(request)
    result = search.search(query, limit=limit)
    return JsonResponse(
        {
            "query": query[: search.MAX_QUERY_LENGTH],
            "normalized": result.normalized,
            "confident": result.confident,
            "step": result.step.value,
            "results": [
                {
                    "ref": hit.entry.ref,
                    "question": hit.entry.question,
                    "snippet": str(hit.snippet),
                    "category": hit.entry.category.name,
                    "url": _url(request, hit.entry),
                    "score": hit.score,
                }
                for hit in result.hits
            ],
            "suggestions": list(result.suggestions),
        }
    )


@require_safe
def suggest_entries(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"suggestions": [_brief(request, entry) for entry in search.suggest(_query(request))]})


@require_safe
def entries(request: HttpRequest) -> JsonResponse:
    visible = Entry.objects.visible_to(AnonymousUser()).in_order()
    return JsonResponse({"entries": [_listed(request, entry) for entry in visible]})


@require_safe
def entry(request: HttpRequest, ref: str) -> JsonResponse:
    visible = Entry.objects.visible_to(AnonymousUser()).select_related("category", "document")
    entry = visible.filter(ref=ref).first() if "\x00" not in ref else None
    if entry is None:
        raise Http404
    return JsonResponse(
        {
            **_listed(request, entry),
            "answer_html": str(entry.answer_html),
            "answer_text": entry.answer_text,
            "source": {"document": entry.document.title, "number": entry.number} if entry.document else None,
            "related": [_brief(request, other) for other in search.related(entry)],
        }
    )

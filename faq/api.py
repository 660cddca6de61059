"""Public, read-only JSON of entries and search, version 1; helpdesk/openapi.json describes it.

Plain views, because five addresses that mostly read need no framework. A view raises ValidationError with the name of
the parameter that is wrong; `helpdesk.middleware.ApiMiddleware` answers it with 400 and the error object.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from helpdesk.common.replica import may_read_replica
from helpdesk.common.shared_pages import same_for_everybody

from . import insight, search
from .browsing import places
from .models import Entry

DEFAULT_LIMIT = 10
MOST_LIMIT = 50
#: Entries of the list that are read, and held in memory, at once.
AT_ONCE = 500


def _url(request: HttpRequest, entry: Entry) -> str:
    return request.build_absolute_uri(entry.get_absolute_url())


def _listed(entry: Entry, origin: str) -> dict[str, Any]:
    """Returns the schema `ListedEntry`; `origin` is scheme and host, without a slash at its end."""
    updated_at = timezone.localtime(entry.updated_at)
    return {
        "ref": entry.ref,
        "question": entry.question,
        "category": entry.category.name,
        "url": f"{origin}{entry.get_absolute_url()}",
        "updated_at": updated_at.isoformat(timespec="seconds"),
    }


def _origin(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").removesuffix("/")


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
@may_read_replica
def entries(request: HttpRequest) -> HttpResponseBase:
    """Answers with every published entry, in the order of the categories; long lists are streamed, batch by batch."""
    ids = list(places(Entry.objects.visible_to(AnonymousUser())))
    batches = _in_batches(ids, _origin(request))
    if len(ids) <= AT_ONCE:
        return JsonResponse({"entries": [listed for batch in batches for listed in batch]})
    return StreamingHttpResponse(_as_json(batches), content_type="application/json")


def _in_batches(ids: Sequence[int], origin: str) -> Iterator[list[dict[str, Any]]]:
    """Yields the entries with these ids as `_listed` ones, `AT_ONCE` by one query.

    No cursor stays open between two batches: a client may take long to read, and SQLite would keep the snapshot.
    """
    visible = Entry.objects.visible_to(AnonymousUser()).select_related("category")
    wanted = visible.only("ref", "question", "updated_at", "category__name")
    for at in range(0, len(ids), AT_ONCE):
        batch = ids[at : at + AT_ONCE]
        found = wanted.in_bulk(batch)
        yield [_listed(found[pk], origin) for pk in batch if pk in found]


def _as_json(batches: Iterable[list[dict[str, Any]]]) -> Iterator[str]:
    """Yields ``{"entries": […]}`` in parts, a batch each: the same text as of a whole answer."""
    yield '{"entries": ['
    comma = ""
    for batch in batches:
        text = json.dumps(batch)[1:-1]
        if text:  # empty where all of the batch was withdrawn meanwhile
            yield f"{comma}{text}"
            comma = ", "
    yield "]}"


@require_safe
@same_for_everybody()
def entry(request: HttpRequest, ref: str) -> JsonResponse:
    """Answers with one published entry, its source and its relatives; raises Http404 where there is none."""
    visible = Entry.objects.visible_to(AnonymousUser()).select_related("category", "document")
    entry = visible.filter(ref=ref).first()
    if entry is None:
        raise Http404
    document, related = entry.document, search.related(entry)
    search.keep_if_current(request)
    return JsonResponse(
        {
            **_listed(entry, _origin(request)),
            "answer_html": str(entry.answer_html),
            "answer_text": entry.answer_text,
            "source": {"document": document.title, "number": entry.number} if document else None,
            "related": [_brief(request, other) for other in related],
        }
    )

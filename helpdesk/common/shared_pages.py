"""Marks by which a view says that its page is the same for everybody, for `helpdesk.page_cache` to keep it.

A mark stands in the request's WSGI environment, where the cache around Django finds it. Without that cache it means
nothing. What a view does at each showing, such as counting a search, is done by the cache for the pages it keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase

from . import replica

Parameters = ParamSpec("Parameters")
#: Act at a showing, given the WSGI environment of the request that is answered.
Action = Callable[[Mapping[str, Any]], None]

_MARK = "helpdesk.shared_page"


@dataclass
class SharedPage:
    """What a view said of its page.

    `votes`: readers' opinions change it. `token`: it holds the CSRF token of a form, which each reader gets an own one
    of. `actions` are to be done at each later showing. `kept` is false where the page is good for this request only.
    `named` are the stamps, by id, of all entries that the page names, where it shows nothing else of any entry.
    """

    votes: bool = False
    token: bool = False
    kept: bool = True
    actions: list[Action] = field(default_factory=list)
    named: dict[int, int] = field(default_factory=dict)


def same_for_everybody(
    *, votes: bool = False, token: bool = False
) -> Callable[
    [Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase],
]:
    """Marks what a view answers to GET as the same for every reader without a session, until content changes.

    Content is what raises `helpdesk.common.models.ContentVersion` or the version of search; `votes` adds readers'
    opinions, and `token` says that the page has a form with a CSRF token. Such a page may be read from a replica.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponseBase]:
        @wraps(view)
        def marked(request: HttpRequest, *args: Parameters.args, **kwargs: Parameters.kwargs) -> HttpResponseBase:
            def marked_anew() -> HttpResponseBase:
                request.META[_MARK] = SharedPage(votes=votes, token=token)
                return view(request, *args, **kwargs)

            return replica.answered(request, marked_anew)

        return marked

    return decorate


def at_each_showing(request: HttpRequest, action: Action) -> None:
    """Does something now, and again whenever the page made for this request is shown to another reader."""
    action(request.META)
    page = page_of(request.META)
    if page is not None:
        page.actions.append(action)


def not_kept(request: HttpRequest) -> None:
    """Says that the page made for this request is not to be kept, such as one made while the index was behind."""
    page = page_of(request.META)
    if page is not None:
        page.kept = False


def names_only(request: HttpRequest, stamps: Iterable[tuple[int, int]]) -> None:
    """Says that of all entries the page made for this request names these, and shows the words of no others.

    `stamps` are id and stamp of each, in the order in which they were read: of two stamps of one entry, which changed
    meanwhile, the first counts. A change of another entry that moves nothing in any list then leaves the page as it is.
    """
    page = page_of(request.META)
    if page is not None:
        for entry, stamp in stamps:
            page.named.setdefault(entry, stamp)


def page_of(environ: Mapping[str, Any]) -> SharedPage | None:
    """Returns what the view said of its page; None where it said nothing."""
    page: SharedPage | None = environ.get(_MARK)
    return page

"""The page of opinions that an entry did not help, beside the queue of questions."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from helpdesk.common import audit
from helpdesk.common.decisions import Refusal, version
from helpdesk.common.requests import user_of

from ... import opinions
from ...models import Feedback
from .. import suggesting
from ..people import name_of
from ..queue import A_PAGE, chips_for
from ..rights import answers_questions, demand

#: Opinions already dealt with that are shown below the others.
LATEST = 20


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question_opinions(request: HttpRequest) -> HttpResponse:
    """The opinions that wait, the newest first, and the latest that were dealt with; a POST deals with one."""
    user = user_of(request)
    demand(opinions.may_hear(user))
    if request.method == "POST":
        return _deal_with(request)
    number = opinions.waiting().count()
    waiting = opinions.waiting().select_related("entry")[:A_PAGE]
    done = opinions.dealt_with().select_related("entry", "dealt_with_by")[:LATEST]
    context = {
        "nav": "questions",
        "chips": chips_for(user) if answers_questions(user) else {},
        "opinions": number,
        "suggested": suggesting.suggested_number(user),
        "elsewhere": "opinions",
        "waiting": [(opinion, version(opinion)) for opinion in waiting],
        "more": max(0, number - A_PAGE),
        "done": [(opinion, name_of(opinion.dealt_with_by) if opinion.dealt_with_by else "") for opinion in done],
    }
    return render(request, "faq/questions/opinions.html", context)


def _deal_with(request: HttpRequest) -> HttpResponse:
    """Takes the step for the opinion that a button names; a refusal is said at the top of the page."""
    user, chosen = user_of(request), request.POST.get("opinion", "")
    is_key = chosen.isascii() and chosen.isdecimal() and len(chosen) < 19
    opinion = get_object_or_404(Feedback, pk=chosen if is_key else 0, helpful=False)
    try:
        opinions.deal_with(opinion, user, seen=request.POST.get("seen", ""))
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        audit.note(audit.Kind.CHANGE, user, "faq.feedback", dealt_with=True, opinions=1)
        messages.success(request, "已记下：这条意见处理过了。")
    return redirect("faq:question-opinions")

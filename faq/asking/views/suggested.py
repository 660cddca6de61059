"""The page of questions that offices recommended to the portal's editors, without names."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from helpdesk.common.requests import user_of

from ... import opinions
from .. import publishing, suggesting
from ..queue import chips_for
from ..rights import answers_questions
from .publishing import for_editors

#: Questions on the page: each of them is searched for personal data.
MOST_SHOWN = 20


@for_editors
@require_http_methods(["GET", "HEAD", "POST"])
def question_suggested(request: HttpRequest) -> HttpResponse:
    """The recommended questions, the first recommended first; a POST takes one off the list."""
    user = user_of(request)
    if request.method == "POST":
        chosen = request.POST.get("question", "").replace("\x00", "")
        question = get_object_or_404(suggesting.publishable_by(user), public_id=chosen)
        suggesting.set_aside(question, user)
        messages.success(request, "已经从这里拿掉，没有整理。")
        return redirect("faq:question-suggested")
    rows = suggesting.suggested().select_related("asker")[:MOST_SHOWN]
    number = suggesting.suggested_number(user) or 0
    context = {
        "nav": "questions",
        "chips": chips_for(user) if answers_questions(user) else {},
        "opinions": opinions.waiting_number(user),
        "suggested": number,
        "elsewhere": "suggested",
        "rows": [(row, publishing.offer_of(row, whole=False)) for row in rows],
        "more": max(0, number - MOST_SHOWN),
    }
    return render(request, "faq/questions/suggested.html", context)

"""Pages on which an editor makes an entry, or a phrasing of an entry, of a question."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from helpdesk.common.decisions import Refusal
from helpdesk.common.requests import user_of

from ...models import Entry, Question
from .. import publishing
from ..publishing_forms import EntryForm, PhrasingForm
from ..rights import visible_to
from ..steps import seen_of
from ..striking import strike
from ..suggesting import may_make_entries, publishable_by

View = Callable[..., HttpResponse]
require_get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def for_editors(view: View) -> Callable[..., Any]:
    """Lets in those who may make entries, answers others with 403, and keeps the page out of caches."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_make_entries(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return never_cache(login_required(guarded))


def question_address(question: Question) -> str:
    """Returns the address of the question's page for staff."""
    return reverse("faq:question", args=[question.public_id])


def _question(request: HttpRequest, public_id: str) -> Question:
    """Returns the question of that address. Raises Http404 for one of which the user may make nothing."""
    seen = publishable_by(user_of(request)).select_related("asker")
    return get_object_or_404(seen, public_id=public_id)


def _answers(request: HttpRequest, question: Question) -> bool:
    """Tells whether the user reads all of the question, and not only what was recommended to editors."""
    return visible_to(user_of(request)).filter(pk=question.pk).exists()


def _page(request: HttpRequest, name: str, question: Question, **context: Any) -> HttpResponse:
    answers = _answers(request, question)
    back = question_address(question) if answers else reverse("faq:question-suggested")
    context |= {"question": question, "answers": answers, "back": back, "made": publishing.entry_of(question)}
    return render(request, f"faq/publishing/{name}", context)


# --- a draft entry ------------------------------------------------------------------------------------------------


@for_editors
@require_get_or_post
def entry(request: HttpRequest, public_id: str) -> HttpResponse:
    """The question and its answer, with personal data struck, to be saved as a draft entry."""
    question = _question(request, public_id)
    made = publishing.entry_of(question)
    if made is not None and request.method == "POST":
        return _to_entry(request, made)
    offer = publishing.offer_of(question, whole=_answers(request, question))
    form = EntryForm(request.POST if request.method == "POST" else None, initial=_initial(offer))
    if form.is_valid():
        try:
            made = publishing.make_entry(question, form.content, user_of(request), seen=request.POST.get("seen", ""))
        except Refusal as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, "草稿存好了。发布以前，老师看不到；您可以接着改。")
            _warn_of_findings(request, made)
            return _to_entry(request, made)
    answered = publishing.last_answer(question) is not None
    seen = seen_of(question)
    return _page(request, "entry.html", question, form=form, offer=offer, answered=answered, seen=seen)


def _initial(offer: publishing.Offer) -> dict[str, Any]:
    near = publishing.nearest(offer)
    return {
        "question": offer.heading,
        "answer": offer.answer.text,
        "category": near[0].category_id if near else None,
    }


def _warn_of_findings(request: HttpRequest, made: Entry) -> None:
    """Names what still looks like personal data in the draft: an editor may have typed it on purpose."""
    texts = (made.question, made.answer_text)
    found = [one for text in texts for one in strike(text, people=publishing.people_in(text)).found]
    if found:
        words = "、".join(dict.fromkeys(f"“{one.words}”（{one.why}）" for one in found))
        messages.warning(request, f"发布以前请再看一眼：{words}像是个人信息。")


def _to_entry(request: HttpRequest, made: Entry) -> HttpResponseRedirect:
    """Leads to the entry's form, or to its page where somebody does not work in the admin."""
    in_admin = user_of(request).is_staff
    return redirect(reverse("admin:faq_entry_change", args=[made.pk]) if in_admin else made.get_absolute_url())


# --- a phrasing ---------------------------------------------------------------------------------------------------


@for_editors
@require_get_or_post
def phrasing(request: HttpRequest, public_id: str) -> HttpResponse:
    """The question's first sentence, with personal data struck, to become a phrasing of an entry."""
    question = _question(request, public_id)
    offer = publishing.offer_of(question, whole=_answers(request, question))
    near = publishing.nearest(offer)
    typed = request.POST if request.method == "POST" else None
    form = PhrasingForm(typed, nearest=near, initial={"phrasing": offer.phrasing})
    if form.is_valid():
        written = form.cleaned_data["phrasing"]
        try:
            done, compared = publishing.phrase(question, form.chosen, written, user_of(request))
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            _tell(request, done, compared)
            return redirect("faq:question-phrasing", question.public_id)
    return _page(request, "phrasing.html", question, form=form, offer=offer, near=near)


def _tell(request: HttpRequest, done: publishing.Phrased, compared: list[publishing.Compared]) -> None:
    """Says what became of the phrasing, and how a search goes before and after."""
    which = f"“{done.text}”是“{done.entry.title}”的相似问法"
    if not done.new:
        messages.success(request, f"不用再加：{which}了。")
    elif not done.live:
        messages.success(request, f"已提交审核。审核人发布以后，{which}，老师就能搜到。")
    else:
        messages.success(request, f"加好了：{which}，老师现在就能搜到。")
    for one in compared:
        messages.info(request, f"搜“{one.query}”，以前：{one.before} → 现在：{one.after}")

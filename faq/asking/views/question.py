"""The page of one question for the staff that answers it: all that was said, and every step."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from helpdesk.common.decisions import Refusal
from helpdesk.common.requests import user_of

from ... import search
from ...models import AnswerPhrase, Entry, Question, QuestionPicture
from .. import pictures
from ..answer_form import WORDS, AnswerForm
from ..deeds import DEEDS, Deed, Given
from ..looks import looks_of_others, note_look
from ..people import name_of, office_names
from ..publishing import entry_of
from ..queue import next_waiting, overdue_before
from ..rights import visible_to
from ..steps import seen_of
from ..steps.answering import CLOSED, OWN
from ..suggesting import may_make_entries
from .staff import for_answerers, question_for

#: Entries beside the answer.
MOST_NEAR = 5
#: Prepared phrases below it.
MOST_PHRASES = 20


class Near(NamedTuple):
    """An entry near the question, and the text that puts it into an answer."""

    entry: Entry
    text: str


class Other(NamedTuple):
    """A similar question, the value of its checkbox, and whether it is ticked."""

    question: Question
    value: str
    ticked: bool


@for_answerers
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, public_id: str) -> HttpResponse:
    """One question with all that was said; a POST takes a step, or puts an entry into the answer."""
    row = question_for(request, public_id)
    if request.method == "POST":
        return _posted(request, row)
    if request.method == "GET":
        note_look(row, user_of(request))
    return _page(request, row, AnswerForm(question=row, user=user_of(request)))


@for_answerers
@require_safe
def question_picture(request: HttpRequest, public_id: str, name: str) -> FileResponse:
    """Serves a picture of a question to those who answer it; nothing on the way keeps it."""
    row = question_for(request, public_id)
    picture = get_object_or_404(QuestionPicture, question=row, name=name)
    return pictures.serve(picture)


def _posted(request: HttpRequest, row: Question) -> HttpResponse:
    deed = DEEDS.get(request.POST.get("do", ""))
    if deed is None:
        data = _with_words(request) if {"insert", "phrase"} & request.POST.keys() else request.POST
        return _page(request, row, AnswerForm(data, question=row, user=user_of(request)))
    return _take(request, row, deed)


def _take(request: HttpRequest, row: Question, deed: Deed) -> HttpResponse:
    """Does a deed. Refused, the page shows why beside what was typed, and the question as it is now."""
    user = user_of(request)
    form = AnswerForm(request.POST, question=row, user=user)
    try:
        done = deed.act(Given(row, form, user, request.POST.get("seen", "")))
    except Refusal as refusal:
        now = _seen_again(request, row)
        form = AnswerForm(request.POST, question=now, user=user)
        deed.refuse(form, refusal)
        return _page(request, now, form)
    messages.success(request, done.said)
    if done.not_done:
        messages.error(request, done.not_done)
    return _after(request, row, deed)


def _seen_again(request: HttpRequest, row: Question) -> Question:
    """Returns the question as it is now; raises PermissionDenied where it was handed on to others meanwhile."""
    try:
        return question_for(request, row.public_id)
    except Http404 as error:
        raise PermissionDenied from error  # whose page gives back what was typed


def _after(request: HttpRequest, row: Question, deed: Deed) -> HttpResponse:
    """Leads on after a deed: to the page anew, which keeps what else was typed, or to the queue."""
    user = user_of(request)
    if not visible_to(user).filter(pk=row.pk).exists():
        return redirect("faq:questions")
    left = request.POST.copy()
    for name in deed.uses:
        left.pop(name, None)
    now = question_for(request, row.public_id)
    form = AnswerForm(left, question=now, user=user)
    if form.holds_words:
        return _page(request, now, form)
    address = reverse("faq:question", args=[row.public_id], query={"done": "1"})
    return HttpResponse(status=303, headers={"Location": address})


def _with_words(request: HttpRequest) -> QueryDict:
    """Returns the form with the entry or the phrase that was chosen at the end of the answer."""
    data = request.POST.copy()
    published = Entry.objects.filter(status=Entry.Status.PUBLISHED)
    entry = published.filter(ref=request.POST.get("insert", "").replace("\x00", "")).first()
    chosen = request.POST.get("phrase", "")
    is_key = chosen.isascii() and chosen.isdecimal() and len(chosen) < 19
    phrases = AnswerPhrase.objects.filter(pk=chosen) if is_key else ()
    words = [_text_of(request, entry)] if entry else [phrase.text for phrase in phrases]
    if words:
        data["answer"] = "\n\n".join(filter(None, [data.get("answer", "").rstrip(), *words]))
    return data


def _text_of(request: HttpRequest, entry: Entry) -> str:
    return f"{entry.title}\n{request.build_absolute_uri(entry.get_absolute_url())}"


def _page(request: HttpRequest, row: Question, form: AnswerForm) -> HttpResponse:
    user = user_of(request)
    own = row.asker_id == user.pk
    may_work = not own and not row.is_closed
    context = {
        "nav": "questions",
        "question": row,
        "form": form,
        "seen": seen_of(row),
        "place": office_names([row.office])[row.office],
        "person": name_of(row.assignee) if row.assignee else "",
        "is_mine": row.assignee_id == user.pk,
        "overdue": row.waits and row.waiting_since < overdue_before(),
        "history": row.messages.all(),
        "pictures": row.pictures.all(),
        "looks": looks_of_others(row, user),
        "own": own,
        "may_work": may_work,
        "may_note": not own,
        "why_not": OWN if own else CLOSED,
        "near": _near(request, row) if may_work else [],
        "phrases": AnswerPhrase.objects.all()[:MOST_PHRASES] if may_work else [],
        "similar": _others(form) if may_work else [],
        "unsent": form.is_bound and form.holds_words,
        "copy": _not_shown(form, may_work, own),
        "done": "done" in request.GET,
        "next": next_waiting(user, row) if "done" in request.GET else None,
        "makes_entries": may_make_entries(user),
        "made": entry_of(row),
    }
    return render(request, "faq/questions/question.html", context)


def _near(request: HttpRequest, row: Question) -> list[Near]:
    hits = search.search(row.text, limit=MOST_NEAR, private=True).hits
    return [Near(hit.entry, _text_of(request, hit.entry)) for hit in hits]


def _others(form: AnswerForm) -> list[Other]:
    ticked = set(form.data.getlist("also")) if isinstance(form.data, QueryDict) else set()
    values = {other.pk: f"{other.public_id}:{seen_of(other)}" for other in form.similar}
    return [Other(other, values[other.pk], values[other.pk] in ticked) for other in form.similar]


def _not_shown(form: AnswerForm, may_work: bool, own: bool) -> list[str]:
    """Returns what was typed into fields that the page does not have any more, to be copied."""
    hidden = [name for name in WORDS if not may_work and (own or name != "note")]
    return [text for text in map(form.typed, hidden) if text] if form.is_bound else []

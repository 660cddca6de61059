"""The asker's pages: ask, find again, follow. There is no CSRF token: readers get no cookie, see `same_origin`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.common import qr
from helpdesk.common.decisions import Refusal
from helpdesk.common.offices import offices
from helpdesk.common.ratelimit import network_of
from helpdesk.common.requests import user_of
from helpdesk.common.same_origin import sent_by_our_page
from helpdesk.common.typed import typed_texts

from ... import feedback, search
from ...api import found_json
from ...models import Entry, Feedback, Question, QuestionMessage
from .. import pictures, steps, wording
from ..forms import AskForm, CodeForm
from ..nearest import nearest

require_get_or_post = require_http_methods(["GET", "HEAD", "POST"])
#: Whether mail can be sent → what a way to reach the asker is good for.
CONTACT_HELP = {
    True: "留邮箱，答复了会发邮件告诉您；留手机或微信，说不清的地方我们可以直接问您。",
    False: "说不清的地方，我们可以直接问您。",
}
WRONG_CODE = "没有找到这个查询码。请对着记下的再核对一遍：8 位，只有数字和大写字母，没有 0、1、I、O、L。"
MOST_OF_MINE = 50


# --- asking ----------------------------------------------------------------------------------------------------


@csrf_exempt  # `sent_by_our_page` is what protects it
@never_cache
@require_get_or_post
def ask(request: HttpRequest) -> HttpResponse:
    """The form; then, unless they were seen while typing, the nearest entries; then the question is sent."""
    if request.method != "POST":
        return _ask_page(request, AskForm(initial=_brought_along(request)))
    if not sent_by_our_page(request):
        return _foreign_form(request, reverse("faq:ask"))
    if "opinion" in request.POST:
        return _ask_page(request, AskForm(initial=_brought_along(request) | _opinion(request)))
    form = AskForm(request.POST)
    key = form.key.key if form.key else ""
    pictures.drop(key, request.POST.getlist("drop"))
    refused = pictures.keep(request.FILES.getlist("pictures"), key, network_of(request))
    if not form.is_valid() or refused:
        return _ask_page(request, form, refused=refused, status=400)
    seen_while_typing = wording.normal(request.POST.get("looked", "")) == form.cleaned_data["text"]
    looked = "send" in request.POST or seen_while_typing
    found = [] if looked else nearest(form.cleaned_data["text"])
    if found:
        return _ask_page(request, form, found=found)
    question = steps.ask(form.asked(request.user, request.build_absolute_uri("/").rstrip("/")))
    return HttpResponseRedirect(f"{_address(question)}?sent=1", status=303)


def _brought_along(request: HttpRequest) -> dict[str, str]:
    """Returns what the reader wrote before: the words searched for, or the entry that did not help."""
    _, school = offices().of_person(request.user)
    ref = request.GET.get("from", "").replace("\x00", "")[:200]
    typed = request.GET.get("q", "").replace("\x00", "")[: search.MAX_QUERY_LENGTH]
    name = request.user.get_full_name() if request.user.is_authenticated and school else ""
    return {"text": typed, "entry": ref, "school": school, "name": name}


def _opinion(request: HttpRequest) -> dict[str, str]:
    """Returns what was written of an entry that did not help; it was posted, so that no address holds it."""
    typed = {"text": request.POST.get("comment", ""), "entry": request.POST.get("from", "")[:200]}
    return {name: value.replace("\x00", "") for name, value in typed.items()}


def _ask_page(
    request: HttpRequest, form: AskForm, *, found: Any = (), refused: Any = (), status: int = 200
) -> HttpResponse:
    key = form.key.key if form.key else ""
    ref = form["entry"].value() or ""
    context = {
        "nav": "ask",
        "form": form,
        "found": found,
        "refused": refused,
        "pictures": pictures.of_form(key),
        "most_pictures": pictures.MOST,
        "from_entry": Entry.objects.visible_to(request.user).filter(ref=ref.replace("\x00", "")).first(),
        "contact_help": CONTACT_HELP[settings.MAIL],
        "days_kept": settings.QUESTION_KEPT_DAYS,
    }
    return render(request, "faq/ask/ask.html", context, status=status)


@csrf_exempt  # `sent_by_our_page` is what protects it
@never_cache
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """The nearest entries to what is being typed, as JSON; posted, so that no log of addresses has it."""
    if not sent_by_our_page(request):
        return HttpResponse(status=403)
    text = wording.normal(request.POST.get("text", "").replace("\x00", ""))[: Question.LONGEST]
    return JsonResponse({"answers": [found_json(request, hit) for hit in nearest(text)] if text else []})


@csrf_exempt  # `sent_by_our_page` is what protects it
@never_cache
@require_POST
def helped(request: HttpRequest, ref: str) -> HttpResponse:
    """这解决了我的问题: an entry answered before anything was sent. It counts as helpful, but not for the home page."""
    if not sent_by_our_page(request):
        return _foreign_form(request, reverse("faq:ask"))
    entry = get_object_or_404(Entry.objects.filter(status=Entry.Status.PUBLISHED), ref=ref)
    try:
        Feedback.record(entry, feedback.voter(feedback.new_token(), entry), helpful=True, counts=False)
    except DatabaseError as error:  # the entry was deleted in this moment
        raise Http404 from error
    return HttpResponseRedirect(f"{entry.get_absolute_url()}?solved=1", status=303)


def _foreign_form(request: HttpRequest, path: str) -> HttpResponse:
    """Renders the refusal of a form that no page of ours sent, with the typed text to be copied."""
    context = {"path": path, "copy": typed_texts(request)}
    return render(request, "403_csrf.html", context, status=403)


# --- finding again -----------------------------------------------------------------------------------------------


@csrf_exempt  # `sent_by_our_page` is what protects it
@never_cache
@require_get_or_post
def find(request: HttpRequest) -> HttpResponse:
    """Leads from the code that was noted down to the question."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not sent_by_our_page(request):
        return _foreign_form(request, reverse("faq:ask-find"))
    if form.is_bound and form.is_valid():
        question = Question.objects.filter(code=form.cleaned_data["code"]).first()
        if question:
            return HttpResponseRedirect(_address(question), status=303)
        form.add_error("code", WRONG_CODE)
    return _find_page(request, form, 400 if form.errors else 200)


def _find_page(request: HttpRequest, form: CodeForm, status: int) -> HttpResponse:
    return render(request, "faq/ask/find.html", {"nav": "ask", "form": form}, status=status)


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The questions that the signed-in reader asked."""
    asked = Question.objects.filter(asker=user_of(request))[:MOST_OF_MINE]
    return render(request, "faq/ask/mine.html", {"nav": "ask", "questions": asked})


# --- following -----------------------------------------------------------------------------------------------------


@csrf_exempt  # `sent_by_our_page` is what protects it
@never_cache
@require_get_or_post
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """One question as its asker sees it: how far it is, what was answered, and a word to add."""
    question = get_object_or_404(Question, token=token)
    if request.method != "POST":
        return _follow_page(request, question)
    if not sent_by_our_page(request):
        return _foreign_form(request, _address(question))
    typed = request.POST.get("text", "").replace("\x00", "")
    try:
        _take_step(question, request.POST.get("do", ""), typed)
    except Refusal as refusal:
        return _follow_page(request, question, typed=typed, refused=refusal.sentence)
    return HttpResponseRedirect(_address(question), status=303)


def _take_step(question: Question, step: str, typed: str) -> None:
    """Takes the step that a button names. Raises Http404 where there is none of that name."""
    if step == "add":
        steps.add(question, typed)
    elif step == "not_helped":
        steps.not_helped(question, typed)
    elif step == "solved":
        steps.solved(question)
    else:
        raise Http404


def _follow_page(request: HttpRequest, question: Question, *, typed: str = "", refused: str = "") -> HttpResponse:
    question.refresh_from_db()
    address = request.build_absolute_uri(_address(question))
    context = {
        "nav": "ask",
        "question": question,
        "messages_of_it": question.messages.filter(kind__in=QuestionMessage.FOR_ASKER),
        "pictures": question.pictures.all(),
        "address": address,
        "code_picture": qr.drawn(address),
        "sent": "sent" in request.GET,
        "typed": typed,
        "refused": refused,
    }
    return render(request, "faq/ask/follow.html", context, status=400 if refused else 200)


@never_cache
@require_safe
def picture(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """A picture of a question, for its asker."""
    question = get_object_or_404(Question, token=token)
    return pictures.serve(get_object_or_404(question.pictures, name=name))


def _address(question: Question) -> str:
    return reverse("faq:ask-follow", args=[question.token])

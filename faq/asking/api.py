"""JSON for a school's own page or official account: ask, and see how far a question is (helpdesk/openapi.json)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.html import linebreaks
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from helpdesk.common.json_text import answer_json, repeated
from helpdesk.common.ratelimit import network_of

from .. import api
from ..models import Question, QuestionMessage
from . import steps, wording
from .links import linked
from .nearest import nearest

#: Seconds within which an equal body is the same question sent again.
SAME_WITHIN = 600
#: Field → the most characters it takes.
TEXTS = {
    "question": Question.LONGEST,
    "name": Question.LONGEST_NAME,
    "school": Question.LONGEST_SCHOOL,
    "contact": Question.LONGEST_CONTACT,
}


@never_cache
@require_POST
def questions(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/questions`: the nearest entries first; with `send`, or without any, the question is sent."""
    answer = answer_json(request, "", lambda data: _answer(request, _read(data)))
    sent = isinstance(answer, JsonResponse) and b'"sent": true' in answer.content[:20]
    answer.status_code = 201 if sent else answer.status_code
    return answer


def _answer(request: HttpRequest, given: dict[str, Any]) -> dict[str, Any]:
    """Returns the nearest entries of a checked body, or the state of the question that was made of it."""
    found = [] if given["send"] else nearest(given["question"])
    if found:
        return {"sent": False, "answers": [api.found_json(request, hit) for hit in found]}
    origin = request.build_absolute_uri("/").rstrip("/")
    asked = steps.Asked(
        text=given["question"],
        form_key=_key_of(given, request),
        school=given["school"],
        name=given["name"],
        contact=given["contact"],
        origin=origin,
        asker=AnonymousUser(),
    )
    question = steps.ask(asked)
    return {
        "sent": True,
        "token": question.token,
        "code": question.code,
        "url": f"{origin}/ask/{question.token}/",
        "state": question.state,
    }


def _key_of(given: dict[str, Any], request: HttpRequest) -> str:
    """Returns a key by which the same body, sent again from the same network within minutes, is the same question."""
    window = int(time.time()) // SAME_WITHIN
    said = [given[name] for name in TEXTS]
    return salted_hmac("faq.asking.api", repr((window, network_of(request), said))).hexdigest()[:32]


def _read(data: Any) -> dict[str, Any]:
    """Returns the fields of a body; raises ValidationError with a sentence in Chinese for each wrong one."""
    if not isinstance(data, Mapping):
        raise ValidationError({"": "要提交一个 JSON 对象。"})
    wrong: dict[str, str] = {name: "没有这一项。" for name in data if name not in (*TEXTS, "send")}
    wrong |= dict.fromkeys(repeated(data), "这一项写了两次。")
    given: dict[str, Any] = {"send": data.get("send", False)}
    if not isinstance(given["send"], bool):
        wrong.setdefault("send", "要填 true 或 false。")
    for name, longest in TEXTS.items():
        value = data.get(name, "")
        given[name] = wording.normal(value) if isinstance(value, str) else ""
        if not isinstance(value, str):
            wrong.setdefault(name, "要填文字。")
        elif len(given[name]) > longest:
            wrong.setdefault(name, f"最多 {longest:,} 个字，现在有 {len(given[name]):,} 个。")
    try:
        wording.demand_words(given["question"])
    except ValidationError as error:
        wrong.setdefault("question", " ".join(error.messages))
    if wrong:
        raise ValidationError({name: [sentence] for name, sentence in wrong.items()})
    return given


@never_cache
@require_safe
def question(request: HttpRequest, token: str) -> HttpResponse:
    """`GET /api/v1/questions/<token>`: how far it is, and the answer. An unknown one costs the same queries."""
    row = Question.objects.filter(token=token).first()
    answers = QuestionMessage.objects.filter(question=row.pk if row else None, kind=QuestionMessage.Kind.ANSWER)
    last = answers.order_by("-id").first()
    if row is None:
        raise Http404
    data: dict[str, Any] = {"state": row.state, "asked_at": _moment(row.asked_at)}
    if last:
        data |= {"answer_html": linebreaks(linked(last.text)), "answered_at": _moment(last.at)}
    return JsonResponse(data)


def _moment(at: Any) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")

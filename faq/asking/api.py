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

#: Seconds within which an equal body surely is the same question sent again; in twice as many it may be. A body that
#: does not say who asks may be another teacher's behind the same server, who must not get the first one's address.
SAME_WITHIN = 300
SAME_WITHIN_NAMELESS = 5
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
    now, before = _keys_of(given, request)
    asked = steps.Asked(
        text=given["question"],
        form_key=before if Question.objects.filter(form_key=before).exists() else now,
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


def _keys_of(given: dict[str, Any], request: HttpRequest) -> list[str]:
    """Returns the key of a body now and a window ago: by it the same body sent again is the same question."""
    seconds = SAME_WITHIN if given["name"] or given["contact"] else SAME_WITHIN_NAMELESS
    window = int(time.time()) // seconds
    said = [given[name] for name in TEXTS]
    network = network_of(request)
    return [_key(repr((seconds, number, network, said))) for number in (window, window - 1)]


def _key(said: str) -> str:
    return salted_hmac("faq.asking.api", said).hexdigest()[:32]


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
        given[name] = _normal(name, value) if isinstance(value, str) else ""
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


def _normal(name: str, value: str) -> str:
    """Returns a text as it is stored; what says who asks stands in one line."""
    text = wording.normal(value)
    return text if name == "question" else " ".join(text.split())


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

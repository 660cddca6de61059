"""JSON as it is posted to us, as data: numbers exact, keys that are given twice remembered, nothing guessed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import RequestDataTooBig, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse


class JsonSyntaxError(ValueError):
    """Raised for text that is not JSON; the message is Chinese."""


class _Object(dict[str, Any]):
    """A JSON object that remembers the keys that were given more than once."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        given = Counter(key for key, _ in pairs)
        self.repeated = [key for key, times in given.items() if times > 1]


def repeated(data: Mapping[str, Any]) -> Sequence[str]:
    """Returns the keys of a JSON object that were given more than once."""
    return data.repeated if isinstance(data, _Object) else ()


class WholeNumber(Decimal):
    """A number that was written without a point and an exponent."""


class NotANumber:
    """Stand-in for NaN, Infinity and numbers beyond all bounds, refused when its field is judged."""


def _number(text: str) -> Decimal | NotANumber:
    try:
        return Decimal(text)
    except InvalidOperation:
        return NotANumber()


def _whole_number(text: str) -> Decimal | NotANumber:
    try:
        return WholeNumber(text)
    except InvalidOperation:
        return NotANumber()


def parse_json(text: str | bytes) -> Any:
    """Returns the data in a JSON text: numbers exact (`Decimal`), repeated keys kept for `Fields.only` to refuse.

    Raises JsonSyntaxError for anything that is not JSON in UTF-8.
    """
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return json.loads(
            text,
            object_pairs_hook=_Object,
            parse_float=_number,
            parse_int=_whole_number,
            parse_constant=lambda _: NotANumber(),
        )
    except UnicodeDecodeError as error:
        raise JsonSyntaxError("内容不是 UTF-8 编码。") from error
    except json.JSONDecodeError as error:
        raise JsonSyntaxError(f"不是合法的 JSON（第 {error.lineno} 行第 {error.colno} 个字符附近）。") from error
    except RecursionError as error:
        raise JsonSyntaxError("JSON 嵌套太深。") from error


def answer_json(request: HttpRequest, whole: str, answer: Callable[[Any], dict[str, Any]]) -> HttpResponse:
    """Returns the answer to a JSON body; `whole` is the path under which a text that is no JSON is refused.

    400 names every wrong field by its path; 413 over what the address takes; 415 where the body is not JSON.
    """
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type != "application/json" or charset not in ("utf-8", "utf8"):
        return HttpResponse(status=415)
    try:
        data = parse_json(request.body)
    except RequestDataTooBig:
        return HttpResponse(status=413)
    except JsonSyntaxError as error:
        raise ValidationError({whole: str(error)}) from error
    return JsonResponse(answer(data))

"""Questions as pages of ours send them, and what comes of them."""

from __future__ import annotations

import io
import itertools
from typing import Any
from unittest.mock import patch

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from faq.asking import form_key, steps
from faq.models import Question

FROM_HERE = {"Origin": "http://testserver"}
#: No entry is near to this.
UNHEARD_OF = "量子纠缠望远镜"
_COUNTED = itertools.count(1)


def form_key_of_before(seconds: float = 60) -> str:
    """The hidden field of a form whose page was made that long ago."""
    now = form_key.time.time()
    with patch("django.core.signing.time.time", return_value=now - seconds):
        return form_key.new_key()


def send(client: Client, path: str = "/ask/", **fields: Any) -> HttpResponse:
    """Sends the form of the page for asking; with another path, one of the page for following."""
    if path == "/ask/":
        fields = {"form_key": form_key_of_before(), "text": UNHEARD_OF} | fields
    return client.post(path, fields, headers=FROM_HERE)  # type: ignore[return-value]


def asked(**fields: Any) -> Question:
    """A question that was sent."""
    given = {"text": UNHEARD_OF, "form_key": f"key-{next(_COUNTED)}"} | fields
    return steps.ask(steps.Asked(**given))


def picture_file(name: str = "截图.png", size: tuple[int, int] = (60, 40)) -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", size, "navy").save(written, "PNG")
    return SimpleUploadedFile(name, written.getvalue(), "image/png")


def said_of(question: Question) -> list[tuple[str, str]]:
    """The history of a question: kind and words."""
    return list(question.messages.values_list("kind", "text"))

"""Pictures of a document: until one is uploaded and described, a sentence stands in its place."""

from __future__ import annotations

import re
from dataclasses import replace

from ..found import FoundEntry
from .splitting.answers import PICTURE

_PICTURE = re.compile(rf'<img src="{PICTURE}[0-9]+" alt="([^"]*)">')


def in_words(entry: FoundEntry) -> FoundEntry:
    """Returns the entry with a sentence for each picture of its document, at the picture's place."""
    return replace(entry, answer_html=_PICTURE.sub(_sentence, entry.answer_html))


def _sentence(picture: re.Match[str]) -> str:
    described = f"：{picture[1]}" if picture[1] else ""
    return f"（原文这里有一张图片{described}）"

"""schema.org data for search engines, as a JSON-LD data block (no script runs, so the policy allows it)."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.utils.safestring import SafeString, mark_safe

from .models import Entry

#: Escapes of Django's `json_script`, so that no text of an entry can end the script block.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def faq_page(entries: Iterable[Entry]) -> SafeString:
    """Returns `entries` as a FAQPage in JSON, safe inside a script element; source: https://schema.org/FAQPage."""
    data = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "inLanguage": "zh-CN",
        "mainEntity": [
            {
                "@type": "Question",
                "name": entry.question,
                "acceptedAnswer": {"@type": "Answer", "text": str(entry.answer_html)},
            }
            for entry in entries
        ],
    }
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_ESCAPES))  # noqa: S308

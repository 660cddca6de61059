"""QR codes, drawn as SVG inside the page."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def drawn(text: str) -> SafeString:
    """Returns a text as a QR code to scan: dark on white in every appearance, as large as the page makes it."""
    code = segno.make(text, error="m")
    svg = code.svg_inline(border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None, omitsize=True)
    return mark_safe(svg)  # noqa: S308  drawn by segno: numbers and colours only

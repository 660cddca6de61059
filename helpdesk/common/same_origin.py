"""Check that a form was sent by a page of this site, for forms that carry no CSRF token."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def sent_by_our_page(request: HttpRequest) -> bool:
    """Returns whether a page of this site sent the form, by headers that only the browser can set.

    It replaces the CSRF token, which needs a cookie: readers get none, and pages kept for reading offline are the same
    for everybody. Browsers without Sec-Fetch-Site (old ones, and all on plain http) are judged by Origin or Referer.
    """
    relation = request.headers.get("Sec-Fetch-Site", "none")
    if relation != "none":
        return relation == "same-origin"
    sender = request.headers.get("Origin") or request.headers.get("Referer", "")
    try:
        parts = urlsplit(sender)
    except ValueError:
        return False
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return f"{parts.scheme}://{parts.netloc}" in ours

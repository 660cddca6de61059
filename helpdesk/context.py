"""What every page knows of the site it stands on; settings only, never the database."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from .appearance import CHOICES, appearance


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "appearance": appearance(request),
        "here": request.get_full_path(),
        "appearance_choices": CHOICES,
        "origin": request.build_absolute_uri("/").rstrip("/"),
        "canonical": request.build_absolute_uri(request.path),
        "site_name": settings.SITE_NAME,
        "scheme_name": settings.SCHEME_NAME,
        "icp_number": settings.ICP_NUMBER,
        "police_number": settings.POLICE_NUMBER,
        "contact_line": settings.CONTACT_LINE,
    }

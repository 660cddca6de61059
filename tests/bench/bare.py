"""A bare Django view that returns given bytes: no middleware, no database. `tests.bench.pages` serves it beside ours.

`BARE_PAGES` names a folder: `<number>.body` holds the bytes of an address, and `addresses.json` says which is which.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__

_folder = Path(os.environ["BARE_PAGES"])
settings.VAR_DIR = _folder  # what this server notes must not be found by another
_addresses: dict[str, str] = json.loads((_folder / "addresses.json").read_text())
_bodies = {address: (_folder / name).read_bytes() for address, name in _addresses.items()}


def page(request: HttpRequest) -> HttpResponse:
    """Returns the bytes of an address."""
    body = _bodies[request.get_full_path()]
    return HttpResponse(body, headers={"Content-Length": str(len(body))})


urlpatterns = [re_path("", page)]
application = get_wsgi_application()

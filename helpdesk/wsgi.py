"""WSGI entry point, for gunicorn (`gunicorn.conf.py`) and runserver."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

portal = get_wsgi_application()

from faq import search  # noqa: E402  needs the settings
from helpdesk import bodies, waits  # noqa: E402

answer = bodies.of_known_length(portal)
waits.bound_for_pages()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answers one request. The process's index is kept up from its first one on at the latest.

    Importing this module starts no thread, because gunicorn's `--preload` imports it before it forks.
    """
    search.keep_up()
    return answer(environ, start_response)

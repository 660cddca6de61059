"""WSGI entry point, for gunicorn (`gunicorn.conf.py`) and runserver."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

portal = get_wsgi_application()

from django.conf import settings  # noqa: E402

from faq import insight, search  # noqa: E402  needs the settings
from helpdesk import bodies, waits  # noqa: E402
from helpdesk.page_cache import PageCache  # noqa: E402

waits.bound_for_pages()


class Portal:
    """The portal as a WSGI application. From its first request on the process's index is kept up, and searches counted.

    Importing this module starts no thread, because gunicorn's `--preload` imports it before it forks.
    """

    def __init__(self) -> None:
        self._answer = bodies.of_known_length(portal)
        if not settings.DEBUG:  # a developer sees a changed template at once
            self._answer = self.page_cache = PageCache(self._answer)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        search.keep_up()
        insight.keep_counting()
        return self._answer(environ, start_response)


application = Portal()

"""WSGI entry point, for gunicorn (`gunicorn.conf.py`) and runserver."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

portal = get_wsgi_application()

from faq import search  # noqa: E402  needs the settings
from helpdesk import bodies, waits  # noqa: E402

application = bodies.of_known_length(portal)
waits.bound_for_pages()
search.keep_up()

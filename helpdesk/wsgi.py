"""WSGI entry point, for gunicorn: ``gunicorn helpdesk.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

application = get_wsgi_application()

from faq import search  # noqa: E402  needs the settings

search.keep_up()

"""What every page knows of the site it stands on; settings only, never the database."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, str]:
    return {
        "canonical": request.build_absolute_uri(request.path),
        "site_name": settings.SITE_NAME,
        "scheme_name": settings.SCHEME_NAME,
        "icp_number": settings.ICP_NUMBER,
        "police_number": settings.POLICE_NUMBER,
        "contact_line": settings.CONTACT_LINE,
    }

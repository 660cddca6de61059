"""Reader's choice of colours (light, dark, as the system) and of type (usual or 大字版).

Two cookies hold it, and the server writes it into the page. So it works without scripts, and no page changes its
colours while it loads.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

#: Choices: cookie → value → label. The first value of each holds without a choice.
CHOICES = {
    "theme": {"auto": "跟随系统", "light": "浅色", "dark": "深色"},
    "size": {"usual": "标准字号", "large": "大字版"},
}
A_YEAR = 365 * 24 * 3600


def appearance(request: HttpRequest | None) -> dict[str, str]:
    """Returns the chosen value of each cookie; a value that is not in `CHOICES` counts as no choice."""
    cookies = request.COOKIES if request is not None else {}
    chosen = {}
    for name, values in CHOICES.items():
        given = cookies.get(name, "")
        chosen[name] = given if given in values else next(iter(values))
    return chosen


@csrf_exempt  # a forged request could only change how pages look; so pages for readers need no cookie for a token
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Saves one choice in its cookie and redirects to the page it was made on, if that is a page of this site."""
    back = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    answer = HttpResponseRedirect(back if allowed else reverse("faq:home"))
    for name, values in CHOICES.items():
        value = request.POST.get(name)
        if value in values:
            answer.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return answer

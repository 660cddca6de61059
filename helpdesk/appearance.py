"""How a reader wants the pages: light, dark or as the system has it; usual or large type (大字版).

Kept in two cookies that hold nothing else, and written into the page by the server: so it works without scripts, and
no page appears in one way first and then in another.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

#: What may be chosen: cookie → value → label; the first is how pages are without a choice.
CHOICES = {
    "theme": {"auto": "跟随系统", "light": "浅色", "dark": "深色"},
    "size": {"usual": "标准字号", "large": "大字版"},
}
A_YEAR = 365 * 24 * 3600


def appearance(request: HttpRequest | None) -> dict[str, str]:
    """The choice of each kind; whatever else a cookie holds is taken for none."""
    cookies = request.COOKIES if request is not None else {}
    return {
        name: given if (given := cookies.get(name, "")) in values else next(iter(values))
        for name, values in CHOICES.items()
    }


@csrf_exempt  # forging it could change how a page looks and nothing else; so readers' pages need no cookie for it
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keeps one choice and goes back to where it was made, within this site."""
    back = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    answer = HttpResponseRedirect(back if allowed else reverse("faq:home"))
    for name, values in CHOICES.items():
        value = request.POST.get(name)
        if value in values:
            answer.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)
    return answer

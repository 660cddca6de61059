"""The way back to where somebody came from, when it is a page of this site."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def own_page(request: HttpRequest, address: str, otherwise: str) -> str:
    """Returns `address` where it is one of this site, else `otherwise`."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else otherwise


def asked_for(request: HttpRequest, otherwise: str) -> str:
    """Returns the page that `next` names, in the form or in the address."""
    address = request.POST.get("next") or request.GET.get("next", "")
    return own_page(request, address, otherwise)

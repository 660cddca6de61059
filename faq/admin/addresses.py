"""Parts for rows that have an address of their own: the address is set once, and a list leads to the page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString


class FixedAddressAdmin(admin.ModelAdmin):
    """Shows `address_field` as text once the row is made, because links to its old address would break."""

    address_field = "slug"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (self.address_field,) if obj else ()


class PageAdmin(FixedAddressAdmin):
    """Links each row of the list, and its form, to the row's public page."""

    def view_on_site(self, obj: Any) -> str:
        return obj.get_absolute_url()

    @admin.display(description="页面")
    def public_page(self, row: Any) -> SafeString:
        return format_html('<a href="{}">打开</a>', row.get_absolute_url())

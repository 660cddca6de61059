"""Links in the text of an answer, which is Chinese: no space tells where an address begins and ends."""

from __future__ import annotations

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

#: An address as people paste it: printable ASCII, ended by anything else, and not by a mark of the sentence.
_ADDRESS = re.compile(r"""https?://[A-Za-z0-9][!#-;=?-_a-z~]*[A-Za-z0-9/_=&#-]""")


def linked(text: str) -> SafeString:
    """Returns plain text as HTML, escaped, with a link for each address that begins with http:// or https://."""
    parts: list[str] = []
    end = 0
    for found in _ADDRESS.finditer(text):
        parts += [text[end : found.start()], _link(found[0])]
        end = found.end()
    return format_html_join("", "{}", ((part,) for part in [*parts, text[end:]]))


def _link(address: str) -> SafeString:
    return format_html('<a href="{}" rel="nofollow noopener">{}</a>', address, address)

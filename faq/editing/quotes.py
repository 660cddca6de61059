"""Words of an entry that a credit rule or a page of the portal quotes, and that a change would take away."""

from __future__ import annotations

from helpdesk.common import quoted

from .. import html
from ..guides.flows import guides_about
from ..models import Entry
from .content import Content


def lost_quotes(entry: Entry, after: Content | None) -> list[str]:
    """Returns a sentence for each place of the portal that quotes words which `after` no longer holds.

    None stands for an entry that goes. Quotes that are missing already are not named again.
    """
    before = set(quoted.lost(entry.ref, entry.question, entry.answer_text))
    leading = [] if after else leading_here(entry)
    words = (after.question, html.to_text(html.clean(after.answer))) if after else ("", "")
    now = quoted.lost(entry.ref, *words)
    return [sentence for sentence in now if sentence not in before] + leading


def leading_here(entry: Entry) -> list[str]:
    """Returns a sentence for each page of the portal that goes with the entry and would be reached no more from it."""
    pages = [f"本站的页面“{entry.page_name}”从这条问答进入。"] if entry.page_name else []
    return pages + [f"“回答几个问题”里的《{guide.title}》从这条问答进入。" for guide in guides_about([entry.ref])]

"""Long Chinese sentences over several lines of a template."""

from __future__ import annotations

import re

from django import template
from django.template.base import Node, NodeList, Parser, TextNode, Token
from django.template.context import Context
from django.utils.safestring import SafeString

register = template.Library()

#: A line break with the indentation around it; a full-width space is none.
_BREAK = re.compile(r"[ \t]*\n[ \t]*")


class Joined(Node):
    """Renders what stands between the tags as it is: its text was joined when the template was read."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        return self.nodelist.render(context)


@register.tag
def joined(parser: Parser, token: Token) -> Node:
    """Joins the lines of the template between the tags without a space, which browsers would show at each break.

    Values and included templates keep their line breaks.
    """
    nodes = parser.parse(("endjoined",))
    parser.delete_first_token()
    for node in nodes.get_nodes_by_type(TextNode):
        if isinstance(node, TextNode):  # as asked for; the type says `Node`
            node.s = _BREAK.sub("", node.s)
    return Joined(nodes)

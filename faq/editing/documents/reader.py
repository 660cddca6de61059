"""Reads a document in a process of its own, of bounded time and memory, which knows no Django and writes no file."""

from __future__ import annotations

from helpdesk.common import child

from .lines import Document, from_json
from .problems import MOST_BYTES, Refused

MODULE = "faq.editing.documents.reading"


def read(content: bytes) -> Document:
    """Returns the document in a .docx or a text. Raises Refused, whose sentence tells what is wrong."""
    if len(content) > MOST_BYTES:
        raise Refused("too_large")
    try:
        answer = child.run(child.command(MODULE), content)
    except child.Busy as error:
        raise Refused("busy") from error
    except child.TooMuch as error:
        raise Refused("too_much") from error
    except child.Failed as error:
        raise Refused("damaged") from error
    if "problem" in answer:
        raise Refused(answer["problem"])
    return from_json(answer)

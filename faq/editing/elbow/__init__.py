"""Help while an entry is written: what stands in its draft that an editor should look at before it is published.

`draft.py` holds what is typed, `near.py` finds entries that say nearly the same or the contrary, `amounts.py` compares
numbers, `tags.py`, `links.py` and `pictures.py` look at the answer, `voices.py` at the readers, `wordings.py` tries
search. Nothing here saves anything or asks another host.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import Error

from . import links, near, pictures, wordings
from .draft import Draft, draft_of
from .near import Near
from .tags import tags_of
from .voices import Voices, voices_on
from .wordings import Trial

__all__ = ["Draft", "Findings", "Voices", "draft_of", "look", "voices_on"]

logger = logging.getLogger(__name__)
T = TypeVar("T")

FAILED = "搜索这会儿没有回答，相近的问答和排名没有看成；过一会儿再按“检查”。存草稿、发布都不受影响。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Everything that was noticed in a draft; the texts are sentences in Chinese."""

    near: tuple[Near, ...] = ()
    links: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    trial: Trial | None = None
    #: Reason why search could not be asked; empty where it answered.
    trouble: str = ""

    @property
    def number(self) -> int:
        """Number of matters to look at."""
        return len(self.near) + len(self.links) + len(self.pictures)


def look(draft: Draft, hosts: frozenset[str]) -> Findings:
    """Returns what is to be noticed in a draft; `hosts` are the names of this portal, in lower case.

    Trouble with search never makes it fail. Raises django.db.Error if the database fails.
    """
    tags = tags_of(draft.answer)
    unasked: list[str] = []
    found = _from_search(lambda: near.near(draft), unasked)
    trial = _from_search(lambda: wordings.tried(draft), unasked)
    return Findings(
        near=tuple(found or ()),
        links=tuple(links.problems(tags, hosts)),
        pictures=tuple(pictures.problems(tags)),
        trial=trial,
        trouble=unasked[0] if unasked else "",
    )


def _from_search(ask: Callable[[], T], unasked: list[str]) -> T | None:
    """Returns the answer of search, or None where it fails, which is noted."""
    try:
        return ask()
    except Error:
        raise
    except Exception:
        logger.exception("search failed beside an entry that is being written")
        unasked.append(FAILED)
        return None

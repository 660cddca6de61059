"""Steps of editing, one function each: with its right, its refusals in Chinese, and its line in the history.

Each is one transaction that locks the entry, and takes `seen`, the version that the page was opened on.
"""

from .bin import KEPT, empty, put_back, throw_away
from .caring import CARED_FOR, care
from .deciding import publish, publish_due, schedule, send_back, withdraw, write_and_publish
from .drafts import drop, restore, submit, write, write_and_submit
from .ground import open_revision, present_revision, seen_of
from .phrasing import add_phrasing

__all__ = [
    "CARED_FOR",
    "KEPT",
    "add_phrasing",
    "care",
    "drop",
    "empty",
    "open_revision",
    "present_revision",
    "publish",
    "publish_due",
    "put_back",
    "restore",
    "schedule",
    "seen_of",
    "send_back",
    "submit",
    "throw_away",
    "withdraw",
    "write",
    "write_and_publish",
    "write_and_submit",
]

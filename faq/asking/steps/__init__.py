"""Steps of a question's life, one function each: with its right, its refusals in Chinese, and its line in the history.

Each is one transaction that locks the question, and takes `seen`, the version that the page was opened on.
"""

from .answering import answer, assign, close, hand_on, note, release, take
from .askers import Asked, add, ask, not_helped, solved
from .ground import seen_of

__all__ = [
    "Asked",
    "add",
    "answer",
    "ask",
    "assign",
    "close",
    "hand_on",
    "not_helped",
    "note",
    "release",
    "seen_of",
    "solved",
    "take",
]

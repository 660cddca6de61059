"""What people look for: searches counted by day and tied to nobody, and what editors read and mend of them.

`counting.py` says which searches count and holds them in memory, `keeper.py` writes them down every few seconds by
`storing.py`, after `striking.py` took out what may name somebody. `lists.py` is what editors see.
"""

from .counting import count_opening, count_search
from .keeper import flush, own_keeper
from .lists import Kind, Looked, effect, entries_without_help, led_to, looked_for, mark_mended, named_searches
from .storing import bring_up, forget

__all__ = [
    "Kind",
    "Looked",
    "bring_up",
    "count_opening",
    "count_search",
    "effect",
    "entries_without_help",
    "flush",
    "forget",
    "keep_counting",
    "led_to",
    "looked_for",
    "mark_mended",
    "named_searches",
]


def keep_counting() -> None:
    """Starts the thread that writes down what is counted; for web processes."""
    own_keeper.start()

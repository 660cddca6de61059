"""The same act from several threads at the same moment, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections

from helpdesk.common.decisions import Refusal

AT_ONCE = 3
NOT_ON_SQLITE = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite takes one transaction after the other anyway"
)


@dataclass
class Together:
    """Results of the acts: what they returned, the sentences of refusals, and other errors."""

    returned: list[Any] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def at_once(act: Callable[[], object]) -> Together:
    """Calls `act` from `AT_ONCE` threads, which begin together."""
    barrier = threading.Barrier(AT_ONCE)
    together = Together()

    def take() -> None:
        barrier.wait()
        try:
            together.returned.append(act())
        except Refusal as refusal:
            together.refused.append(refusal.sentence)
        except Exception as error:
            together.errors.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return together

"""Log lines without the addresses that alone let somebody read a question."""

from __future__ import annotations

import logging
import re
from typing import Any

#: The token of a question, in the address of its page and in that of its JSON.
_TOKEN = re.compile(r"((?:/ask/|/api/v1/questions/))[A-Za-z0-9_-]{16,}")


class WithoutTokens(logging.Filter):
    """Leaves the tokens out of the paths that Django logs with every refusal and every failure."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(map(_without, record.args))
        return True


def _without(value: Any) -> Any:
    return _TOKEN.sub(r"\1…", value) if isinstance(value, str) else value

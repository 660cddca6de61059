"""Ground of several models: the manager for natural keys, and the normal form of a line of words."""

from __future__ import annotations

from typing import Any

from django.db import models


class NaturalKeyManager(models.Manager[Any]):
    """Finds a row as fixtures name it: by the unique field that its model calls `natural_key_field`."""

    def get_by_natural_key(self, key: str) -> Any:
        """Return the row with that key; raise the model's DoesNotExist where there is none."""
        return self.get(**{self.model.natural_key_field: key})


def normal_words(written: str) -> str:
    """Return `written` with one space between two words and none around them."""
    return " ".join(written.split())

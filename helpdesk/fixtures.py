"""Loading of the shipped rows, and their improvement in installations that exist, where nobody edited them.

Of each row that was loaded, `LoadedFixture` keeps two digests: of the row as shipped, to see that a later release
ships it otherwise, and of the row as saved, to see that somebody edited it since.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.core import serializers
from django.db import transaction

from faq.models import Entry

from .models import LoadedFixture

# Only texts are improved. The numbers of a training cycle decide about people's credits, so no release changes them.
IMPROVED = "faq."


class Shipped(NamedTuple):
    """Row of a fixture: an unsaved object, which has a key where the database has the row, and the fields it sets."""

    row: Any
    fields: tuple[str, ...]
    # True where the row belongs to one that is not there, because somebody deleted that.
    orphaned: bool

    @property
    def name(self) -> tuple[str, str]:
        """Model and natural key."""
        return self.row._meta.label_lower, "/".join(str(part) for part in self.row.natural_key())

    @property
    def digest(self) -> str:
        """Digest of the row as shipped."""
        return digest_of(self.row, self.fields)


class Improvement(NamedTuple):
    """How many rows were rewritten, and the natural keys of those that stayed because somebody edited them."""

    rewritten: int
    kept: list[str]


def first_time(model: str, natural_key: str) -> bool:
    """Returns whether the row was never loaded before, and records it as loaded."""
    return LoadedFixture.objects.get_or_create(model=model, natural_key=natural_key)[1]


@transaction.atomic
def load_once(name: str) -> int:
    """Loads the rows of one fixture that were never loaded before; returns how many it added.

    Rows are told apart by natural key. A row that is there stays as it is, one that was deleted is not loaded again,
    nor is a phrasing of a deleted entry. Of a fixture whose rows are all new `improve` need not look for older ones.
    Raises ValidationError where a row is wrong, and then loads none.
    """
    if not first_time("fixture", f"{name} {_file_digest(name)}"):
        return 0
    known = set(LoadedFixture.objects.values_list("model", "natural_key"))
    loaded: list[LoadedFixture] = []
    added = 0
    all_new = True
    together: list[Any] = []
    for shipped in _read(name):
        name_of_row = model, natural_key = shipped.name
        all_new = all_new and not shipped.orphaned and name_of_row not in known and shipped.row.pk is None
        if shipped.orphaned or name_of_row in known:
            continue
        record = LoadedFixture(model=model, natural_key=natural_key)
        if shipped.row.pk is None:
            record.shipped = shipped.digest
            _save(shipped.row, together)
            record.saved = digest_of(shipped.row, shipped.fields)
            added += 1
        loaded.append(record)
    if together:
        type(together[0]).save_new(together)
    LoadedFixture.objects.bulk_create(loaded)
    if all_new:
        first_time("improvement", f"{name} {_file_digest(name)}")
    return added


@transaction.atomic
def improve(name: str) -> Improvement:
    """Rewrites the rows of one fixture that are shipped otherwise now and that nobody edited; returns what it did.

    Rows loaded by a release that kept no digest count as not edited where they are as shipped now. Raises
    ValidationError where a row is wrong, and then changes none.
    """
    if not first_time("improvement", f"{name} {_file_digest(name)}"):
        return Improvement(0, [])
    improved = 0
    changed = [(shipped, record) for shipped, record in _loaded_and_there(name) if record.shipped != shipped.digest]
    if changed:
        Entry.objects.lock()  # a category or phrasing that is saved stamps entries too
    for shipped, record in changed:
        current = type(shipped.row)._default_manager.get(pk=shipped.row.pk)
        now = digest_of(current, shipped.fields)
        if now == record.saved:
            _copy(shipped, current)
            improved += 1
        elif record.saved or now != shipped.digest:
            continue
        record.shipped = shipped.digest
        record.saved = digest_of(current, shipped.fields)
        record.save()
    return Improvement(improved, edited(name))


def edited(name: str) -> list[str]:
    """Returns the natural keys of the rows that are shipped otherwise now but were edited, so that they stayed."""
    return [
        record.natural_key
        for shipped, record in _loaded_and_there(name)
        if record.saved and record.shipped != shipped.digest
    ]


def _loaded_and_there(name: str) -> Iterator[tuple[Shipped, LoadedFixture]]:
    """Yields the rows of a fixture that are improved, were loaded, and were not deleted since, with their records."""
    records = {(record.model, record.natural_key): record for record in LoadedFixture.objects.all()}
    for shipped in _read(name):
        record = records.get(shipped.name) if not shipped.orphaned else None
        if record and shipped.row.pk is not None and record.model.startswith(IMPROVED):
            yield shipped, record


def _read(name: str) -> Iterator[Shipped]:
    """Yields the rows of a fixture; a later row may refer to one that was saved meanwhile."""
    content = _content(name)
    fields = [tuple(row["fields"]) for row in json.loads(content)]
    deserialized = serializers.deserialize("json", content, handle_forward_references=True)
    related: dict[tuple[Any, Any], Any] = {}
    for names, found in zip(fields, deserialized, strict=True):
        _relate(found.object, related)
        yield Shipped(found.object, names, bool(found.deferred_fields))


def _relate(row: Any, known: dict[tuple[Any, Any], Any]) -> None:
    """Gives a row the related objects that were read before, so that its natural key asks for none of them again."""
    for field in row._meta.fields:
        key = field, getattr(row, field.attname)
        if field.is_relation and key in known:
            setattr(row, field.name, known[key])
        elif field.is_relation and key[1] is not None:
            known[key] = getattr(row, field.name)


def _copy(shipped: Shipped, current: Any) -> None:
    """Gives the row in the database the shipped values, and saves it."""
    for field in shipped.fields:
        setattr(current, field, getattr(shipped.row, field))
    _save(current)


def _save(row: Any, together: list[Any] | None = None) -> None:
    """Saves a row after checking it; unlike the deserializer's `save`, this runs the model's own cleaning.

    A row whose model can save many new ones at once is put to those that are to be saved `together`, which may be of
    one model only. The database itself then refuses one that is there twice.
    """
    if together is None or not hasattr(row, "save_new"):
        row.full_clean()
        row.save()
        return
    row.clean_fields(exclude=[field.name for field in row._meta.fields if field.is_relation])
    row.clean()
    together.append(row)


def digest_of(row: Any, fields: Collection[str]) -> str:
    """Returns the digest of these fields of a row, related rows by their natural keys."""
    values = {field: getattr(row, field) for field in fields}
    content = {field: getattr(value, "natural_key", lambda value=value: value)() for field, value in values.items()}
    written = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()


def _file_digest(name: str) -> str:
    return hashlib.sha256(_content(name).encode()).hexdigest()


def _content(name: str) -> str:
    return (settings.BASE_DIR / "fixtures" / f"{name}.json").read_text(encoding="utf-8")

"""Every organisation has a path: below an empty one everything would stand."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from credits.models import Organization
from tests.cast import Place

pytestmark = pytest.mark.usefixtures("cycles")


def test_no_organisation_has_an_empty_path(place: Place) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.filter(pk=place.school.pk).update(path="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.bulk_create([Organization(name="空", kind="county", path="")])


def test_an_organisation_that_is_not_saved_is_above_nobody(place: Place) -> None:
    new = Organization(name="新", kind="county")
    new.full_clean()
    assert not Organization.objects.within([new]).exists()


@pytest.mark.django_db(transaction=True)
def test_organisations_without_a_path_are_placed_by_the_migration(place: Place) -> None:
    wanted = dict(Organization.objects.values_list("pk", "path"))
    try:
        migrate("0005_jobs_move_to_common")
        Organization.objects.filter(pk__in=[place.county.pk, place.other.pk]).update(path="")
        Organization.objects.filter(pk=place.school.pk).update(path=f"{place.county.pk}.{place.school.pk}.")
    finally:
        migrate(None)
    assert dict(Organization.objects.values_list("pk", "path")) == wanted


def migrate(name: str | None) -> None:
    """Brings the tables of this app to that migration, or to the newest one."""
    executor = MigrationExecutor(connection)
    newest = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "credits"]
    executor.migrate([("credits", name)] if name else newest)

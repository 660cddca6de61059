"""A page that shows a teacher's data to somebody else leaves a look: every address × everybody, the admin's too."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from credits.models import StatementAccess, Teacher
from tests.rights.matrix import MATRIX, PEOPLE, REGISTERED
from tests.rights.test_addresses import path_of
from tests.rights.test_admin import an_object, paths_of
from tests.rights.world import World

#: Addresses that name teachers and show nothing of their credits.
NAMES_ALONE = {
    "credits:looks": "who looked, not what was seen",
    "credits.statementaccess": "the same, in the admin",
}
PAGES = [name for name in MATRIX if name not in NAMES_ALONE]
MODELS = [label for label in REGISTERED if label not in NAMES_ALONE]
#: Pages that are known to show a teacher's data; were a reader of pages to find fewer, it would not read them.
KNOWN = {"credits:teacher", "credits:records", "credits:teachers", "credits:degrees", "credits:degree", "credits:work"}
KNOWN |= {"credits:offsets", "credits:offset", "credits:offset-edit"}
KNOWN |= {"credits:project", "credits:result", "credits:teacher-edit", "credits:degree-edit", "credits:activity"}


@pytest.fixture
def previewed(world: World) -> None:
    """The import that waits would change 张三, whose values of before its preview shows."""
    facts = {"staff_number": "A-1", "name": "张三丰", "school": "桃源一小"}
    world.imported.rows = [[2, facts]]
    world.imported.save()


def text_of(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode(errors="ignore")


def unrecorded(world: World, path: str) -> tuple[list[str], int]:
    """(Who sees a teacher at that address without a look, how often a teacher is seen there by others)."""
    missing, seen = [], 0
    for who in PEOPLE:
        body = text_of(world.client(who).get(path))
        viewer = getattr(world.place, who, None)
        for teacher in Teacher.objects.exclude(user=viewer) if viewer else Teacher.objects.all():
            if teacher.name in body or teacher.public_id in body or f">{teacher.staff_number}<" in body:
                seen += 1
                if not StatementAccess.objects.filter(viewer=viewer, teacher=teacher).exists():
                    missing.append(f"{who} {teacher}")
    return missing, seen


@pytest.fixture
def no_look_yet(world: World, previewed: None) -> None:
    StatementAccess.objects.all().delete()


@pytest.mark.usefixtures("no_look_yet")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_that_shows_a_teacher_leaves_a_look(world: World, name: str) -> None:
    missing, seen = unrecorded(world, path_of(MATRIX[name], world))
    assert missing == []
    if name in KNOWN | {"credits:import"}:
        assert seen


@pytest.mark.parametrize("label", MODELS)
def test_a_page_of_the_admin_that_shows_a_teacher_leaves_a_look(world: World, label: str) -> None:
    row = an_object(label, world)
    StatementAccess.objects.all().delete()
    for path in paths_of(label, row).values():
        missing, _ = unrecorded(world, path)
        assert missing == [], path
    if label == "credits.teacher":
        assert StatementAccess.objects.exists()


# --- once a session and teacher ----------------------------------------------------------------------------------


@pytest.fixture
def client(world: World) -> Client:
    StatementAccess.objects.all().delete()
    return world.client("staff")


def pages(world: World) -> Iterator[str]:
    yield from ("/credits/teachers/", "/credits/work/", "/credits/degrees/?status=all", "/credits/projects/P-1/")
    yield "/credits/offsets/?status=all"
    for end in ("", "records/", "edit/", "what-if/", f"degrees/{world.degree.pk}/", f"offsets/{world.offset.pk}/"):
        yield f"/credits/teachers/{world.row.public_id}/{end}"


def looks_at(world: World) -> int:
    return StatementAccess.objects.filter(teacher=world.row).count()


def test_twenty_reloads_of_any_pages_are_one_look(world: World, client: Client) -> None:
    for path in pages(world):
        for _ in range(20):
            assert client.get(path).status_code == 200
    assert looks_at(world) == 1


def test_another_session_and_another_viewer_look_anew(world: World, client: Client) -> None:
    path = f"/credits/teachers/{world.row.public_id}/"
    for browser in (client, client, world.client("staff"), world.client("reviewer")):
        browser.get(path)
    assert looks_at(world) == 3


@pytest.mark.parametrize(("hours", "looks"), [(11, 1), (13, 2)])
def test_a_session_that_lasts_looks_anew_after_twelve_hours(
    world: World, client: Client, hours: int, looks: int
) -> None:
    path = f"/credits/teachers/{world.row.public_id}/"
    client.get(path)
    StatementAccess.objects.update(at=timezone.now() - datetime.timedelta(hours=hours))
    client.get(path)
    assert looks_at(world) == looks


def test_every_export_is_recorded(world: World, client: Client) -> None:
    for _ in range(2):
        client.post("/credits/teachers/export/", {"teacher": [world.row.public_id]})
    client.get(f"/credits/teachers/{world.row.public_id}/")
    kinds = StatementAccess.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["export", "export", "statement"]


def test_who_looks_at_themselves_is_not_recorded(world: World, client: Client) -> None:
    Teacher.objects.filter(pk=world.row.pk).update(user=world.place.staff)
    for path in pages(world):
        client.get(path)
    assert looks_at(world) == 0


def test_nobody_learns_the_session_from_a_look(world: World, client: Client) -> None:
    client.get("/credits/teachers/")
    assert client.session.session_key not in StatementAccess.objects.values_list("session", flat=True)

"""Imports as they are stored: by name, and as the release before November 2026 stored them, by position."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from credits.decisions.findings import FindingLevel
from credits.models import SheetFinding, SpreadsheetImport, StoredChange
from credits.spreadsheets.importing import apply, undo
from helpdesk.common.decisions import Refusal
from tests.cast import Place, make_degree, make_project, make_result
from tests.credits.imports.helpers import body, counts, everything, imported, prepared, text_of

pytestmark = pytest.mark.usefixtures("cycles")


def as_before(one: SpreadsheetImport) -> None:
    """Stores an import as the release before did."""
    one.done = [[change.pk, change.before, change.after, change.number] for change in one.changes]
    one.problems = [
        [found.row, found.column, f"提醒：{found.sentence}" if found.is_reminder else found.sentence]
        for found in one.findings
    ]
    one.save()


@pytest.mark.parametrize("level", FindingLevel)
def test_a_finding_comes_back_as_it_was_stored(level: FindingLevel) -> None:
    found = SheetFinding(2, "学时", "要大于 0。", level)
    assert SheetFinding.from_json(found.to_json()) == found


def test_a_change_comes_back_as_it_was_stored() -> None:
    change = StoredChange(7, {"hours": "10"}, {"hours": "12.5"}, 2)
    assert StoredChange.from_json(change.to_json()) == change


@pytest.mark.parametrize(
    ("stored", "found"),
    [
        ([2, "学时", "要大于 0。"], SheetFinding(2, "学时", "要大于 0。")),
        ([None, "", "文件是空的。"], SheetFinding(None, "", "文件是空的。")),
        ([1, "备注", "提醒：没有用到。"], SheetFinding(1, "备注", "没有用到。", FindingLevel.REMINDER)),
    ],
)
def test_a_finding_of_before_has_its_level_from_its_sentence(stored: list[Any], found: SheetFinding) -> None:
    assert SheetFinding.from_json(stored) == found


def test_a_change_of_before_may_lack_its_row_number() -> None:
    assert StoredChange.from_json([7, None, {"hours": "10"}]) == StoredChange(7, None, {"hours": "10"}, 0)


def test_a_reminder_that_is_worded_anew_hinders_nothing(place: Place) -> None:
    one = prepared("teachers", place.staff, {"name": "张三"})
    assert [found["level"] for found in one.problems] == ["reminder"]
    one.problems = [found | {"sentence": "请看一眼。"} for found in one.problems]
    one.save()
    there = reverse("credits:import", args=[one.public_id])
    shown = text_of(body(place.client("staff"), there))
    assert "不影响导入" in shown and "请看一眼。" in shown
    assert "哪里有问题" not in shown


def test_an_import_of_before_is_shown_as_it_was(place: Place) -> None:
    one = prepared("teachers", place.staff, {"name": "张三"})
    client, there = place.client("staff"), reverse("credits:import", args=[one.public_id])
    now = text_of(body(client, there))
    as_before(one)
    assert text_of(body(client, there)) == now
    refused = prepared("teachers", place.staff, {"name": ""})
    there = reverse("credits:import", args=[refused.public_id])
    now = text_of(body(client, there))
    as_before(refused)
    assert text_of(body(client, there)) == now
    assert "第 2 行 姓名 请填写。" in now


def test_an_import_prepared_before_is_confirmed(place: Place) -> None:
    make_result(place.teacher, make_project(place.county, code="P-1"), status="entered", hours=10)
    one = prepared("results", place.staff, {"hours": "12.5"})
    as_before(one)
    apply(one, place.staff)
    assert place.teacher.results.get().hours == 12.5


def test_an_import_done_before_is_undone(place: Place) -> None:
    make_degree(place.teacher, credits=None, level="bachelor", title="旧")
    before = everything()
    one = imported("degrees", place.staff, {}, {"level": "本科", "title": "新"})
    assert counts(one) == (1, 1, 0)
    as_before(one)
    undo(one, place.staff)
    assert everything() == before


def test_a_row_of_before_that_changed_since_is_named(place: Place) -> None:
    one = imported("degrees", place.staff)
    as_before(one)
    place.teacher.degrees.all().delete()
    with pytest.raises(Refusal, match="第 2 行已经删除"):
        undo(one, place.staff)

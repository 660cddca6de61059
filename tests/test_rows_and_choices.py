"""Rows and lists of choices that are written without a template for each of them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string

from helpdesk.common.form_fields import PlainSelect
from helpdesk.common.row_templates import RowTemplate

#: A template of one tag, with a field of its own.
STATE = "credits/_state.html"
FIELDS = ("tone", "label")
ROW: dict[str, str] = {"tone": "open", "label": "<b>“待审核” & 'x'</b>"}
CHOICES = [("", "全部"), ("a&b", "甲 <乙>"), (3, "丙"), ("d", "丁")]


def test_a_row_is_what_its_template_makes_of_it() -> None:
    whole = render_to_string(STATE, ROW).strip("\n")
    assert "&lt;b&gt;" in whole
    assert RowTemplate(STATE, *FIELDS).rows([ROW]) == whole


def test_rows_stand_in_their_order() -> None:
    rows = RowTemplate(STATE, *FIELDS).rows([ROW | {"label": "甲"}, ROW | {"label": "乙"}], between="\n")
    assert [line[-8:] for line in rows.split("\n")] == ["甲</span>", "乙</span>"]


def test_without_rows_there_is_nothing() -> None:
    assert RowTemplate(STATE, *FIELDS).rows([]) == ""


def test_text_that_looks_like_a_mark_is_text() -> None:
    row = RowTemplate(STATE, *FIELDS).rows([ROW | {"label": "\ue000tone\ue001"}])
    assert "\ue000tone\ue001" in row


@pytest.mark.parametrize("value", [None, "", "a&b", "3", "nothing"])
@pytest.mark.parametrize(
    "attributes", [{}, {"class": "form-select", "required": True, "disabled": False, "title": "“"}]
)
def test_a_plain_list_is_written_as_djangos(value: Any, attributes: dict[str, Any]) -> None:
    plain, usual = (
        kind(attributes, CHOICES).render("f", value, {"id": "id_f"}) for kind in (PlainSelect, forms.Select)
    )
    assert plain == usual

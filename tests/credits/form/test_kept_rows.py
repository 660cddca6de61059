"""Untouched parts of the credit form are laid out once, and look as crispy-forms lays them out each time."""

from __future__ import annotations

import datetime

import pytest
from django.template import Context, Template

from credits.forms import kept_rows
from credits.forms.check import CreditCheck
from credits.forms.sections import SECTIONS, ColumnsForm
from credits.forms.typed_rows import as_data, blank_data

pytestmark = pytest.mark.usefixtures("cycles")

CRISPY = Template("{% load crispy_forms_tags %}{% crispy form %}")


def forms_of(**typed: str) -> list[ColumnsForm]:
    """Every form of the page: the teacher, four rows of each section, and those that scripts copy."""
    rows = as_data({}, {prefix: [section.blank_row()] * 4 for prefix, section in SECTIONS.items()})
    check = CreditCheck(blank_data() | rows | typed, judge=True)
    return [*check.all_forms(), *(formset.empty_form for formset in check.formsets.values())]


@pytest.mark.parametrize("cycle", ["2018", "2023"])
def test_every_part_is_what_crispy_makes_of_it(cycle: str) -> None:
    for form in [*forms_of(cycle=cycle), *forms_of(cycle=cycle)]:
        assert form.as_columns == CRISPY.render(Context({"form": form}))


def test_a_part_in_error_is_what_crispy_makes_of_it() -> None:
    typed = {"coordinated-1-credits": "<b>", "degrees-0-level": "none", "as_of": "昨天", "position": "none"}
    wrong = [form for form in forms_of(**typed) if form.errors]
    assert len(wrong) == 3
    for form in wrong:
        assert form.as_columns == CRISPY.render(Context({"form": form}))
        assert "is-invalid" in form.as_columns


def test_untouched_rows_are_laid_out_once() -> None:
    first, second = (form for form in forms_of() if form.prefix in ("offsets-0", "offsets-3"))
    kept_rows._kept.clear()
    assert first.as_columns.replace("offsets-0", "offsets-3") == second.as_columns
    assert len(kept_rows._kept) == 1


def test_nothing_typed_is_kept() -> None:
    kept_rows._kept.clear()
    for form in forms_of(**{"offsets-0-basis": "我的途径", "formally_employed_on": "1999-02-03", "position": "坏"}):
        assert form.as_columns
    kept = repr(kept_rows._kept)
    assert len(kept_rows._kept) == 8  # a row of each section, and the one that scripts copy
    assert all(word not in kept for word in ("我的途径", "1999", "坏"))


def test_what_is_kept_is_bounded() -> None:
    form = forms_of()[-1]
    for number in range(kept_rows._MOST + 10):
        form.show_example(datetime.date(1990, 1, 1) + datetime.timedelta(days=number))
        assert form.as_columns
    assert len(kept_rows._kept) <= kept_rows._MOST

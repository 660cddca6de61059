"""The example of the credit form: a teacher five months before the end of a cycle, with records of every kind."""

from __future__ import annotations

from .sections import TypedRow
from .typed_rows import as_data


def example_data() -> dict[str, str]:
    """Returns what a browser would send for the example, which is invented and always the same."""
    about = {
        "cycle": "2018",
        "as_of": "2023-03-31",
        "position": "teaching",
        "formally_employed_on": "2016-09-01",
    }
    rows = {
        "coordinated": _coordinated(),
        "self_directed": _self_directed(),
        "degrees": _degrees(),
        "offsets": _offsets(),
    }
    return as_data(about, rows)


def _coordinated() -> list[TypedRow]:
    rows = [
        ("provincial", "5", "2019-07-20", "省培-语文-07", True),
        ("municipal", "4.5", "2020-11-15", "", True),
        ("county", "3", "2021-10-09", "", True),
        ("county", "2", "2022-05-28", "", False),
        ("safety_net", "2", "2022-12-20", "", True),
    ]
    return [
        {"category": category, "credits": credits, "completed_on": day, "project": project}
        | ({"converted": "on"} if converted else {})
        for category, credits, day, project, converted in rows
    ]


def _self_directed() -> list[TypedRow]:
    rows = [
        ("school_training", "4", "2019-12-30", "approved", True),
        ("lesson_observation", "12", "2020-10-15", "approved", True),
        ("lesson_observation", "9", "2021-04-20", "approved", True),
        ("open_class:school", "1", "2021-05-12", "approved", True),
        ("workshop", "2.5", "2022-01-10", "approved", True),
        ("other", "25", "2022-11-05", "submitted", True),
        ("school_research", "2", "2022-06-30", "approved", False),
    ]
    return [
        {"activity": activity, "amount": amount, "completed_on": day, "plan": plan}
        | ({"has_record": "on"} if has_record else {})
        for activity, amount, day, plan, has_record in rows
    ]


def _degrees() -> list[TypedRow]:
    return [{"level": "master", "credits": "5", "awarded_on": "2021-06-30"}]


def _offsets() -> list[TypedRow]:
    return [{"basis": "经认定的自学课程", "credits": "1", "awarded_on": "2022-03-18"}]

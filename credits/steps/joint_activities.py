"""One activity of many teachers, entered once: each gets a row of their own by the step that enters one.

What is refused of one teacher is told with the name, and keeps nobody else's from being entered. The same form once
more finds every activity there already, so nothing is entered twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError

from ..models import SelfDirectedActivity, Teacher
from .activities import save_activity

#: The values of an activity that all of its teachers share.
SHARED = ("activity", "level", "credits", "hours", "count", "completed_on", "has_record", "evidence")
NOT_IN_CHARGE = "已经不归您管理，没有登记。"
Texts = Mapping[str, str | None]


@dataclass
class JointReport:
    """The number of teachers whose activity was entered, and a sentence for each whose was not."""

    done: int = 0
    refused: list[str] = field(default_factory=list)

    @property
    def handled(self) -> int:
        return self.done + len(self.refused)

    @property
    def sentence(self) -> str:
        not_done = f"，{len(self.refused)} 位没有登记" if self.refused else ""
        return f"已登记 {self.done} 位教师的活动{not_done}。"


def texts_of(activity: SelfDirectedActivity) -> dict[str, str | None]:
    """Returns the shared values of an activity as texts, which a job can keep."""
    values = {name: getattr(activity, name) for name in SHARED}
    return {name: None if value is None else str(value) for name, value in values.items()}


def enter_for(teachers: Sequence[int], texts: Texts, by: User, outcome: JointReport, *, in_plan: bool) -> None:
    """Enters the activity of `texts` for each of these teachers, given by key, and adds to `outcome` what came of it.

    The caller holds one transaction around it, and gives the keys in ascending order, as all steps lock teachers.
    """
    rows = Teacher.objects.select_related("school__parent").in_bulk(teachers)
    for pk in teachers:
        teacher = rows.get(pk)
        if teacher is None:
            outcome.refused.append("有一位教师的资料刚才已经删除了。")
        elif reason := _refusal(SelfDirectedActivity(teacher=teacher, **_values(texts)), by, in_plan):
            outcome.refused.append(f"{teacher}：{reason}")
        else:
            outcome.done += 1


def _values(texts: Texts) -> dict[str, Any]:
    columns = {column.name: column for column in SelfDirectedActivity._meta.concrete_fields}
    return {name: columns[name].to_python(texts[name]) for name in SHARED}


def _refusal(activity: SelfDirectedActivity, by: User, in_plan: bool) -> str:
    """Enters one activity. Returns why it was refused, where it was."""
    try:
        save_activity(activity, by, in_plan=in_plan)
    except PermissionDenied:
        return NOT_IN_CHARGE
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return ""

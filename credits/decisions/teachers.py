"""Decisions on what a school enters of its teachers."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from ..rules.types import Position
from .findings import Finding, FindingLevel


@dataclass(frozen=True)
class TeacherFacts:
    """The two facts of a teacher on which a verdict may hang alone."""

    position: str = Position.TEACHING.value
    formally_employed_on: datetime.date | None = None


NUMBER_TAKEN = "这个编号不能用，请核对。如果这位教师是从别的学校调来的，请找上级主管部门办理调动。"
#: The facts of a teacher whom nobody has entered yet.
UNKNOWN = TeacherFacts()


def facts_findings(before: TeacherFacts, asked: TeacherFacts, *, reviewer: bool, body: str) -> list[Finding]:
    """Problems where a school settles by itself what takes a reviewer of the `body` above it.

    That are positions of which nothing is required (C16, C17), and a day of formal employment (C7) other than the
    known one.
    """
    if reviewer:
        return []
    found = []
    if asked.position != before.position:
        sentence = f"岗位关系到对学分有没有要求，要由{body}的审核员改。"
        found.append(Finding("position", sentence))
    known = before.formally_employed_on
    if known and asked.formally_employed_on != known:
        sentence = f"这个日期关系到学历能不能冲抵，要由{body}的审核员改。"
        found.append(Finding("formally_employed_on", sentence))
    return found


def sole_teacher_finding(school: str, *, is_sole: bool, others: int) -> Finding | None:
    """A problem where a `school` of one teacher (一人一校, C18) has `others` in work beside the one who comes."""
    if not is_sole or not others:
        return None
    sentence = f"{school}登记为一人一校，已经有一位在职教师；情况有变的，请系统管理员先改学校资料。"
    return Finding("school", sentence)


def becomes_sole_finding(school: str, *, teachers: int) -> Finding | None:
    """A problem where a school with more than one of its `teachers` in work is to be one of a single teacher."""
    if teachers <= 1:
        return None
    sentence = f"{school}现在有不止一位在职教师，不能登记为一人一校；请先给调走、离开的教师办手续。"
    return Finding("is_sole_teacher_school", sentence)


def namesake_finding(where: str, numbers: Sequence[str]) -> Finding | None:
    """A reminder where teachers of the same name, with these staff numbers, are at the school already.

    It is perhaps the same person with a second number. `where` is how the sentence calls the school.
    """
    if not numbers:
        return None
    sentence = f"{where}已有一位同名教师（编号 {'、'.join(numbers)}），请核对是不是同一人。"
    return Finding("name", sentence, FindingLevel.REMINDER)

"""Judges what each row of a spreadsheet would do, or what is wrong with it, without saving anything.

One file a kind. The rules themselves stand in `credits.decisions` and in the models; here the facts are looked up for
all rows at once. Users reach the teachers, schools and projects that they are responsible for, and no other: another
school's teacher looks like one that does not exist.
"""

from __future__ import annotations

from django.contrib.auth.models import User

from ...models import SheetFinding
from .activities import Activities
from .awards import Degrees, Offsets
from .base import ImportPreview, Judging, Rows
from .results import Results
from .teachers import Teachers

KINDS: tuple[type[Judging], ...] = (Teachers, Results, Activities, Degrees, Offsets)
JUDGES = {judging.kind: judging for judging in KINDS}


def judge(kind: str, rows: Rows, user: User, *, lock: bool = False) -> tuple[list[SheetFinding], ImportPreview]:
    """The problems of `rows` on behalf of `user`, and what importing them would do; saves nothing.

    The number of queries does not depend on the number of rows. `lock` keeps what is read from others until the end
    of the transaction.
    """
    judging = JUDGES[kind](user, lock)
    judging.judge(rows)
    return judging.problems, judging.preview

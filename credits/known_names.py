"""Names of teachers and of accounts, told to `helpdesk.common.people`, so that others keep no text that holds one."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib.auth.models import User
from django.db.models.functions import Concat

from helpdesk.common.people import SURNAMES

from .models import Teacher

#: Names that one statement asks for.
AT_ONCE = 5000


def known_names(pieces: Collection[str]) -> set[str]:
    """Returns those of the pieces that are the name of a teacher, or the full name of an account.

    Accounts are also called after offices (管理员), so only what begins with a family name counts as theirs.
    """
    wanted = sorted(pieces)
    found: set[str] = set()
    for start in range(0, len(wanted), AT_ONCE):
        batch = wanted[start : start + AT_ONCE]
        found.update(Teacher.objects.filter(name__in=batch).order_by().values_list("name", flat=True))
        people = [piece for piece in batch if piece[0] in SURNAMES]
        named = User.objects.annotate(full_name=Concat("last_name", "first_name")).filter(full_name__in=people)
        found.update(named.order_by().values_list("full_name", flat=True))
    return found

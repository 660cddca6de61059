"""Who sees a question and answers it: its office and those above, and the portal's editors where it has no office."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from helpdesk.common.offices import offices
from helpdesk.common.once import once
from helpdesk.common.prepared import Prepared

from ..models import Question

#: The right to answer questions that no office has.
AT_THE_DESK = "faq.answer_question"
EVERYTHING = ""


def _desk_right_of(user: int) -> QuerySet[Permission]:
    """Returns the right if the user has it, directly or by a group.

    Two subqueries: joined, all who have it directly would be multiplied by all who have it by a group.
    """
    app, codename = AT_THE_DESK.split(".")
    right = Permission.objects.filter(content_type__app_label=app, codename=codename)
    directly = User.user_permissions.through.objects.filter(user=user).values("permission")
    by_group = Group.permissions.through.objects.filter(group__user=user).values("permission")
    return right.filter(Q(pk__in=directly) | Q(pk__in=by_group)).order_by()


_DESK_RIGHT = Prepared(_desk_right_of, user=int)


def is_at_the_desk(user: User | AnonymousUser) -> bool:
    """Tells whether `user` answers what no office has: as `has_perm` does, but without reading all other rights."""
    if not user.is_active:
        return False
    return user.is_superuser or once(("desk", user.pk), lambda: bool(_DESK_RIGHT.rows(user=user.pk)))


def answers_questions(user: User | AnonymousUser) -> bool:
    """Tells whether `user` answers questions at all: of some office, or those that have none."""
    return user.is_active and (is_at_the_desk(user) or bool(offices().visible_to(user)))


def visible_to(user: User | AnonymousUser) -> QuerySet[Question]:
    """Returns the questions that `user` may read and answer."""
    if not user.is_active:
        return Question.objects.none()
    paths = offices().visible_to(user)
    if EVERYTHING in paths:
        return Question.objects.all()
    seen = Q(pk__in=[])
    for path in paths:
        seen |= Q(office__below=path)
    if is_at_the_desk(user):
        seen |= Q(office="")
    return Question.objects.filter(seen)


def follow_offices() -> None:
    """Takes the questions along of offices that were put below another one, and so have another path."""
    stored = set(Question.objects.exclude(office="").order_by().values_list("office", flat=True).distinct())
    for before, now in offices().moved(stored).items():
        Question.objects.filter(office=before).update(office=now)


def demand(allowed: bool) -> None:
    """Raises PermissionDenied where something is not allowed."""
    if not allowed:
        raise PermissionDenied


def demand_answers(user: User, question: Question) -> None:
    """Raises PermissionDenied unless `user` answers this question."""
    demand(visible_to(user).filter(pk=question.pk).exists())


def office_for(user: User | AnonymousUser, school: str) -> str:
    """Returns where a question goes: the asker's school, else the one they named, else nowhere (the editors).

    Where nobody works at a school it is the nearest office above it at which somebody does.
    """
    known = offices()
    path: str | None = known.of_person(user)[0] or known.called(school)
    while path and not known.workers(path):
        path = known.parent(path)
    return path or ""

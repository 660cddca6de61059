"""Offices as `helpdesk.common.offices` describes them: this app's organisations, by `Organization.path`."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser, User

from .models import Organization, Teacher
from .models.people import workplaces

EVERYTHING = ""
#: An organisation's own key, the last in its path.
_KEY = re.compile(r"([0-9]{1,18})\.$")


class OrganizationOffices:
    """The implementation of `helpdesk.common.offices.Offices` that `CreditsConfig.ready` registers."""

    def visible_to(self, user: User | AnonymousUser) -> list[str]:
        if isinstance(user, AnonymousUser) or not user.is_active:
            return []
        if user.is_superuser:
            return [EVERYTHING]
        return _topmost([path for path in workplaces(user) if path])

    def names(self, paths: Collection[str]) -> dict[str, str]:
        rows = Organization.objects.filter(path__in=paths)
        return dict(rows.values_list("path", "name"))

    def parent(self, path: str) -> str | None:
        office = _office(path)
        return office.parent.path if office and office.parent else None

    def contact(self, path: str) -> str:
        office = _office(path)
        while office is not None:
            people = _workers(office)
            if people:
                return _in_words(office, people)
            office = office.parent
        return ""

    def of_person(self, user: User | AnonymousUser) -> tuple[str, str]:
        teacher = Teacher.objects.select_related("school").filter(user=user.pk).first() if user.pk else None
        return (teacher.school.path, teacher.school.name) if teacher else ("", "")

    def called(self, name: str) -> str:
        paths = Organization.objects.filter(name=name).exclude(path="").values_list("path", flat=True)[:2]
        return paths[0] if len(paths) == 1 else ""

    def any_below(self, paths: Collection[str]) -> bool:
        return Organization.objects.filter(parent__path__in=paths).exists()

    def workers(self, path: str) -> list[User]:
        office = _office(path)
        return _workers(office) if office else []

    def moved(self, paths: Collection[str]) -> dict[str, str]:
        keys = {path: int(match[1]) for path in paths if (match := _KEY.search(path))}
        present = dict(Organization.objects.filter(pk__in=keys.values()).values_list("pk", "path"))
        return {path: present[key] for path, key in keys.items() if present.get(key, path) != path}


def _office(path: str) -> Organization | None:
    return Organization.objects.select_related("parent").filter(path=path).first()


def _workers(office: Organization) -> list[User]:
    people = User.objects.filter(memberships__organization=office, is_active=True).distinct()
    return list(people.order_by("pk"))


def _topmost(paths: Collection[str]) -> list[str]:
    """Returns those of `paths` that are below none of the others, in their order as texts."""
    found: list[str] = []
    for path in sorted(paths):
        if not found or not path.startswith(found[-1]):
            found.append(path)
    return found


def _in_words(office: Organization, people: Collection[User]) -> str:
    """Returns the office with the full names of `people`, the family name first and without a space."""
    names = [f"{person.last_name}{person.first_name}" for person in people]
    told = "、".join(name for name in names if name)
    return f"{office.name}（{told}）" if told else office.name

"""A county for the tests of the roster and of statements, with somebody of every kind; and how the roster is read."""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.test import Client

from credits.models import Membership, Organization, Teacher

from .rows import make_organization, make_teacher

ROSTER = "/credits/teachers/"


class County:
    """A county with two schools, a school elsewhere, and somebody of every kind."""

    def __init__(self) -> None:
        self.county = make_organization("county", name="桃源县")
        self.school_a = make_organization(parent=self.county, name="桃源一小")
        self.school_b = make_organization(parent=self.county, name="桃源二小")
        self.elsewhere = make_organization(name="外县小学")
        self.herself = User.objects.create_user("teacher")
        self.teacher = make_teacher(self.school_a, name="张三", staff_number="A-1", user=self.herself)
        self.colleague = make_teacher(self.school_a, name="李四", staff_number="A-2")
        self.of_b = make_teacher(self.school_b, name="王五", staff_number="B-1")
        self.outsider = make_teacher(self.elsewhere, name="赵六", staff_number="C-1")
        self.superuser = User.objects.create_superuser("superuser")
        self.editor = User.objects.create_user("editor", is_staff=True)
        self.staff_a = self._works("staff_a", self.school_a, "staff")
        self.staff_b = self._works("staff_b", self.school_b, "staff")
        self.reviewer = self._works("reviewer", self.county, "reviewer")

    @staticmethod
    def _works(name: str, organization: Organization, role: str) -> User:
        user = User.objects.create_user(name)
        Membership.objects.create(user=user, organization=organization, role=role)
        return user

    @property
    def teachers(self) -> list[Teacher]:
        return [self.teacher, self.colleague, self.of_b, self.outsider]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def names(client: Client, query: str = "") -> list[str]:
    """The teachers on a page of the roster, in its order."""
    body = client.get(f"{ROSTER}?{query}").content.decode()
    return re.findall(r'<th scope="row"><a href="/credits/teachers/[\w-]+/[^"]*">([^<]+)</a>', body)

"""Where the tests of processes and pages happen, and who is there."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client

from credits.models import Membership, Organization

from .rows import make_organization, make_teacher


class Place:
    """A city with a county with two schools: staff in the school, reviewers in the county and the city."""

    def __init__(self) -> None:
        self.city = make_organization("city", name="桃源市")
        self.county = make_organization("county", parent=self.city, name="桃源县")
        self.school = make_organization(parent=self.county, name="桃源一小")
        self.other = make_organization(parent=self.county, name="桃源二小")
        self.teacher = make_teacher(self.school, name="张三", staff_number="A-1")
        self.stranger = make_teacher(self.other, name="王五", staff_number="B-1")
        self.staff = self.works("staff", self.school)
        self.reviewer = self.works("reviewer", self.county, "reviewer")
        self.above = self.works("above", self.city, "reviewer")
        self.school_reviewer = self.works("school_reviewer", self.school, "reviewer")
        self.nobody = User.objects.create_user("nobody")
        self.superuser = User.objects.create_superuser("superuser")
        self.herself = User.objects.create_user("teacher")
        self.teacher.user = self.herself
        self.teacher.save()

    def client(self, who: str) -> Client:
        """A browser in which that person is signed in."""
        client = Client()
        client.force_login(getattr(self, who))
        return client

    @staticmethod
    def works(name: str, organization: Organization, role: str = "staff") -> User:
        user = User.objects.create_user(name)
        Membership.objects.create(user=user, organization=organization, role=role)
        return user

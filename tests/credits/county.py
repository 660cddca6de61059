"""Kept until every test asks for the fixture `crowd`: the same people under the names they had before."""

from __future__ import annotations

from tests.cast import Crowd
from tests.cast import signed_in as signed_in
from tests.credits.roster.pages import ROSTER as ROSTER
from tests.credits.roster.pages import names as names


class County(Crowd):
    def __init__(self) -> None:
        super().__init__()
        self.school_a = self.school
        self.school_b = self.other
        self.of_b = self.stranger
        self.staff_a = self.staff
        self.staff_b = self.other_staff

"""Codes for the first sign-in as a test gets and tries them."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django.test import Client

from credits.models import Teacher
from credits.models.access import CODE_LETTERS
from credits.steps import codes, people
from credits.views.first_sign_in import WRONG_CODE
from tests.cast import Place

FIRST, CODES, MINE = "/sign-in/first/", "/credits/codes/", "/credits/mine/"
PASSWORD = "mulberry-lane-7"


def code_of(teacher: Teacher, place: Place) -> str:
    [(_, code)] = codes.issue_codes([teacher], place.staff)
    return code


def try_code(number: str, code: str, password: str = PASSWORD, again: str | None = None, **address: Any) -> Any:
    """One try by a browser that was never here before."""
    typed = {"staff_number": number, "code": code, "password1": password, "password2": again or password}
    return Client(**address).post(FIRST, typed)


def wrong(code: str) -> str:
    """Another code, as long."""
    return "".join(CODE_LETTERS[CODE_LETTERS.index(letter) - 1] for letter in code)


def refused(answer: Any) -> bool:
    return answer.status_code == 200 and WRONG_CODE in answer.content.decode() and "sessionid" not in answer.cookies


def wrongly(answer: Any) -> tuple[bool, bool]:
    """Two answers: the page calls the code wrong; the page calls the password unfit."""
    body = answer.content.decode()
    return WRONG_CODE in body, 'id="id_password1_error"' in body


def slips(answer: Any) -> list[tuple[str, str, str]]:
    """Name, staff number and code of each slip."""
    body = answer.content.decode()
    found = re.findall(r'<li class="slip">.*?<strong>(.+?)</strong>.*?<dd>(.+?)</dd>.*?"slip-code">(.+?)<', body, re.S)
    return [(name, number, code) for name, number, code in found]


def no_longer(teacher: Teacher, place: Place) -> None:
    people.end(teacher, "retired", datetime.date(2020, 1, 1), place.staff)

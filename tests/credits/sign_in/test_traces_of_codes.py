"""Codes leave a trace that their teacher sees, one form prints one slip, and a transfer voids what was printed."""

from __future__ import annotations

import re
import threading

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections

from credits.models import Event, SignInCode, Teacher
from credits.steps import codes
from helpdesk.common.decisions import Refusal
from tests.cast import Place, make_teacher, signed_in
from tests.credits.sign_in.codes import CODES, code_of, slips, try_code

pytestmark = pytest.mark.usefixtures("cycles")
MY_LOOKS = "/credits/mine/looks/"


def traces(place: Place) -> list[str]:
    """The lines that 张三 reads about codes and passwords, the newest first, without the time."""
    herself = User.objects.get(pk=place.herself.pk)  # whose password may be another by now
    body = signed_in(herself).get(MY_LOOKS).content.decode().partition('id="opened"')[2]
    return [f"{action} {name}" for action, name in re.findall(r"<strong>(.*?)</strong>，账号 (\S+?)</li>", body)]


def test_a_teacher_reads_who_gave_out_a_code_and_that_it_was_used(place: Place) -> None:
    assert traces(place) == []
    code = code_of(place.teacher, place)
    assert traces(place) == ["发放登录码 staff"]
    assert try_code("A-1", code).status_code == 302
    assert traces(place) == ["用登录码重设密码 teacher", "发放登录码 staff"]


def test_a_first_sign_in_is_read_too(place: Place) -> None:
    newcomer = make_teacher(place.school, name="李四", staff_number="A-2")
    try_code("A-2", code_of(newcomer, place))
    account = Teacher.objects.get(pk=newcomer.pk).user
    assert account
    body = signed_in(account).get(MY_LOOKS).content.decode()
    assert "第一次登录" in body and "发放登录码" in body


def test_others_codes_and_other_steps_are_not_read_there(place: Place) -> None:
    codes.issue_codes([place.stranger], place.other_staff)
    Event.objects.create(
        subject="teacher", subject_id=place.teacher.pk, teacher=place.teacher, action="修改资料", actor_name="staff"
    )
    assert traces(place) == []


def test_the_same_form_prints_one_slip(place: Place) -> None:
    [(_, code)] = codes.issue_codes([place.teacher], place.staff, "form")
    with pytest.raises(Refusal, match="没有重发，已经印好的仍然有效"):
        codes.issue_codes([place.teacher], place.staff, "form")
    assert try_code("A-1", code).status_code == 302


def test_another_form_and_another_hand_print_anew(place: Place) -> None:
    codes.issue_codes([place.teacher], place.staff, "form")
    codes.issue_codes([place.teacher], place.reviewer, "form")
    [(_, code)] = codes.issue_codes([place.teacher], place.reviewer, "another")
    assert try_code("A-1", code).status_code == 302


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite writes one after the other anyway")
@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_four_times_at_once_prints_one_slip(cycles: None) -> None:
    place = Place()
    client = place.client("staff")
    sent = {"teacher": place.teacher.public_id, "csrfmiddlewaretoken": "as-the-page-had-it"}
    printed: list[tuple[str, str, str]] = []
    together = threading.Barrier(4)

    def send() -> None:
        browser = type(client)()
        browser.cookies = client.cookies
        together.wait()
        printed.extend(slips(browser.post(CODES, sent)))
        connections.close_all()

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    [(_, _, code)] = printed
    assert SignInCode.objects.count() == 1
    assert try_code("A-1", code).status_code == 302

"""The statements of many teachers as one document to print."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from credits.models import StatementAccess
from credits.statements import printing
from helpdesk.common.models import AuditRow
from tests.cast import Crowd, make_teachers, signed_in
from tests.credits.roster.pages import PRINT, fill

pytestmark = pytest.mark.usefixtures("cycles")


def printed(client: Client, **sent: object) -> str:
    answer = client.post(PRINT, {"cycle": "2018", "sort": "name"} | sent)
    assert answer.status_code == 200
    return answer.content.decode()


def names(body: str) -> list[str]:
    return re.findall(r'class="sheet-name"[^>]*>([^<]+)<', body)


def test_the_chosen_come_in_the_order_of_the_roster(crowd: Crowd) -> None:
    fill(crowd)
    crowd.teacher.transfer(crowd.other, date(2020, 9, 1))
    body = printed(signed_in(crowd.reviewer), all="1")
    assert names(body) == ["李四", "王五", "张三"]
    assert "还差 26 学分" in body and "已达到要求" in body
    assert "桃源一小：（起始日期未登记）— 2020 年 8 月 31 日" in body
    assert body.count("经办人：") == 3 and body.count("依据的原文</h2>") == 1
    ids = re.findall(r' id="([^"]+)"', body)
    assert len(ids) == len(set(ids))


def test_each_sheet_says_what_the_page_of_its_teacher_says(crowd: Crowd) -> None:
    fill(crowd)
    client = signed_in(crowd.reviewer)
    body = printed(client, teacher=[crowd.teacher.public_id])
    alone = client.get(f"/credits/teachers/{crowd.teacher.public_id}/?cycle=2018").content.decode()

    def told(page: str) -> str:
        statement = page.partition('<header class="verdict')[2].partition("</section>")[0]
        return re.sub("<[^>]*>", " ", statement)

    assert told(body).split() == told(alone).split() != []
    shown = re.findall(r'href="#(clause-\w+)"', body)
    assert shown and all(f'id="{clause}"' in body for clause in shown)


def test_only_so_many_are_printed_at_once_and_that_is_said(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST_PRINTED", 2)
    body = printed(signed_in(crowd.reviewer), all="1")
    assert len(names(body)) == 2
    assert "您选了 3 位教师，一次最多打印 2 位：下面是排在前面的 2 位。" in body
    assert StatementAccess.objects.count() == 2
    assert "一次最多打印" not in printed(signed_in(crowd.staff), all="1")


def test_a_print_is_a_look_at_each_and_an_export(crowd: Crowd) -> None:
    printed(signed_in(crowd.staff), all="1")
    looks = StatementAccess.objects.filter(viewer=crowd.staff).values_list("teacher__name", "kind")
    assert sorted(looks) == [("张三", "print"), ("李四", "print")]
    row = AuditRow.objects.get(kind="export")
    assert (row.actor_id, row.detail) == (crowd.staff.pk, {"what": "print", "teachers": 2})


def test_nobody_is_printed_who_is_not_in_charge_of(crowd: Crowd) -> None:
    answer = signed_in(crowd.staff).post(PRINT, {"teacher": [crowd.stranger.public_id]}, follow=True)
    assert "还没有选教师" in answer.content.decode()
    assert not StatementAccess.objects.filter(kind="print").exists()


def test_a_further_teacher_takes_few_queries(crowd: Crowd) -> None:
    client = signed_in(crowd.staff)
    with CaptureQueriesContext(connection) as few:
        printed(client, all="1")
    make_teachers(crowd.school, 20)
    with CaptureQueriesContext(connection) as many:
        printed(client, all="1")
    assert len(many) - len(few) <= 3 * 20  # what waits for a decision is asked of each

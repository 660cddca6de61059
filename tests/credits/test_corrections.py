"""我的学分记错了: from the teacher's own line to the school, perhaps above it, and back with an answer."""

from __future__ import annotations

from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from credits.models import CorrectionRequest, Event, Membership, StatementAccess
from credits.steps import corrections as steps
from helpdesk.common.decisions import Refusal
from tests.cast import Place, make_activity, make_plan, signed_in

pytestmark = pytest.mark.django_db
NEW = "/credits/mine/corrections/new/"
WRONG = "应该是 3 学时，见备案表。"


def page(client: Client, path: str) -> str:
    return unescape(client.get(path).content.decode())


def filed(place: Place, **fields: Any) -> CorrectionRequest:
    given = {"text": WRONG, "records": "s1", "line": "听课：计入 1 学分。"} | fields
    return steps.file(place.teacher, place.herself, **given)


def decide(client: Client, request: CorrectionRequest, step: str, reply: str = "已改为 3 学时。") -> Any:
    return client.post(f"/credits/corrections/{request.public_id}/", {"step": step, "reply": reply})


# --- filing --------------------------------------------------------------------------------------------------------


def test_a_line_of_ones_own_statement_leads_there(cycles: None, place: Place) -> None:
    plan = make_plan(place.school, 2023)
    activity = make_activity(place.teacher, plan=plan, completed_on="2023-10-01")
    herself = place.client("herself")
    assert f"line=s{activity.pk}" in page(herself, "/credits/mine/?cycle=2023")
    asked = page(herself, f"{NEW}?cycle=2023&line=s{activity.pk}")
    assert "这条记错了" not in asked
    assert "交给学校核对" in asked
    answer = herself.post(f"{NEW}?cycle=2023&line=s{activity.pk}", {"text": WRONG})
    assert (answer.status_code, answer["Location"]) == (302, "/credits/mine/corrections/")
    request = CorrectionRequest.objects.get()
    assert (request.teacher, request.office, request.state) == (place.teacher, place.school, "filed")
    assert request.records == f"s{activity.pk}"
    assert "学分" in request.line
    assert WRONG in page(herself, "/credits/mine/corrections/")


def test_staff_see_no_such_link_at_a_teachers_statement(cycles: None, place: Place) -> None:
    make_activity(place.teacher, plan=make_plan(place.school, 2023), completed_on="2023-10-01")
    statement = page(place.client("staff"), f"/credits/teachers/{place.teacher.public_id}/?cycle=2023")
    assert "这条记错了" not in statement


def test_a_line_that_is_gone_is_told_and_filed_without(cycles: None, place: Place) -> None:
    herself = place.client("herself")
    assert "现在已经不在核对结果里了" in page(herself, f"{NEW}?line=s999")
    herself.post(f"{NEW}?line={quote('s999')}", {"text": WRONG})
    assert CorrectionRequest.objects.values_list("records", "line").get() == ("", "")


@pytest.mark.parametrize("text", ["", "  \n", "字" * 1001])
def test_words_that_are_none_or_too_many_are_refused(place: Place, text: str) -> None:
    answer = place.client("herself").post(NEW, {"text": text})
    assert answer.status_code == 200
    assert ("请写一句哪里不对" if not text.strip() else "最多 1,000 个字") in answer.content.decode()
    assert not CorrectionRequest.objects.exists()


def test_the_same_words_twice_are_one_request(place: Place) -> None:
    assert filed(place) == filed(place)
    with pytest.raises(Refusal, match="已经提出过，正在办理"):
        filed(place, text="还有别的不对。")
    assert Event.objects.filter(subject="correction").count() == 1


def test_too_many_open_ones_wait_for_the_first(place: Place) -> None:
    for number in range(steps.MOST_OPEN):
        filed(place, records=f"s{number}")
    with pytest.raises(Refusal, match="20 条正在办理"):
        filed(place, records="s99")


def test_a_school_without_staff_leaves_it_to_the_body_above(place: Place) -> None:
    Membership.objects.filter(organization=place.school).delete()
    assert filed(place).office == place.county


def test_only_a_teacher_files_for_oneself(place: Place) -> None:
    assert signed_in(place.staff).get(NEW).status_code == 404
    with pytest.raises(PermissionDenied):
        steps.file(place.stranger, place.herself, WRONG)
    assert not CorrectionRequest.objects.exists()


# --- deciding ------------------------------------------------------------------------------------------------------


def test_the_school_corrects_and_says_what(place: Place) -> None:
    request = filed(place)
    staff = place.client("staff")
    assert "张三" in page(staff, "/credits/corrections/")
    assert "张三（桃源一小）" in page(staff, "/credits/work/")
    assert decide(staff, request, "corrected").status_code == 302
    request.refresh_from_db()
    assert (request.state, request.reply, request.decided_by) == ("corrected", "已改为 3 学时。", place.staff)
    told = page(place.client("herself"), "/credits/mine/corrections/")
    assert "已更正" in told
    assert "已改为 3 学时。" in told
    assert "staff" not in told
    assert "张三" not in page(staff, "/credits/corrections/")
    assert "张三" in page(staff, "/credits/corrections/?status=all")


@pytest.mark.parametrize(
    ("step", "sentence"),
    [("corrected", "请写明改了什么。"), ("refused", "请写明为什么不更正"), ("pass_on", "为什么要上级来办")],
)
def test_no_step_goes_without_a_word(place: Place, step: str, sentence: str) -> None:
    request = filed(place)
    answer = decide(place.client("staff"), request, step, " ")
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    request.refresh_from_db()
    assert request.state == "filed"


def test_the_school_passes_on_and_the_county_decides(place: Place) -> None:
    request = filed(place)
    decide(place.client("staff"), request, "pass_on", "这条是县里审核的。")
    request.refresh_from_db()
    assert (request.state, request.office) == ("passed_on", place.county)
    assert place.client("staff").get(f"/credits/corrections/{request.public_id}/").status_code == 404
    assert decide(place.client("reviewer"), request, "refused", "以证书为准。").status_code == 302
    assert "没有更正" in page(place.client("herself"), "/credits/mine/corrections/")


def test_nobody_decides_on_ones_own(place: Place) -> None:
    Membership.objects.create(user=place.herself, organization=place.school, role="staff")
    request = filed(place)
    answer = decide(place.client("herself"), request, "corrected")
    assert "自己的更正申请" in answer.content.decode()
    request.refresh_from_db()
    assert request.is_open


def test_a_decision_is_on_what_was_seen_and_taken_once(place: Place) -> None:
    request = filed(place)
    with pytest.raises(Refusal, match="内容有变化"):
        steps.decide(request, True, "改了。", place.staff, seen="0" * 20)
    steps.decide(request, True, "改了。", place.staff)
    with pytest.raises(Refusal, match="已经办结了"):
        steps.decide(request, False, "不改。", place.staff)


def test_words_stay_where_a_colleague_was_first(place: Place) -> None:
    request = filed(place)
    client, address = place.client("staff"), f"/credits/corrections/{request.public_id}/"
    seen = client.get(address).context["seen"]
    steps.decide(request, True, "同事已经改了。", place.staff)
    answer = client.post(address, {"step": "refused", "reply": "我写了很久的原因", "seen": seen})
    shown = answer.content.decode()
    assert "内容有变化" in shown and "同事已经改了。" in shown and "我写了很久的原因" in shown
    assert "我写了很久的原因" not in page(client, address)


def test_others_neither_see_nor_decide(place: Place) -> None:
    request = filed(place)
    for who in ("other_staff", "herself", "editor", "nobody"):
        assert decide(place.client(who), request, "corrected").status_code in (403, 404)
    request.refresh_from_db()
    assert request.is_open


def test_a_look_at_it_is_recorded(place: Place) -> None:
    request = filed(place)
    place.client("staff").get(f"/credits/corrections/{request.public_id}/")
    assert StatementAccess.objects.filter(teacher=place.teacher, viewer=place.staff).exists()


def test_the_queue_of_questions_names_it(place: Place) -> None:
    filed(place)
    assert "学分更正（1）" in page(place.client("staff"), "/questions/")
    assert "学分更正" not in page(place.client("editor"), "/questions/")
    assert "没帮助的意见（0）" in page(place.client("editor"), "/questions/")

"""我的学分记错了: filed by the teacher, decided by the school or, passed on, by the body above it.

The decision itself changes no record: whoever decides corrects that first, by the step that is there for it, with its
own refusals and history.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.utils import timezone

from helpdesk.common.decisions import Refusal, demand_seen, locked, step

from ..models import CorrectionRequest, Organization, Teacher
from .history import record
from .people import demand_of_others
from .rights import demand

State = CorrectionRequest.State
MOST_OPEN = 20
LONGEST_LINE = 500


@step
def file(teacher: Teacher, by: User, text: str, *, records: str = "", line: str = "") -> CorrectionRequest:
    """Files what a teacher says of a line of their own statement; `records` and `line` are as the statement has them.

    The same words about the same line, sent again while it is open, are the same request. Raises PermissionDenied
    for another teacher's, Refusal for other words about a line that is open, and for too many.
    """
    demand(teacher.user_id == by.pk)
    row = locked(Teacher.objects.select_related("school__parent"), teacher.pk)
    text = _demanded(text, "text", "请写一句哪里不对，比如应该是多少、以哪份材料为准。")
    records = records[:200]
    there = row.correction_requests.open().filter(records=records).first()
    if there is not None:
        if there.text == text:
            return there
        raise Refusal("这一条您已经提出过，正在办理。想补充的话，请直接联系学校。")
    if row.correction_requests.open().count() >= MOST_OPEN:
        raise Refusal(f"您有 {MOST_OPEN} 条正在办理，请等办完一些再提。")
    office = _office_of(row.school)
    filed = CorrectionRequest.objects.create(
        teacher=row, records=records, line=line[:LONGEST_LINE], text=text, office=office
    )
    record(filed, "提出更正", by, text)
    return filed


@step
def pass_on(request: CorrectionRequest, reason: str, by: User, *, seen: str = "") -> None:
    """已收到 → 已交上级, with a word why: what was reviewed, the school cannot correct by itself."""
    row = _to_decide_on(request, by, "办理", seen)
    if row.office is None or row.office.parent is None:
        raise Refusal("上面没有别的部门了，请在这里办结。")
    above = _office_of(row.office.parent)
    reason = _demanded(reason, "reply", "请写一句为什么要上级来办。")
    row.office, row.state = above, State.PASSED_ON
    row.save(update_fields=["office", "state"])
    record(row, "交上级办理", by, reason)


@step
def decide(request: CorrectionRequest, corrected: bool, reply: str, by: User, *, seen: str = "") -> None:
    """Ends it: corrected or not, with what was corrected or why not, which the teacher reads."""
    row = _to_decide_on(request, by, "办理", seen)
    missing = "请写明改了什么。" if corrected else "请写明为什么不更正，老师才明白。"
    row.reply = _demanded(reply, "reply", missing)
    row.state = State.CORRECTED if corrected else State.REFUSED
    row.decided_at, row.decided_by = timezone.now(), by
    row.save(update_fields=["reply", "state", "decided_at", "decided_by"])
    record(row, "已更正" if corrected else "没有更正", by, row.reply)


def _to_decide_on(request: CorrectionRequest, by: User, verb: str, seen: str) -> CorrectionRequest:
    """Returns the request, locked after its teacher; raises Refusal where it is one's own, ended, or changed."""
    teacher = locked(Teacher.objects.all(), request.teacher_id)
    demand_of_others(teacher, by, f"{verb}自己的更正申请")
    row = locked(CorrectionRequest.objects.select_related("office__parent", "teacher"), request.pk)
    demand(CorrectionRequest.objects.decided_by(by).filter(pk=row.pk).exists())
    demand_seen(seen, row)
    if not row.is_open:
        raise Refusal("这一条已经办结了。")
    return row


def _office_of(organization: Organization) -> Organization | None:
    """Returns the nearest organisation, from this one upwards, at which somebody works; None where nobody does."""
    found: Organization | None = organization
    while found is not None and not found.memberships.filter(user__is_active=True).exists():
        found = found.parent
    return found


def _demanded(text: str, field: str, missing: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refusal({field: missing})
    if len(text) > CorrectionRequest.LONGEST:
        raise Refusal({field: f"最多 {CorrectionRequest.LONGEST:,} 个字，现在有 {len(text):,} 个。"})
    return text

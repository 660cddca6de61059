"""A page of slips to print, each with the code with which a teacher signs in for the first time."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from helpdesk.common.decisions import Refusal

from ..models import Teacher
from ..models.access import CODE_LENGTH
from ..statements.roster import Roster, selected_teachers
from ..steps import codes as steps
from .common import for_staff, require_get_or_post, staff_page, statement_address, user_of

MOST_CODES = 2000
MOST_REASONS = 5
#: For more than so many that were found, not ticked, the page asks once more.
MOST_UNASKED = 30
#: Key of the session for the forms that codes were issued for, so that a reload does not void the printed ones.
SENT, MOST_SENT = "codes_sent", 20
#: Codes are printed in two groups of so many characters.
HALF = CODE_LENGTH // 2
SECTION = "teachers"


@for_staff
@require_get_or_post
def codes(request: HttpRequest) -> HttpResponse:
    """Issues codes for the chosen teachers and shows them this once; a GET of the address leads to the roster."""
    if request.method != "POST":
        return redirect("credits:teachers")
    chosen = _chosen(request)
    if len(chosen) > MOST_CODES:
        messages.error(request, f"一次最多发 {MOST_CODES} 张登录码，请先按学校筛选，再分几次发。")
        return redirect("credits:teachers")
    if _digest(request) in request.session.get(SENT, []):
        messages.error(request, steps.SENT_ALREADY)
        return redirect(_statement_of_one(chosen) or Roster(user_of(request), request.POST).address)
    refused = steps.without_code(chosen)
    fit = [teacher for teacher in chosen if teacher.pk not in refused]
    if fit and _must_ask(request, len(chosen)):
        return _ask(request, found=len(chosen), number=len(fit))
    return _issue(request, chosen, fit, list(refused.values()))


def _chosen(request: HttpRequest) -> list[Teacher]:
    """Returns the chosen teachers by school, one more than `MOST_CODES` where they are too many."""
    teachers = selected_teachers(request).select_related("school", "user")
    return list(teachers.order_by("school__name", "staff_number")[: MOST_CODES + 1])


def _digest(request: HttpRequest) -> str:
    """Returns a digest of the form as sent: every opened page has a token of its own, which a reload sends again."""
    sent = repr(sorted(request.POST.lists()))
    return hashlib.sha256(sent.encode()).hexdigest()


def _statement_of_one(chosen: list[Teacher]) -> str:
    """Returns the address of the statement where one teacher was chosen, else nothing."""
    return statement_address(chosen[0]) if len(chosen) == 1 else ""


def _must_ask(request: HttpRequest, found: int) -> bool:
    """Returns True for many teachers who were found, not ticked one by one, in a number that was not confirmed."""
    many = found > MOST_UNASKED and bool(request.POST.get("all"))
    return many and request.POST.get("confirmed") != str(found)


def _ask(request: HttpRequest, *, found: int, number: int) -> HttpResponse:
    """Asks whether `number` of the teachers that were `found` are to have a code."""
    roster = Roster(user_of(request), request.POST)
    counts = {"found": found, "number": number, "without": found - number}
    return staff_page(request, "codes_ask.html", SECTION, roster=roster, **counts)


def _issue(request: HttpRequest, chosen: list[Teacher], fit: list[Teacher], reasons: list[str]) -> HttpResponse:
    """Issues codes for those who are `fit`; `reasons` say why the others have none."""
    issued = []
    try:
        issued = steps.issue_codes(fit, user_of(request), _digest(request))
    except Refusal as refusal:  # somebody retired, or the same form was sent twice, in this moment
        reasons = refusal.messages
    if not issued:
        return _none_issued(request, chosen, reasons)
    sent = [*request.session.get(SENT, []), _digest(request)]
    request.session[SENT] = sent[-MOST_SENT:]
    return staff_page(
        request,
        "codes.html",
        SECTION,
        slips=[(teacher, f"{code[:HALF]}-{code[HALF:]}") for teacher, code in issued],
        refused=reasons,
        until=issued[0][0].sign_in_code.expires_at,
        address=request.build_absolute_uri(reverse("first-sign-in")),
    )


def _none_issued(request: HttpRequest, chosen: list[Teacher], reasons: list[str]) -> HttpResponse:
    for reason in reasons[:MOST_REASONS] or ["请先选要发登录码的教师。"]:
        messages.error(request, reason)
    return redirect(_statement_of_one(chosen) or "credits:teachers")

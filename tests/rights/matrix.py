"""The rights matrix: every address × everybody.

`MATRIX` names each address of the portal with the answer that each person gets. What a person may not do changes
nothing in the database, whatever they send; what they may do does change it, so the data sent is real.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.core.files.uploadedfile import SimpleUploadedFile

from credits.spreadsheets.template import template
from tests.rights.world import World

PEOPLE = ("anonymous", "herself", "editor", "auditor", "staff", "other_staff", "reviewer", "superuser")

Path = str | Callable[[World], str]
Data = dict[str, Any] | Callable[[World], dict[str, Any]]


def answers(**given: int) -> dict[str, int]:
    """Status of a GET by person; `others` is that of everybody who is not named."""
    others = given.pop("others", 200)
    return {who: given.get(who, others) for who in PEOPLE}


#: 302 leads to signing in.
EVERYBODY = answers()
STAFF = answers(anonymous=302, herself=403, editor=403, auditor=403)
OF_A = answers(anonymous=302, herself=403, editor=403, auditor=403, other_staff=404)
TO_ROSTER = answers(anonymous=302, herself=403, editor=403, auditor=403, others=302)
STATEMENT_OF_A = answers(anonymous=302, herself=404, editor=404, auditor=404, other_staff=404)
OF_COUNTY = answers(anonymous=302, herself=403, editor=403, auditor=403, staff=404, other_staff=404)
KEPT_BY_COUNTY = answers(anonymous=302, herself=403, editor=403, auditor=403, staff=403, other_staff=403)
OWNED_BY_STAFF = answers(anonymous=302, herself=403, editor=403, auditor=403, staff=200, others=404)
OF_EDITORS = answers(anonymous=302, editor=200, superuser=200, others=403)
OWN = answers(anonymous=302, herself=200, others=404)
ANSWERERS = answers(anonymous=302, herself=403, auditor=403)
QUESTION_OF_A = answers(anonymous=302, herself=403, auditor=403, editor=404, other_staff=404)
#: How an address that takes POST alone answers a GET: before it looks whose row it is, so the same to all staff.
POST_ONLY = {200: 405, 404: 405}
#: Target of a 302 for those who are let in, by name; everywhere else it leads to signing in.
LEADS = {"favicon": "/static/", "faq:feedback": "/faq/credits-01/", "credits:codes": "/credits/teachers/"}
LEADS["credits:activities-new"] = "/credits/teachers/"
#: The page signing in leads to, for those who owe no code.
LEADS["account-code"] = "/"


def post_only(gets: dict[str, int]) -> dict[str, int]:
    return {who: POST_ONLY.get(status, status) for who, status in gets.items()}


#: Headers of a form that a page of ours sends.
FROM_HERE = {"Origin": "http://testserver"}
ALL, WORKERS = set(PEOPLE), {"staff", "other_staff", "reviewer", "superuser"}
EDITORS = {"editor", "superuser"}
IN_CHARGE, ABOVE = {"staff", "reviewer", "superuser"}, {"reviewer", "superuser"}


@dataclass
class Address:
    """An address with each person's answer to a GET; and what a POST that changes something sends, and who may."""

    path: Path
    get: dict[str, int]
    post: Data | None = None
    may: set[str] = field(default_factory=set)
    # Headers in which a browser tells of the page that sends it, where that stands in for the CSRF token.
    headers: dict[str, str] = field(default_factory=dict)
    #: True where a POST changes nothing in the tables, so that everybody who may read may send one.
    keeps_nothing: bool = False


def of_teacher(end: str = "") -> Callable[[World], str]:
    return lambda world: f"/credits/teachers/{world.row.public_id}/{end}"


def of_question(end: str = "") -> Callable[[World], str]:
    return lambda world: f"/questions/{world.question.public_id}/{end}"


def xlsx(world: World) -> dict[str, Any]:
    return {"kind": "teachers", "file": SimpleUploadedFile("教师.xlsx", template("teachers"))}


ACTIVITY = {"activity": "school_training", "amount": "1", "completed_on": "2024-01-05", "has_record": "on"}
DEGREE = {"level": "doctor", "title": "", "awarded_on": "2024-06-30"}
OFFSET = {"basis": "自修", "evidence": "", "awarded_on": "2020-05-01"}

MATRIX: dict[str, Address] = {
    # questions and answers, and the site itself
    "faq:home": Address("/", EVERYBODY),
    "faq:search": Address("/search/?q=折算", EVERYBODY),
    "faq:browse": Address("/faq/", EVERYBODY),
    "faq:category": Address("/faq/category/credits/", EVERYBODY),
    "faq:entry": Address("/faq/credits-01/", EVERYBODY),
    "faq:guides": Address("/guide/", EVERYBODY),
    "faq:guide": Address("/guide/login/", EVERYBODY),
    "faq:guide-step": Address("/guide/login/platform/phone/bound/", EVERYBODY),
    "faq:guide-letter": Address("/guide/credits-account/letter/unit/", EVERYBODY),
    "faq:feedback": Address(
        "/faq/credits-01/feedback/",
        answers(others=302),
        {"helpful": "0", "reason": "fails", "comment": "没有这个按钮"},
        ALL,
        FROM_HERE,
    ),
    "faq:ask": Address(
        "/ask/",
        EVERYBODY,
        lambda world: {"text": "在哪里看学分？", "send": "1", "form_key": world.form_key},
        ALL,
        FROM_HERE,
    ),
    "faq:ask-find": Address("/ask/find/", EVERYBODY, keeps_nothing=True, headers=FROM_HERE),
    "faq:ask-look": Address("/ask/look/", post_only(EVERYBODY), keeps_nothing=True, headers=FROM_HERE),
    "faq:ask-mine": Address("/ask/mine/", answers(anonymous=302)),
    "faq:ask-helped": Address("/ask/helped/credits-01/", post_only(EVERYBODY), {}, ALL, FROM_HERE),
    "faq:ask-follow": Address(
        lambda world: f"/ask/{world.question.token}/", EVERYBODY, {"do": "add", "text": "补充"}, ALL, FROM_HERE
    ),
    "faq:ask-picture": Address(
        lambda world: f"/ask/{world.question.token}/pictures/{'a' * 32}.png", answers(others=404)
    ),
    "api:questions": Address("/api/v1/questions", post_only(EVERYBODY), keeps_nothing=True),
    "api:question": Address(lambda world: f"/api/v1/questions/{world.question.token}", EVERYBODY),
    "faq:question-entry": Address(
        lambda world: f"/questions/{world.answered.public_id}/entry/",
        OF_EDITORS,
        lambda world: {"question": "学分怎么折算？", "answer": "自动折算。", "category": world.category.pk},
        EDITORS,
    ),
    "faq:question-phrasing": Address(
        lambda world: f"/questions/{world.answered.public_id}/phrasing/",
        OF_EDITORS,
        {"phrasing": "折算是怎么回事", "entry": "credits-01"},
        EDITORS,
    ),
    # questions that readers asked, for those who answer them
    "faq:questions": Address("/questions/", ANSWERERS),
    "faq:question-numbers": Address("/questions/numbers/", ANSWERERS),
    "faq:question-suggested": Address(
        "/questions/suggested/", OF_EDITORS, lambda world: {"question": world.suggested.public_id}, EDITORS
    ),
    "faq:question-opinions": Address(
        "/questions/opinions/", OF_EDITORS, lambda world: {"opinion": world.opinion.pk}, EDITORS
    ),
    "faq:question": Address(of_question(), QUESTION_OF_A, {"do": "take"}, IN_CHARGE),
    "faq:question-picture": Address(
        of_question(f"pictures/{'a' * 32}.png"), answers(anonymous=302, herself=403, auditor=403, others=404)
    ),
    "api:search": Address("/api/v1/search?q=折算", EVERYBODY),
    "api:suggest": Address("/api/v1/suggest?q=折算", EVERYBODY),
    "api:entries": Address("/api/v1/entries/", EVERYBODY),
    "api:entry": Address("/api/v1/entries/credits-01/", EVERYBODY),
    "api:credit-statement": Address("/api/v1/credits/statement", post_only(EVERYBODY), keeps_nothing=True),
    "api:upgrade-check": Address("/api/v1/upgrade/check", post_only(EVERYBODY), keeps_nothing=True),
    "api:upgrade-points": Address("/api/v1/upgrade/points", post_only(EVERYBODY), keeps_nothing=True),
    "api:openapi": Address("/api/v1/openapi.json", EVERYBODY),
    "sign-in": Address("/sign-in/", EVERYBODY, keeps_nothing=True),
    "first-sign-in": Address("/sign-in/first/", EVERYBODY, keeps_nothing=True),
    "sign-out": Address("/sign-out/", post_only(EVERYBODY), keeps_nothing=True),
    # one's own account
    "account": Address("/account/", answers(anonymous=302)),
    "account-password": Address("/account/password/", answers(anonymous=302), keeps_nothing=True),
    "account-factor": Address(
        "/account/second-factor/",
        answers(anonymous=302, herself=404),
        {"step": "begin"},
        {"editor", "auditor", "staff", "other_staff", "reviewer", "superuser"},
    ),
    "account-code": Address("/account/code/", answers(others=302), keeps_nothing=True),
    "account-leave": Address("/account/sign-out/", post_only(answers(anonymous=302)), keeps_nothing=True),
    "picture": Address(f"/media/{'a' * 32}.png", answers(others=404)),
    "styleguide": Address("/styleguide/", answers(others=404)),
    "appearance": Address("/appearance/", post_only(EVERYBODY), keeps_nothing=True),
    "worker": Address("/sw.js", EVERYBODY),
    "offline": Address("/offline/", EVERYBODY),
    "manifest": Address("/manifest.webmanifest", EVERYBODY),
    "sitemap": Address("/sitemap.xml", EVERYBODY, keeps_nothing=True),
    "sitemap-section": Address("/sitemap-entries.xml", EVERYBODY, keeps_nothing=True),
    "robots": Address("/robots.txt", EVERYBODY),
    "favicon": Address("/favicon.ico", answers(others=302)),
    "healthz": Address("/healthz", EVERYBODY),
    "readyz": Address("/readyz", EVERYBODY),
    "metrics": Address("/metrics", answers(others=404)),  # off, as by default; tests/test_metrics.py has it on
    # credits, for everybody and for oneself
    "credits:check": Address("/credits/check/", EVERYBODY, keeps_nothing=True),
    "upgrade": Address("/upgrade/", EVERYBODY, keeps_nothing=True),
    "credits:rules": Address("/credits/rules/", EVERYBODY),
    "privacy": Address("/privacy/", EVERYBODY),
    "credits:mine": Address("/credits/mine/", OWN),
    "credits:my-what-if": Address("/credits/mine/what-if/", OWN, keeps_nothing=True),
    "credits:my-looks": Address("/credits/mine/looks/", OWN),
    "credits:my-corrections": Address("/credits/mine/corrections/", OWN),
    "credits:correction-new": Address("/credits/mine/corrections/new/", OWN, {"text": "少了一次培训。"}, {"herself"}),
    "credits:corrections": Address("/credits/corrections/", STAFF),
    "credits:correction": Address(
        lambda world: f"/credits/corrections/{world.correction.public_id}/",
        OF_A,
        {"step": "refused", "reply": "以证书为准。"},
        IN_CHARGE,
    ),
    # lists of what is in one's charge
    "credits:work": Address("/credits/work/", STAFF),
    "credits:teachers": Address("/credits/teachers/", STAFF),
    "credits:picture": Address("/credits/teachers/picture/", STAFF),
    "credits:looks": Address("/credits/looks/", STAFF),
    "credits:projects": Address("/credits/projects/", STAFF, lambda world: {"project": world.project.pk}, ABOVE),
    "credits:plans": Address("/credits/plans/", STAFF),
    "credits:degrees": Address("/credits/degrees/", STAFF),
    "credits:offsets": Address("/credits/offsets/", STAFF),
    "credits:safety-net": Address("/credits/safety-net/", STAFF),
    # teachers
    "credits:teacher": Address(of_teacher(), STATEMENT_OF_A),
    "credits:what-if": Address(of_teacher("what-if/"), STATEMENT_OF_A, keeps_nothing=True),
    "credits:records": Address(of_teacher("records/"), OF_A),
    "credits:teacher-new": Address(
        "/credits/teachers/new/",
        STAFF,
        lambda world: {
            "staff_number": "A-100",
            "name": "吴九",
            "school": world.place.school.pk,
            "position": "teaching",
            "formally_employed_on": "",
            "subject": "",
            "stage": "",
        },
        IN_CHARGE,
    ),
    "credits:teacher-edit": Address(
        of_teacher("edit/"),
        OF_A,
        {"staff_number": "A-1", "name": "张三丰", "position": "teaching", "formally_employed_on": "2010-09-01"},
        IN_CHARGE,
    ),
    "credits:teacher-transfer": Address(
        of_teacher("transfer/"), OF_A, lambda world: {"school": world.place.other.pk, "on": "2025-09-01"}, ABOVE
    ),
    "credits:teacher-end": Address(of_teacher("end/"), OF_A, {"status": "retired", "on": "2025-09-01"}, IN_CHARGE),
    "credits:teacher-return": Address(
        lambda world: f"/credits/teachers/{world.gone.public_id}/return/", post_only(OF_A), {}, IN_CHARGE
    ),
    "credits:codes": Address("/credits/codes/", TO_ROSTER, lambda world: {"teacher": [world.row.public_id]}, IN_CHARGE),
    "credits:export": Address(
        "/credits/teachers/export/", post_only(STAFF), lambda world: {"teacher": [world.row.public_id]}, IN_CHARGE
    ),
    "credits:print": Address(
        "/credits/teachers/print/", post_only(STAFF), lambda world: {"teacher": [world.row.public_id]}, IN_CHARGE
    ),
    "credits:picture-export": Address("/credits/teachers/picture/export/", post_only(STAFF), keeps_nothing=True),
    "credits:recompute": Address(
        "/credits/teachers/recompute/", post_only(STAFF), lambda world: {"teacher": [world.row.public_id]}, IN_CHARGE
    ),
    "credits:activities-new": Address(
        "/credits/activities/new/",
        TO_ROSTER,
        lambda world: ACTIVITY | {"teacher": [world.row.public_id], "save": "1"},
        IN_CHARGE,
    ),
    "credits:activity-new": Address(of_teacher("activities/new/"), OF_A, ACTIVITY, IN_CHARGE),
    "credits:activity": Address(
        lambda world: of_teacher(f"activities/{world.activity.pk}/")(world), OF_A, ACTIVITY, IN_CHARGE
    ),
    "credits:activity-delete": Address(
        lambda world: of_teacher(f"activities/{world.activity.pk}/delete/")(world), post_only(OF_A), {}, IN_CHARGE
    ),
    "credits:degree-new": Address(of_teacher("degrees/new/"), OF_A, DEGREE, IN_CHARGE),
    "credits:degree-edit": Address(
        lambda world: of_teacher(f"degrees/{world.degree.pk}/")(world), OF_A, DEGREE, IN_CHARGE
    ),
    "credits:degree-delete": Address(
        lambda world: of_teacher(f"degrees/{world.degree.pk}/delete/")(world), post_only(OF_A), {}, IN_CHARGE
    ),
    "credits:degree": Address(
        lambda world: f"/credits/degrees/{world.degree.pk}/", OF_A, {"step": "credit", "credits": "5"}, ABOVE
    ),
    "credits:offset-new": Address(of_teacher("offsets/new/"), OF_A, OFFSET, IN_CHARGE),
    "credits:offset-edit": Address(
        lambda world: of_teacher(f"offsets/{world.offset.pk}/")(world), OF_A, OFFSET, IN_CHARGE
    ),
    "credits:offset-delete": Address(
        lambda world: of_teacher(f"offsets/{world.offset.pk}/delete/")(world), post_only(OF_A), {}, IN_CHARGE
    ),
    "credits:offset": Address(
        lambda world: f"/credits/offsets/{world.offset.pk}/", OF_A, {"step": "credit", "credits": "5"}, ABOVE
    ),
    # projects: the county's, published; its results are those of each one's own teachers
    "credits:project-new": Address(
        "/credits/projects/new/",
        STAFF,
        lambda world: {
            "name": "新项目",
            "code": "",
            "organizer": world.place.county.pk,
            "category": "county",
            "hours": "10",
            "starts_on": "",
            "ends_on": "2024-07-01",
        },
        ABOVE,
    ),
    "credits:project": Address("/credits/projects/P-1/", STAFF, {"step": "review", "all": "1"}, ABOVE),
    "credits:project-edit": Address(
        "/credits/projects/P-1/edit/",
        KEPT_BY_COUNTY,
        lambda world: {
            "name": "改了名",
            "organizer": world.place.county.pk,
            "category": "county",
            "hours": "10",
            "starts_on": "",
            "ends_on": "2024-07-01",
        },
        ABOVE,
    ),
    "credits:project-enter": Address("/credits/projects/P-1/enter/", STAFF, {"numbers": "A-9"}, IN_CHARGE),
    "credits:project-hours": Address("/credits/projects/P-2/hours/", STAFF, {"all": "1"}, IN_CHARGE),
    "credits:result": Address(
        lambda world: f"/credits/projects/P-1/results/{world.result.pk}/", OF_A, {"hours": "30"}, IN_CHARGE
    ),
    "credits:result-delete": Address(
        lambda world: f"/credits/projects/P-1/results/{world.result.pk}/delete/", post_only(OF_A), {}, IN_CHARGE
    ),
    # plans
    "credits:plan-new": Address(
        "/credits/plans/new/",
        STAFF,
        lambda world: {"school": world.place.school.pk, "school_year": "2025", "content": ""},
        IN_CHARGE,
    ),
    "credits:plan": Address(lambda world: f"/credits/plans/{world.plan.pk}/", OF_A, {"step": "approve"}, ABOVE),
    "credits:plan-edit": Address(
        lambda world: f"/credits/plans/{world.draft_plan.pk}/edit/", OF_A, {"content": "二十次。"}, IN_CHARGE
    ),
    "credits:safety-net-new": Address(
        "/credits/safety-net/new/",
        KEPT_BY_COUNTY,
        lambda world: {"organization": world.place.county.pk, "school_year": "2025", "forecast": "差。"},
        ABOVE,
    ),
    "credits:safety-net-plan": Address(
        lambda world: f"/credits/safety-net/{world.safety_net.pk}/", OF_COUNTY, {"step": "file"}, ABOVE
    ),
    "credits:safety-net-edit": Address(
        lambda world: f"/credits/safety-net/{world.safety_net.pk}/edit/",
        OF_COUNTY,
        {"forecast": "差很多。", "content": "补。"},
        ABOVE,
    ),
    # long work and spreadsheets: their owner's alone
    "credits:job": Address(lambda world: f"/credits/jobs/{world.job.public_id}/", OWNED_BY_STAFF),
    "credits:job-file": Address(lambda world: f"/credits/jobs/{world.job.public_id}/file/", OWNED_BY_STAFF),
    "credits:imports": Address("/credits/import/", STAFF, xlsx, WORKERS),
    "credits:import-template": Address("/credits/import/template/teachers/", STAFF),
    "credits:import": Address(lambda world: f"/credits/import/{world.imported.public_id}/", OWNED_BY_STAFF),
    "credits:import-confirm": Address(
        lambda world: f"/credits/import/{world.imported.public_id}/confirm/",
        post_only(OWNED_BY_STAFF),
        {},
        {"staff"},
    ),
    "credits:import-discard": Address(
        lambda world: f"/credits/import/{world.imported.public_id}/discard/",
        post_only(OWNED_BY_STAFF),
        {},
        {"staff"},
    ),
    "credits:import-undo": Address(
        lambda world: f"/credits/import/{world.applied.public_id}/undo/", post_only(OWNED_BY_STAFF), {}, {"staff"}
    ),
}


def leads_to_signing_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(("/sign-in/", "/admin/login/"))


#: Every model of the admin.
REGISTERED = sorted(model._meta.label_lower for model in admin.site._registry)

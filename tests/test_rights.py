"""Who may see and do what: every address × everybody, so that no address is forgotten and none lets a stranger in.

`MATRIX` names each address of the portal with the answer that each person gets. What a person may not do changes
nothing in the database, whatever they send; what they may do does change it, so the data sent is real.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from credits.models import (
    ConversionRate,
    Job,
    Membership,
    Posting,
    SafetyNetPlan,
    SignInCode,
    SpreadsheetImport,
    StatementAccess,
    TrainingCycle,
)
from credits.spreadsheets.sheets import template
from faq.models import Category, Document, Entry, Feedback, SynonymGroup
from helpdesk.management.commands.bootstrap import editors

from .credits.rows import (
    make_activity,
    make_degree,
    make_organization,
    make_plan,
    make_project,
    make_result,
    make_teacher,
)

pytestmark = pytest.mark.usefixtures("db")
PEOPLE = ("anonymous", "teacher", "editor", "staff_a", "staff_b", "reviewer", "superuser")


class World:
    """A county with schools A and B, records of A's teacher in every state, an entry, and one of each person."""

    def __init__(self) -> None:
        for code, starts, ends in (("2018", 2018, 2023), ("2023", 2023, 2028)):
            numbers = {"coordinated_required": 26, "self_directed_required": 10, "degree_offset_cap": 8}
            caps = {"safety_net_cap_per_school_year": "1.5", "safety_net_cap_per_cycle": "7.5", "hours_per_credit": 10}
            thresholds = {"county_open_classes_per_credit": 1, "school_open_classes_per_credit": 2}
            thresholds |= {"county_lectures_per_credit": 1, "school_lectures_per_credit": 2}
            self.cycle = TrainingCycle.objects.create(
                code=code,
                starts_on=date(starts, 9, 1),
                ends_on=date(ends, 8, 31),
                lessons_observed_per_credit=20,
                **numbers,
                **caps,
                **thresholds,
            )
        self.county = make_organization("county", name="桃源县")
        self.school_a = make_organization(parent=self.county, name="桃源一小")
        self.school_b = make_organization(parent=self.county, name="桃源二小")
        self.people = {name: self._person(name) for name in PEOPLE if name != "anonymous"}
        self.row = make_teacher(self.school_a, name="张三", staff_number="A-1", user=self.people["teacher"])
        self.gone = make_teacher(self.school_a, name="孙七", staff_number="A-9", status="retired")
        self.project = make_project(self.county, name="骨干班", code="P-1", ends_on=date(2024, 7, 1))
        self.result = make_result(self.row, self.project, status="entered")
        self.draft_plan = make_plan(self.school_a, 2024, status="draft", content="十次。")
        self.plan = make_plan(self.school_a, 2023, status="filed")
        self.activity = make_activity(self.row, plan=self.plan, completed_on=date(2023, 10, 1))
        self.degree = make_degree(self.row, credits=None)
        self.safety_net = SafetyNetPlan.objects.create(
            organization=self.county, school_year=2024, forecast="差。", content="补。", status="planned"
        )
        staff_a = self.people["staff_a"]
        self.job = Job.objects.create(
            kind="export", title="导出", owner=staff_a, back="/", state="done", file=b"x", file_name="x.xlsx"
        )
        self.imported = SpreadsheetImport.objects.create(
            kind="teachers",
            state="ready",
            owner=staff_a,
            organization=self.school_a,
            file_name="x.xlsx",
            rows=[[2, {"staff_number": "A-77", "name": "周八", "school": "桃源一小"}]],
            added=1,
        )
        self.applied = SpreadsheetImport.objects.create(
            kind="teachers", state="applied", owner=staff_a, file_name="y.xlsx", applied_at=timezone.now()
        )
        self.look = StatementAccess.objects.create(teacher=self.row, viewer=staff_a, viewer_name="staff_a")
        self.category = Category.objects.create(slug="credits", name="学分")
        self.entry = Entry.objects.create(
            ref="credits-01", question="怎么折算？", answer="自动折算。", category=self.category, status="published"
        )

    def _person(self, name: str) -> User:
        if name == "superuser":
            return User.objects.create_superuser(name, password="unused-password-1")
        user = User.objects.create_user(name, is_staff=name == "editor")
        match name:
            case "editor":
                user.groups.add(editors())
            case "staff_a":
                Membership.objects.create(user=user, organization=self.school_a, role="staff")
            case "staff_b":
                Membership.objects.create(user=user, organization=self.school_b, role="staff")
            case "reviewer":
                Membership.objects.create(user=user, organization=self.county, role="reviewer")
        return user

    def client(self, who: str) -> Client:
        client = Client()
        if who != "anonymous":
            client.force_login(self.people[who])
        return client


@pytest.fixture
def world(db: None) -> World:
    return World()


# --- the matrix --------------------------------------------------------------------------------------------------

Path = str | Callable[[World], str]
Data = dict[str, Any] | Callable[[World], dict[str, Any]]


def answers(**given: int) -> dict[str, int]:
    """Who gets which answer to a GET; `others` for all who are not named."""
    others = given.pop("others", 200)
    return {who: given.get(who, others) for who in PEOPLE}


#: 302 leads to signing in.
EVERYBODY = answers()
STAFF = answers(anonymous=302, teacher=403, editor=403)
OF_A = answers(anonymous=302, teacher=403, editor=403, staff_b=404)
TO_ROSTER = answers(anonymous=302, teacher=403, editor=403, others=302)
STATEMENT_OF_A = answers(anonymous=302, teacher=404, editor=404, staff_b=404)
OF_COUNTY = answers(anonymous=302, teacher=403, editor=403, staff_a=404, staff_b=404)
KEPT_BY_COUNTY = answers(anonymous=302, teacher=403, editor=403, staff_a=403, staff_b=403)
OWNED_BY_STAFF_A = answers(anonymous=302, teacher=403, editor=403, staff_a=200, others=404)
OWN = answers(anonymous=302, teacher=200, others=404)
#: How an address that takes POST alone answers a GET: before it looks whose row it is, so the same to all staff.
POST_ONLY = {200: 405, 404: 405}
#: Where a 302 leads who is let in, by name; everywhere else it leads to signing in.
LEADS = {"favicon": "/static/", "faq:feedback": "/faq/credits-01/", "credits:codes": "/credits/teachers/"}


def post_only(gets: dict[str, int]) -> dict[str, int]:
    return {who: POST_ONLY.get(status, status) for who, status in gets.items()}


ALL, WORKERS = set(PEOPLE), {"staff_a", "staff_b", "reviewer", "superuser"}
IN_CHARGE, ABOVE = {"staff_a", "reviewer", "superuser"}, {"reviewer", "superuser"}


@dataclass
class Address:
    """An address with each person's answer to a GET; and what a POST that changes something sends, and who may."""

    path: Path
    get: dict[str, int]
    post: Data | None = None
    may: set[str] = field(default_factory=set)
    # What a browser says of the page that sends it, where that stands in for the CSRF token.
    headers: dict[str, str] = field(default_factory=dict)


def of_teacher(end: str = "") -> Callable[[World], str]:
    return lambda world: f"/credits/teachers/{world.row.public_id}/{end}"


def xlsx(world: World) -> dict[str, Any]:
    return {"kind": "teachers", "file": SimpleUploadedFile("教师.xlsx", template("teachers"))}


ACTIVITY = {"activity": "school_training", "amount": "1", "completed_on": "2024-01-05", "has_record": "on"}
DEGREE = {"level": "doctor", "title": "", "awarded_on": "2024-06-30"}

MATRIX: dict[str, Address] = {
    # questions and answers, and the site itself
    "faq:home": Address("/", EVERYBODY),
    "faq:search": Address("/search/?q=折算", EVERYBODY),
    "faq:browse": Address("/faq/", EVERYBODY),
    "faq:category": Address("/faq/category/credits/", EVERYBODY),
    "faq:entry": Address("/faq/credits-01/", EVERYBODY),
    "faq:feedback": Address(
        "/faq/credits-01/feedback/",
        answers(others=302),
        {"helpful": "0", "reason": "fails", "comment": "没有这个按钮"},
        ALL,
        {"Origin": "http://testserver"},
    ),
    "api:search": Address("/api/v1/search?q=折算", EVERYBODY),
    "api:suggest": Address("/api/v1/suggest?q=折算", EVERYBODY),
    "api:entries": Address("/api/v1/entries/", EVERYBODY),
    "api:entry": Address("/api/v1/entries/credits-01/", EVERYBODY),
    "api:credit-statement": Address("/api/v1/credits/statement", post_only(EVERYBODY)),
    "api:openapi": Address("/api/v1/openapi.json", EVERYBODY),
    "sign-in": Address("/sign-in/", EVERYBODY),
    "first-sign-in": Address("/sign-in/first/", EVERYBODY),
    "sign-out": Address("/sign-out/", post_only(EVERYBODY)),
    "styleguide": Address("/styleguide/", answers(others=404)),
    "appearance": Address("/appearance/", post_only(EVERYBODY)),
    "worker": Address("/sw.js", EVERYBODY),
    "offline": Address("/offline/", EVERYBODY),
    "manifest": Address("/manifest.webmanifest", EVERYBODY),
    "sitemap": Address("/sitemap.xml", EVERYBODY),
    "robots": Address("/robots.txt", EVERYBODY),
    "favicon": Address("/favicon.ico", answers(others=302)),
    "healthz": Address("/healthz", EVERYBODY),
    "readyz": Address("/readyz", EVERYBODY),
    # credits, for everybody and for oneself
    "credits:check": Address("/credits/check/", EVERYBODY),
    "credits:rules": Address("/credits/rules/", EVERYBODY),
    "privacy": Address("/privacy/", EVERYBODY),
    "credits:mine": Address("/credits/mine/", OWN),
    "credits:my-what-if": Address("/credits/mine/what-if/", OWN),
    "credits:my-looks": Address("/credits/mine/looks/", OWN),
    # lists of what is in one's charge
    "credits:work": Address("/credits/work/", STAFF),
    "credits:teachers": Address("/credits/teachers/", STAFF),
    "credits:picture": Address("/credits/teachers/picture/", STAFF),
    "credits:looks": Address("/credits/looks/", STAFF),
    "credits:projects": Address("/credits/projects/", STAFF),
    "credits:plans": Address("/credits/plans/", STAFF),
    "credits:degrees": Address("/credits/degrees/", STAFF),
    "credits:safety-net": Address("/credits/safety-net/", STAFF),
    # teachers
    "credits:teacher": Address(of_teacher(), STATEMENT_OF_A),
    "credits:what-if": Address(of_teacher("what-if/"), STATEMENT_OF_A),
    "credits:records": Address(of_teacher("records/"), OF_A),
    "credits:teacher-new": Address(
        "/credits/teachers/new/",
        STAFF,
        lambda world: {
            "staff_number": "A-100",
            "name": "吴九",
            "school": world.school_a.pk,
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
        of_teacher("transfer/"), OF_A, lambda world: {"school": world.school_b.pk, "on": "2025-09-01"}, ABOVE
    ),
    "credits:teacher-end": Address(of_teacher("end/"), OF_A, {"status": "retired", "on": "2025-09-01"}, IN_CHARGE),
    "credits:teacher-return": Address(
        lambda world: f"/credits/teachers/{world.gone.public_id}/return/", post_only(OF_A), {}, IN_CHARGE
    ),
    "credits:codes": Address("/credits/codes/", TO_ROSTER, lambda world: {"teacher": [world.row.public_id]}, IN_CHARGE),
    "credits:export": Address(
        "/credits/teachers/export/", post_only(STAFF), lambda world: {"teacher": [world.row.public_id]}, IN_CHARGE
    ),
    "credits:recompute": Address(
        "/credits/teachers/recompute/", post_only(STAFF), lambda world: {"teacher": [world.row.public_id]}, IN_CHARGE
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
    # projects: the county's, published; its results are those of each one's own teachers
    "credits:project-new": Address(
        "/credits/projects/new/",
        STAFF,
        lambda world: {
            "name": "新项目",
            "code": "",
            "organizer": world.county.pk,
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
            "organizer": world.county.pk,
            "category": "county",
            "hours": "10",
            "starts_on": "",
            "ends_on": "2024-07-01",
        },
        ABOVE,
    ),
    "credits:project-enter": Address("/credits/projects/P-1/enter/", STAFF, {"numbers": "A-9"}, IN_CHARGE),
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
        lambda world: {"school": world.school_a.pk, "school_year": "2025", "content": ""},
        IN_CHARGE,
    ),
    "credits:plan": Address(lambda world: f"/credits/plans/{world.plan.pk}/", OF_A, {"step": "approve"}, ABOVE),
    "credits:plan-edit": Address(
        lambda world: f"/credits/plans/{world.draft_plan.pk}/edit/", OF_A, {"content": "二十次。"}, IN_CHARGE
    ),
    "credits:safety-net-new": Address(
        "/credits/safety-net/new/",
        KEPT_BY_COUNTY,
        lambda world: {"organization": world.county.pk, "school_year": "2025", "forecast": "差。"},
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
    "credits:job": Address(lambda world: f"/credits/jobs/{world.job.public_id}/", OWNED_BY_STAFF_A),
    "credits:job-file": Address(lambda world: f"/credits/jobs/{world.job.public_id}/file/", OWNED_BY_STAFF_A),
    "credits:imports": Address("/credits/import/", STAFF, xlsx, WORKERS),
    "credits:import-template": Address("/credits/import/template/teachers/", STAFF),
    "credits:import": Address(lambda world: f"/credits/import/{world.imported.public_id}/", OWNED_BY_STAFF_A),
    "credits:import-confirm": Address(
        lambda world: f"/credits/import/{world.imported.public_id}/confirm/",
        post_only(OWNED_BY_STAFF_A),
        {},
        {"staff_a"},
    ),
    "credits:import-discard": Address(
        lambda world: f"/credits/import/{world.imported.public_id}/discard/",
        post_only(OWNED_BY_STAFF_A),
        {},
        {"staff_a"},
    ),
    "credits:import-undo": Address(
        lambda world: f"/credits/import/{world.applied.public_id}/undo/", post_only(OWNED_BY_STAFF_A), {}, {"staff_a"}
    ),
}


def names(patterns: Any, prefix: str = "") -> Iterator[str]:
    """Every named address below `patterns`, the admin's aside."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
                yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


def path_of(address: Address, world: World) -> str:
    return address.path if isinstance(address.path, str) else address.path(world)


def leads_to_signing_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(("/sign-in/", "/admin/login/"))


def test_every_address_is_in_the_matrix() -> None:
    assert set(MATRIX) == set(names(get_resolver().url_patterns))


@pytest.mark.parametrize("name", MATRIX)
def test_each_person_sees_what_is_theirs_and_nothing_else(world: World, name: str) -> None:
    address = MATRIX[name]
    path = path_of(address, world)
    got = {who: world.client(who).get(path) for who in PEOPLE}
    assert {who: answer.status_code for who, answer in got.items()} == address.get
    for who, answer in got.items():
        if address.get[who] == 302:
            let_in = name in LEADS and (who != "anonymous" or not name.startswith("credits:"))
            assert answer.headers["Location"].startswith(LEADS[name]) if let_in else leads_to_signing_in(answer), who
        if address.get[who] in (403, 404):
            body = answer.content.decode()
            assert "张三" not in body, who
            assert "A-1" not in body, who


CHANGING = [name for name, address in MATRIX.items() if address.post is not None]
#: What every request may write without having done anything: counters and sessions.
INCIDENTAL = {"session", "ratecounter", "accessattempt", "accesslog", "accessfailurelog"}


def everything() -> dict[str, list[Any]]:
    models = [model for model in apps.get_models() if model._meta.model_name not in INCIDENTAL]
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


@pytest.mark.parametrize("name", CHANGING)
def test_each_person_changes_what_they_may_and_nothing_else(world: World, name: str) -> None:
    address = MATRIX[name]
    path = path_of(address, world)
    before = everything()
    for who in PEOPLE:
        data = address.post(world) if callable(address.post) else address.post
        with transaction.atomic():
            answer: HttpResponse = world.client(who).post(path, data or {}, headers=address.headers)  # type: ignore[assignment]
            after = everything()
            transaction.set_rollback(True)
        # Signing in notes its time.
        for state in (before, after):
            for user in state["auth.User"]:
                user["last_login"] = None
        if who in address.may:
            assert after != before, f"{who}: nothing was changed ({answer.status_code})"
        else:
            assert after == before, f"{who} changed something ({answer.status_code})"
            assert leads_to_signing_in(answer) or answer.status_code in (200, 302, 403, 404, 405)


@pytest.mark.parametrize("name", CHANGING)
def test_no_change_without_a_csrf_token(world: World, name: str) -> None:
    address = MATRIX[name]
    data = address.post(world) if callable(address.post) else address.post
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["superuser"])
    assert client.post(path_of(address, world), data or {}).status_code == 403


# --- the admin ---------------------------------------------------------------------------------------------------

EDITED = {"faq.entry", "faq.category", "faq.synonymgroup", "faq.feedback"}
#: What not even superusers do in the admin.
NEVER = {("credits.statementaccess", "add"), ("credits.statementaccess", "delete"), ("credits.teacher", "delete")}
NEVER |= {("faq.feedback", "add")}
REGISTERED = sorted(model._meta.label_lower for model in admin.site._registry)


def an_object(label: str, world: World) -> Any:
    model = apps.get_model(label)
    if not model._default_manager.exists():
        if model is SynonymGroup:
            SynonymGroup.objects.create(words="回放 回看")
        elif model is Feedback:
            Feedback.objects.create(entry=world.entry, voter="v", helpful=True)
        elif model is Document:
            Document.objects.create(slug="d", title="资料", year=2021)
        elif model is ConversionRate:
            ConversionRate.objects.create(cycle=world.cycle, category="county", hours_per_credit=10)
        elif model is Posting:
            Posting.objects.create(teacher=world.row, school=world.school_a)
        elif model is SignInCode:
            SignInCode.issue(world.row, None)[0].save()
    return model._default_manager.first()


@pytest.mark.parametrize("label", REGISTERED)
def test_the_admin_lets_superusers_in_and_editors_to_what_they_edit(world: World, label: str) -> None:
    row = an_object(label, world)
    assert row is not None
    place = label.replace(".", "_")
    paths = {
        "changelist": reverse(f"admin:{place}_changelist"),
        "add": reverse(f"admin:{place}_add"),
        "change": reverse(f"admin:{place}_change", args=[row.pk]),
        "delete": reverse(f"admin:{place}_delete", args=[row.pk]),
        "history": reverse(f"admin:{place}_history", args=[row.pk]),
    }
    for kind, path in paths.items():
        for who in PEOPLE:
            answer = world.client(who).get(path)
            if who == "superuser":
                assert (answer.status_code == 200) != ((label, kind) in NEVER), (who, path, answer.status_code)
            elif who == "editor":
                may = label in EDITED and (label, kind) not in NEVER
                assert (answer.status_code == 200) == may, (who, path, answer.status_code)
                assert answer.status_code in (200, 403)
            else:
                assert leads_to_signing_in(answer), (who, path)


def test_how_large_the_matrix_is(capsys: pytest.CaptureFixture[str]) -> None:
    pages, changes, models = len(MATRIX) * len(PEOPLE), len(CHANGING) * len(PEOPLE), len(REGISTERED) * 5 * len(PEOPLE)
    with capsys.disabled():
        print(f"\nrights matrix: {pages} looks, {changes} changes, {models} in the admin, {len(PEOPLE)} people")
    assert pages > 300
    assert changes > 150

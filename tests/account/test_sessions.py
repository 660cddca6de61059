"""Sessions: how long they may be idle, the list of one's own, and their end."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from credits.models import SchoolPlan
from faq.models import Category, Entry
from helpdesk.account import sessions, store
from helpdesk.account.devices import device_name
from helpdesk.common.models import Job
from helpdesk.models import SignedIn
from tests.account.people import ACCOUNT, CHANGE, LEAVE, WECHAT, is_in, later, sign_in, with_password
from tests.cast import PASSWORD, Place, make_entry, make_plan, signed_in

pytestmark = pytest.mark.usefixtures("cycles")
NEW = "mulberry-lane-7"


# --- idle --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "minutes"),
    [("staff", 30), ("reviewer", 30), ("editor", 30), ("superuser", 30), ("herself", 120), ("nobody", 120)],
)
def test_a_session_ends_when_nobody_uses_it(place: Place, who: str, minutes: int) -> None:
    used, idle = place.client(who), place.client(who)
    later(used, minutes=minutes - 1)
    later(idle, minutes=minutes, seconds=1)
    assert is_in(used)
    assert idle.get(ACCOUNT).headers["Location"] == f"/sign-in/?next={ACCOUNT}"


def test_whoever_goes_on_stays_signed_in(place: Place) -> None:
    client = place.client("staff")
    for _ in range(4):
        later(client, minutes=29)
        assert is_in(client)


def test_twelve_hours_are_the_longest(place: Place) -> None:
    client = place.client("herself")
    for _ in range(6):
        later(client, minutes=115)
        assert is_in(client)
    later(client, minutes=31)
    assert not is_in(client)


@pytest.mark.parametrize(("variable", "who"), [("STAFF_IDLE_MINUTES", "staff"), ("TEACHER_IDLE_MINUTES", "herself")])
def test_an_installation_chooses_otherwise(place: Place, settings: Any, variable: str, who: str) -> None:
    setattr(settings, variable, 5)
    client = place.client(who)
    later(client, minutes=6)
    assert not is_in(client)


def test_the_page_of_a_running_job_is_no_use(place: Place) -> None:
    job = Job.objects.create(kind="export", title="导出", owner=place.staff, back="/", heard_at=timezone.now())
    client = place.client("staff")
    for _ in range(2):
        later(client, minutes=16)
        path = f"/credits/jobs/{job.public_id}/"
        answer = client.get(path)
    assert answer.headers["Location"] == f"/sign-in/?next={path}"


def test_what_was_typed_is_there_when_a_session_ends(place: Place) -> None:
    plan = make_plan(place.school, status="draft", content="旧")
    client = place.client("staff")
    later(client, minutes=31)
    answer = client.post(f"/credits/plans/{plan.pk}/edit/", {"content": "校本培训十次，写心得。"})
    body = answer.content.decode()
    assert answer.status_code == 403
    assert "校本培训十次，写心得。</textarea>" in body
    assert f'href="/sign-in/?next=/credits/plans/{plan.pk}/edit/"' in body
    assert SchoolPlan.objects.get().content == "旧"


def test_an_answer_typed_in_the_admin_is_there_too(place: Place) -> None:
    client = place.client("editor")
    entry = make_entry(category=Category.objects.create(slug="upgrade-study", name="学习问题"))
    later(client, minutes=31)
    path = f"/admin/faq/entry/{entry.pk}/change/"
    answer = client.post(path, {"question": "玄铁按钮在哪里？", "answer": "在首页，点一下。", "status": "published"})
    assert answer.status_code == 403
    assert "在首页，点一下。</textarea>" in answer.content.decode()
    assert f'href="/admin/login/?next={path}"' in answer.content.decode()
    assert Entry.objects.get(pk=entry.pk).question == entry.question


def test_an_old_form_of_the_admin_is_there_too(place: Place) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(place.editor)
    answer = client.post("/admin/faq/entry/add/", {"answer": "在首页，点一下。"})
    assert answer.status_code == 403
    assert "在首页，点一下。</textarea>" in answer.content.decode()


def test_a_session_from_before_ends_as_well(place: Place) -> None:
    client = place.client("staff")
    session = client.session
    for key in (store.IDLE, store.BEGUN):
        del session[key]
    session.save()
    SignedIn.objects.all().delete()
    assert is_in(client)
    assert SignedIn.objects.get().user == place.staff
    assert Session.objects.get().expire_date < timezone.now() + datetime.timedelta(minutes=31)


# --- last seen ---------------------------------------------------------------------------------------------------


def writes(client: Client) -> int:
    """How many statements of a request write into a table of sessions."""
    with CaptureQueriesContext(connection) as queries:
        client.get(ACCOUNT)
    return sum(bool(re.match('(UPDATE|INSERT).*(session|signedin)"', query["sql"])) for query in queries)


def test_last_seen_is_written_once_a_minute_at_most(place: Place) -> None:
    client = place.client("staff")
    assert writes(client) == 0
    later(client, seconds=59)
    assert writes(client) == 0
    later(client, seconds=2)
    assert writes(client) == 2
    assert writes(client) == 0
    assert SignedIn.objects.get().seen_at > timezone.now() - datetime.timedelta(seconds=30)


def test_of_two_requests_at_once_one_writes(place: Place) -> None:
    client = place.client("staff")
    later(client, minutes=5)
    both = [store.SessionStore(client.cookies["sessionid"].value) for _ in range(2)]
    for session in both:
        assert session[store.IDLE]
    with CaptureQueriesContext(connection) as queries:
        for session in both:
            sessions.seen(session)
    assert sum("signedin" in query["sql"] and "UPDATE" in query["sql"] for query in queries) == 1


# --- the list ----------------------------------------------------------------------------------------------------


def lines(client: Client) -> list[str]:
    body = client.get(ACCOUNT).content.decode()
    return re.findall(r"<li><strong>(.*?)</strong>", body.partition('class="browsers"')[2])


def test_one_sees_where_one_is_signed_in(place: Place) -> None:
    with_password(place.staff)
    phone, _ = sign_in(place.staff, HTTP_USER_AGENT=WECHAT, REMOTE_ADDR="203.0.113.77")
    desk, _ = sign_in(place.staff, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120")
    later(phone, minutes=10)
    assert lines(desk) == ["Windows 电脑 · Edge", "安卓设备 · 微信"]
    assert lines(phone) == ["安卓设备 · 微信", "Windows 电脑 · Edge"]
    body = desk.get(ACCOUNT).content.decode()
    assert body.count("就是这一台") == 1
    assert "203.0.113" not in body and "Mozilla" not in body
    assert lines(place.client("reviewer")) == ["未知设备"]


def test_the_list_says_first_and_last_seen(place: Place) -> None:
    client = place.client("staff")
    later(client, minutes=20)
    row = SignedIn.objects.get()
    client.get("/")
    times = re.findall(r'<time datetime="([^"]+)"', client.get(ACCOUNT).content.decode())
    began, seen = [datetime.datetime.fromisoformat(time) for time in times]
    assert abs(began - row.since) < datetime.timedelta(seconds=1)
    assert timezone.now() - seen < datetime.timedelta(seconds=30)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (WECHAT, "安卓设备 · 微信"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "苹果手机 · Safari"),
        ("Mozilla/5.0 (Macintosh) Chrome/120.0 Safari/537.36", "苹果电脑 · Chrome"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:120.0) Gecko/20100101 Firefox/120.0", "Windows 电脑 · 火狐"),
        ("", "未知设备"),
        ("x" * 5000, "未知设备"),
    ],
)
def test_a_device_is_called_as_people_call_it(agent: str, name: str) -> None:
    assert device_name(agent) == name


# --- the end -----------------------------------------------------------------------------------------------------


@pytest.fixture
def two(place: Place) -> tuple[Client, Client]:
    """Two browsers of the school's staff; others are signed in too."""
    with_password(place.staff)
    return sign_in(place.staff)[0], sign_in(place.staff)[0]


def test_one_button_signs_out_everywhere(place: Place, two: tuple[Client, Client]) -> None:
    bystander = place.client("reviewer")
    here, there = two
    answer = here.post(LEAVE, follow=True)
    assert answer.redirect_chain == [("/sign-in/", 302)]
    assert "已经全部退出" in answer.content.decode()
    assert not is_in(here) and not is_in(there)
    assert is_in(bystander)
    assert [row.user for row in SignedIn.objects.all()] == [place.reviewer]


def test_another_password_signs_out_elsewhere(place: Place, two: tuple[Client, Client]) -> None:
    here, there = two
    here.post(CHANGE, {"old_password": PASSWORD, "password1": NEW, "password2": NEW})
    assert is_in(here) and not is_in(there)
    assert Session.objects.filter(signed_in__user=place.staff).count() == 1
    assert len(lines(here)) == 1


def test_a_password_set_by_others_leaves_no_line(place: Place, two: tuple[Client, Client]) -> None:
    with_password(place.staff, NEW)
    assert len(lines(sign_in(place.staff, NEW)[0])) == 1


def test_signing_out_leaves_nothing(place: Place, two: tuple[Client, Client]) -> None:
    two[0].post("/sign-out/")
    assert SignedIn.objects.count() == Session.objects.count() == 1


def test_the_nightly_sweep_takes_the_list_along(place: Place) -> None:
    client = place.client("staff")
    later(client, hours=1)
    call_command("clearsessions")
    assert not SignedIn.objects.exists()


@pytest.mark.parametrize("path", ["/sign-out/", "/admin/logout/", LEAVE])
def test_signing_out_clears_the_cache_alone(place: Place, path: str) -> None:
    answer = place.client("superuser").post(path)
    assert answer.status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_no_other_page_clears_anything(place: Place) -> None:
    for path in ("/", ACCOUNT, "/sign-in/"):
        assert "Clear-Site-Data" not in place.client("staff").get(path).headers


def test_an_account_can_be_deleted(place: Place) -> None:
    signed_in(place.nobody)
    User.objects.get(pk=place.nobody.pk).delete()
    assert not SignedIn.objects.exists()

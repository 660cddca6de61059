"""People are forgotten: of them nothing is left anywhere in the database; of others, everything."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from credits.models import Event, StatementAccess, StatementSummary, Teacher
from credits.steps import forgetting
from helpdesk.common.decisions import Refusal
from helpdesk.common.models import LEASE, Job, SignInTries
from tests.cast import Place, make_activity, make_result, make_teacher
from tests.credits.forgetting import NAME, NUMBER, Life, where

pytestmark = pytest.mark.usefixtures("cycles")


KEPT_IN = {
    "credits_teacher",
    "credits_event",
    "credits_statementaccess",
    "common_job",
    "credits_spreadsheetimport",
    "auth_user",
    "django_admin_log",
}


def test_nothing_is_left_in_any_table(life: Life) -> None:
    assert where(NUMBER) >= KEPT_IN, "this test looks in places where nothing was"
    teacher = life.teacher
    everything_of = [*forgetting.known_of([teacher])]
    forgetting.forget([teacher], life.place.superuser)
    assert where(NUMBER) == set()
    # The audit log stays whole; the random id there leads to nobody any more.
    assert where(teacher.public_id) == {"common_auditrow"}
    for label, number in everything_of:
        assert number, label
    assert not Teacher.objects.filter(pk=teacher.pk).exists()
    assert not User.objects.filter(pk=life.account.pk).exists()
    # Only somebody else has that name.
    life.namesake.delete()
    assert where(NAME) <= {"credits_spreadsheetimport", "django_admin_log"}
    assert NAME not in str(list(LogEntry.objects.values()))


@pytest.mark.parametrize("typed", [NUMBER.lower(), f"{NUMBER}。", f"{NAME}{NUMBER}"])
def test_sign_in_tries_keep_nothing_that_was_typed(life: Life, typed: str) -> None:
    before = where(typed)
    Client().post("/sign-in/", {"username": typed, "password": "not-the-right-one"})
    assert where(typed) == before


def test_sign_in_tries_go_with_their_account(life: Life) -> None:
    Client().post("/sign-in/", {"username": NUMBER, "password": "not-the-right-one"})
    assert SignInTries.objects.filter(user=life.account.pk).exists()
    forgetting.forget([life.teacher], life.place.superuser)
    assert not SignInTries.objects.filter(user=life.account.pk).exists()


def test_what_is_left_is_that_it_was_done(life: Life) -> None:
    forgetting.forget([life.teacher], life.place.superuser)
    event = Event.objects.get(action="按要求删除资料")
    assert (event.organization, event.teacher, event.actor) == (life.place.school, None, life.place.superuser)
    assert event.note == "按要求删除了 1 位教师的全部资料。"


def test_everybody_else_keeps_everything(life: Life) -> None:
    other = life.namesake

    def kept() -> dict[str, Any]:
        names = ("results", "activities", "degrees", "offsets", "postings", "accesses", "events", "summaries")
        return {name: list(getattr(other, name).order_by("pk").values()) for name in names}

    before, looks = kept(), StatementAccess.objects.filter(teacher=life.place.teacher).count()
    assert all(
        before[name] for name in ("results", "activities", "degrees", "offsets", "accesses", "events", "summaries")
    )
    forgetting.forget([life.teacher], life.place.superuser)
    assert kept() == before
    assert Teacher.objects.filter(pk=life.place.teacher.pk).exists()
    assert User.objects.filter(pk=life.place.herself.pk).exists()
    assert Job.objects.get().pk == life.other_job.pk
    assert StatementAccess.objects.filter(teacher=life.place.teacher).count() == looks
    assert Event.objects.filter(action="上报", actor_name="（已按要求删除）").count() == 2


def test_imports_lose_the_person_and_nobody_else(life: Life) -> None:
    forgetting.forget([life.teacher], None)
    for row in (life.ready, life.refused, life.applied, life.results):
        row.refresh_from_db()
    assert life.ready.rows == [[3, {"staff_number": "GH-20419", "name": NAME}]]
    assert life.refused.problems == [[4, "", "空行"]]
    assert life.refused.file_name == "（已按要求删除）"
    assert [one[0] for one in life.applied.done] == [life.namesake.pk]
    assert [one[0] for one in life.results.done] == [10**6 + 1]


@pytest.mark.parametrize("how", ["is_staff", "is_superuser", "membership"])
def test_an_account_used_for_work_loses_its_tie(place: Place, how: str) -> None:
    account = User.objects.create_user("deputy")
    teacher = make_teacher(place.school, user=account)
    if how == "membership":
        account.memberships.create(organization=place.school, role="staff")
    else:
        User.objects.filter(pk=account.pk).update(**{how: True})
    forgetting.forget([teacher], place.superuser)
    account.refresh_from_db()
    assert account.username == "deputy"
    assert not Teacher.objects.filter(user=account).exists()


def test_a_strangers_account_of_that_number_stays(place: Place) -> None:
    stranger = User.objects.create_user("N-7")
    teacher = make_teacher(place.school, staff_number="N-7")
    look = StatementAccess.objects.create(teacher=place.teacher, viewer=stranger, viewer_name="N-7")
    forgetting.forget([teacher], place.superuser)
    look.refresh_from_db()
    assert look.viewer_name == "N-7"
    assert User.objects.filter(pk=stranger.pk).exists()


def test_only_superusers_forget(life: Life) -> None:
    for user in (life.place.staff, life.place.reviewer, life.account):
        with pytest.raises(PermissionDenied):
            forgetting.forget([life.teacher], user)
    assert Teacher.objects.filter(pk=life.teacher.pk).exists()


def test_nobody_is_forgotten_while_a_job_runs(place: Place) -> None:
    lease = timezone.now() + LEASE
    job = Job.objects.create(
        kind="export", title="导出", owner=place.staff, back="/", state="running", lease_until=lease
    )
    with pytest.raises(Refusal, match="正在批量办理"):
        forgetting.forget([place.teacher], place.superuser)
    assert Teacher.objects.filter(pk=place.teacher.pk).exists()
    Job.objects.filter(pk=job.pk).update(lease_until=lease - 2 * LEASE)  # its process died
    forgetting.forget([place.teacher], place.superuser)
    assert not Teacher.objects.filter(pk=place.teacher.pk).exists()


def test_forgetting_many_takes_few_queries_for_each(place: Place, django_assert_max_num_queries: Any) -> None:
    teachers = [make_teacher(place.school) for _ in range(3)]
    for teacher in teachers:
        for _ in range(10):
            make_result(teacher)
            make_activity(teacher)
    with django_assert_max_num_queries(120):
        forgetting.forget(teachers, place.superuser)
    assert not StatementSummary.objects.filter(teacher__in=[one.pk for one in teachers]).exists()

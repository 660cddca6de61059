"""Votes in the admin: read, found, counted, deleted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from faq.models import Category, Entry, Feedback
from helpdesk.common.models import AuditRow
from helpdesk.management.commands.bootstrap import editors
from helpdesk.models import LoadedFixture
from tests.faq.voices import WHY, speak_of, voices, vote

pytestmark = pytest.mark.django_db


LIST = "/admin/faq/feedback/"


def until(page: Any) -> str:
    """The moment up to which the page that asks once more offers to delete."""
    found = re.search(r'name="until" value="([^"]+)"', page.content.decode())
    assert found
    return found[1]


def test_an_editor_reads_what_was_said(client: Client, editor_client: Client) -> None:
    vote(client, **WHY)
    entry = Entry.objects.get(ref="upgrade-01")
    body = editor_client.get(LIST).content.decode()
    assert f'<a href="/admin/faq/entry/{entry.pk}/change/">{entry.title}</a>' in body
    assert all(word in body for word in ("没帮助", "照做了没成功", "第三步没有这个按钮"))
    row = editor_client.get(f"{LIST}{Feedback.objects.get().pk}/change/").content.decode()
    assert "第三步没有这个按钮" in row
    assert 'name="_save"' not in row
    assert Feedback.objects.get().voter not in body + row


def test_an_editor_deletes_spam_and_writes_nothing(client: Client, editor_client: Client) -> None:
    vote(client, **WHY)
    pk = Feedback.objects.get().pk
    assert editor_client.get(f"{LIST}add/").status_code == 403
    assert editor_client.post(f"{LIST}{pk}/change/", {"comment": "好"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [pk]}
    confirmed = data | {"until": until(editor_client.post(LIST, data))}
    assert editor_client.post(LIST, confirmed).status_code == 302
    assert not Feedback.objects.exists()
    assert "刚才已经删除了" in editor_client.post(LIST, confirmed, follow=True).content.decode()


def test_thousands_are_deleted_in_one_go(client: Client, editor_client: Client) -> None:
    speak_of("upgrade-01", 4000, 0)
    speak_of("upgrade-02", 1, 0)
    entry = Entry.objects.get(ref="upgrade-01").pk
    address = f"{LIST}?entry__id__exact={entry}"
    some = Feedback.objects.filter(entry=entry).values_list("pk", flat=True)[:50]
    data = {"action": "delete_selected", "_selected_action": list(some), "select_across": "1"}
    asked = editor_client.post(address, data)
    body = asked.content.decode()
    assert "要删除 4000 条意见" in body and body.count('name="_selected_action"') == 1
    vote(client)  # somebody speaks while the page is open
    editor_client.post(address, data | {"_selected_action": [some[0]], "until": until(asked)})
    assert set(voices("upgrade-01") + voices("upgrade-02")) == {(True, "", "")}
    assert Feedback.objects.count() == 2
    assert AuditRow.objects.filter(kind="delete").count() == 4000


def test_opinions_are_marked_as_dealt_with(client: Client, editor_client: Client) -> None:
    vote(client, **WHY)
    speak_of("upgrade-02", 60, 0)
    chosen = {"_selected_action": [Feedback.objects.first().pk], "select_across": "1"}  # type: ignore[union-attr]
    assert "已把 61 条" in editor_client.post(LIST, {"action": "deal_with"} | chosen, follow=True).content.decode()
    assert set(Feedback.objects.values_list("dealt_with_on", flat=True)) == {timezone.localdate()}
    vote(client, **WHY | {"comment": "还是不行"})  # who says something else is to be heard again
    waiting = editor_client.get(f"{LIST}?dealt=no").content.decode()
    assert waiting.count('class="field-entry_link') == 1 and "还是不行" in waiting
    editor_client.post(f"{LIST}?dealt=yes", {"action": "open_again"} | chosen)
    assert not Feedback.objects.exclude(dealt_with_on=None).exists()


def test_votes_are_found_by_filters_and_words(client: Client, editor_client: Client) -> None:
    vote(client, **WHY)
    vote(Client(), "/faq/credits-05/")
    category = Category.objects.get(slug="credits-coordinated").pk
    found = {
        query: editor_client.get(f"{LIST}?{query}").content.decode().count('class="field-entry_link')
        for query in (
            *("", "helpful__exact=1", "helpful__exact=0", "reason__exact=fails", "reason__exact=unclear"),
            *("q=按钮", "q=没有这句", f"entry__category__id__exact={category}"),
        )
    }
    assert list(found.values())[:7] == [2, 1, 1, 1, 0, 1, 0]
    in_category = Feedback.objects.filter(entry__category=category).count()
    assert list(found.values())[7] == in_category < 2


def test_editors_from_before_get_the_rights_once(content: None) -> None:
    group = editors()
    of_feedback = group.permissions.filter(codename__endswith="_feedback")
    group.permissions.remove(*of_feedback)
    LoadedFixture.objects.get(model="auth.permission", natural_key__endswith="/feedback").delete()
    assert editors().permissions.filter(codename__endswith="_feedback").count() == 2
    group.permissions.remove(*of_feedback.all())
    assert not editors().permissions.filter(codename__endswith="_feedback").exists()


@pytest.mark.parametrize("missing", ["change_entry", "view_feedback"])
def test_only_who_may_change_entries_reads_votes(client: Client, content: None, missing: str) -> None:
    vote(client, **WHY)
    rights = editors().permissions.exclude(codename=missing)
    if missing == "view_feedback":
        rights = rights.exclude(codename="delete_feedback")
    user = User.objects.create_user("half", is_staff=True)
    user.user_permissions.add(*rights)
    client.force_login(user)
    pk = Feedback.objects.get().pk
    for path in (LIST, f"{LIST}{pk}/change/", f"{LIST}{pk}/delete/", f"{LIST}{pk}/history/"):
        assert client.get(path).status_code == 403, path
    assert LIST not in client.get("/admin/").content.decode()


def test_the_list_of_entries_counts_votes(editor_client: Client) -> None:
    speak_of("upgrade-01", 12, 3)
    pk = Entry.objects.get(ref="upgrade-01").pk
    body = editor_client.get("/admin/faq/entry/").content.decode()
    assert f'<a href="/admin/faq/feedback/?entry__id__exact={pk}">12 / 3</a>' in body
    assert body.count("entry__id__exact") == 1
    heard = editor_client.get(f"{LIST}?entry__id__exact={pk}").content.decode()
    assert heard.count('class="field-entry_link') == 15


def test_the_lists_take_a_fixed_number_of_queries(editor_client: Client) -> None:
    counts = []
    for ref in ("upgrade-01", "upgrade-02"):
        speak_of(ref, 5, 5)
        for path in ("/admin/faq/entry/", LIST):
            with CaptureQueriesContext(connection) as queries:
                editor_client.get(path)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_an_entry_with_votes_may_be_deleted(client: Client, editor_client: Client) -> None:
    for ref in ("upgrade-01", "upgrade-02"):
        vote(client, f"/faq/{ref}/")
    first, second = Entry.objects.filter(ref__in=["upgrade-01", "upgrade-02"]).values_list("pk", flat=True)
    assert editor_client.post(f"/admin/faq/entry/{first}/delete/", {"post": "yes"}).status_code == 302
    data = {"action": "delete_selected", "_selected_action": [second], "post": "yes"}
    assert editor_client.post("/admin/faq/entry/", data).status_code == 302
    assert {entry.status for entry in Entry.objects.filter(pk__in=[first, second])} == {"binned"}

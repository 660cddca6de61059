"""有帮助 / 没帮助: one voice a browser and entry, changed as often as one likes, and nobody's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from faq import feedback
from faq.models import Entry, Feedback
from tests.faq.voices import FROM_HERE, PATH, WHY, section, voices, vote

pytestmark = pytest.mark.django_db


# --- one voice ---------------------------------------------------------------------------------------------------


def test_a_reader_is_asked_and_thanked(client: Client, content: None) -> None:
    asked = section(client)
    assert "这条回答帮到您了吗？" in asked
    assert re.findall(r'name="helpful" value="(\d)">(.+?)<', asked) == [("1", "有帮助"), ("0", "没帮助")]
    answer = vote(client)
    assert (answer.status_code, answer["Location"]) == (303, "/faq/upgrade-01/#feedback")
    assert voices() == [(True, "", "")]
    thanked = section(client)
    assert "谢谢，已记为“有帮助”。" in thanked
    assert re.findall(r'name="helpful" value="(\d)">(.+?)<', thanked) == [("0", "改为“没帮助”")]


def test_a_reader_not_helped_is_asked_why(client: Client, content: None) -> None:
    vote(client, helpful="0")
    asked = section(client)
    assert "已记为“没帮助”。哪里没有解决您的问题？" in asked
    assert [label for label in Feedback.Complaint.labels if label in asked] == Feedback.Complaint.labels
    assert "想补充的话（可以不写，请不要写姓名、电话）" in asked
    vote(client, **WHY)
    assert voices() == [(False, "fails", "第三步没有这个按钮")]
    heard = section(client)
    assert "谢谢，您说的我们会看。" in heard
    assert "您说：没帮助，照做了没成功。" in heard
    assert '<span class="feedback-comment">第三步没有这个按钮</span>' in heard
    assert re.search(r'value="fails"[^>]* checked', heard)
    assert "改为“有帮助”" in heard


def test_a_voice_is_changed_and_stays_one(client: Client, content: None) -> None:
    vote(client, **WHY)
    before = Feedback.objects.get()
    vote(client)
    after = Feedback.objects.get()
    assert voices() == [(True, "", "")]
    assert (after.pk, after.created_at) == (before.pk, before.created_at)
    assert after.updated_at > before.updated_at
    vote(client, **WHY)
    assert voices() == [(False, "fails", "第三步没有这个按钮")]


def test_every_browser_has_a_voice_of_its_own(content: None) -> None:
    for fields in ({"helpful": "1"}, {"helpful": "1"}, WHY):
        vote(Client(), **fields)
    assert sorted(voices()) == [(False, "fails", "第三步没有这个按钮"), (True, "", ""), (True, "", "")]


def test_a_comment_alone_is_enough(client: Client, content: None) -> None:
    vote(client, helpful="0", comment="  按钮\r\n\t找不到 ", tell="1")
    assert voices() == [(False, "", "按钮 找不到")]
    assert "您说：没帮助。" in section(client)


def test_whoever_was_helped_has_no_reason(client: Client, content: None) -> None:
    vote(client, **WHY | {"helpful": "1"})
    assert voices() == [(True, "", "")]


def test_telling_nothing_is_answered_kindly(client: Client, content: None) -> None:
    vote(client, helpful="0")
    answer = vote(client, helpful="0", reason="", comment=" ", tell="1")
    assert answer.status_code == 400
    assert "请选一个原因，或者写一句话；不想说也没关系" in answer.content.decode()
    assert voices() == [(False, "", "")]


def test_what_was_said_is_shown_as_text(client: Client, content: None) -> None:
    vote(client, **WHY | {"comment": "<script>alert(1)</script>"})
    body = client.get(PATH).content.decode()
    assert "&lt;script&gt;alert(1)" in body
    assert "<script>alert" not in body


# --- whose it is, nobody knows -----------------------------------------------------------------------------------


def test_only_voting_leaves_a_cookie(client: Client, content: None) -> None:
    assert not client.get(PATH).cookies
    answer = vote(client)
    assert set(answer.cookies) == {"reader"}
    cookie = answer.cookies["reader"]
    assert re.fullmatch(r"[\w-]{32}", cookie.value)
    assert (cookie["max-age"], cookie["path"]) == (365 * 24 * 3600, "/faq/")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert not client.get(PATH).cookies


@pytest.mark.parametrize("https", [True, False])
def test_the_cookie_is_secure_as_the_others_are(client: Client, content: None, settings: Any, https: bool) -> None:
    settings.SESSION_COOKIE_SECURE = https
    assert bool(vote(client).cookies["reader"]["secure"]) == https


def test_the_cookie_stays_the_same(client: Client, content: None) -> None:
    tokens = {vote(client, path).cookies["reader"].value for path in (PATH, PATH, "/faq/upgrade-02/")}
    assert len(tokens) == 1


BAD_TOKENS = ["", "short", "a" * 31, "a" * 33, "a" * 4000, "é" * 32, "a" * 31 + "=", "a" * 31 + "\n", "' OR 1=1; --"]


@pytest.mark.parametrize("token", BAD_TOKENS)
def test_a_malformed_cookie_is_ignored(client: Client, content: None, token: str) -> None:
    client.cookies["reader"] = token
    assert "这条回答帮到您了吗？" in section(client)
    with CaptureQueriesContext(connection) as queries:
        client.get(PATH)
    assert "faq_feedback" not in str(queries.captured_queries)
    given = vote(client).cookies["reader"].value
    assert re.fullmatch(r"[\w-]{32}", given)
    assert given != token
    assert len(voices()) == 1


def test_voices_on_two_entries_have_nothing_in_common(client: Client, content: None) -> None:
    for ref in ("upgrade-01", "upgrade-02"):
        vote(client, f"/faq/{ref}/")
    token = client.cookies["reader"].value
    first, second = Feedback.objects.values_list("voter", flat=True)
    assert first != second
    assert {len(first), len(second)} == {64}
    assert token not in str(list(Feedback.objects.values()))


def test_the_hash_needs_the_secret_key(content: None, settings: Any) -> None:
    entry = Entry.objects.get(ref="upgrade-01")
    before = feedback.voter("a" * 32, entry)
    assert feedback.voter("a" * 32, entry) == before
    settings.SECRET_KEY = "another " * 8
    assert feedback.voter("a" * 32, entry) != before


def test_neither_an_address_nor_an_account_is_kept(editor_client: Client) -> None:
    editor_client.post(f"{PATH}feedback/", WHY, headers=FROM_HERE, REMOTE_ADDR="198.51.100.23")
    [row] = Feedback.objects.values()
    moments = {"created_at", "updated_at", "dealt_with_on"}
    kept = {"id", "entry_id", "voter", "helpful", "reason", "comment", "counts"} | moments
    assert row["dealt_with_by_id"] is None  # later, who of the editors dealt with it
    assert set(row) - {"dealt_with_by_id"} == kept
    assert "198.51" not in str(row)


def test_signing_in_takes_no_voice_away(client: Client, content: None) -> None:
    vote(client)
    client.force_login(User.objects.create_user("teacher"))
    assert "谢谢，已记为“有帮助”。" in section(client)
    vote(client, helpful="0")
    assert voices() == [(False, "", "")]


# --- pages that are kept -----------------------------------------------------------------------------------------


def test_a_page_with_ones_vote_is_kept_nowhere(client: Client, content: None) -> None:
    vote(client, **WHY)
    own, other = client.get(PATH), client.get("/faq/upgrade-02/")
    assert "private" in own["Cache-Control"]
    assert "X-Offline" not in own
    assert "Cache-Control" not in other
    assert other["X-Offline"] == "keep"
    assert other.content == Client().get("/faq/upgrade-02/").content
    assert all("Cookie" in answer["Vary"] for answer in (own, other))


def test_the_form_is_the_same_for_every_reader(content: None) -> None:
    pages = {Client().get(PATH).content for _ in range(3)}
    assert len(pages) == 1
    assert b"csrfmiddlewaretoken" not in pages.pop()

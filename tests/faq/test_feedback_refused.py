"""Votes that are not taken: from elsewhere, on drafts, too many, or with what cannot be kept."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from faq.models import Entry, Feedback
from helpdesk import middleware
from tests.faq.voices import FROM_HERE, PATH, WHY, section, voices, vote

pytestmark = pytest.mark.django_db


# --- who may not -------------------------------------------------------------------------------------------------


ELSEWHERE: list[dict[str, str]] = [
    {},
    {"Origin": "null"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://testserver.evil.example"},
    {"Origin": "https://testserver"},  # another scheme is another site
    {"Origin": "http://testserver:8080"},
    {"Origin": "http://[::1"},
    {"Origin": "//testserver"},
    {"Origin": "testserver"},
    {"Referer": "https://evil.example/?http://testserver/"},
    {"Referer": "/faq/upgrade-01/"},
    {"Origin": "https://evil.example", "Referer": "http://testserver/faq/upgrade-01/"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "", "Origin": "http://testserver"},
]
HERE = [
    FROM_HERE,
    {"Referer": "http://testserver/faq/upgrade-01/"},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://other-name-behind-the-proxy"},
    {"Sec-Fetch-Site": "none", "Origin": "http://testserver"},
    {"Origin": "https://peixun.example.cn"},
]


@pytest.mark.parametrize("headers", ELSEWHERE)
def test_another_sites_form_changes_nothing(content: None, headers: dict[str, str]) -> None:
    answer = Client(enforce_csrf_checks=True).post(f"{PATH}feedback/", WHY, headers=headers)
    assert answer.status_code == 403
    body = answer.content.decode()
    assert f'<a href="{PATH}">重新打开这一页</a>' in body
    assert "第三步没有这个按钮" in body
    assert "reader" not in answer.cookies
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("headers", HERE)
def test_our_own_form_is_known_by_its_headers(content: None, settings: Any, headers: dict[str, str]) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://peixun.example.cn"]
    assert Client(enforce_csrf_checks=True).post(f"{PATH}feedback/", WHY, headers=headers).status_code == 303
    assert len(voices()) == 1


@pytest.mark.parametrize("ref", ["nothing-there", "a%00b", "..", "category", "9" * 500, "学分"])
def test_nothing_is_said_of_a_missing_entry(client: Client, content: None, ref: str) -> None:
    answer = vote(client, f"/faq/{ref}/")
    assert answer.status_code in (404, 405)
    assert not answer.cookies


def test_nobody_speaks_of_a_draft(client: Client, editor_client: Client) -> None:
    Entry.objects.filter(ref="upgrade-01").update(status="draft")
    for who in (client, editor_client):
        assert vote(who).status_code == 404
    assert editor_client.get(PATH).status_code == 200
    assert section(editor_client) == ""
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_wrong_address_leads_back_to_the_entry(client: Client, content: None, method: str) -> None:
    answer = getattr(client, method)(f"{PATH}feedback/?helpful=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PATH}#feedback")
    assert not Feedback.objects.exists()


def test_a_page_with_a_mistake_keeps_its_address(client: Client, content: None) -> None:
    body = vote(client, **WHY | {"comment": "学" * 301}).content.decode()
    assert f'rel="canonical" href="http://testserver{PATH}"' in body
    assert set(re.findall(r'name="next" value="([^"]*)"', body)) == {PATH}


def test_an_oversized_vote_is_refused(client: Client, content: None) -> None:
    assert vote(client, **WHY | {"comment": "<" * 600_000}).status_code == 413


def test_votes_on_one_entry_are_limited(client: Client, content: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(middleware.LIMITED_BY_PATH, "faq:feedback", (2, 24 * 3600))
    assert [vote(Client()).status_code for _ in range(3)] == [303, 303, 429]
    assert vote(Client(), "/faq/upgrade-02/").status_code == 303
    assert len(voices()) == 2


def test_a_strangers_page_uses_nobodys_tries_up(client: Client, content: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(middleware.RATE_LIMITED, "faq:feedback", (1, 24 * 3600))
    for _ in range(3):
        answer = client.post(f"{PATH}feedback/", WHY, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code in (403, 429)  # its own tries are counted apart
    assert vote(client).status_code == 303


def test_signing_out_takes_the_readers_number_away(client: Client, content: None) -> None:
    client.force_login(User.objects.create_user("somebody"))
    vote(client)
    assert client.cookies["reader"].value
    client.post("/sign-out/")
    assert not client.cookies["reader"].value
    assert client.cookies["reader"]["path"] == "/faq/"


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_a_voice_is_given_by_post_alone(client: Client, content: None, method: str) -> None:
    assert getattr(client, method)(f"{PATH}feedback/", headers=FROM_HERE).status_code == 405


def test_votes_from_one_address_are_limited(client: Client, content: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(middleware.RATE_LIMITED, "faq:feedback", (2, 24 * 3600))
    answers = [vote(Client(), **WHY) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert "第三步没有这个按钮" in answers[2].content.decode()
    assert len(voices()) == 2
    assert client.get(PATH).status_code == 200


# --- what anybody may send ---------------------------------------------------------------------------------------


HOSTILE: list[tuple[dict[str, str], str]] = [
    ({"helpful": ""}, "请点“有帮助”或者“没帮助”。"),
    ({"helpful": "2"}, "请点“有帮助”或者“没帮助”。"),
    ({"helpful": "True"}, "请点“有帮助”或者“没帮助”。"),
    ({"helpful": "1\x00"}, "请点“有帮助”或者“没帮助”。"),
    ({"helpful": "１"}, "请点“有帮助”或者“没帮助”。"),
    ({"reason": "nothing"}, "请从这几个原因里选一个。"),
    ({"reason": "unclear\x00"}, "请从这几个原因里选一个。"),
    ({"reason": "u" * 100_000}, "请从这几个原因里选一个。"),
    ({"comment": "按钮\x00没有"}, "里面有保存不了的字符"),
    ({"comment": "学" * 301}, "最多 300 个字，现在有 301 个。"),
    ({"comment": "学" * 100_000}, "最多 300 个字，现在有 100000 个。"),
    ({"comment": "<b>" * 200}, "最多 300 个字，现在有 600 个。"),
]


@pytest.mark.parametrize(("fields", "message"), HOSTILE, ids=range(len(HOSTILE)))
def test_an_unfit_vote_is_told_and_kept(client: Client, content: None, fields: dict[str, str], message: str) -> None:
    sent = WHY | fields
    answer = vote(client, **sent)
    assert answer.status_code == 400
    body = unescape(answer.content.decode())
    assert message in body
    assert "您填的内容都还在" in body
    assert sent["comment"].replace("\x00", "\ufffd") in body
    if sent["reason"] == "fails":
        assert re.search(r'value="fails"[^>]* checked', body)
    assert "电脑端如何登录学习" in body
    assert not answer.cookies
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    "comment", ["学" * 300, "👩‍👩‍👧" * 60, "\u202e反过来", "\x01\x02\x7f", "'; DROP TABLE faq_entry; --"]
)
def test_any_writing_is_kept_as_it_is(client: Client, content: None, comment: str) -> None:
    assert vote(client, **WHY | {"comment": comment}).status_code == 303
    assert voices() == [(False, "fails", comment)]
    assert comment in section(client)


def test_a_wrong_form_leaves_the_vote_alone(client: Client, content: None) -> None:
    vote(client)
    vote(client, **WHY | {"comment": "学" * 301})
    assert voices() == [(True, "", "")]


def test_what_is_wrong_is_tied_to_its_field(client: Client, content: None) -> None:
    body = vote(client, **WHY | {"comment": "学" * 301}).content.decode()
    field = re.findall(r'<textarea name="comment"[^>]*>', body)[0]
    assert 'aria-invalid="true"' in field
    [told] = re.findall(r'aria-describedby="([^"]+)"', field)
    assert f'id="{told}"' in body
    assert "maxlength" not in field

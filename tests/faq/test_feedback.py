"""有帮助 / 没帮助: one voice a browser and entry, changed as often as one likes, never anybody's; and what it does."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from faq import feedback
from faq.feedback import FeedbackForm
from faq.models import Category, Entry, Feedback
from helpdesk import middleware
from helpdesk.management.commands.bootstrap import editors
from helpdesk.models import LoadedFixture

pytestmark = pytest.mark.django_db

PATH = "/faq/upgrade-01/"
FROM_HERE = {"Origin": "http://testserver"}
WHY = {"helpful": "0", "reason": "fails", "comment": "第三步没有这个按钮", "tell": "1"}


def vote(client: Client, path: str = PATH, **fields: str) -> HttpResponse:
    """What a page of ours sends for this browser."""
    return client.post(f"{path}feedback/", {"helpful": "1"} | fields, headers=FROM_HERE)  # type: ignore[return-value]


def section(client: Client, path: str = PATH) -> str:
    """What the page asks, or says, of the reader's voice; empty where it does neither."""
    body = client.get(path).content.decode()
    return unescape(body.partition('<section id="feedback"')[2].partition("</section>")[0])


def voices(ref: str = "upgrade-01") -> list[tuple[bool, str, str]]:
    return list(Feedback.objects.filter(entry__ref=ref).order_by("pk").values_list("helpful", "reason", "comment"))


@pytest.fixture
def editor(content: None) -> Client:
    user = User.objects.create_user("editor", is_staff=True)
    user.groups.add(editors())
    client = Client()
    client.force_login(user)
    return client


# --- one voice ------------------------------------------------------------------------------------------------


def test_a_reader_is_asked_and_thanked(client: Client, content: None) -> None:
    asked = section(client)
    assert "这条回答帮到您了吗？" in asked
    assert re.findall(r'name="helpful" value="(\d)">(.+?)<', asked) == [("1", "有帮助"), ("0", "没帮助")]
    answer = vote(client)
    assert (answer.status_code, answer["Location"]) == (303, "/faq/upgrade-01/#feedback")
    assert voices() == [(True, "", "")]
    thanked = section(client)
    assert "谢谢，您说这条有帮助。" in thanked
    assert re.findall(r'name="helpful" value="(\d)">(.+?)<', thanked) == [("0", "改成没帮助")]


def test_whoever_was_not_helped_is_asked_why_and_heard(client: Client, content: None) -> None:
    vote(client, helpful="0")
    asked = section(client)
    assert "谢谢您告诉我们。哪里没帮上？" in asked
    assert [label for label in Feedback.Reason.labels if label in asked] == Feedback.Reason.labels
    assert "想补充的话（可以不写，请不要写姓名、电话）" in asked
    vote(client, **WHY)
    assert voices() == [(False, "fails", "第三步没有这个按钮")]
    heard = section(client)
    assert "谢谢，您说的我们会看。" in heard
    assert "您说：没帮助，照着做不行。" in heard
    assert '<span class="feedback-comment">第三步没有这个按钮</span>' in heard
    assert re.search(r'value="fails"[^>]* checked', heard)
    assert "改成有帮助" in heard


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


def test_a_comment_alone_is_enough_and_spaces_are_made_plain(client: Client, content: None) -> None:
    vote(client, helpful="0", comment="  按钮\r\n\t找不到 ", tell="1")
    assert voices() == [(False, "", "按钮 找不到")]
    assert "您说：没帮助。" in section(client)


def test_whoever_was_helped_has_no_reason(client: Client, content: None) -> None:
    vote(client, **WHY | {"helpful": "1"})
    assert voices() == [(True, "", "")]


def test_pressing_tell_us_with_nothing_to_tell_says_so(client: Client, content: None) -> None:
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


# --- whose it is, nobody knows --------------------------------------------------------------------------------


def test_reading_leaves_no_cookie_and_speaking_leaves_one_for_a_year(client: Client, content: None) -> None:
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


def test_neither_an_address_nor_an_account_is_kept(editor: Client) -> None:
    editor.post(f"{PATH}feedback/", WHY, headers=FROM_HERE, REMOTE_ADDR="198.51.100.23")
    [row] = Feedback.objects.values()
    kept = {"id", "entry_id", "voter", "helpful", "reason", "comment", "created_at", "updated_at"}
    assert set(row) == kept
    assert "198.51" not in str(row)


def test_signing_in_takes_no_voice_away(client: Client, content: None) -> None:
    vote(client)
    client.force_login(User.objects.create_user("teacher"))
    assert "谢谢，您说这条有帮助。" in section(client)
    vote(client, helpful="0")
    assert voices() == [(False, "", "")]


# --- pages that are kept --------------------------------------------------------------------------------------


def test_only_a_page_that_shows_ones_own_voice_is_kept_by_nobody(client: Client, content: None) -> None:
    vote(client, **WHY)
    own, other = client.get(PATH), client.get("/faq/upgrade-02/")
    assert "private" in own["Cache-Control"]
    assert "X-Offline" not in own
    assert "Cache-Control" not in other
    assert other["X-Offline"] == "keep"
    assert other.content == Client().get("/faq/upgrade-02/").content
    assert all("Cookie" in answer["Vary"] for answer in (own, other))


def test_a_page_with_the_form_holds_nothing_that_differs_from_reader_to_reader(content: None) -> None:
    pages = {Client().get(PATH).content for _ in range(3)}
    assert len(pages) == 1
    assert b"csrfmiddlewaretoken" not in pages.pop()


# --- who may not ----------------------------------------------------------------------------------------------

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
def test_a_form_of_ours_is_known_by_what_the_browser_says(
    content: None, settings: Any, headers: dict[str, str]
) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://peixun.example.cn"]
    assert Client(enforce_csrf_checks=True).post(f"{PATH}feedback/", WHY, headers=headers).status_code == 303
    assert len(voices()) == 1


@pytest.mark.parametrize("ref", ["nothing-there", "a%00b", "..", "category", "9" * 500, "学分"])
def test_there_is_nothing_to_say_of_what_is_not_there(client: Client, content: None, ref: str) -> None:
    answer = vote(client, f"/faq/{ref}/")
    assert answer.status_code in (404, 405)
    assert not answer.cookies


def test_nobody_speaks_of_a_draft(client: Client, editor: Client) -> None:
    Entry.objects.filter(ref="upgrade-01").update(status="draft")
    for who in (client, editor):
        assert vote(who).status_code == 404
    assert editor.get(PATH).status_code == 200
    assert section(editor) == ""
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_address_of_a_mistake_leads_back_to_the_entry(client: Client, content: None, method: str) -> None:
    answer = getattr(client, method)(f"{PATH}feedback/?helpful=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PATH}#feedback")
    assert not Feedback.objects.exists()


def test_a_page_with_a_mistake_goes_by_the_entrys_own_address(client: Client, content: None) -> None:
    body = vote(client, **WHY | {"comment": "学" * 301}).content.decode()
    assert f'rel="canonical" href="http://testserver{PATH}"' in body
    assert set(re.findall(r'name="next" value="([^"]*)"', body)) == {PATH}


def test_more_than_any_form_of_ours_holds_is_refused(client: Client, content: None) -> None:
    assert vote(client, **WHY | {"comment": "<" * 600_000}).status_code == 413


def test_so_many_voices_on_one_entry_come_from_no_school(
    client: Client, content: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(middleware.LIMITED_BY_PATH, "faq:feedback", (2, 24 * 3600))
    assert [vote(Client()).status_code for _ in range(3)] == [303, 303, 429]
    assert vote(Client(), "/faq/upgrade-02/").status_code == 303
    assert len(voices()) == 2


def test_a_strangers_page_uses_nobodys_tries_up(client: Client, content: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(middleware.RATE_LIMITED, "faq:feedback", (1, 24 * 3600))
    for _ in range(3):
        answer = client.post(f"{PATH}feedback/", WHY, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
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


def test_so_many_voices_come_from_one_address_and_no_more(
    client: Client, content: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(middleware.RATE_LIMITED, "faq:feedback", (2, 24 * 3600))
    answers = [vote(Client(), **WHY) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert int(answers[2]["Retry-After"]) > 0
    assert "第三步没有这个按钮" in answers[2].content.decode()
    assert len(voices()) == 2
    assert client.get(PATH).status_code == 200


# --- what anybody may send ------------------------------------------------------------------------------------

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
def test_what_cannot_be_taken_is_told_at_the_form_and_kept(
    client: Client, content: None, fields: dict[str, str], message: str
) -> None:
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
def test_whatever_can_be_written_is_kept_as_it_is(client: Client, content: None, comment: str) -> None:
    assert vote(client, **WHY | {"comment": comment}).status_code == 303
    assert voices() == [(False, "fails", comment)]
    assert comment in section(client)


def test_a_wrong_form_leaves_the_voice_as_it_was(client: Client, content: None) -> None:
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


# --- the database ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"helpful": True, "reason": "fails"},
        {"helpful": True, "comment": "好"},
        {"helpful": False, "reason": "nothing"},
        {"helpful": False, "voter": "taken"},
    ],
)
def test_the_database_refuses_what_makes_no_sense(content: None, wrong: dict[str, Any]) -> None:
    entry = Entry.objects.get(ref="upgrade-01")
    Feedback.objects.create(entry=entry, voter="taken", helpful=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(**{"entry": entry, "voter": "new"} | wrong)
    assert Feedback.objects.count() == 1


def test_every_reason_the_form_offers_can_be_kept(client: Client, content: None) -> None:
    for reason in Feedback.Reason.values:
        assert vote(client, helpful="0", reason=reason).status_code == 303
        assert voices() == [(False, reason, "")]


def test_a_deleted_entry_takes_its_voices_along(client: Client, content: None) -> None:
    vote(client)
    Entry.objects.get(ref="upgrade-01").delete()
    assert not Feedback.objects.exists()


def test_speaking_leaves_the_entry_as_it_is(client: Client, content: None) -> None:
    before = Entry.objects.filter(ref="upgrade-01").values().get()
    vote(client)
    assert Entry.objects.filter(ref="upgrade-01").values().get() == before


def at_once(do: Callable[[int], Any]) -> list[Any]:
    """What two threads, each with its own connection, get from `do` in the same moment."""
    start = threading.Barrier(2)

    def come(number: int) -> Any:
        try:
            start.wait()
            return do(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(come, range(2)))


@pytest.mark.django_db(transaction=True)
def test_two_posts_of_one_browser_at_once_leave_one_voice(content: None) -> None:
    said = [{"helpful": "1"}, WHY]
    for turn in range(8):
        token = f"{turn:032d}"

        def speak(number: int, token: str = token) -> int:
            browser = Client(raise_request_exception=False)
            browser.cookies["reader"] = token
            return vote(browser, **said[number]).status_code

        assert at_once(speak) == [303, 303]
        assert len(voices()) == turn + 1
        assert voices()[-1] in [(True, "", ""), (False, "fails", "第三步没有这个按钮")]


@pytest.mark.django_db(transaction=True)
def test_an_entry_deleted_in_this_moment_is_not_there(
    client: Client, content: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    valid = FeedbackForm.is_valid

    def valid_but_late(form: FeedbackForm) -> bool:
        Entry.objects.get(ref="upgrade-01").delete()
        return valid(form)

    monkeypatch.setattr(FeedbackForm, "is_valid", valid_but_late)
    assert vote(client).status_code == 404
    assert not Feedback.objects.exists()


# --- the home page --------------------------------------------------------------------------------------------


def speak_of(ref: str, helped: int, failed: int = 0) -> None:
    entry = Entry.objects.get(ref=ref)
    said = [True] * helped + [False] * failed
    rows = [Feedback(entry=entry, voter=f"{ref} {number}", helpful=helpful) for number, helpful in enumerate(said)]
    Feedback.objects.bulk_create(rows)


def listed_at_home(client: Client) -> tuple[str, list[str]]:
    """The heading of the list at the foot of the home page, and its refs."""
    body = client.get("/").content.decode().partition('<h2 id="starters">')[2].partition("</section>")[0]
    return body.partition("<")[0], re.findall(r'href="/faq/([\w-]+)/"', body)


FIRST_OF_EACH = "可以先看看这些"


def test_without_voices_home_names_the_first_of_every_category(client: Client, content: None) -> None:
    heading, refs = listed_at_home(client)
    first: dict[int, str] = {}
    for entry in Entry.objects.in_order():
        first.setdefault(entry.category_id, entry.ref)
    assert heading == FIRST_OF_EACH
    assert refs == list(first.values())


def test_home_names_what_helped_most_the_best_first(client: Client, content: None) -> None:
    speak_of("upgrade-01", 7, 1)
    speak_of("credits-05", 9)
    speak_of("upgrade-02", 5)
    speak_of("upgrade-03", 4)  # hardly anybody
    speak_of("upgrade-04", 9, 9)  # no more than it failed
    speak_of("upgrade-05", 5, 7)
    assert listed_at_home(client) == ("老师们觉得有帮助的", ["credits-05", "upgrade-01", "upgrade-02"])


def test_home_names_seven_at_most(client: Client, content: None) -> None:
    for number in range(1, 10):
        speak_of(f"upgrade-0{number}", 2 + number)
    assert listed_at_home(client)[1] == [f"upgrade-0{number}" for number in range(9, 2, -1)]


def test_two_that_helped_are_too_few_to_name(client: Client, content: None) -> None:
    for ref in ("upgrade-01", "upgrade-02"):
        speak_of(ref, 9)
    assert listed_at_home(client)[0] == FIRST_OF_EACH


def test_a_draft_is_not_named_however_much_it_helped(client: Client, editor: Client) -> None:
    for ref in ("upgrade-01", "upgrade-02", "upgrade-03", "upgrade-04"):
        speak_of(ref, 5)
    Entry.objects.filter(ref="upgrade-01").update(status="draft")
    for who in (client, editor):
        assert sorted(listed_at_home(who)[1]) == ["upgrade-02", "upgrade-03", "upgrade-04"]
    Entry.objects.filter(ref="upgrade-02").update(status="draft")
    assert listed_at_home(client)[0] == FIRST_OF_EACH


def test_home_asks_as_few_questions_however_many_spoke(
    client: Client, content: None, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 10):
        speak_of(f"upgrade-0{number}", 30, 3)
    with django_assert_max_num_queries(3):
        client.get("/")


def test_an_entry_costs_one_more_question_for_whoever_has_spoken(client: Client, content: None) -> None:
    client.get(PATH)
    with CaptureQueriesContext(connection) as before:
        client.get(PATH)
    vote(client)
    with CaptureQueriesContext(connection) as after:
        client.get(PATH)
    assert len(after) == len(before) + 1


# --- the admin ------------------------------------------------------------------------------------------------

LIST = "/admin/faq/feedback/"


def test_an_editor_reads_what_was_said(client: Client, editor: Client) -> None:
    vote(client, **WHY)
    entry = Entry.objects.get(ref="upgrade-01")
    body = editor.get(LIST).content.decode()
    assert f'<a href="/admin/faq/entry/{entry.pk}/change/">{entry.title}</a>' in body
    assert all(word in body for word in ("没帮助", "照着做不行", "第三步没有这个按钮"))
    row = editor.get(f"{LIST}{Feedback.objects.get().pk}/change/").content.decode()
    assert "第三步没有这个按钮" in row
    assert 'name="_save"' not in row
    assert Feedback.objects.get().voter not in body + row


def test_an_editor_deletes_spam_and_writes_nothing(client: Client, editor: Client) -> None:
    vote(client, **WHY)
    pk = Feedback.objects.get().pk
    assert editor.get(f"{LIST}add/").status_code == 403
    assert editor.post(f"{LIST}{pk}/change/", {"comment": "好"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
    assert editor.post(LIST, data).status_code == 302
    assert not Feedback.objects.exists()


def test_what_was_said_is_found_by_opinion_reason_category_and_words(client: Client, editor: Client) -> None:
    vote(client, **WHY)
    vote(Client(), "/faq/credits-05/")
    category = Category.objects.get(slug="credits-coordinated").pk
    found = {
        query: editor.get(f"{LIST}?{query}").content.decode().count('class="field-entry_link')
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
def test_only_who_may_change_entries_reads_what_was_said(client: Client, content: None, missing: str) -> None:
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


def test_the_list_of_entries_counts_voices_and_leads_to_them(editor: Client) -> None:
    speak_of("upgrade-01", 12, 3)
    pk = Entry.objects.get(ref="upgrade-01").pk
    body = editor.get("/admin/faq/entry/").content.decode()
    assert f'<a href="/admin/faq/feedback/?entry__id__exact={pk}">12 / 3</a>' in body
    assert body.count("entry__id__exact") == 1
    heard = editor.get(f"{LIST}?entry__id__exact={pk}").content.decode()
    assert heard.count('class="field-entry_link') == 15


def test_the_lists_ask_no_more_questions_for_more_rows(editor: Client) -> None:
    counts = []
    for ref in ("upgrade-01", "upgrade-02"):
        speak_of(ref, 5, 5)
        for path in ("/admin/faq/entry/", LIST):
            with CaptureQueriesContext(connection) as queries:
                editor.get(path)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_an_editor_may_delete_an_entry_that_was_spoken_of(client: Client, editor: Client) -> None:
    for ref in ("upgrade-01", "upgrade-02"):
        vote(client, f"/faq/{ref}/")
    first, second = Entry.objects.filter(ref__in=["upgrade-01", "upgrade-02"]).values_list("pk", flat=True)
    assert editor.post(f"/admin/faq/entry/{first}/delete/", {"post": "yes"}).status_code == 302
    data = {"action": "delete_selected", "_selected_action": [second], "post": "yes"}
    assert editor.post("/admin/faq/entry/", data).status_code == 302
    assert not Entry.objects.filter(pk__in=[first, second]).exists()


# --- when an entry was last checked ---------------------------------------------------------------------------


def source(client: Client, path: str = PATH) -> str:
    return client.get(path).content.decode().partition('<footer class="entry-source">')[2].partition("</footer>")[0]


def test_an_entry_says_when_it_was_checked(client: Client, content: None) -> None:
    assert "照原资料收录，本站还没有再核对过。" in source(client)
    Entry.objects.filter(ref="upgrade-01").update(checked_on=date(2025, 11, 3))
    assert "最近核对：2025 年 11 月 3 日。" in source(client)
    assert "还没有再核对过" not in source(client)


def test_an_entry_from_no_document_says_nothing_of_checking(client: Client, content: None) -> None:
    Entry.objects.filter(ref="upgrade-01").update(document=None, number=None)
    assert "核对" not in source(client)


def form_of(entry: Entry, **fields: Any) -> dict[str, Any]:
    """What the admin's form of the entry sends."""
    names = ("question", "short_question", "answer", "notice", "status")
    said = "\n".join(entry.phrasings.values_list("text", flat=True))
    keys = {"category": entry.category_id, "document": entry.document_id, "number": entry.number}
    return {name: getattr(entry, name) for name in names} | keys | {"said": said} | fields


def test_an_editor_writes_when_an_entry_was_checked(editor: Client) -> None:
    entry = Entry.objects.get(ref="upgrade-01")
    path, today = f"/admin/faq/entry/{entry.pk}/change/", timezone.localdate()
    assert "最近一次对照文件核对内容的日期；没有核对过就留空。" in editor.get(path).content.decode()
    for written, kept in ((today.isoformat(), today), ("2025-11-03", date(2025, 11, 3)), ("", None)):
        assert editor.post(path, form_of(entry, checked_on=written)).status_code == 302
        assert Entry.objects.get(pk=entry.pk).checked_on == kept


@pytest.mark.parametrize("day", ["tomorrow", "9999-12-31", "2025-02-30", "昨天", "\x00"])
def test_a_day_that_cannot_be_is_refused_in_chinese(editor: Client, day: str) -> None:
    entry = Entry.objects.get(ref="upgrade-01")
    written = (timezone.localdate() + timedelta(days=1)).isoformat() if day == "tomorrow" else day
    answer = editor.post(f"/admin/faq/entry/{entry.pk}/change/", form_of(entry, checked_on=written))
    assert answer.status_code == 200
    [said] = answer.context["adminform"].form.errors["checked_on"]
    assert said == "核对日期不能晚于今天。" if day in ("tomorrow", "9999-12-31") else "日期" in said
    assert Entry.objects.get(pk=entry.pk).checked_on is None


def test_selected_entries_are_marked_as_checked_today(editor: Client, client: Client) -> None:
    entries = list(Entry.objects.filter(ref__in=["upgrade-01", "upgrade-02"]))
    today = timezone.localdate()
    Entry.objects.filter(ref="upgrade-02").update(checked_on=today)
    data = {"action": "check_today", "_selected_action": [entry.pk for entry in entries]}
    answer = editor.post("/admin/faq/entry/", data, follow=True).content.decode()
    assert "标为今天核对过" in answer
    assert "已标为今天核对过 1 条。" in answer
    first, second = (Entry.objects.get(pk=entry.pk) for entry in entries)
    assert first.checked_on == second.checked_on == today
    assert first.updated_at == entries[0].updated_at  # nothing that anybody reads has changed
    assert first.stamp != entries[0].stamp
    assert second.stamp == entries[1].stamp
    assert "已标为今天核对过" in editor.get(f"/admin/faq/entry/{first.pk}/history/").content.decode()
    assert f"最近核对：{today.year} 年 {today.month} 月 {today.day} 日。" in source(client)


def test_today_is_the_day_in_china(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # half past midnight there
    monkeypatch.setattr(timezone, "now", lambda: late)
    data = {"action": "check_today", "_selected_action": [Entry.objects.get(ref="upgrade-01").pk]}
    editor.post("/admin/faq/entry/", data)
    assert Entry.objects.get(ref="upgrade-01").checked_on == date(2026, 3, 2)

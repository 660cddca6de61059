"""Text typed into a form that meets a sign-in page, or whose token is old: it comes back, and secrets never do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from faq.models import Entry
from tests.admin.forms import change, payload
from tests.cast import PASSWORD, Place

pytestmark = pytest.mark.django_db
OURS = {"sec-fetch-site": "same-origin"}
TYPED = "第一行 <C\n第二行"
SHOWN = "第一行 &lt;C\n第二行"


def hidden(answer: Any) -> dict[str, str]:
    """The fields that the page's button sends again."""
    form = answer.content.decode().partition('class="message-form"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)
    return {name: value.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for name, value in found}


def copied(answer: Any) -> list[str]:
    return re.findall(r"<textarea[^>]*readonly[^>]*>\n(.*?)</textarea>", answer.content.decode(), re.S)


def strict(user: User) -> Client:
    """A browser in which that person is signed in, whose forms need their token."""
    client = Client(enforce_csrf_checks=True, headers=OURS)
    client.force_login(user)
    return client


def token_of(answer: Any) -> str:
    return str(answer.context["csrf_token"])


def test_an_entry_outlives_its_session(content: None, editor: User) -> None:
    client = strict(editor)
    entry = Entry.objects.get(ref="upgrade-01")
    token = token_of(client.get(change(entry)))
    del client.cookies["sessionid"]
    data = payload(answer=TYPED, question="改过的问题？", csrfmiddlewaretoken=token)
    answer = client.post(change(entry), data)
    assert answer.status_code == 403 and "no-store" in answer.headers["Cache-Control"]
    assert f'href="/admin/login/?next={change(entry)}" target="_blank"' in answer.content.decode()
    assert SHOWN in copied(answer)
    client.force_login(editor)
    saved = client.post(change(entry), hidden(answer))
    entry.refresh_from_db()
    assert saved.status_code == 302 and entry.question == "改过的问题？"
    assert entry.answer == "<p>第一行 &lt;C<br>第二行</p>"


def test_signing_in_elsewhere_loses_nothing(content: None, editor: User) -> None:
    client = strict(editor)
    entry = Entry.objects.get(ref="upgrade-01")
    form = client.get(change(entry))
    old = token_of(form)
    client.cookies["csrftoken"] = "x" * 32
    data = payload(answer=TYPED, csrfmiddlewaretoken=old, seen=str(entry.stamp))
    answer = client.post(change(entry), data)
    assert answer.status_code == 403 and "现在登录的账号是 editor" in answer.content.decode()
    assert client.post(change(entry), hidden(answer)).status_code == 302
    entry.refresh_from_db()
    assert "第二行" in entry.answer


def test_the_version_that_a_page_showed_is_nobodys_words() -> None:
    answer = Client().post("/credits/corrections/x/", {"reply": TYPED, "seen": "38e0ad495fd7995e9b44"})
    assert copied(answer) == [SHOWN] and hidden(answer)["seen"] == "38e0ad495fd7995e9b44"


def test_another_site_gets_no_button(content: None, editor: User) -> None:
    client = strict(editor)
    answer = client.post("/admin/faq/entry/add/", payload(answer=TYPED), headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403 and not hidden(answer)
    assert SHOWN in copied(answer)


def test_a_file_is_named_to_be_chosen_again() -> None:
    sheet = SimpleUploadedFile("教师 名单.xlsx", b"PK-content")
    answer = Client().post("/credits/import/", {"kind": "teachers", "file": sheet})
    body = answer.content.decode()
    assert answer.status_code == 403
    assert "刚才选的是“教师 名单.xlsx”" in body and 'type="file" name="file"' in body
    assert hidden(answer)["kind"] == "teachers" and "PK-content" not in body


def test_numbers_and_dates_alone_come_back_too() -> None:
    answer = Client().post("/credits/teachers/new/", {"credits": "4.5", "awarded_on": "2020-06-30"})
    assert hidden(answer) | {"csrfmiddlewaretoken": ""} == {
        "credits": "4.5",
        "awarded_on": "2020-06-30",
        "csrfmiddlewaretoken": "",
    }


@pytest.mark.parametrize("path", ["/sign-in/", "/admin/login/", "/sign-in/first/"])
def test_pages_of_secrets_give_nothing_back(path: str) -> None:
    data = {"username": "wang", "code": "QWERT12345", "password": PASSWORD, "words": TYPED, "staff_number": "教师 一"}
    answer = Client(enforce_csrf_checks=True, headers=OURS).post(path, data)
    assert answer.status_code == 403
    assert not hidden(answer) and not copied(answer)


def test_a_password_comes_back_nowhere() -> None:
    data = {
        "name": "张三丰 新",
        "password1": PASSWORD,
        "new_password": PASSWORD,
        "code": "QWERT12345",
        "otp_token": "1" * 6,
    }
    answer = Client().post("/admin/auth/user/add/", data)
    assert hidden(answer).keys() == {"name", "csrfmiddlewaretoken"}
    assert PASSWORD not in answer.content.decode() and "QWERT" not in answer.content.decode()


def test_what_another_account_may_not_send_is_shown(place: Place) -> None:
    answer = place.client("nobody").post("/credits/plans/new/", {"content": TYPED})
    assert answer.status_code == 403 and copied(answer) == [SHOWN]


def test_buttons_alone_lead_to_sign_in() -> None:
    answer = Client().post("/admin/faq/entry/", {"action": "publish"})
    assert answer.headers["Location"] == "/admin/login/?next=/admin/faq/entry/"

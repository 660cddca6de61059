"""The admin as editors use it, and as somebody would who wants to break it."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterable
from html import unescape
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from credits.models import TrainingCycle
from faq import search
from faq.models import Category, Document, Entry, Feedback, SynonymGroup
from helpdesk.management.commands.bootstrap import EDITORS, editors, load_once

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
PASSWORD = "a-long-enough-1"


def make_editor(name: str = "editor") -> User:
    """Staff in the editors' group, with no other rights."""
    user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
    user.groups.add(editors())
    return user


@pytest.fixture
def editor(client: Client, content: None) -> User:
    user = make_editor()
    client.force_login(user)
    return user


def sign_in(name: str, password: str, **extra: str) -> Any:
    """One try by a browser that was never here before."""
    return Client(**extra).post(LOGIN, {"username": name, "password": password, "next": "/admin/"})  # type: ignore[arg-type]


def payload(**fields: Any) -> dict[str, Any]:
    """What the entry form sends."""
    blank = {
        "ref": "",
        "short_question": "",
        "notice": "",
        "document": "",
        "number": "",
        "status": "published",
        "said": "",
    }
    category = Category.objects.get(slug="upgrade-study").pk
    return blank | {"question": "玄铁按钮在哪里？", "answer": "在首页。", "category": category} | fields


def save(client: Client, path: str, data: dict[str, Any]) -> None:
    """Saves a form that is right."""
    answer = client.post(path, data)
    assert answer.status_code == 302, answer.context["errors"]


def errors(client: Client, path: str, data: dict[str, Any]) -> str:
    """What a form that is wrong says."""
    answer = client.post(path, data)
    assert answer.status_code == 200
    return str(answer.context["errors"])


def change(entry: Entry) -> str:
    return reverse("admin:faq_entry_change", args=[entry.pk])


# --- signing in ------------------------------------------------------------------------------------------------


def test_the_sign_in_page_is_chinese(client: Client) -> None:
    body = client.get(LOGIN).content.decode()
    assert "用户名" in body and "密码" in body and "登录" in body
    assert re.search(r'id="site-name">.*师训问答管理后台', body)


def test_whoever_is_not_signed_in_is_led_to_sign_in(client: Client) -> None:
    answer = client.get("/admin/faq/entry/")
    assert (answer.status_code, answer["Location"]) == (302, f"{LOGIN}?next=/admin/faq/entry/")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil.example"]
)
def test_signing_in_never_leads_away(client: Client, target: str) -> None:
    make_editor()
    answer = client.post(LOGIN, {"username": "editor", "password": PASSWORD, "next": target})
    assert answer.status_code == 302
    assert "evil" not in answer["Location"] and "alert" not in answer["Location"]


def test_a_teacher_without_staff_rights_does_not_get_in() -> None:
    User.objects.create_user("teacher", password=PASSWORD)
    assert sign_in("teacher", PASSWORD).status_code == 200


def test_too_many_failures_lock_out_however_often_cookies_are_thrown_away(settings: Any) -> None:
    make_editor()
    answers = [sign_in("editor", "wrong") for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert [answer.status_code for answer in answers[:-1]] == [200] * (settings.AXES_FAILURE_LIMIT - 1)
    for locked in (answers[-1], sign_in("editor", PASSWORD)):
        assert locked.status_code == 429
        assert "操作太频繁，请稍等" in locked.content.decode()


def lock_out(name: str, **extra: str) -> None:
    for _ in range(8):
        sign_in(name, "wrong", **extra)
    assert sign_in(name, "wrong", **extra).status_code == 429


def test_a_stranger_elsewhere_cannot_lock_an_editor_out() -> None:
    make_editor()
    lock_out("editor", REMOTE_ADDR="203.0.113.9")
    assert sign_in("editor", PASSWORD).status_code == 302


def test_a_colleague_at_the_same_address_can_still_sign_in() -> None:
    make_editor("colleague")
    lock_out("editor")
    assert sign_in("colleague", PASSWORD).status_code == 302


def test_a_lockout_by_a_forged_address_still_counts() -> None:
    for number in range(9):
        answer = sign_in("editor", "wrong", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}")
    assert answer.status_code == 429


def test_a_lockout_ends_after_half_an_hour() -> None:
    make_editor()
    lock_out("editor")
    AccessAttempt.objects.update(attempt_time=timezone.now() - datetime.timedelta(minutes=31))
    assert sign_in("editor", PASSWORD).status_code == 302


def test_success_forgets_earlier_slips() -> None:
    make_editor()
    for _ in range(3):
        for _ in range(5):
            assert sign_in("editor", "wrong").status_code == 200
        assert sign_in("editor", PASSWORD).status_code == 302


def test_no_password_is_kept_of_a_failed_try() -> None:
    sign_in("editor", "my-real-password-with-a-slip")
    assert "my-real-password" not in str(AccessAttempt.objects.values().get())


@pytest.mark.parametrize(
    ("name", "query", "agent"),
    [
        ("a\x00b", "", "x"),
        ("编" * 10_000, "", "x"),
        ("'; DROP TABLE auth_user; --", "", "'; DROP TABLE auth_user; --"),
        ("editor", "?next=%00", "x"),
        ("editor", "?a=%00&b=%ff", "x"),
        ("editor", "?" + "a=1&" * 1000, "y" * 5000),
        ("editor", "", "\udcff".encode("utf-8", "surrogateescape").decode("latin-1")),
    ],
)
def test_a_hostile_try_is_just_a_failed_one(client: Client, name: str, query: str, agent: str) -> None:
    form = {"username": name, "password": "wrong\x00", "more": "nul \x00"}
    assert client.post(LOGIN + query, form, HTTP_USER_AGENT=agent).status_code == 200
    form["password"] = "wrong"
    assert client.post(LOGIN + query, form, HTTP_USER_AGENT=agent).status_code == 200
    assert User.objects.count() == 0


READ = ["title", "placeholder", "aria-label", "alt"]


def english(body: str) -> set[str]:
    """English words among what a page lets people read or hear, names of our own aside."""
    body = re.sub(r"(?s)<(script|style|svg|code)\b.*?</\1>|<!--.*?-->|&\w+;", "", body)
    texts = [re.sub("<[^>]*>", "\n", body), *re.findall(rf'\b(?:{"|".join(READ)})="([^"]*)"', body)]
    words = {word for text in texts for word in re.findall(r"[A-Za-z]{2,}[A-Za-z ]*", text)}
    # Django's own captions for screen readers, which its Chinese catalogue leaves in English.
    left = {"Add link", "Change or view list link", "Model name", "Search"}
    own = r"(editor|upgrade|credits|HTML|login|account)"
    return {word.strip() for word in words if not re.match(own, word)} - left


PAGES_OF_THE_ADMIN = [
    "",
    "faq/",
    "faq/entry/",
    "faq/entry/?q=1",
    "faq/entry/add/",
    "faq/entry/try/",
    "faq/synonymgroup/",
    "faq/synonymgroup/add/",
    "faq/category/add/",
    "faq/feedback/",
    "faq/feedback/?q=1",
    "password_change/",
]


@pytest.mark.parametrize("path", PAGES_OF_THE_ADMIN)
def test_editors_read_and_hear_chinese(client: Client, editor: User, path: str) -> None:
    assert english(client.get(f"/admin/{path}").content.decode()) <= {"PC", "pc"}  # a synonym of 电脑


@pytest.mark.parametrize("path", ["change", "delete", "history"])
def test_editors_read_and_hear_chinese_at_an_entry_too(client: Client, editor: User, path: str) -> None:
    entry = Entry.objects.get(ref="credits-05")
    assert english(client.get(f"/admin/faq/entry/{entry.pk}/{path}/").content.decode()) == set()


# --- phrasings, synonyms, and trying a search out ----------------------------------------------------------------


def test_phrasings_are_saved_with_their_entry_and_found(client: Client, editor: User) -> None:
    save(client, "/admin/faq/entry/add/", payload(ref="iron", said="铁疙瘩  在哪点\r\n\r\n 那个黑按钮"))
    entry = Entry.objects.get(ref="iron")
    assert [phrasing.text for phrasing in entry.phrasings.all()] == ["铁疙瘩 在哪点", "那个黑按钮"]
    assert search.search("黑按钮").hits[0].entry == entry


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("看课没时长\n看课没时长", "第 2 行“看课没时长”和第 1 行重复了。"),
        ("看課沒時長\n\n看课 没时长！", "第 3 行“看课 没时长！”和第 1 行重复了。"),
        ("好\n？？？", "第 2 行“？？？”没有可以搜索的字。"),
        ("学" * 61, "第 1 行“学学学学学学学学学学…”有 61 个字，一种问法最多 60 个字。"),
        ("\n".join(f"第 {number} 种" for number in range(61)), "最多写 60 行。"),
    ],
)
def test_phrasings_that_are_no_use_are_refused_by_line(
    client: Client, editor: User, lines: str, complaint: str
) -> None:
    answer = client.post("/admin/faq/entry/add/", payload(ref="iron", said=lines))
    assert answer.context["adminform"].form.errors["said"] == [complaint]
    assert lines in unescape(answer.content.decode())
    assert not Entry.objects.filter(ref="iron").exists()


def test_phrasings_are_changed_line_by_line(client: Client, editor: User) -> None:
    entry = Entry.objects.get(ref="credits-18")
    before = {phrasing.text: phrasing.pk for phrasing in entry.phrasings.all()}
    _, *kept = before
    assert "\n".join(before) in client.get(change(entry)).content.decode()
    source = {"document": entry.document_id, "number": entry.number, "category": entry.category_id}
    said = "\n".join([*kept, "山上就我一个"])
    save(client, change(entry), payload(question=entry.question, answer=entry.answer, said=said, **source))
    after = {phrasing.text: phrasing.pk for phrasing in entry.phrasings.all()}
    assert [*after] == [*kept, "山上就我一个"]
    assert all(after[text] == before[text] for text in kept)
    assert "相似问法" in client.get(f"/admin/faq/entry/{entry.pk}/history/").content.decode()


def test_a_save_over_somebody_elses_is_refused_once_and_loses_nothing(client: Client, editor: User) -> None:
    entry = Entry.objects.get(ref="credits-18")
    seen = re.findall(r'name="seen" value="(\d+)"', client.get(change(entry)).content.decode())[0]
    entry.notice = "同事写的"
    entry.save()
    source = {"document": entry.document_id, "number": entry.number, "category": entry.category_id}
    mine = payload(question="我写的问题", answer=entry.answer, said="我写的问法", seen=seen, **source)
    answer = client.post(change(entry), mine)
    assert "这条问答被改过了" in str(answer.context["errors"])
    body = unescape(answer.content.decode())
    assert "我写的问题" in body
    assert "我写的问法" in body
    assert Entry.objects.get(pk=entry.pk).notice == "同事写的"
    again = re.findall(r'name="seen" value="(\d+)"', body)[0]
    save(client, change(entry), mine | {"seen": again})
    assert Entry.objects.get(pk=entry.pk).question == "我写的问题"


def test_a_phrasing_that_another_entry_has_is_saved_and_told(client: Client, editor: User) -> None:
    answer = client.post("/admin/faq/entry/add/", payload(ref="iron", said="单人校"), follow=True)
    assert "“单人校”也是“" in answer.content.decode()


def test_the_list_finds_entries_by_their_phrasings(client: Client, editor: User) -> None:
    assert "upgrade-10" in client.get("/admin/faq/entry/", {"q": "看了白看"}).content.decode()


@pytest.mark.parametrize(
    ("written", "saved"),
    [("打印机 印表机", "打印机 印表机"), ("打印机，印表机、 列印机", "打印机 印表机 列印机")],
)
def test_synonyms_are_saved_apart_by_spaces(client: Client, editor: User, written: str, saved: str) -> None:
    save(client, "/admin/faq/synonymgroup/add/", {"words": written})
    assert SynonymGroup.objects.filter(words=saved).exists()


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("打印机", "至少写两个不同的词"),
        ("打印机 打印机", "至少写两个不同的词"),
        ("打印机 " + "很" * 13, "最多 12 个字"),
        ("", "必填"),
        ("支教 的", "“的”不能作同义词"),
        ("支教 ？？", "“？？”不能作同义词"),
        ("录播 回放 重播 回看 重看 补看 看录像", "已经有这一组了"),
        (" ".join("甲乙丙丁" + str(number) for number in range(60)), "一组最多 200 个字"),
    ],
)
def test_synonyms_that_are_none_are_refused(client: Client, editor: User, written: str, complaint: str) -> None:
    assert complaint in errors(client, "/admin/faq/synonymgroup/add/", {"words": written})


def test_trying_a_search_out_tells_what_is_found_and_why(client: Client, editor: User) -> None:
    body = client.get("/admin/faq/entry/try/", {"q": "请问 看课没时长"}).content.decode()
    assert "有把握的答案" in body
    assert "不算数的词：请问" in body
    assert f'<a href="{change(Entry.objects.get(ref="upgrade-10"))}" target="_blank"' in body
    assert "最像的一种相似问法是“" in body
    assert "老师一共会看到" in body
    assert "统一写法以后是：请问 看课没时长" not in body
    nothing = client.get("/admin/faq/entry/try/", {"q": "饕餮盛宴"}).content.decode()
    assert "没有把握" in nothing
    assert "没有一条已发布的问答里有这个词" in nothing
    assert "老师会看到“换一种说法试试，或者从分类里找”" in nothing
    assert "统一写法以后是：账号 登录" in client.get("/admin/faq/entry/try/", {"q": "帳號 登陆"}).content.decode()
    assert "只用了前 100 个字" in client.get("/admin/faq/entry/try/", {"q": "学" * 101}).content.decode()
    assert english(body) == english(nothing) == set()


@pytest.mark.parametrize("query", ["", " ", "\x00", "的", "<script>alert(1)</script>", "学" * 5000, "(" * 300])
def test_trying_anything_out_works(client: Client, editor: User, query: str) -> None:
    answer = client.get("/admin/faq/entry/try/", {"q": query})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_only_who_may_see_entries_may_try_them_out(client: Client, content: None) -> None:
    assert client.get("/admin/faq/entry/try/").status_code == 302
    client.force_login(User.objects.create_user("staff", is_staff=True))
    assert client.get("/admin/faq/entry/try/").status_code == 403


@pytest.mark.parametrize("path", ["faq/entry/", "faq/synonymgroup/"])
def test_the_lists_lead_to_trying_out(client: Client, editor: User, path: str) -> None:
    assert 'href="/admin/faq/entry/try/"' in client.get(f"/admin/{path}").content.decode()


def test_the_admin_warns_where_the_index_cannot_be_written(
    client: Client, editor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "磁盘" not in client.get("/admin/").content.decode()
    monkeypatch.setattr(search.own_replica, "trouble", "搜索索引写不进磁盘：磁盘已满。")
    for path in ("/admin/", "/admin/faq/entry/"):
        assert "搜索索引写不进磁盘：磁盘已满。" in client.get(path).content.decode()


# --- who may do what ---------------------------------------------------------------------------------------------


def test_editors_have_just_the_rights_to_what_search_answers_from() -> None:
    rights = {permission.codename for permission in editors().permissions.all()}
    assert rights == {
        f"{verb}_{model}"
        for verb in ("add", "change", "delete", "view")
        for model in ("entry", "category", "synonymgroup")
    } | {"view_feedback", "delete_feedback"}
    assert editors().name == EDITORS


def test_an_editor_sees_only_what_search_answers_from(client: Client, editor: User) -> None:
    links = set(re.findall(r'href="/admin/(\w+/\w+)/"', client.get("/admin/").content.decode()))
    assert links == {"faq/entry", "faq/category", "faq/synonymgroup", "faq/feedback"}


@pytest.mark.parametrize("model", [User, Group, TrainingCycle, Document])
def test_an_editor_cannot_open_anything_else(client: Client, editor: User, model: type[Model]) -> None:
    one = model._default_manager.all()[0].pk
    for page in ("", "add/", f"{one}/change/", f"{one}/delete/", f"{one}/history/"):
        path = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{page}"
        assert {client.get(path).status_code, client.post(path, {"post": "yes"}).status_code} == {403}


def test_an_editor_cannot_change_a_password_of_somebody_else(client: Client, editor: User) -> None:
    other = make_editor("other")
    assert client.get(f"/admin/auth/user/{other.pk}/password/").status_code == 403


def test_a_category_or_document_missing_its_rights_is_not_offered_for_editing(client: Client, editor: User) -> None:
    body = client.get("/admin/faq/entry/add/").content.decode()
    assert "/admin/faq/category/add/" in body
    assert "/admin/faq/document/add/" not in body


def test_changing_needs_a_csrf_token(editor: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(editor)
    assert browser.post("/admin/faq/entry/add/", payload(ref="forged")).status_code == 403
    assert not Entry.objects.filter(ref="forged").exists()


# --- editing entries ---------------------------------------------------------------------------------------------


def test_a_new_entry_is_a_draft_unless_said_otherwise(client: Client, editor: User) -> None:
    body = client.get("/admin/faq/entry/add/").content.decode()
    assert '<option value="draft" selected>' in body


@pytest.mark.django_db(transaction=True)
def test_a_saved_entry_is_on_its_page_and_in_search_at_once(client: Client, editor: User) -> None:
    save(client, "/admin/faq/entry/add/", payload(ref="iron"))
    assert "玄铁按钮在哪里" in Client().get("/faq/iron/").content.decode()
    [first, *_] = client.get("/api/v1/search?q=玄铁按钮").json()["results"]
    assert first["ref"] == "iron"
    save(client, change(Entry.objects.get(ref="iron")), payload(question="青铜把手在哪里？"))
    assert client.get("/api/v1/search?q=玄铁按钮").json()["confident"] is False
    assert client.get("/api/v1/search?q=青铜把手").json()["results"][0]["ref"] == "iron"


@pytest.mark.django_db(transaction=True)
def test_a_deleted_entry_is_gone_from_search_at_once(client: Client, editor: User) -> None:
    save(client, "/admin/faq/entry/add/", payload(ref="iron"))
    save(client, f"/admin/faq/entry/{Entry.objects.get(ref='iron').pk}/delete/", {"post": "yes"})
    assert client.get("/faq/iron/").status_code == 404
    assert "iron" not in [hit["ref"] for hit in client.get("/api/v1/search?q=玄铁按钮").json()["results"]]


def test_an_empty_ref_gets_one(client: Client, editor: User) -> None:
    save(client, "/admin/faq/entry/add/", payload())
    save(client, "/admin/faq/entry/add/", payload())
    refs = Entry.objects.filter(question="玄铁按钮在哪里？").values_list("ref", flat=True)
    assert len(set(refs)) == 2
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", ref) for ref in refs)
    assert {client.get(f"/faq/{ref}/").status_code for ref in refs} == {200}


def test_a_ref_cannot_be_changed_afterwards(client: Client, editor: User) -> None:
    entry = Entry.objects.get(ref="upgrade-05")
    assert 'name="ref"' not in client.get(change(entry)).content.decode()
    save(client, change(entry), payload(ref="another", document=entry.document_id, number=5))
    assert Entry.objects.get(pk=entry.pk).ref == "upgrade-05"


@pytest.mark.parametrize(
    "ref", ["category", "Upper", "学分", "a b", "a/b", "-a", "a--b", "a\n", "../x", "upgrade-01", "a" * 41]
)
def test_a_ref_that_would_make_no_address_is_refused(client: Client, editor: User, ref: str) -> None:
    path = "/admin/faq/entry/add/"
    answer = client.post(path, payload(ref=ref))
    assert answer.status_code == 200 or Entry.objects.filter(ref=ref.strip()).count() == 1
    assert Entry.objects.filter(ref=ref).count() == (ref == "upgrade-01")


def test_plain_text_becomes_paragraphs(client: Client, editor: User) -> None:
    save(client, "/admin/faq/entry/add/", payload(ref="plain", answer="第一段\r\n还是第一段\r\n\r\n第二段 1<2"))
    answer = re.sub(r"\s*\n\s*", "", Entry.objects.get(ref="plain").answer)
    assert answer == "<p>第一段<br>还是第一段</p><p>第二段 1&lt;2</p>"


def test_html_stays_as_it_is(client: Client, editor: User) -> None:
    answer = '<ol><li>一</li><li>二</li></ol><div class="note">注意</div>'
    save(client, "/admin/faq/entry/add/", payload(ref="html", answer=answer))
    assert Entry.objects.get(ref="html").answer == answer


def test_a_source_is_whole_and_its_own(client: Client, editor: User) -> None:
    document = Document.objects.get(slug="credits").pk
    add = "/admin/faq/entry/add/"
    assert "来源文档和序号要么都填，要么都不填。" in errors(client, add, payload(ref="half", document=document))
    taken = payload(ref="taken", document=document, number=5)
    assert "这份文档的这个序号已经有一条问答了。" in errors(client, add, taken)


@pytest.mark.parametrize("field", ["question", "answer", "category", "status"])
def test_a_missing_field_is_named_in_chinese(client: Client, editor: User, field: str) -> None:
    assert "必填" in errors(client, "/admin/faq/entry/add/", payload(ref="missing", **{field: ""}))


def test_a_change_stands_in_the_history(client: Client, editor: User) -> None:
    entry = Entry.objects.get(ref="credits-05")
    save(client, change(entry), payload(document=entry.document_id, number=5))
    history = client.get(f"/admin/faq/entry/{entry.pk}/history/").content.decode()
    assert "已修改" in history and "editor" in history


def test_the_form_leads_to_the_page(client: Client, editor: User) -> None:
    assert 'href="/faq/credits-05/"' in client.get(change(Entry.objects.get(ref="credits-05"))).content.decode()


def run_action(client: Client, name: str, *entries: Entry) -> Any:
    data = {"action": name, "_selected_action": [entry.pk for entry in entries]}
    return client.post("/admin/faq/entry/", data, follow=True)


def test_selected_drafts_are_published_together(client: Client, editor: User) -> None:
    entries = [Entry.objects.get(ref=ref) for ref in ("upgrade-01", "upgrade-02", "upgrade-03")]
    Entry.objects.filter(ref__in=["upgrade-01", "upgrade-02"]).update(status="draft")
    answer = run_action(client, "publish", *entries)
    assert "已发布 2 条" in answer.content.decode()
    assert {client.get(entry.get_absolute_url()).status_code for entry in entries} == {200}


def test_selected_entries_become_drafts_together(client: Client, editor: User) -> None:
    entries = [Entry.objects.get(ref=ref) for ref in ("upgrade-01", "upgrade-02")]
    before = [entry.stamp for entry in entries]
    assert "已改回草稿 2 条" in run_action(client, "unpublish", *entries).content.decode()
    after = [Entry.objects.get(pk=entry.pk) for entry in entries]
    assert {entry.status for entry in after} == {"draft"}
    assert all(new.stamp != old for new, old in zip(after, before, strict=True))
    assert {Client().get(entry.get_absolute_url()).status_code for entry in entries} == {404}


def test_an_action_stands_in_the_history_too(client: Client, editor: User) -> None:
    entry = Entry.objects.get(ref="upgrade-01")
    run_action(client, "unpublish", entry)
    assert "已改回草稿" in client.get(f"/admin/faq/entry/{entry.pk}/history/").content.decode()


def test_whoever_may_only_look_gets_no_actions(client: Client, content: None) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(editors().permissions.get(codename="view_entry"))
    client.force_login(viewer)
    assert 'value="unpublish"' not in client.get("/admin/faq/entry/").content.decode()
    run_action(client, "unpublish", Entry.objects.get(ref="upgrade-01"))
    assert Entry.objects.get(ref="upgrade-01").is_published


def listed(client: Client, query: str) -> set[str]:
    """The refs in the list of entries under `query`."""
    return set(re.findall(r'class="field-ref">([\w-]+)<', client.get(f"/admin/faq/entry/?{query}").content.decode()))


def test_the_list_can_be_searched(client: Client, editor: User) -> None:
    assert listed(client, "q=upgrade-07") == {"upgrade-07"}
    assert "credits-05" in listed(client, "q=学历") < listed(client, "")
    assert listed(client, "q=学历 没有这句话") == set()


def test_the_list_can_be_filtered(client: Client, editor: User) -> None:
    Entry.objects.filter(ref="upgrade-01").update(status="draft")
    assert listed(client, "status__exact=draft") == {"upgrade-01"}
    category, document = Category.objects.get(slug="upgrade-login"), Document.objects.get(slug="credits")
    assert listed(client, f"category__id__exact={category.pk}") == {e.ref for e in category.entries.all()}
    assert len(listed(client, f"document__id__exact={document.pk}")) == 21


def test_the_list_takes_few_queries(client: Client, editor: User, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(15):
        client.get("/admin/faq/entry/")


def test_a_renamed_category_is_found_by_its_new_name(client: Client, editor: User) -> None:
    category = Category.objects.get(slug="credits-people")
    data = {"name": "玄铁人员", "description": "", "position": 70}
    save(client, f"/admin/faq/category/{category.pk}/change/", data)
    assert client.get("/api/v1/search?q=玄铁人员").json()["results"]
    assert Category.objects.get(pk=category.pk).slug == "credits-people"


def test_deleting_a_category_in_use_is_refused_kindly(client: Client, editor: User) -> None:
    category = Category.objects.get(slug="upgrade-login")
    path = f"/admin/faq/category/{category.pk}/delete/"
    for answer in (client.get(path), client.post(path, {"post": "yes"})):
        assert answer.status_code == 200
        assert "电脑端如何登录学习" in answer.content.decode()
    data = {"action": "delete_selected", "_selected_action": [category.pk], "post": "yes"}
    assert client.post("/admin/faq/category/", data).status_code == 200
    assert Category.objects.filter(pk=category.pk).exists()


def test_an_empty_category_can_be_deleted(client: Client, editor: User) -> None:
    category = Category.objects.create(slug="empty", name="空")
    save(client, f"/admin/faq/category/{category.pk}/delete/", {"post": "yes"})
    assert not Category.objects.filter(slug="empty").exists()


# --- training cycles -----------------------------------------------------------------------------------------------

CYCLE = {
    "code": "2028",
    "starts_on": "2028-09-01",
    "ends_on": "2033-08-31",
    "coordinated_required": "26",
    "self_directed_required": "10",
    "degree_offset_cap": "8",
    "safety_net_cap_per_school_year": "1.5",
    "safety_net_cap_per_cycle": "7.5",
    "lessons_observed_per_credit": "20",
    "county_open_classes_per_credit": "1",
    "school_open_classes_per_credit": "2",
    "county_lectures_per_credit": "1",
    "school_lectures_per_credit": "2",
    "hours_per_credit": "10",
    "rates-TOTAL_FORMS": "0",
    "rates-INITIAL_FORMS": "0",
}
ADD_CYCLE = "/admin/credits/trainingcycle/add/"


def test_a_cycle_is_added_and_its_code_stays(admin_client: Client, content: None) -> None:
    save(admin_client, ADD_CYCLE, CYCLE)
    cycle = TrainingCycle.objects.get(code="2028")
    path = f"/admin/credits/trainingcycle/{cycle.pk}/change/"
    save(admin_client, path, CYCLE | {"code": "other", "coordinated_required": "27.5", "confirmed": "on"})
    cycle.refresh_from_db()
    assert (cycle.code, str(cycle.coordinated_required), cycle.confirmed) == ("2028", "27.50", True)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"starts_on": "2028-08-31"}, "与另一个培训周期的日期重叠了。"),
        ({"starts_on": "2017-01-01", "ends_on": "2030-01-01"}, "与另一个培训周期的日期重叠了。"),
        ({"starts_on": "2032-02-29"}, "学年每年都从这一天开始，不能是 2 月 29 日。"),
        ({"ends_on": "2028-09-01"}, "结束日期要晚于开始日期。"),
        ({"ends_on": "2027-08-31", "starts_on": "2040-09-01"}, "结束日期要晚于开始日期。"),
        ({"starts_on": "2028-02-30"}, "日期"),
        ({"starts_on": ""}, "必填"),
        ({"coordinated_required": "-1"}, "大于或等于"),
        ({"degree_offset_cap": "NaN"}, "数字"),
        ({"degree_offset_cap": "1.234"}, "小数"),
        ({"safety_net_cap_per_cycle": "1e309"}, ""),
        ({"safety_net_cap_per_cycle": "99999"}, ""),
        ({"lessons_observed_per_credit": "0"}, "大于或等于1"),
        ({"county_lectures_per_credit": "-5"}, "大于或等于"),
        ({"school_lectures_per_credit": "1.5"}, "整数"),
        ({"hours_per_credit": "7"}, ""),
        ({"hours_per_credit": "0"}, ""),
        ({"hours_per_credit": ""}, "必填"),
        ({"code": "2018"}, "已存在"),
        ({"code": "二〇二八"}, "只能用字母、数字和短横线。"),
    ],
)
def test_a_cycle_that_cannot_be_is_refused_in_chinese(
    admin_client: Client, content: None, wrong: dict[str, str], message: str
) -> None:
    said = errors(admin_client, ADD_CYCLE, CYCLE | wrong)
    assert message in said and re.search(r"[\u4e00-\u9fff]", said)
    assert TrainingCycle.objects.count() == 2


def test_a_cycle_may_follow_right_after_another(admin_client: Client, content: None) -> None:
    save(admin_client, ADD_CYCLE, CYCLE)
    save(admin_client, ADD_CYCLE, CYCLE | {"code": "2013", "starts_on": "2013-09-01", "ends_on": "2018-08-31"})
    assert TrainingCycle.objects.count() == 4


def test_a_category_gets_a_conversion_of_its_own_in_a_cycle(admin_client: Client, content: None) -> None:
    rate = {"rates-TOTAL_FORMS": "1", "rates-0-category": "national", "rates-0-hours_per_credit": "8"}
    save(admin_client, ADD_CYCLE, CYCLE | rate)
    cycle = TrainingCycle.objects.get(code="2028")
    assert (cycle.hours_per_credit_of("national"), cycle.hours_per_credit_of("county")) == (8, 10)
    body = admin_client.get("/credits/rules/").content.decode()
    assert re.search(r"国培</th>(<td>10 学时 1 学分</td>){2}<td>8 学时 1 学分</td>", body)


def test_hours_are_chosen_from_those_that_divide_exactly(admin_client: Client, content: None) -> None:
    body = (
        admin_client.get(ADD_CYCLE).content.decode().partition('name="hours_per_credit"')[2].partition("</select>")[0]
    )
    offered = [int(value) for value in re.findall(r'value="(\d+)"', body)]
    assert 10 in offered
    assert all(10**6 % hours == 0 for hours in offered)


# --- addresses made by hand --------------------------------------------------------------------------------------

BIG = "9" * 20
LISTS = [
    *(f"q={query}" for query in ("学" * 200_000, "%00", "%25_'\"((\\", "a " * 20_000, "%FF*")),
    *(f"p={page}" for page in ("-1", "abc", "１", BIG, "9" * 5000, "%00")),
    *(f"o={order}" for order in ("99", "-99", "abc", "1.-2.x", "." * 1000, BIG, "%00")),
    *("all=", "e=1", "_facets=True", "_facets=&q=a", "_popup=1", "_to_field=nothing", "_to_field=%00"),
    *("nothing=1", "nothing__exact=1", "__=1", "=1", "id__exact__exact=1", "id__regex=((", "id__isnull=maybe"),
    *(f"id={value}" for value in ("abc", BIG, "%00")),
    *(f"id__in={value}" for value in ("1,2", "abc", BIG, "%00", "," * 2000)),
    *("id__gte=1e400", f"id__lt={BIG}", f"pk__in={BIG}", "pk=%00", "&".join(f"id__gte={n}" for n in range(2500))),
]
LISTS_OF_ONE = [
    *("faq/entry/?question__regex=((", "faq/entry/?answer__contains=a", "faq/entry/?category__slug__startswith=a"),
    *("faq/entry/?status__exact=%00", "faq/entry/?status__exact=nothing", "faq/entry/?status__in=draft,published"),
    *(f"faq/entry/?category__id__exact={value}" for value in ("abc", BIG, "%00", "-1", "")),
    *("faq/entry/?category__isnull=x", f"faq/entry/?document__id__exact={BIG}", f"faq/entry/?category={BIG}"),
    *("faq/entry/?updated_at__gte=0001-01-01", "faq/entry/?updated_at__gte=9999-12-31", "faq/entry/?updated_at__gte=x"),
    *("faq/entry/?updated_at__year=99999", "faq/entry/?updated_at__year__gte=99999", "faq/entry/?ref__exact=a%00"),
    *("faq/feedback/?voter__exact=a", "faq/feedback/?comment__regex=((", "faq/feedback/?helpful__exact=maybe"),
    *(f"faq/feedback/?entry__id__exact={value}" for value in ("abc", BIG, "%00", "-1", "")),
    *("faq/feedback/?entry__category__id__exact=abc", f"faq/feedback/?entry__category__id__exact={BIG}"),
    *("faq/feedback/?reason__exact=%00", "faq/feedback/?entry__answer__contains=a", "faq/entry/?checked_on__gte=x"),
    *("faq/category/?entries__answer__contains=a", f"faq/category/?entries={BIG}", "faq/document/?year__gte=1e400"),
    *("auth/user/?date_joined__year=99999", "auth/user/?username__regex=((", "auth/user/?password__startswith=p"),
    *(
        "auth/user/?date_joined__year__exact=99999",
        "auth/user/?date_joined__gte=0001-01-01",
        "auth/user/?is_staff__exact=%00",
    ),
    *(f"auth/user/?groups__id__exact={BIG}", "auth/user/?last_login__hour__in=99", "auth/user/?username__exact=%00"),
    *("credits/trainingcycle/?confirmed__exact=maybe", "credits/trainingcycle/?starts_on__year__gte=99999"),
    *("credits/trainingcycle/?starts_on__gte=2018-02-30", "credits/trainingcycle/?hours_per_credit__in=9,x"),
]
OBJECTS = ["-1", BIG, "abc", "1%00", "_00", "..", "9" * 5000]
ADDS = ["?category=abc", f"?category={BIG}", "?category=%00", "?permissions=abc,%00", "?groups=1", "?status=%00"]
ADDS += ["?_changelist_filters=%00", "?_changelist_filters=" + "a%3Db%26" * 4000, "?_to_field=%00", "?_popup=1", "?=1"]
ADDS += ["?question=" + "学" * 50_000, "?starts_on=0000-00-00", "?position=NaN"]


@pytest.fixture
def superuser(admin_user: User) -> Client:
    """May do everything; there is a row or two of everything."""
    category = Category.objects.create(slug="a", name="甲")
    document = Document.objects.create(slug="d", title="资料", year=2021)
    for number in (1, 2):
        fields = {"question": "问", "answer": "答", "category": category, "document": document}
        entry = Entry.objects.create(ref=f"e-{number}", number=number, **fields)
        Feedback.objects.create(entry=entry, voter="v", helpful=False, comment="学")
    load_once("cycles")
    editors()
    client = Client(raise_request_exception=False)
    client.force_login(admin_user)
    return client


def broken(client: Client, addresses: Iterable[str]) -> dict[str, int | str]:
    """Which addresses below /admin/ answer with a 5xx, and which take more than two seconds."""
    found: dict[str, int | str] = {}
    for address in addresses:
        began = time.process_time()
        with transaction.atomic():
            status = client.get(f"/admin/{address}").status_code
            transaction.set_rollback(status >= 500)
        if status >= 500:
            found[address[:100]] = status
        elif time.process_time() - began > 2:
            found[address[:100]] = f"{time.process_time() - began:.1f} s"
    return found


def test_every_model_is_tried() -> None:
    assert set(MODELS) == {f"{model._meta.app_label}/{model._meta.model_name}" for model in admin.site._registry}


MODELS = ["auth/user", "auth/group", "credits/trainingcycle", "faq/category", "faq/document", "faq/entry"]
MODELS += [
    "faq/synonymgroup",
    "faq/feedback",
    "credits/organization",
    "credits/membership",
    "credits/teacher",
    "credits/statementaccess",
]


@pytest.mark.parametrize("model", MODELS)
def test_no_query_breaks_a_list(superuser: Client, model: str) -> None:
    half = LISTS[MODELS.index(model) % 2 :: 2]  # every query meets three models of six, and the entries
    assert broken(superuser, (f"{model}/?{query}" for query in (LISTS if model == "faq/entry" else half))) == {}


def test_no_filter_breaks_the_list_it_is_for(superuser: Client) -> None:
    assert broken(superuser, LISTS_OF_ONE) == {}


@pytest.mark.parametrize("model", MODELS)
def test_no_id_or_prefill_breaks_a_form(superuser: Client, model: str) -> None:
    pages = ["change/", "history/", "delete/"]
    addresses = [f"{model}/{number}/{page}" for number in OBJECTS for page in pages]
    assert broken(superuser, addresses + [f"{model}/add/{query}" for query in ADDS]) == {}


@pytest.mark.parametrize("model", MODELS)
def test_no_selection_breaks_an_action(superuser: Client, model: str) -> None:
    found = {}
    for chosen in (["abc"], [BIG], ["\x00"], ["1"] * 2500, [""], ["-1", "１"]):
        for action in ("delete_selected", "publish", "nothing")[: None if model == "faq/entry" else 1]:
            with transaction.atomic():
                data = {"action": action, "_selected_action": chosen, "index": "x"}
                found[action, chosen[0]] = status = superuser.post(f"/admin/{model}/", data).status_code
                transaction.set_rollback(status >= 500)
    assert {what: status for what, status in found.items() if status >= 500} == {}


def test_no_shortcut_breaks(superuser: Client) -> None:
    shortcuts = [f"r/{kind}/{number}/" for kind in ("1", "abc", BIG, "%00") for number in ("1", "abc", BIG, "%00")]
    shortcuts += ["autocomplete/", "autocomplete/?app_label=auth&model_name=user&field_name=groups&term=%00", "jsi18n/"]
    shortcuts += [
        "nothing/",
        "%00/",
        "faq/",
        "faq/%00/",
        "../admin/",
        "faq/nothing/",
        "password_change/",
        "login/?next=%00",
    ]
    assert broken(superuser, shortcuts) == {}


def test_nobody_reads_password_hashes_by_filtering(superuser: Client) -> None:
    for lookup in ("password__startswith=p", "password__gte=a", "password=x", "password__exact=x", "password__in=x"):
        assert superuser.get(f"/admin/auth/user/?{lookup}").status_code == 400


def test_the_page_about_a_bad_address_is_ours(superuser: Client) -> None:
    answer = superuser.get("/admin/auth/user/?username__regex=((")
    assert answer.status_code == 400
    assert "这一页打不开" in answer.content.decode()


def test_groups_and_users_can_still_be_managed(superuser: Client) -> None:
    form = {"username": "new", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    save(superuser, "/admin/auth/user/add/", form)
    user = User.objects.get(username="new")
    assert superuser.get(f"/admin/auth/user/{user.pk}/change/").status_code == 200
    assert superuser.get("/admin/auth/user/?is_staff__exact=1&q=admin&o=1").status_code == 200
    save(superuser, "/admin/auth/group/add/", {"name": "又一组"})
    assert Group.objects.filter(name="又一组").exists()


@pytest.mark.parametrize("weak", ["short", "1234567890", "password123", "new-new-new", "x"])
def test_a_weak_password_is_refused_in_chinese(superuser: Client, weak: str) -> None:
    form = {"username": "new-new-new", "usable_password": "true", "password1": weak, "password2": weak}
    assert english(errors(superuser, "/admin/auth/user/add/", form)) == set()

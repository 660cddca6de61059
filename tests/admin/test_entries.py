"""Entries and categories in the admin: saved, listed, published together, deleted."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from faq.admin.paging import KeysFirst
from faq.models import Category, Document, Entry
from helpdesk.management.commands.bootstrap import editors
from tests.admin.forms import change, errors, payload, save

pytestmark = pytest.mark.django_db


def test_a_new_entry_can_stay_a_draft(client: Client, editor: User) -> None:
    assert 'value="存为草稿" name="_draft"' in client.get("/admin/faq/entry/add/").content.decode()
    save(client, "/admin/faq/entry/add/", payload(ref="iron", _draft="存为草稿"))
    assert Client().get("/faq/iron/").status_code == 404
    assert Entry.objects.get(ref="iron").status == "draft"


@pytest.mark.django_db(transaction=True)
def test_a_saved_entry_is_shown_and_found_at_once(client: Client, editor: User) -> None:
    save(client, "/admin/faq/entry/add/", payload(ref="iron"))
    assert "玄铁按钮在哪里" in Client().get("/faq/iron/").content.decode()
    [first, *_] = client.get("/api/v1/search?q=玄铁按钮").json()["results"]
    assert first["ref"] == "iron"
    save(client, change(Entry.objects.get(ref="iron")), payload(question="青铜把手在哪里？"))
    assert client.get("/api/v1/search?q=玄铁按钮").json()["confident"] is False
    assert client.get("/api/v1/search?q=青铜把手").json()["results"][0]["ref"] == "iron"


@pytest.mark.django_db(transaction=True)
def test_a_deleted_entry_leaves_search_at_once(client: Client, editor: User) -> None:
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
def test_a_ref_unfit_for_an_address_is_refused(client: Client, editor: User, ref: str) -> None:
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


@pytest.mark.parametrize("field", ["question", "answer", "category"])
def test_a_missing_field_is_named_in_chinese(client: Client, editor: User, field: str) -> None:
    assert "请填写这一栏。" in errors(client, "/admin/faq/entry/add/", payload(ref="missing", **{field: ""}))


def test_a_change_stands_in_the_history(client: Client, editor: User) -> None:
    entry = Entry.objects.get(ref="credits-05")
    save(client, change(entry), payload(document=entry.document_id, number=5))
    history = client.get(f"/admin/faq/entry/{entry.pk}/history/").content.decode()
    assert "发布" in history and "editor" in history


def test_the_form_leads_to_the_page(client: Client, editor: User) -> None:
    assert 'href="/faq/credits-05/"' in client.get(change(Entry.objects.get(ref="credits-05"))).content.decode()


def test_an_editor_moves_an_entry_to_the_front(client: Client, editor: User) -> None:
    category = Category.objects.get(slug="upgrade-study")
    save(client, "/admin/faq/entry/add/", payload(ref="first", position="1"))
    save(client, "/admin/faq/entry/add/", payload(ref="unplaced", position=""))
    refs = list(category.entries.in_order().values_list("ref", flat=True))
    assert (refs[0], refs[-1]) == ("first", "unplaced")


@pytest.mark.parametrize(
    ("name", "slug"), [("登录与密码", "deng-lu-yu-mi-ma"), ("FAQ 常见", "faq-chang-jian"), ("？？", "n")]
)
def test_a_category_gets_its_address_from_pinyin(client: Client, editor: User, name: str, slug: str) -> None:
    for _ in range(2):
        save(client, "/admin/faq/category/add/", {"name": name, "slug": "", "description": "", "position": "100"})
    assert set(Category.objects.filter(name=name).values_list("slug", flat=True)) == {slug, f"{slug}-2"}


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
    assert "改回草稿" in client.get(f"/admin/faq/entry/{entry.pk}/history/").content.decode()


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
    found = listed(client, "q=学历")
    assert "credits-05" in found
    assert "upgrade-01" not in found
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


def test_each_row_of_the_list_leads_to_its_form_and_page(client: Client, editor: User) -> None:
    listed = client.get("/admin/faq/entry/?q=upgrade-05").content.decode()
    entry = Entry.objects.get(ref="upgrade-05")
    moment = timezone.localtime(entry.updated_at)
    assert f'<a href="/admin/faq/entry/{entry.pk}/change/' in listed
    assert '<a href="/faq/upgrade-05/">打开</a>' in listed
    assert f'name="_selected_action" value="{entry.pk}" class="action-select"' in listed
    assert f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}" in listed


def test_the_pages_of_a_list_follow_each_other_from_both_ends(content: None) -> None:
    entries = Entry.objects.not_binned()
    pages = KeysFirst(entries, 6)
    assert [row for number in pages.page_range for row in pages.page(number)] == list(entries)


def test_a_category_is_found_by_its_new_name(client: Client, editor: User) -> None:
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

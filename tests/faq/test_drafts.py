"""Drafts: visitors find no trace of them, editors see them marked."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from faq.models import Category, Entry
from tests.cast import make_entry

pytestmark = pytest.mark.django_db


SECRET = "玄武岩办法尚未公开"  # asked for by its first word, so that only a leak shows the others
PLACES = ["/", "/faq/", "/faq/category/upgrade-study/", "/faq/upgrade-08/", "/sitemap-entries.xml", "/api/v1/entries/"]
PLACES += ["/api/v1/entries/upgrade-08/"]
PLACES += [f"{place}?q={query}" for place in ("/search/", "/api/v1/search") for query in ("玄武岩", "xuanwuyan", "xwy")]
PLACES += ["/api/v1/suggest?q=玄武岩", "/api/v1/suggest?q=玄", "/api/v1/suggest?q=xuanwu"]


@pytest.fixture
def draft(content: None) -> Entry:
    """A draft that is the first of its category, and another that is the only one: the places where it would show."""
    first = Entry.objects.in_order().filter(category__slug="upgrade-study")[0]
    fields = {"ref": "secret-draft", "question": SECRET, "answer": f"<p>{SECRET}</p>", "status": "draft"}
    draft = make_entry(**fields, document=first.document, number=0)
    hidden = Category.objects.create(slug="hidden", name="尚未公开的分类")
    make_entry(question=SECRET, ref="secret-draft-2", status="draft", category=hidden)
    return draft


@pytest.mark.parametrize("path", PLACES)
def test_a_visitor_finds_no_trace_of_a_draft(client: Client, draft: Entry, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    shown = str(answer.json()) if "json" in answer["Content-Type"] else answer.content.decode()
    assert "尚未公开" not in shown
    assert "secret-draft" not in shown
    assert "/faq/category/hidden/" not in shown


@pytest.mark.parametrize("path", ["/faq/secret-draft/", "/api/v1/entries/secret-draft/", "/faq/category/hidden/"])
def test_a_draft_looks_like_no_entry(client: Client, draft: Entry, path: str) -> None:
    answer = client.get(path)
    absent = client.get(re.sub("secret-draft|hidden", "nothing-there", path))
    assert (answer.status_code, answer.content) == (404, absent.content)


def test_a_teacher_sees_no_more_than_a_visitor(client: Client, draft: Entry) -> None:
    client.force_login(User.objects.create_user("teacher"))
    assert client.get("/faq/secret-draft/").status_code == 404
    assert SECRET not in client.get("/faq/").content.decode()


def test_counts_leave_drafts_out(client: Client, draft: Entry) -> None:
    count = Entry.objects.filter(category__slug="upgrade-study", status="published").count()
    for path in ("/", "/faq/"):
        body = client.get(path).content.decode()
        near = body[body.index("/faq/category/upgrade-study/") :]
        assert re.search(r"(\d+) 条", near)[1] == str(count)  # type: ignore[index]


@pytest.mark.parametrize("path", ["/", "/faq/", "/faq/category/upgrade-study/"])
def test_an_editor_sees_the_draft_with_its_badge(client: Client, draft: Entry, editor: User, path: str) -> None:
    body = client.get(path).content.decode()
    assert re.search(rf'{SECRET}</a> <span class="tag tag-draft">草稿</span>', body)


def test_an_editor_reads_the_draft_itself(client: Client, draft: Entry, editor: User) -> None:
    page = client.get("/faq/secret-draft/").content.decode()
    assert "这一条是<strong>草稿</strong>" in page
    assert '<meta name="robots" content="noindex">' in page
    assert "application/ld+json" not in page


@pytest.mark.parametrize("path", [path for path in PLACES if path.startswith(("/api", "/sitemap", "/search"))])
def test_public_lists_hide_drafts_from_editors_too(client: Client, draft: Entry, editor: User, path: str) -> None:
    test_a_visitor_finds_no_trace_of_a_draft(client, draft, path)


def test_unpublishing_takes_an_entry_away_everywhere_at_once(client: Client, content: None) -> None:
    entry = Entry.objects.get(ref="credits-05")
    client.get("/search/?q=学历冲抵")
    entry.status = "draft"
    entry.save()
    for path in (
        "/",
        "/faq/",
        "/search/?q=学历冲抵",
        "/sitemap-entries.xml",
        "/api/v1/search?q=学历冲抵",
        "/credits/rules/",
    ):
        assert "/faq/credits-05/" not in client.get(path).content.decode()
    assert client.get("/faq/credits-05/").status_code == 404

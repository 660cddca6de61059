"""The pages of guides: steps with addresses of their own, endings with their entries, and letters."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from faq.guides.flows import guides
from faq.guides.walk import walk
from faq.models import Entry
from tests.faq.test_guide_flows import ways
from tests.markup import escaped, read

pytestmark = pytest.mark.django_db

LETTER_WAY = "/guide/credits-account/unit/unknown/not-found/"


def main_of(client: Client, path: str) -> str:
    """The markup between header and footer."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


def text_of(client: Client, path: str) -> str:
    """The page without tags and line breaks, so that sentences can be found whole."""
    return re.sub(r"\s*<[^>]*>\s*|\n", "", main_of(client, path))


def links(client: Client, path: str) -> list[str]:
    return [link["href"] for link in read(client, path).all("a")]


# --- steps -------------------------------------------------------------------------------------------------------


def test_every_step_of_every_guide_is_a_page(client: Client, content: None) -> None:
    for guide in guides().values():
        for way in ways(guide):
            names = way.split("/")
            for count in range(1, len(names) + 1):
                address = f"/guide/{guide.slug}/{'/'.join(names[:count])}/"
                asked = links(client, f"/guide/{guide.slug}/{''.join(name + '/' for name in names[: count - 1])}")
                assert address in asked
            ending = walk(guide, way).ending
            assert ending and ending.heading in text_of(client, address)


def test_a_question_shows_its_answers_and_the_way_so_far(client: Client, content: None) -> None:
    text = text_of(client, "/guide/login/platform/computer/")
    assert "第 3 个问题，最后一个电脑上是哪一种情况？" in text
    assert "您要登录的是哪里？提升工程的学习平台、公众号“优师助手”改" in text
    assert "您用什么登录？电脑改" in text
    addresses = links(client, "/guide/login/platform/computer/")
    assert {"/guide/login/", "/guide/login/platform/", "/guide/login/platform/computer/refused/"} <= set(addresses)


def test_an_ending_names_its_entries_and_their_age(client: Client, content: None) -> None:
    text = text_of(client, "/guide/leave/return/leave-only/enough/")
    assert "“如果您当时只是请假没有换人，且距离项目结束的这段时间您能够完成学习，那么是可以恢复学习的”" in text
    assert "（《2021 年上提升工程学员咨询常见问题汇总》第 18 条）" in text
    assert "规定可能已调整，请以最新通知为准" in text
    assert "/faq/upgrade-18/" in links(client, "/guide/leave/return/leave-only/enough/")


def test_an_ending_says_what_no_document_does(client: Client, content: None, settings: Any) -> None:
    settings.CONTACT_LINE = "教师发展中心 0570-0000000"
    text = text_of(client, "/guide/degree/other/")
    assert "资料没有写明论文、课题、获奖、资格证书能不能抵学分、抵多少。" in text
    assert "也可以联系本站：教师发展中心 0570-0000000" in text


def test_words_quoted_from_a_question_are_told_apart(client: Client, content: None) -> None:
    text = text_of(client, "/guide/take-part/enough/")
    assert "提问里说：“如果有一位教师在周期内" in text
    assert "提问里说：“可以，我们希望" not in text


@pytest.mark.parametrize("change", [{"status": "draft"}, None])
def test_an_entry_out_of_sight_is_not_linked(client: Client, content: None, change: dict[str, str] | None) -> None:
    entries = Entry.objects.filter(ref="upgrade-19")
    entries.update(**change) if change else entries.delete()
    path = "/guide/late-registration/upgrade/teacher/"
    text = text_of(client, path)
    assert "可以补报，把信息交给学校的管理员" in text
    assert "“可以补报的，具体补报信息可以提交校管理员”" in text
    assert "/faq/upgrade-19/" not in links(client, path)


def test_words_that_an_editor_changed_are_not_quoted(client: Client, content: None) -> None:
    Entry.objects.filter(ref="upgrade-19").update(answer="<p>现在不能补报了。</p>")
    text = text_of(client, "/guide/late-registration/upgrade/teacher/")
    assert "具体补报信息" not in text
    assert "这一条后来改过，请看现在的内容：" in text
    assert "/faq/upgrade-19/" in links(client, "/guide/late-registration/upgrade/teacher/")


# --- whatever is sent --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/guide/nobody/",
        "/guide/login/nobody/",
        "/guide/login/platform/portal/",
        "/guide/login/portal/platform/",
        "/guide/login//",
        "/guide/login/platform//computer/",
        "/guide/login/%00/",
        "/guide/login/%ED%A0%80/",
        "/guide/login/..%2F..%2Fetc%2Fpasswd/",
        "/guide/login/<script>alert(1)</script>/",
        f"/guide/login/{'platform/' * 900}",
        "/guide/login/letter/unit/",
        "/guide/credits-account/letter/nobody/",
        "/guide/credits-account/letter/",
    ],
)
def test_answers_that_no_question_has_are_not_found(client: Client, content: None, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("query", ["a=yes", "%00=%00", "way=nobody", "q=<script>alert(1)</script>", "a[]=1&" * 400])
def test_a_query_changes_nothing(client: Client, content: None, query: str) -> None:
    for path in ("/guide/", "/guide/login/", LETTER_WAY, "/guide/credits-account/letter/unit/"):
        body = client.get(f"{path}?{escaped(query)}").content.decode()
        assert "alert(1)</script>" not in body
        assert "<h1>" in body


def test_nothing_is_stored_of_a_walk(client: Client, content: None) -> None:
    for path in ("/guide/", "/guide/login/", LETTER_WAY, "/guide/credits-account/letter/unit/"):
        answer = client.get(path)
        assert answer.headers["X-Offline"] == "keep"
        assert not answer.cookies
        assert answer.headers.get("Cache-Control") == client.get("/faq/credits-03/").headers.get("Cache-Control")
        assert client.post(path).status_code == 405


def test_only_first_questions_are_for_crawlers(client: Client, content: None) -> None:
    assert not read(client, "/guide/login/").all("meta", name="robots")
    for path in ("/guide/login/platform/", LETTER_WAY, "/guide/credits-account/letter/unit/"):
        assert read(client, path).all("meta", name="robots", content="noindex")


# --- letters -----------------------------------------------------------------------------------------------------


def test_a_letter_has_blanks_and_nothing_to_send(client: Client, content: None) -> None:
    assert "/guide/credits-account/letter/unit/" in links(client, LETTER_WAY)
    page = read(client, "/guide/credits-account/letter/unit/")
    blanks = [field for tag in ("input", "textarea") for field in page.all(tag) if "blank" in field.get("class", "")]
    assert [field["aria-label"] for field in blanks] == [
        "收材料的老师或部门",
        "单位全称",
        "管理员姓名",
        "联系人",
        "联系电话",
        "没有找到的情况",
    ]
    assert not any("name" in field or "value" in field for field in blanks)
    assert "<form" not in main_of(client, "/guide/credits-account/letter/unit/")


def test_the_letter_of_a_district_names_whom_to_call(client: Client, content: None) -> None:
    text = text_of(client, "/guide/credits-account/letter/district/")
    assert "新设立的区" in text and "联系人：，联系方式：。" in text
    assert "单位（公章）：" in text

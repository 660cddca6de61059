"""Links that lead nowhere, and pictures without a description."""

from __future__ import annotations

import pytest

from faq.editing.elbow import links, pictures
from faq.editing.elbow.tags import tags_of
from faq.models import Entry
from tests.faq.editing.authors import PUBLISHED

pytestmark = pytest.mark.django_db
HOSTS = frozenset({"portal.example.cn", "testserver"})

WRONG = {
    "/faq/nothing-99/": "没有这条问答",
    "https://portal.example.cn/faq/nothing-99/": "没有这条问答",
    "HTTPS://Portal.Example.cn/faq/nothing-99/?x=1#top": "没有这条问答",
    "//testserver/faq/nothing-99/": "没有这条问答",
    "/nowhere/at/all/": "没有这个页面",
    "/faq/category/nothing/": "没有这个分类",
    "/guide/nothing/": "没有这份",
    "javascript:alert(1)": "不安全",
    " JaVaScript:alert(1)": "不安全",
    "java&#10;script:alert(1)": "不安全",
    "data:text/html,x": "不安全",
    "https://": "不完整",
    "https://exa mple.cn/": "空格",
    "https://[::1/": "不完整",
    "https://example.cn:port/": "不完整",
    "www.zjedu.com/a": "https://",
    "zjedu.cn": "https://",
    "faq/credits-05/": "要从 / 写起",
    "#part": "页内",
    "": "没有写网址",
    "mailto:nobody": "邮箱",
    "tel:call-me": "电话",
    "https://example.cn/" + "a" * 3000: "太长",
}
RIGHT = [
    f"/faq/{PUBLISHED}/",
    f"/faq/{PUBLISHED}",
    f"https://portal.example.cn/faq/{PUBLISHED}/#a",
    "/faq/category/upgrade-login/",
    "/guide/",
    "/",
    "/search/?q=学分",
    "https://www.zjedu.gov.cn/a?b=c",
    "http://教育.中国/",
    "https://10.0.0.1:8443/x",
    "mailto:shixun@example.cn?subject=x",
    "mailto:shixun@example.cn",
    "tel:0571-88880000",
]


def problems(answer: str) -> list[str]:
    return links.problems(tags_of(answer), HOSTS)


@pytest.mark.parametrize(("address", "said"), WRONG.items())
def test_a_link_that_leads_nowhere_is_named(content: None, address: str, said: str) -> None:
    [sentence] = problems(f'<p><a href="{address}">看这里</a></p>')
    assert "看这里" in sentence
    assert said in sentence


@pytest.mark.parametrize("address", RIGHT)
def test_a_link_that_leads_somewhere_is_not(content: None, address: str) -> None:
    assert problems(f'<a href="{address}">看这里</a>') == []


def test_a_link_to_a_draft_says_so(content: None) -> None:
    Entry.objects.filter(ref=PUBLISHED).update(status=Entry.Status.DRAFT)
    [sentence] = problems(f'<a href="/faq/{PUBLISHED}/">x</a>')
    assert "还没有发布" in sentence


def test_many_broken_links_are_bounded(content: None) -> None:
    answer = "".join(f'<a href="/faq/none-{number}/">x</a>' for number in range(1000))
    assert len(problems(answer)) == links.MOST_NAMED


def test_pictures_without_a_description_are_counted() -> None:
    answer = '<img src="/media/a.png"><p><img alt="步骤一" src="b"></p><IMG ALT="  " src="c">'
    said = pictures.problems(tags_of(answer))
    assert [sentence[:5] for sentence in said] == ["第 1 张", "第 3 张"]

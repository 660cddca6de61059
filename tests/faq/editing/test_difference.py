"""Differences in words: what went, what came, and nothing of markup."""

from __future__ import annotations

import pytest

from faq.editing.content import Content
from faq.editing.difference import Kind, difference, pieces

pytestmark = pytest.mark.django_db


def shown(before: str, after: str) -> str:
    """The pieces in one line: [-gone-] and {+come+}."""
    marks = {Kind.SAME: "{}", Kind.OUT: "[-{}-]", Kind.IN: "{{+{}+}}"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces(before, after))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("每年 36 学时", "每年 48 学时", "每年 [-36-]{+48+} 学时"),
        ("请找学校管理员", "请找县管理员", "请找[-学校-]{+县+}管理员"),
        ("第一步\n第二步", "第一步\n先登录\n第二步", "第一步\n{+先登录\n+}第二步"),
        ("全都换了", "另外一句话", "[-全都换了-]{+另外一句话+}"),
        ("", "新的", "{+新的+}"),
        ("一样", "一样", "一样"),
        ("2.5 学分", "2.75 学分", "[-2.5-]{+2.75+} 学分"),
    ],
)
def test_words_that_went_and_came(before: str, after: str, told: str) -> None:
    assert shown(before, after) == told


@pytest.mark.parametrize(
    ("before", "after"), [("abc甲乙", "甲乙def"), ("一\n二\n三", "三\n一"), ("学" * 4000, "分" * 10)]
)
def test_pieces_give_back_both_texts(before: str, after: str) -> None:
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.kind != Kind.IN) == before
    assert "".join(piece.text for piece in found if piece.kind != Kind.OUT) == after


def content(**fields: object) -> Content:
    return Content(**{"question": "问？", "answer": "<p>答。</p>", "category": "c"} | fields)  # type: ignore[arg-type]


def test_markup_alone_is_said_in_a_sentence() -> None:
    [part] = difference(content(), content(answer="<h3>答。</h3>"))
    assert (part.name, part.pieces, part.remark) == ("答案", (), "文字没有变，只改了排版。")


@pytest.mark.parametrize(
    ("before", "after", "name", "told"),
    [
        (
            '<p><a href="https://a.cn/" rel="noopener">这里</a></p>',
            '<p><a href="https://evil.cn/?a=1&amp;b" rel="noopener">这里</a></p>',
            "链接",
            ["这里 → https://a.cn/", "这里 → https://evil.cn/?a=1&b"],
        ),
        ('<p>看图<img src="/media/a.png" alt="按钮"></p>', "<p>看图</p>", "图片", ["按钮（/media/a.png）"]),
        ("<p>看图</p>", '<p>看图<img src="/media/a.png" alt=""></p>', "图片", ["没有说明的图片（/media/a.png）"]),
    ],
)
def test_links_and_pictures_are_told(before: str, after: str, name: str, told: list[str]) -> None:
    [part] = difference(content(answer=before), content(answer=after))
    assert (part.name, [piece.text for piece in part.pieces]) == (name, told)


def test_phrasings_are_told_one_by_one() -> None:
    [part] = difference(content(phrasings=("甲", "乙")), content(phrasings=("乙", "丙")))
    assert [(piece.kind, piece.text) for piece in part.pieces] == [(Kind.OUT, "甲"), (Kind.IN, "丙")]


def test_equal_contents_differ_in_nothing() -> None:
    assert difference(content(phrasings=("甲", "乙")), content(phrasings=("乙", "甲"))) == []

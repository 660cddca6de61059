"""Links in answers, which are Chinese and have no spaces around an address."""

from __future__ import annotations

import pytest

from faq.asking.links import linked

LINK = '<a href="{0}" rel="nofollow noopener">{0}</a>'


@pytest.mark.parametrize(
    ("before", "address", "after"),
    [
        ("已经补登，请看一看。", "https://example.com/help", ""),
        ("请打开", "http://example.com/a?b=1#c", "，再登录。"),
        ("（见 ", "https://example.com/x/", "）。"),
        ("English: ", "https://example.com/x", ". Then"),
        ("第一行\n", "https://example.com", "\n第三行"),
    ],
)
def test_an_address_between_chinese_words_is_a_link(before: str, address: str, after: str) -> None:
    assert linked(before + address + after) == before + LINK.format(address) + after


@pytest.mark.parametrize(
    "text", ["请到“我的学分”看一看。", "javascript:alert(1)", "www.例子", "https://", "a@example.com"]
)
def test_what_is_no_address_is_no_link(text: str) -> None:
    assert "<a" not in linked(text)


def test_what_stands_around_a_link_is_escaped() -> None:
    assert linked('<b>https://a.cn/"onclick=x<script>') == (
        "&lt;b&gt;" + LINK.format("https://a.cn/") + "&quot;onclick=x&lt;script&gt;"
    )

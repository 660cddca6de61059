"""Pictures that say nothing to a reader who cannot see them."""

from __future__ import annotations

from .tags import Tags

MOST_NAMED = 10


def problems(tags: Tags) -> list[str]:
    """Returns a sentence in Chinese for each of the first pictures without a description."""
    silent = [number for number, words in enumerate(tags.pictures, 1) if not (words or "").strip()]
    return [f"第 {number} 张图片没有说明：看不见图的老师不知道它说什么。" for number in silent[:MOST_NAMED]]

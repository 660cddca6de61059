"""Templates: short lines, no queries in the frame of every page, and sentences over several lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from credits.models import Membership
from tests.cast import make_organization, make_teacher

ROOT = Path(__file__).resolve().parent.parent / "templates"
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.html"))
LONGEST_LINE = 160


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_line_of_a_template_is_too_long(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, start=1) if len(line) > LONGEST_LINE] == []


# --- the frame of every page -----------------------------------------------------------------------------------


def menu_for(user: User | AnonymousUser) -> str:
    """Returns the words of the frame as `user` gets it."""
    request = RequestFactory().get("/")
    request.user = user
    return strip_tags(render_to_string("base.html", request=request))


def test_the_frame_asks_nothing_for_a_stranger(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        words = menu_for(AnonymousUser())
    assert "登录" in words
    assert "学分管理" not in words


@pytest.mark.parametrize("schools", [0, 1, 3])
@pytest.mark.parametrize("teaches", [False, True])
def test_the_frame_asks_two_questions_for_any_user(
    db: None, django_assert_num_queries: DjangoAssertNumQueries, schools: int, teaches: bool
) -> None:
    user = User.objects.create_user("somebody")
    for _ in range(schools):
        Membership.objects.create(user=user, organization=make_organization(), role="staff")
    if teaches:
        make_teacher(user=user)
    with django_assert_num_queries(2):
        words = menu_for(user)
    assert ("学分管理" in words) == (schools > 0)
    assert ("我的学分" in words) == teaches


def test_the_frame_offers_superusers_all_pages(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = User.objects.create_superuser("root")
    with django_assert_num_queries(1):
        words = menu_for(user)
    assert "学分管理" in words
    assert "管理后台" in words


# --- {% joined %} ----------------------------------------------------------------------------------------------


def rendered(source: str, **context: object) -> str:
    template = engines["django"].from_string("{% load lines %}" + source)
    return template.render(context)


def test_lines_of_a_sentence_are_joined_without_a_space() -> None:
    source = (
        "<p>{% joined %}\n  统筹 {{ credits }} 学分，\n  {% if short %}还差\n    一些{% endif %}。\n{% endjoined %}</p>"
    )
    assert rendered(source, credits=4, short=True) == "<p>统筹 4 学分，还差一些。</p>"


def test_line_breaks_and_markup_of_values_stay() -> None:
    assert rendered("{% joined %}\n  {{ text }}　\n{% endjoined %}", text="a\n  <b>") == "a\n  &lt;b&gt;　"

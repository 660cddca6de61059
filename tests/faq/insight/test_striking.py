"""What is kept of a query names nobody: numbers and addresses are left out, names not kept at all."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from faq.insight import striking
from faq.insight.striking import NAMED
from faq.models import SearchCount, SoughtQuery
from tests.cast import make_teacher
from tests.faq.insight.searching import counted, look_for, open_from

pytestmark = pytest.mark.django_db


def kept(text: str) -> str:
    return striking.kept([text])[text]


@pytest.mark.parametrize(
    ("typed", "stays"),
    [
        ("13800138000 收不到验证码", "… 收不到验证码"),
        ("138-0013-8000收不到", "… 收不到"),
        ("138 0013 8000收不到", "… 收不到"),
        ("１３８００１３８０００收不到", "… 收不到"),
        ("138\u200b00138000收不到", "… 收不到"),
        ("33010219800101123X 登录", "… 登录"),
        ("一三八零零一三八零零零 收不到", "… 收不到"),
        ("编号 330102 查学分", "编号 … 查学分"),
        ("zhang.san@example.com 登录不了", "… 登录不了"),
        ("ｚｈａｎｇ＠ｅｘａｍｐｌｅ．ｃｏｍ 登录不了", "… 登录不了"),
        ("13800138000", ""),
        ("12345 学时", "12345学时"),
        ("2018-2023 周期", "2018 2023周期"),
        ("26 学分", "26学分"),
        ("学分" * 200, "学分" * 50),
    ],
)
def test_numbers_and_addresses_are_left_out(typed: str, stays: str) -> None:
    assert kept(typed) == stays


@pytest.mark.parametrize(
    "typed",
    [
        "王芳老师的学分",
        "张老师",
        "李小明老师学分不对",
        "欧阳娜娜老师",
        "陈晓东校长的电话",
        "找徐主任",
        "我叫王芳，登录不了",
        "我是刘伟强",
        "姓名是赵敏",
        "王建国学分查不到",
        "王芳",
        "买买提·艾力的学分",
        "買買提•艾力",
    ],
)
def test_what_looks_like_a_name_is_not_kept(typed: str) -> None:
    assert kept(typed) == NAMED


@pytest.mark.parametrize(
    "typed",
    [
        *("关于老师的学分", "班主任老师", "任课老师怎么办", "高中老师", "周期老师", "安排老师参加", "语文老师"),
        *("师范老师", "姓名错了", "姓名和密码不对", "我是校长", "我是高中老师", "成绩单", "管理员电话", "谢谢老师"),
    ],
)
def test_what_only_resembles_a_name_is_kept(typed: str) -> None:
    assert kept(typed) == typed


def test_the_name_of_a_teacher_is_not_kept_however_unusual() -> None:
    make_teacher(name="安心")
    assert kept("安心的学分在哪看") == NAMED
    assert kept("放心的学分在哪看") == "放心的学分在哪看"


def test_the_full_name_of_an_account_is_not_kept_unless_it_names_an_office() -> None:
    User.objects.create_user("a", last_name="温", first_name="心")
    User.objects.create_user("b", last_name="谭", first_name="心怡")
    User.objects.create_user("c", first_name="管理员")
    assert kept("请问谭心怡在吗") == NAMED
    assert kept("管理员电话") == "管理员电话"


def test_queries_with_names_are_counted_together(content: None) -> None:
    look_for("王芳老师的学分")
    look_for("李小明老师的学分")
    open_from("李小明老师的学分", "credits-05")
    assert counted() == {NAMED: 2}
    assert not SearchCount.objects.exclude(query=NAMED).exists()
    assert SoughtQuery.objects.get().state == "named"


def test_nobody_can_type_what_stands_for_names() -> None:
    assert kept(NAMED) != NAMED

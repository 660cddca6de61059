"""Django's password rules with Chinese messages that tell a teacher what to do, and one rule of our own."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError

from credits.models import Organization, Teacher
from helpdesk.common.names import in_letters


class MinimumLength(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"密码太短了，至少要 {self.min_length} 个字符。"

    def get_help_text(self) -> str:
        return f"密码至少要 {self.min_length} 个字符。"


class NotLikeTheAccount(UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return "密码不要和教师编号或姓名相近。"


class NotDigitsAlone(NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "密码不能全是数字。"


class NotCommon(CommonPasswordValidator):
    """Refuses Django's list of common passwords, also with digits and signs put around them."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for a password of the list."""
        super().validate(password, user)
        letters = password.strip(AROUND)
        if letters:
            super().validate(letters, user)

    def get_error_message(self) -> str:
        return "这个密码太常见，容易被猜到，请换一个。"


#: Signs that are put around a word when digits and signs are asked for.
AROUND = string.digits + string.punctuation
#: Words that everybody here thinks of first.
EASY_WORDS = """
    jiaoshi laoshi xuesheng xuexiao xuefen xueshi xueli xueqi peixun peiyou shixun jiaoyu jiaoyuju jinxiu yanxiu
    xiaoxue zhongxue gaozhong chuzhong youeryuan banzhuren xiaozhang zhuren guanliyuan guanli zhanghao mima denglu
    yuwen shuxue yingyu wuli huaxue tiyu yinyue meishu woaini zhongguo nihao teacher school student password passwd
    admin user login welcome training credit 教师 老师 学生 学校 学分 培训 教育 小学 中学 密码 账号 管理员
"""
#: Rows of the keyboard, the alphabet and the digits, forwards; they count backwards too.
FORWARDS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "01234567890", "1qaz2wsx3edc4rfv")
ROWS = (*FORWARDS, *(row[::-1] for row in FORWARDS))
#: So many characters of a row are one easy step.
RUN = 4
#: Signs that stand for letters.
SIGNS = str.maketrans({"@": "a", "0": "o", "3": "e", "$": "s", "5": "s", "1": "i", "!": "i"})
YEAR = re.compile(r"(19|20)\d\d([01]?\d[0-3]?\d)?")
#: Endings that are left out of the names of organisations.
KINDS = re.compile(r"(省|市|县|区|镇|乡|学校|小学|中学|初级中学|中心校|幼儿园|教育局|进修学校)+$")
#: Names in fewer letters would also be found where nobody means them.
SHORTEST_NAME, SHORTEST_WORD = 5, 2
#: So many letters must be left when everything easy is taken away; a digit counts as half a letter.
MUST_BE_LEFT = 6


class NotGuessable:
    """Refuses a password that is put together from what everybody here would try: jiaoshi2026, the school, the name.

    Of the words, years and rows of the keyboard nothing counts; what is left must be long enough by itself. The names
    of all organisations count, not those of the user alone, so that the refusal tells nobody where a teacher works.
    """

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError for a password that is easy to guess."""
        left = _left(password, _words(user))
        if sum(0.5 if character.isdigit() else 1 for character in left) < MUST_BE_LEFT:
            raise ValidationError(
                "这个密码容易猜到：里面大多是姓名、账号、学校、拼音词、年份或键盘上相邻的键。"
                "请换一个，比如把几个不相干的词连起来。",
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return "不要用姓名、账号、学校、“jiaoshi”这样的拼音词加年份拼成密码。"


def _words(user: User | None) -> set[str]:
    names = {*EASY_WORDS.split(), *_organizations()}
    if user is not None:
        names.update(_own_words(user))
    return names


def _own_words(user: User) -> Iterator[str]:
    """Yields the names and numbers of an account, in letters as well."""
    given = [user.get_username(), user.first_name, user.last_name, user.email.partition("@")[0]]
    teacher = Teacher.objects.filter(user=user.pk).first() if user.pk else None
    if teacher:
        given += [teacher.name, teacher.staff_number]
    for text in given:
        yield from (text.lower(), in_letters(text))


def _organizations() -> Iterator[str]:
    """Yields the names of organisations in letters, with and without what kind they are."""
    for name in Organization.objects.values_list("name", flat=True):
        for spelled in (name, KINDS.sub("", name)):
            letters = in_letters(spelled)
            if len(letters) >= SHORTEST_NAME:
                yield letters


def _left(password: str, words: set[str]) -> str:
    """Returns the letters and digits of a password that no easy word, year or row of the keyboard explains."""
    lower = unicodedata.normalize("NFKC", password).lower()
    typed = YEAR.sub(" ", lower)
    known = {word.translate(SIGNS) for word in words if len(word) >= SHORTEST_WORD}
    for word in sorted(known, key=len, reverse=True):
        typed = _without(typed, word)
    return "".join(_without_runs(typed))


def _without(typed: str, word: str) -> str:
    """Returns `typed` with a space in place of the word, however it is spelled with signs: j1aoshi."""
    at = typed.translate(SIGNS).find(word)
    while at >= 0:
        typed = f"{typed[:at]} {typed[at + len(word) :]}"
        at = typed.translate(SIGNS).find(word)
    return typed


def _without_runs(text: str) -> Iterator[str]:
    """Yields the letters and digits of a text that are no run along a row of the keyboard and no repetition."""
    position = 0
    while position < len(text):
        length = _run_at(text, position)
        if length >= RUN:
            position += length
            continue
        if text[position].isalnum():
            yield text[position]
        position += 1


def _run_at(text: str, start: int) -> int:
    """Returns how many characters from `start` on follow each other on a row, or are the same."""
    length = 1
    while start + length < len(text) and _is_easy(text[start : start + length + 1]):
        length += 1
    return length


def _is_easy(part: str) -> bool:
    return len(set(part)) == 1 or any(part in row for row in ROWS)

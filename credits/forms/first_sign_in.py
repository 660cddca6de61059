"""The form with which a teacher chooses a password for a printed code."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.forms import PasswordInput, TextInput

from helpdesk.common.form_fields import use_bootstrap
from helpdesk.common.names import normal_number
from helpdesk.common.words import use_our_words


class FirstSignInForm(forms.Form):
    """A printed code, and the password that its owner chooses. Full-width letters and digits count as narrow ones."""

    staff_number = forms.CharField(
        label="教师编号", max_length=64, widget=TextInput(attrs={"autocomplete": "username", "spellcheck": "false"})
    )
    code = forms.CharField(
        label="登录码",
        max_length=64,
        widget=TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        help_text="纸条上的 10 个字母和数字，大小写都可以。",
    )
    password1 = forms.CharField(
        label="给自己设一个密码",
        max_length=128,
        strip=False,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),  # never sent back to the page
        help_text="至少 10 位。不要用姓名、编号、学校、“jiaoshi”这样的拼音加年份，几个不相干的词连起来最好记。",
    )
    password2 = forms.CharField(
        label="再次输入密码",
        max_length=128,
        strip=False,
        widget=PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_our_words(self)
        use_bootstrap(self)

    def clean_staff_number(self) -> str:
        """Returns the number as it is meant, without spaces: a slip of paper may have it in groups."""
        joined = "".join(self.cleaned_data["staff_number"].split())
        return normal_number(joined)

    def clean_code(self) -> str:
        """Returns the letters and digits of the code, as capitals."""
        narrow = unicodedata.normalize("NFKC", self.cleaned_data["code"])
        return re.sub(r"[\W_]", "", narrow).upper()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的密码不一致。")
        if first:
            self._judge_password(first, data.get("staff_number", ""))
        return data

    def _judge_password(self, password: str, staff_number: str) -> None:
        """Adds an error where the password is too easy to guess, as one close to the staff number is."""
        try:
            password_validation.validate_password(password, User(username=staff_number))
        except ValidationError as error:
            self.add_error("password1", error)

"""Forms of one's own account: another password, and codes of the second factor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.forms import PasswordInput, TextInput

from helpdesk.common.form_fields import use_bootstrap
from helpdesk.common.words import use_our_words

from . import tries

HOW_TO_CHOOSE = "至少 10 位。不要用姓名、账号、学校、“jiaoshi”这样的拼音加年份，几个不相干的词连起来最好记。"


def _password(label: str, kind: str, help_text: str = "") -> forms.CharField:
    widget = PasswordInput(attrs={"autocomplete": kind})  # never sent back to the page
    return forms.CharField(label=label, max_length=128, strip=False, widget=widget, help_text=help_text)


class AccountForm(forms.Form):
    """A form in the portal's words and looks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_our_words(self)
        use_bootstrap(self)


class PasswordForm(AccountForm):
    """The password of now, and another one, twice."""

    old_password = _password("现在的密码", "current-password")
    password1 = _password("新密码", "new-password", HOW_TO_CHOOSE)
    password2 = _password("再次输入新密码", "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old_password(self) -> str:
        """Returns the password of now; each try is counted, as somebody may have found the browser open."""
        old: str = self.cleaned_data["old_password"]
        wait = tries.seconds_to_wait(self.user)
        if wait:
            raise ValidationError(tries.too_often(wait))
        if not self.user.check_password(old):
            raise ValidationError(tries.WRONG_PASSWORD)
        return old

    def clean_password1(self) -> str:
        """Returns the new password. Raises ValidationError where it is easy to guess, or the old one."""
        new: str = self.cleaned_data["password1"]
        password_validation.validate_password(new, self.user)
        if new == self.cleaned_data.get("old_password"):
            raise ValidationError("新密码和现在的一样，请换一个。")
        return new

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的密码不一致。")
        return data


def _code_field(label: str, help_text: str = "") -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "autofocus": True}
    return forms.CharField(label=label, max_length=40, widget=TextInput(attrs=attributes), help_text=help_text)


class FirstCodeForm(AccountForm):
    """The first code that the app shows."""

    code = _code_field("手机上显示的 6 位数字")


class CodeForm(AccountForm):
    """A code of the app, or a recovery code."""

    code = forms.CharField(
        label="验证码",
        max_length=40,
        widget=TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false", "autofocus": True}),
        help_text="手机验证器上现在显示的 6 位数字。手机不在身边，就填一个没有用过的恢复码。",
    )

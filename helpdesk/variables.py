"""Variables of the environment and of var/env. One that is not as it must be is said in Chinese, with its name.

No sentence repeats what a variable holds that may be secret.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

ON = environ.Env.BOOLEAN_TRUE_STRINGS
OFF = ("off", "false", "no", "n", "0", "")
NOTHING = environ.Env.NOTSET
#: Sentence of a database's address; a password with signs is what goes wrong.
DATABASE = (
    "要写成 postgres://账号:密码@127.0.0.1:5432/库名；密码最好只用字母和数字，"
    "里面的 # 要写成 %23，/ 写成 %2F，@ 写成 %40，: 写成 %3A"
)


def wrong(name: str, sentence: str) -> ImproperlyConfigured:
    """Returns the error of a variable that is not as `sentence`, without its end, says."""
    return ImproperlyConfigured(f"设置 {name} 不对：{sentence}。请改 var/env 或者环境变量，再试一次。")


class Variables(environ.Env):
    """Reads variables; raises ImproperlyConfigured for one that is not of its kind, where environ would take it."""

    def get_value(self, var: str, cast: Any = None, default: Any = NOTHING, parse_default: bool = False) -> Any:
        if cast is bool and str(self.ENVIRON.get(var, "")).strip().lower() not in (*ON, *OFF):
            raise wrong(var, "要写 on 或者 off")
        try:
            return super().get_value(var, cast, default, parse_default)
        except ValueError as error:
            raise wrong(var, f"要写成数字，例如 {default}") from error

    def db_url(self, var: str, default: Any = NOTHING, engine: Any = None) -> Any:
        if "#" in self.str(var, default=""):  # what stands behind it would be no part of the address
            raise wrong(var, DATABASE)
        return _address(var, DATABASE, lambda: super(Variables, self).db_url(var, default, engine))

    def cache_url(self, var: str, default: Any = NOTHING, backend: Any = None) -> Any:
        sentence = "要写成 redis://127.0.0.1:6379/0"
        return _address(var, sentence, lambda: super(Variables, self).cache_url(var, default, backend))

    def email_url(self, var: str, default: Any = NOTHING, backend: Any = None) -> Any:
        sentence = "要写成 smtp+tls://用户:密码@smtp.example.cn:465，密码里的符号要写成 %23 这样的编码"
        return _address(var, sentence, lambda: super(Variables, self).email_url(var, default, backend))


def _address(name: str, sentence: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (ValueError, KeyError, ImproperlyConfigured):
        raise wrong(name, sentence) from None  # the error itself may repeat a password


def account(number: int | None = None) -> str:
    """Returns the name of an account, by default the one that runs this process, or its number where it has no name."""
    number = os.geteuid() if number is None else number
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # as in a container
        return str(number)


def read_file(file: Path) -> str:
    """Takes the variables that the environment lacks from a file; returns in Chinese why it cannot be read, if so."""
    try:
        file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"读不了 {file}（{error.strerror}），以 root 身份运行 chown root:{account()} {file} 和 chmod 640 {file}"
    except UnicodeDecodeError as error:
        raise ImproperlyConfigured(f"{file} 不是 UTF-8 编码，请用 UTF-8 另存一次。") from error
    Variables.read_env(file, overwrite=False)
    return ""

"""manage.py: root leaves no files where another account must write, and commands are named as they are called."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import manage
from helpdesk.care.called import as_called

NOBODY = 65534


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A folder of an account that is not root, whoever runs the tests."""
    if os.geteuid() == 0:
        os.chown(tmp_path, NOBODY, NOBODY)
    return tmp_path


def test_root_is_sent_to_the_command_of_the_guide(monkeypatch: pytest.MonkeyPatch, var: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys, "argv", ["manage.py", "housekeeping"])
    with pytest.raises(SystemExit) as ended:
        manage.refuse_root(var)
    assert f"网站用 {var.owner()} 这个账号运行" in str(ended.value)
    assert "请改用 peixun housekeeping，" in str(ended.value)


def test_the_account_of_the_portal_goes_on(monkeypatch: pytest.MonkeyPatch, var: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY)
    manage.refuse_root(var)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a folder of root's")
def test_root_goes_on_where_var_is_of_root_or_missing(tmp_path: Path) -> None:
    manage.refuse_root(tmp_path)
    manage.refuse_root(tmp_path / "var")


def test_a_command_is_named_as_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAL_COMMAND", raising=False)
    assert as_called("运行 manage.py bootstrap。") == "运行 manage.py bootstrap。"
    monkeypatch.setenv("PORTAL_COMMAND", "peixun")
    assert as_called("运行 manage.py bootstrap。") == "运行 peixun bootstrap。"

"""deploy/settings.example: it names settings that exist, and Django and systemd read the same from it."""

from __future__ import annotations

import io
import re

import environ
import pytest

from tests.deploy.environment import assigned, variables
from tests.installation import ROOT

EXAMPLE = ROOT / "deploy" / "settings.example"
TEXT = EXAMPLE.read_text(encoding="utf-8")


def as_systemd_reads(text: str) -> dict[str, str]:
    """Variable → value as in systemd.exec(5), of lines without escapes whose quotes are around all or nothing."""
    lines = [line for line in text.splitlines() if line and line[0] not in "#;"]
    pairs = [line.partition("=") for line in lines]
    return {name: value.strip().strip("'") for name, _, value in pairs}


def test_it_names_settings_that_exist() -> None:
    assert assigned(TEXT) - variables() == set()
    assert {"SECRET_KEY", "ALLOWED_HOSTS", "TRUSTED_PROXIES", "DATABASE_URL"} <= assigned(TEXT)


def test_django_and_systemd_read_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """All settings, also those that are commented out."""
    text = re.sub(r"^# (?=[A-Z_]+=)", "", TEXT, flags=re.MULTILINE)
    read: dict[str, str] = {}
    monkeypatch.setattr(environ.Env, "ENVIRON", read)
    environ.Env.read_env(io.StringIO(text))
    assert read == as_systemd_reads(text)
    assert read["CURRENT_AS_OF"] == "2026 年 9 月"
    assert "\\n" in read["PRIVACY_NOTICE"]


def test_no_value_needs_an_escape() -> None:
    """In single quotes a backslash stands for itself."""
    values = [line for line in TEXT.splitlines() if "=" in line]
    assert [line for line in values if set('"$`') & set(line)] == []
    assert [line for line in values if "\\" in line and not re.search(r"='[^']*'$", line)] == []

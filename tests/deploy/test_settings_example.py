"""deploy/settings.example: it names settings that exist, and Django and systemd read the same from it."""

from __future__ import annotations

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
    read: dict[str, str] = {}
    monkeypatch.setattr(environ.Env, "ENVIRON", read)
    environ.Env.read_env(EXAMPLE)
    assert read == as_systemd_reads(TEXT)
    assert read["CURRENT_AS_OF"] == "2026 年 9 月"


def test_no_value_needs_an_escape() -> None:
    values = [line for line in TEXT.splitlines() if "=" in line]
    assert [line for line in values if set('\\"$`') & set(line)] == []

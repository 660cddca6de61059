"""The settings are safe by default and say what is missing; SQLite is opened as the data deserves."""

from __future__ import annotations

import json
from pathlib import Path

from tests.installation import Installation


def test_without_a_secret_key_nothing_starts(installation: Installation) -> None:
    done = installation.manage("check", SECRET_KEY="")
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr
    assert "var/env" in done.stderr


SHOWN = ["DEBUG", "ALLOWED_HOSTS", "HTTPS", "SESSION_COOKIE_SECURE", "RATE_LIMITS", "TRUSTED_PROXIES", "SITE_NAME"]
SHOW = f"""
import json
from helpdesk import settings
print(json.dumps({{name: getattr(settings, name) for name in {SHOWN}}}))
"""


def test_every_default_is_the_safe_one(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    for name in ("ALLOWED_HOSTS", "TRUSTED_PROXIES"):
        del installation.environment[name]
    values = json.loads(installation.run("-c", SHOW).stdout)
    assert values == {
        "DEBUG": False,
        "ALLOWED_HOSTS": [],
        "HTTPS": True,
        "SESSION_COOKIE_SECURE": True,
        "RATE_LIMITS": True,
        "TRUSTED_PROXIES": [],
        "SITE_NAME": "师训问答",
    }


def test_var_env_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "env").write_text("DEBUG=on\nSITE_NAME=甲\n", encoding="utf-8")
    values = json.loads(installation.run("-c", SHOW, SITE_NAME="乙").stdout)
    assert (values["DEBUG"], values["SITE_NAME"]) == (True, "乙")


def test_the_deployment_check_is_clean(installation: Installation) -> None:
    done = installation.manage("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr


VISIT_IN_PLAIN_HTTP = """
import django, json
django.setup()
from django.conf import settings
from django.test import Client
answer = Client(HTTP_HOST=settings.ALLOWED_HOSTS[0]).get("/credits/check/")
secure = bool(answer.cookies["csrftoken"]["secure"])
print(json.dumps([answer.status_code, secure, answer.get("Strict-Transport-Security")]))
"""


def test_an_intranet_may_speak_plain_http(installation: Installation) -> None:
    done = installation.run("-c", VISIT_IN_PLAIN_HTTP, HTTPS="off", DJANGO_SETTINGS_MODULE="helpdesk.settings")
    assert json.loads(done.stdout) == [200, False, None], done.stderr


LOOK_INTO_SQLITE = """
import django, json, sqlite3
django.setup()
from django.conf import settings
from django.db import connection, transaction
def pragma(name):
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]
found = {name: pragma(name) for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")}
with transaction.atomic():
    list(connection.introspection.table_names())
    other = sqlite3.connect(settings.SQLITE_PATH, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        found["second writer"] = "let in"
    except sqlite3.OperationalError as error:
        found["second writer"] = str(error)
print(json.dumps(found))
"""


def test_sqlite_makes_writers_queue_and_is_durable(installation: Installation) -> None:
    done = installation.run("-c", LOOK_INTO_SQLITE, DJANGO_SETTINGS_MODULE="helpdesk.settings")
    assert json.loads(done.stdout) == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "busy_timeout": 20_000,
        "foreign_keys": 1,
        "second writer": "database is locked",  # every transaction begins IMMEDIATE
    }, done.stderr


def test_only_bootstrap_creates_a_database(installation: Installation, tmp_path: Path) -> None:
    absent = tmp_path / "absent.sqlite3"
    done = installation.manage("migrate", DATABASE_URL=f"sqlite:///{absent}")
    assert done.returncode != 0
    assert "unable to open database file" in done.stderr
    assert not absent.exists()

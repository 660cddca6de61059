"""The settings are safe by default and say what is missing; SQLite is opened as the data deserves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.installation import Installation


def test_without_a_secret_key_nothing_starts(installation: Installation) -> None:
    done = installation.manage("check", SECRET_KEY="")
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr
    assert "var/env" in done.stderr


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("SECRET_KEY=", "设置 SECRET_KEY 没有写"),
        ("METRICS=on", "设置 METRICS_FROM 不对：METRICS 开着，就要写明谁可以看"),
        ("METRICS=yes please", "设置 METRICS 不对：要写 on 或者 off"),
        ("METRICS_FROM=here", "设置 METRICS_FROM 不对：要写地址或者网段"),
        ("LOG_FORMAT=text", "设置 LOG_FORMAT 不对：要写 line 或者 json"),
        ("AUDIT_DAYS=30", "设置 AUDIT_DAYS 不对：不能少于 180"),
        ("QUESTION_TARGET_DAYS=two", "设置 QUESTION_TARGET_DAYS 不对：要写成数字，例如 2"),
        ("DATABASE_URL=postgres://peixun:12#secret@127.0.0.1:5432/peixun", "里面的 # 要写成 %23"),
        ("DATABASE_URL=postgres://peixun:secret@127.0.0.1:port/peixun", "设置 DATABASE_URL 不对"),
        ("EMAIL_URL=smtp.example.cn", "设置 EMAIL_URL 不对"),
        ("CACHE_URL=127.0.0.1", "设置 CACHE_URL 不对"),
    ],
)
def test_a_mistake_in_the_settings_is_one_sentence(wrongly: Installation, line: str, sentence: str) -> None:
    key = "" if "SECRET_KEY" in line else f"SECRET_KEY={'k' * 50}\n"
    (wrongly.home / "var" / "env").write_text(f"{key}{line}\n", encoding="utf-8")
    done = wrongly.manage("doctor")
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


@pytest.fixture(scope="module")
def wrongly(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation whose settings stand in var/env alone, for a test to write."""
    made = Installation(tmp_path_factory.mktemp("wrongly"))
    (made.home / "var").mkdir()
    del made.environment["SECRET_KEY"]
    return made


def test_settings_that_cannot_be_read_are_said(wrongly: Installation) -> None:
    """A folder in the place of the file is what root, as whom tests may run, cannot read either."""
    file = wrongly.home / "var" / "env"
    file.unlink(missing_ok=True)
    file.mkdir()
    done = wrongly.manage("doctor")
    file.rmdir()
    assert f"读不了 {file}" in done.stderr
    assert "chmod 640" in done.stderr
    file.write_bytes("RUN_BY=某县教师进修学校".encode("gbk"))
    assert "不是 UTF-8 编码" in wrongly.manage("doctor").stderr
    file.unlink()


def test_the_server_says_the_same_sentence(wrongly: Installation) -> None:
    (wrongly.home / "var" / "env").write_text(f"SECRET_KEY={'k' * 50}\nLOG_FORMAT=text\n", encoding="utf-8")
    done = wrongly.run("-m", "gunicorn", "--bind=127.0.0.1:0", "--workers=1")
    assert done.returncode != 0
    assert "设置 LOG_FORMAT 不对：要写 line 或者 json" in done.stderr


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

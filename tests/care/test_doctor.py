"""`manage.py doctor` finds what is wrong with an installation and says what to do."""

from __future__ import annotations

import datetime
import os
import sqlite3
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from faq import search
from faq.models import Entry
from helpdesk.care import disks, doctor
from helpdesk.care.doctor import content as content_checks
from helpdesk.care.doctor import database, machine, settings_of, work
from helpdesk.care.doctor.findings import Finding
from helpdesk.common import audit, signs
from helpdesk.common.audit_rows import AuditRow
from helpdesk.common.database_file import database_file
from helpdesk.common.models import SILENT, Job
from helpdesk.models import LoadedFixture
from tests.cast import Place
from tests.installation import Installation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def as_where_no_browser_is_driven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright's tests set this variable for the whole process, and Django's deployment check names it."""
    monkeypatch.delenv("DJANGO_ALLOW_ASYNC_UNSAFE", raising=False)


@pytest.fixture
def worker_lives(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker whose sign of life counts for as long as a test may take."""
    monkeypatch.setattr(signs, "SILENT", datetime.timedelta(hours=1))
    signs.give(signs.Sign("doctor-test"))
    yield
    signs.withdraw("doctor-test")


def told(findings: Any) -> str:
    """Returns what findings say is wrong, after looking that each says what to do."""
    found: list[Finding] = list(findings)
    assert all(finding.remedy for finding in found)
    return "\n".join(finding.wrong for finding in found)


def examined() -> tuple[int, str]:
    """Runs the command; returns its exit code and output."""
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def as_in_production(settings: Any, tmp_path: Path) -> None:
    """Sets what a real installation has, so that nothing urgent is left."""
    for name in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "HTTPS"):
        setattr(settings, name, True)
    settings.SECURE_HSTS_SECONDS = 3600
    settings.ALLOWED_HOSTS = ["peixun.example.cn"]
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    settings.SECRET_KEY = "long-enough-and-with-many-different-signs-0123456789-abcdefgh"
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").write_text("{}")


@pytest.mark.django_db(transaction=True)
def test_where_all_is_well_it_exits_with_0(settings: Any, tmp_path: Path, worker_lives: None) -> None:
    as_in_production(settings, tmp_path)
    search.sync()
    code, said = examined()
    assert [line for line in said.splitlines() if "【要办】" in line and "引用的" not in line] == []
    assert code == ("引用的" in said)  # without entries no quote stands anywhere


def test_something_urgent_is_said_with_what_to_do(settings: Any) -> None:
    settings.DEBUG = True
    code, said = examined()
    assert code == 1
    assert "DEBUG 开着" in said
    assert "怎么办：在设置里去掉 DEBUG" in said


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", True, "DEBUG 开着"),
        ("ALLOWED_HOSTS", [], "没有写 ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS 写的是 *"),
        ("SECRET_KEY", "short", "SECRET_KEY 太短"),
        ("X_FRAME_OPTIONS", "SAMEORIGIN", "部署检查 security.W019"),
        ("HTTPS", False, "没有用 https"),
        ("TRUSTED_PROXIES", [], "没有设 TRUSTED_PROXIES"),
        ("MAIL", False, "没有设邮件"),
        ("BACKUP_KEY", "too short", "BACKUP_KEY 不到 20 个字符，备份做不成"),
        ("RUN_BY", "", "谁主办（RUN_BY）"),
    ],
)
def test_a_wrong_setting_is_found(settings: Any, tmp_path: Path, name: str, value: Any, sentence: str) -> None:
    as_in_production(settings, tmp_path)
    setattr(settings, name, value)
    assert sentence in told(settings_of.look())


def test_a_redis_that_does_not_answer_is_advice(settings: Any, tmp_path: Path) -> None:
    as_in_production(settings, tmp_path)
    assert "Redis" not in told(settings_of.look())
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}
    (finding,) = [finding for finding in settings_of.look() if "Redis" in finding.wrong]
    assert not finding.urgent
    assert "CACHE_URL" in finding.remedy


def test_a_database_behind_the_code_is_found(settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert told(database.look()) == "数据库还没有更新到这一版程序。"


def test_a_database_ahead_of_the_code_is_found() -> None:
    MigrationRecorder(connection).record_applied("faq", "9999_of_a_later_version")
    assert told(database.look()) == "数据库已经是较新一版程序的，这一版认不全，也备份不了。"


def test_without_a_database_the_rest_is_looked_at() -> None:
    """The table is gone, as in a database that nobody has set up."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_migrations RENAME TO elsewhere")
    found = dict(doctor.examine())
    assert found["数据库"]
    assert "设置" in found
    assert "审计记录" not in found


def test_a_clock_that_was_turned_back_is_found() -> None:
    assert told(database.look_at_clock()) == ""
    AuditRow.objects.create(kind="sign_in", at=timezone.now() + datetime.timedelta(days=2))
    assert "还没到的时间" in told(database.look_at_clock())


def test_a_folder_that_takes_no_pictures_is_found(media: Path, settings: Any) -> None:
    assert told(machine.look_at_media()) == ""
    assert not media.exists()
    settings.MEDIA_ROOT = "/proc/media"
    assert "图片存不进 /proc" in told(machine.look_at_media())


def let_nobody_write(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    """Makes these paths look like those of another account, which root, as whom tests may run, would not notice."""
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) not in paths and may(path, mode))


def test_what_another_account_made_is_found(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VAR_DIR = tmp_path
    settings.SEARCH_INDEX_DIR = settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "search"
    settings.SEARCH_INDEX_DIR.mkdir()
    lock, segment = tmp_path / "db.restore.lock", settings.SEARCH_INDEX_DIR / "segment"
    lock.touch()
    segment.touch()
    assert told(machine.look_at_files()) == ""
    let_nobody_write(monkeypatch, lock, segment)
    of_lock, of_index, *_ = machine.look_at_files()
    assert f" {lock}。" in of_lock.wrong
    assert f": {lock}；" in of_lock.remedy
    assert "chown -R " in of_index.remedy
    assert f": {settings.SEARCH_INDEX_DIR}；" in of_index.remedy


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a file of SQLite's")
def test_a_database_of_another_account_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    let_nobody_write(monkeypatch, database_file())
    (finding,) = database.look()
    assert f"写不了 {database_file()}。" in finding.wrong
    assert "以 root 身份运行 chown " in finding.remedy


# --- a file of SQLite's that is not as it should be ---------------------------------------------------------------

PAGE = 4096


def cut(content: bytes) -> bytes:
    return content[:1_000_000]


def without_its_head(content: bytes) -> bytes:
    return b"\xff" * 2 * PAGE + content[2 * PAGE :]


def without_its_middle(content: bytes) -> bytes:
    """Overwrites pages that opening the file does not read; only a look through all of it finds them."""
    middle = len(content) // 2 // PAGE * PAGE
    return content[:middle] + b"\xff" * 4 * PAGE + content[middle + 4 * PAGE :]


def doctor_of(installation: Installation, file: Path) -> str:
    """Returns what doctor says of the database there, as far as it speaks of it."""
    done = installation.manage("doctor", DATABASE_URL=f"sqlite:///{file}")
    assert done.returncode == 1, done.stderr
    return done.stdout.partition("设置：")[0]


@pytest.mark.server
@pytest.mark.parametrize("damage", [cut, without_its_head, without_its_middle])
def test_a_damaged_file_is_to_be_restored(
    installation: Installation, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    whole, file = tmp_path / "whole.sqlite3", tmp_path / "db.sqlite3"
    with sqlite3.connect(installation.database) as source, sqlite3.connect(whole) as target:
        source.backup(target)
    file.write_bytes(damage(whole.read_bytes()))
    said = doctor_of(installation, file)
    assert "数据库文件损坏了" in said
    assert "用最近的备份恢复" in said
    assert "bootstrap" not in said


@pytest.mark.server
def test_nothing_is_set_up_in_a_damaged_file(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "db.sqlite3"
    file.write_bytes(without_its_head(b"\x00" * 4 * PAGE))
    done = installation.manage("bootstrap", DATABASE_URL=f"sqlite:///{file}")
    assert done.returncode == 1
    assert "数据库文件损坏了" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.server
@pytest.mark.parametrize("is_there", [True, False])
def test_a_lost_database_is_not_taken_for_a_new_one(installation: Installation, tmp_path: Path, is_there: bool) -> None:
    file = tmp_path / "db.sqlite3"
    if is_there:
        file.touch()
    said = doctor_of(installation, file)
    assert "数据库文件不见了（或是空的）" in said
    assert "用过的请恢复备份" in said
    assert file.exists() == is_there


# --- the rest -----------------------------------------------------------------------------------------------------


def test_a_disk_that_is_nearly_full_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(machine.look_at_disks()) == ""
    monkeypatch.setattr(disks, "LEAST_FREE", 2**60)
    assert "所在的磁盘只剩" in told(machine.look_at_disks())


def test_static_files_that_were_not_collected_are_found(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path
    assert "样式和脚本还没有收集" in told(machine.look_at_static_files())


def test_missing_libraries_are_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "SHARED_LIBRARIES", ("libthere-is-none.so.0",))
    (finding,) = machine.look_at_libraries()
    assert not finding.urgent


def test_a_missing_index_is_found(content: None) -> None:
    assert "搜索索引" in told(content_checks.look_at_index())


def test_an_old_backup_or_none_is_advice(tmp_path: Path) -> None:
    assert told(content_checks.look_at_backups()) == ""  # a new installation
    now = timezone.now()
    User.objects.create_user("admin", date_joined=now - datetime.timedelta(days=8))
    (finding,) = content_checks.look_at_backups()
    assert "没有用 manage.py backup 备份过" in finding.wrong
    assert not finding.urgent
    AuditRow(kind=AuditRow.Kind.BACKUP, at=now - datetime.timedelta(days=12)).save()
    assert told(content_checks.look_at_backups()) == "最近一次备份是 12 天前。"
    AuditRow(kind=AuditRow.Kind.BACKUP, at=now - datetime.timedelta(days=1)).save()
    assert told(content_checks.look_at_backups()) == ""


def test_an_edited_row_that_has_new_words_is_named(content: None) -> None:
    phrasing = LoadedFixture.objects.filter(model="faq.entry").first()
    assert phrasing is not None
    phrasing.shipped = "0" * 64
    phrasing.save()
    assert phrasing.natural_key in told(content_checks.look_at_shipped_rows())


def test_a_quote_that_is_gone_is_named(content: None) -> None:
    assert told(content_checks.look_at_citations()) == ""
    Entry.objects.filter(ref="credits-05").update(status="draft")
    assert "问答 credits-05 里没有了" in told(content_checks.look_at_citations())


def test_a_broken_audit_log_is_found() -> None:
    audit.note(audit.Kind.EXPORT, None)
    audit.seal()
    models.QuerySet.update(AuditRow.objects.all(), kind="sign_out")
    assert "第 1 号记录" in told(content_checks.look_at_audit_log())


def test_work_without_a_worker_is_found(place: Place) -> None:
    Job.objects.create(kind="export", title="名单", owner=place.staff, back="/")
    assert "没有办理进程在运行，有 1 件事等着" in told(work.look())
    (finding,) = work.look()
    assert "systemctl restart peixun-jobs.service" in finding.remedy


def test_work_that_nobody_goes_on_with_is_found(place: Place, worker_lives: None) -> None:
    """Begun, interrupted, and not taken up by the worker that lives."""
    Job.objects.create(kind="export", title="名单", owner=place.staff, back="/", attempts=1)
    assert told(work.look()) == ""  # a worker may be about to take it
    Job.objects.update(created_at=timezone.now() - 5 * SILENT)
    assert told(work.look()) == "有 1 件事中断以后还没有人接着办。"


def test_work_that_is_interrupted_again_and_again_is_found(place: Place, worker_lives: None) -> None:
    assert told(work.look()) == ""
    Job.objects.create(kind="export", title="名单", owner=place.staff, back="/", attempts=3)
    assert "办了 3 次都中断" in told(work.look())

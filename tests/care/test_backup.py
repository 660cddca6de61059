"""Backups: whole and of one moment while others write, put back row for row, on either database."""

from __future__ import annotations

import os
import resource
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections, models, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

from credits.models import Organization
from helpdesk.care.backing_up import NotBackedUp, back_up
from helpdesk.care.restoring import restore
from helpdesk.care.snapshot import is_ahead
from helpdesk.common import audit
from helpdesk.common.models import JobWorker
from tests.care.world import empty, everything, make_world, tables_in
from tests.cast import make_organization
from tests.installation import ENVIRONMENT, ROOT

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "portal.backup"


@contextmanager
def small_disk(size: int = 100_000) -> Iterator[None]:
    """Lets no file of this process grow beyond `size` bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_every_row_and_file_comes_back(target: Path) -> None:
    make_world()
    before = everything()
    made = back_up(target)
    empty()
    done = restore(target)
    assert everything() == before
    assert (done.rows, done.files) == (made.rows, made.files) == (made.rows, 2)
    assert audit.check() == ""


def test_the_audit_log_says_that_a_copy_was_made(target: Path) -> None:
    call_command("backup", str(target), stdout=StringIO())
    row = audit.AuditRow.objects.get(kind=audit.Kind.BACKUP)
    assert row.actor_id is None
    assert row.detail["encrypted"] is False
    assert row.detail["rows"] > 0


def test_no_later_row_gets_the_key_of_one_that_is_gone(target: Path) -> None:
    make_world()
    gone = User.objects.create_user("gone")
    key = gone.pk
    gone.delete()
    back_up(target)
    empty()
    restore(target)
    assert User.objects.create_user("new").pk > key


def test_who_was_signed_in_and_which_worker_lived_is_left_out(target: Path, client: Any) -> None:
    client.force_login(User.objects.create_user("wang"))
    JobWorker.objects.create(name="w", done=0, total=0, seen_at="2026-01-01T00:00Z")
    back_up(target)
    assert not [name for name in tables_in(target) if "Session" in name or "SignedIn" in name or "Worker" in name]


def test_only_its_owner_may_read_it(target: Path) -> None:
    target.write_text("older")
    target.chmod(0o644)
    back_up(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_is_written_meanwhile_is_there_whole_or_not_at_all(target: Path) -> None:
    make_world()
    done = threading.Event()

    def write(name: str) -> None:
        """Adds an organisation, whose table is read early, and an account, whose table is read late, at once."""
        number = 0
        while not done.is_set():
            number += 1
            with transaction.atomic():
                make_organization(name=f"{name}-{number}")
                User.objects.create(username=f"{name}-{number}")
        connections.close_all()

    writers = [threading.Thread(target=write, args=(f"writer{at}",)) for at in range(2)]
    for writer in writers:
        writer.start()
    for _ in range(3):
        back_up(target)
    done.set()
    for writer in writers:
        writer.join()
    written = Organization.objects.filter(name__startswith="writer").count()
    empty()
    restore(target)
    organizations = Organization.objects.filter(name__startswith="writer").values_list("name", flat=True)
    accounts = User.objects.filter(username__startswith="writer").values_list("username", flat=True)
    assert sorted(organizations) == sorted(accounts)
    assert 0 < len(organizations) < written


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_on_a_full_disk_the_older_backup_stays(target: Path, media: Path) -> None:
    back_up(target)
    older = target.read_bytes()
    (media / "pictures").mkdir(parents=True)
    (media / "pictures" / "large.jpg").write_bytes(os.urandom(300_000))
    with small_disk(), pytest.raises(CommandError, match=r"磁盘满了，没有备份成.*以前的备份没有动"):
        call_command("backup", str(target))
    assert target.read_bytes() == older
    assert [path.name for path in target.parent.iterdir() if "backup" in path.name] == [target.name]


def test_what_a_killed_backup_left_is_removed(target: Path) -> None:
    left = target.with_name(f".{target.name}.x1.part")
    left.write_text("half")
    back_up(target)
    assert not left.exists()


@pytest.mark.parametrize("place", ["missing/portal.backup", "."])
def test_where_nothing_can_be_written_a_sentence_says_so(tmp_path: Path, place: str) -> None:
    with pytest.raises(CommandError, match=r"没有备份成.*请检查路径和权限"):
        call_command("backup", str(tmp_path / place))


def test_a_database_behind_the_code_is_not_backed_up(target: Path) -> None:
    record = MigrationRecorder(connection)
    last = MigrationLoader(connection).graph.leaf_nodes("credits")[0]
    record.record_unapplied(*last)
    try:
        with pytest.raises(CommandError, match="数据库还不是这一版程序的"):
            call_command("backup", str(target))
    finally:
        record.record_applied(*last)


def test_a_database_ahead_of_the_code_is_not_backed_up(target: Path) -> None:
    """As after an update that was taken back without the database."""
    MigrationRecorder(connection).record_applied("faq", "9999_of_a_later_version")
    try:
        with pytest.raises(CommandError, match="较新一版程序的"):
            call_command("backup", str(target))
    finally:
        MigrationRecorder(connection).record_unapplied("faq", "9999_of_a_later_version")
    assert not target.exists()


def test_files_of_later_migrations_that_stayed_are_noticed(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = MigrationLoader.project_state

    def later(self: MigrationLoader, *args: Any, **options: Any) -> ProjectState:
        state = told(self, *args, **options)
        state.add_field("faq", "entry", "later", models.TextField(), preserve_default=True)
        return state

    assert not is_ahead()
    monkeypatch.setattr(MigrationLoader, "project_state", later)
    with pytest.raises(NotBackedUp, match="较新一版程序的"):
        back_up(target)


NAMES = [
    "pictures/一 张.png",
    "back\\slash.png",
    "line\nbreak.png",
    os.fsdecode("表格".encode("gbk")) + ".png",
    "…/a.b.png",
]


@pytest.mark.parametrize("key", ["", "0123456789-abcdefghij"])
def test_files_of_any_name_come_back_from_any_disk(key: str, target: Path, media: Path, settings: Any) -> None:
    settings.BACKUP_KEY = key
    make_world()
    other_disk = target.parent / "other-disk"
    other_disk.mkdir()
    (media / "moved").symlink_to(other_disk)
    (other_disk / "back").symlink_to(media)
    (other_disk / "kept.png").write_bytes(b"kept")
    for name in NAMES:
        path = media / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.fsencode(name))
    assert back_up(target).files == 2 + len(NAMES) + 1
    empty()
    restore(target)
    restored = Path(settings.MEDIA_ROOT)
    assert restored != media
    assert {name: (restored / name).read_bytes() for name in NAMES} == {name: os.fsencode(name) for name in NAMES}
    assert (restored / "moved" / "kept.png").read_bytes() == b"kept"


def test_other_programs_open_it(target: Path) -> None:
    make_world()
    back_up(target)
    with tarfile.open(target) as tar:
        assert tar.getnames()[0] == "backup.json"


# --- from one database to the other ------------------------------------------------------------------------------

OTHER = """
import sys, django
django.setup()
from pathlib import Path
from django.conf import settings
from django.core.management import call_command
settings.SQLITE_PATH.touch()
call_command("migrate", verbosity=0)
call_command("restore", sys.argv[1])
call_command("backup", sys.argv[2])
"""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="takes a backup from PostgreSQL to SQLite and back")
def test_a_backup_goes_from_one_database_to_the_other(target: Path, tmp_path: Path) -> None:
    make_world()
    back_up(target)
    of_sqlite = tmp_path / "of-sqlite.backup"
    names = {"DATABASE_URL": "other.sqlite3", "MEDIA_ROOT": "other", "SEARCH_INDEX_DIR": "index"}
    places = {name: str(tmp_path / place) for name, place in names.items()}
    places["DATABASE_URL"] = f"sqlite:///{places['DATABASE_URL']}"
    surroundings = ENVIRONMENT | places | {"DJANGO_SETTINGS_MODULE": "helpdesk.settings"}
    command = [sys.executable, "-c", OTHER, str(target), str(of_sqlite)]
    done = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert tables_in(of_sqlite) == tables_in(target)
    before = everything()
    empty()
    restore(of_sqlite)
    assert everything() == before

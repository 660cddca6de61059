"""Backups of an installation with a BACKUP_KEY: restored with it alone, and whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from helpdesk.care import encryption
from helpdesk.care.backing_up import back_up
from helpdesk.care.encryption import CHUNK, HEAD_BYTES, MAGIC, TAG_BYTES
from tests.care.test_backup import small_disk
from tests.care.test_restore import DAMAGED, FOREIGN, refused
from tests.care.world import empty, everything, make_world

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "0123456789abcdef0123456789abcdef"
STORED = CHUNK + TAG_BYTES


@pytest.fixture
def target(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for a backup of a portal that has something in every kind of column and a file of 2 MB."""
    monkeypatch.setattr(encryption, "COST", 2**4)
    settings.MEDIA_ROOT = str(tmp_path / "media")
    settings.BACKUP_KEY = KEY
    make_world()
    (tmp_path / "media" / "large.jpg").write_bytes(os.urandom(2 * CHUNK))
    return tmp_path / "portal.backup"


@pytest.fixture
def backup(target: Path) -> Path:
    """An encrypted backup of three chunks; the system itself is empty again."""
    back_up(target)
    empty()
    assert 2 * STORED < target.stat().st_size < 3 * STORED
    return target


def test_every_row_and_file_comes_back(target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything()
    call_command("backup", str(target))
    assert "已加密" in capsys.readouterr().out
    empty()
    call_command("restore", str(target))
    assert everything() == before
    assert "没有加密" not in capsys.readouterr().err


def test_one_that_is_not_encrypted_is_restored_all_the_same(
    target: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything()
    settings.BACKUP_KEY = ""
    call_command("backup", str(target))
    assert "没有加密" in capsys.readouterr().out
    settings.BACKUP_KEY = KEY
    empty()
    call_command("restore", str(target))
    assert everything() == before
    assert "这份备份却没有加密" in capsys.readouterr().err


def test_without_its_key_it_is_refused(backup: Path, settings: Any) -> None:
    settings.BACKUP_KEY = ""
    refused(backup, "加了密，这里没有设 BACKUP_KEY.*写上做备份时的 BACKUP_KEY")
    for other in (KEY[:-1], KEY + "0", "short"):
        settings.BACKUP_KEY = other
        refused(backup, "用另一个 BACKUP_KEY 加密的")


def test_a_file_that_was_cut_is_refused(backup: Path) -> None:
    stored = backup.read_bytes()
    borders = [HEAD_BYTES, HEAD_BYTES + STORED, HEAD_BYTES + 2 * STORED]
    for size in (len(MAGIC), *borders, len(stored) - 1):
        backup.write_bytes(stored[:size])
        refused(backup, DAMAGED)
    backup.write_bytes(stored[: len(MAGIC) - 1])
    refused(backup, FOREIGN)


def test_chunks_in_another_order_are_refused(backup: Path) -> None:
    stored = backup.read_bytes()
    head, rest = stored[:HEAD_BYTES], stored[HEAD_BYTES:]
    backup.write_bytes(head + rest[STORED : 2 * STORED] + rest[:STORED] + rest[2 * STORED :])
    refused(backup, DAMAGED)


def test_a_file_with_a_wrong_bit_is_refused(backup: Path) -> None:
    stored = backup.read_bytes()
    for share in (0.1, 0.5, 0.9999):
        changed = bytearray(stored)
        changed[int(len(stored) * share)] ^= 0x10
        backup.write_bytes(changed)
        refused(backup, DAMAGED)


def test_a_key_that_is_easily_guessed_makes_no_backup(target: Path, settings: Any) -> None:
    target.write_text("older")
    settings.BACKUP_KEY = "nineteen signs long"
    with pytest.raises(CommandError, match=r"BACKUP_KEY 不到 20 个字符.*以前的备份没有动"):
        call_command("backup", str(target))
    assert target.read_text() == "older"


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_on_a_full_disk_the_older_backup_stays(target: Path) -> None:
    target.write_text("older")
    with small_disk(), pytest.raises(CommandError, match=r"磁盘满了，没有备份成.*以前的备份没有动"):
        call_command("backup", str(target))
    assert target.read_text() == "older"

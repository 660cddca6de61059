"""A backup that may not be restored is refused in a sentence, and everything stays as it was."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from helpdesk.care.archive import Writer
from helpdesk.care.backing_up import back_up
from helpdesk.care.restoring import NotRestored, restore
from helpdesk.common.models import RateCounter
from helpdesk.common.only_one import only_one
from tests.care.test_backup import small_disk
from tests.care.world import empty, everything, make_world

pytestmark = pytest.mark.django_db(transaction=True)
Head = dict[str, Any]
DAMAGED = "备份文件不完整，或者损坏了"
FOREIGN = "这不是本系统的备份文件"


@pytest.fixture
def backup(settings: Any, tmp_path: Path) -> Path:
    """A backup of a portal with something in every kind of column; the system itself is empty again."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    make_world()
    back_up(tmp_path / "portal.backup")
    empty()
    return tmp_path / "portal.backup"


def refused(backup: Path, sentence: str) -> None:
    """Restores and expects a refusal that says `sentence`, that nothing was done, and that does nothing."""
    before = everything()
    with pytest.raises(CommandError, match=sentence) as refusal:
        call_command("restore", str(backup))
    assert "什么也没有恢复" in str(refusal.value)
    assert everything() == before


def rewritten(backup: Path, change: Callable[[Head, dict[str, bytes]], object]) -> Path:
    """Writes the backup anew, whole and with its digest, after `change` was let at its head and its members."""
    with tarfile.open(backup) as tar:
        members = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    head = json.loads(members.pop("backup.json"))
    members.pop("end.json")
    change(head, members)
    with backup.open("wb") as file:
        writer = Writer(file, head)
        for name, content in members.items():
            writer.add(name, content)
        writer.finish()
    return backup


def test_the_command_says_what_it_restored(backup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("restore", str(backup))
    assert "恢复好了" in capsys.readouterr().out


@pytest.mark.parametrize("share", [0.001, 0.05, 0.3, 0.7, 0.99, 0.9999])
def test_a_file_that_was_cut_is_refused(backup: Path, share: float) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content[: int(len(content) * share)])
    refused(backup, DAMAGED if int(len(content) * share) > 1 else FOREIGN)


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.9999])
def test_a_file_with_a_wrong_bit_is_refused(backup: Path, share: float) -> None:
    content = bytearray(backup.read_bytes())
    content[int(len(content) * share)] ^= 0x10
    backup.write_bytes(content)
    refused(backup, f"{DAMAGED}|{FOREIGN}")


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_that_was_cut_or_changed_within_a_large_picture_is_refused(backup: Path, share: float) -> None:
    rewritten(backup, lambda _, members: members.update({"media/large.jpg": os.urandom(4_000_000)}))
    content = bytearray(backup.read_bytes())
    at = int(len(content) * share)
    backup.write_bytes(content[:at])
    refused(backup, DAMAGED)
    content[at] ^= 0x10
    backup.write_bytes(content)
    refused(backup, DAMAGED)


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04 a workbook", gzip.compress(b"no archive" * 2000)])
def test_another_file_is_refused(backup: Path, content: bytes) -> None:
    backup.write_bytes(content)
    refused(backup, FOREIGN)


def test_another_archive_is_refused(backup: Path) -> None:
    with tarfile.open(backup, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("backup.json"), io.BytesIO())
    refused(backup, FOREIGN)


def test_a_file_that_is_not_there_is_refused(backup: Path) -> None:
    refused(backup.with_name("missing"), "文件读写不了.*请检查路径和权限")


def test_members_in_another_order_are_refused(backup: Path) -> None:
    with tarfile.open(backup) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    members[2], members[3] = members[3], members[2]
    with tarfile.open(backup, "w:gz") as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    refused(backup, DAMAGED)


def test_an_older_one_is_refused_with_what_to_do(backup: Path) -> None:
    rewritten(backup, lambda head, _: head["migrations"].remove("faq.0001_initial"))
    refused(backup, "以前的版本做的，缺少后来的数据库变动（faq.0001_initial 等 1 项）.*先装做备份时的那一版程序")


def test_a_newer_one_is_refused(backup: Path) -> None:
    rewritten(backup, lambda head, _: head["migrations"].append("faq.9999_later"))
    refused(backup, "更新的版本做的")


@pytest.mark.parametrize(
    "name", ["media/../out.jpg", "media//etc/out.jpg", "media/.restore-x/a", "media/a/./b", "tables/x"]
)
def test_a_name_that_leads_elsewhere_is_refused(backup: Path, name: str) -> None:
    rewritten(backup, lambda _, members: members.update({name: b"x"}))
    refused(backup, DAMAGED)


def test_rows_that_do_not_fit_together_are_refused(backup: Path) -> None:
    rewritten(backup, lambda _, members: members.pop("tables/auth.User/000000.jsonl"))
    refused(backup, "备份里有这个数据库放不下的内容")


def test_where_somebody_has_an_account_nothing_is_restored(backup: Path) -> None:
    User.objects.create_user("wang")
    refused(backup, "这里不是空的系统：已经有账号 1 条.*请新建一个空的数据库")


def test_pages_that_were_looked_at_are_nobodys_data(backup: Path) -> None:
    RateCounter.objects.create(key="k", expires_at=1)
    call_command("restore", str(backup))
    assert not RateCounter.objects.exists()


def test_a_file_of_the_same_name_is_not_overwritten(backup: Path, settings: Any) -> None:
    other = Path(settings.MEDIA_ROOT) / "pictures" / "b.png"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"another one")
    refused(backup, "已有同名而内容不同的文件")


def test_on_a_full_disk_nothing_is_restored(backup: Path) -> None:
    rewritten(backup, lambda _, members: members.update({"media/pictures/large.jpg": bytes(300_000)}))
    with small_disk():
        refused(backup, "磁盘满了")


def test_what_a_killed_restore_left_is_removed(backup: Path, settings: Any) -> None:
    left = Path(settings.MEDIA_ROOT) / ".restore-x" / "half.jpg"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    call_command("restore", str(backup))
    assert not left.parent.exists()


def test_of_two_at_once_one_is_told_so(backup: Path) -> None:
    with ThreadPoolExecutor(1) as other, only_one("restore") as is_ours:
        refusal = other.submit(in_other_thread, backup).result()
    assert is_ours
    assert "已有一个恢复在做" in refusal


def in_other_thread(backup: Path) -> str:
    """Restores on a connection of its own; returns the refusal."""
    try:
        restore(backup)
    except NotRestored as refusal:
        return str(refusal)
    finally:
        connection.close()
    return ""

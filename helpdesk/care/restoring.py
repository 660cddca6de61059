"""A backup put into an empty system, all of it or nothing.

Rows are put in within one transaction, files into a folder of their own first. Only when the end of the backup has
shown that all of it is as it was written do the files move to their places and the rows become visible.
"""

from __future__ import annotations

import filecmp
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import DataError, IntegrityError, connection, transaction
from django.db import Error as DatabaseError

from helpdesk.common.only_one import only_one

from . import tables
from .archive import FORMAT, PIECE, Damaged, Foreign, Locked, Reader
from .backing_up import NO_ROOM
from .encryption import WrongKey
from .snapshot import applied_migrations

#: Tables that `bootstrap` fills. A system is empty where no other table of a backup has a row: no account, no office,
#: no question, nothing that readers or editors did. An entry cannot be edited without an account.
FILLED_BY_BOOTSTRAP = {
    "helpdesk.LoadedFixture",
    "faq.SearchState",
    "faq.SearchChange",
    "common.ContentVersion",
    "faq.Document",
    "faq.Category",
    "faq.Entry",
    "faq.Phrasing",
    "faq.SynonymGroup",
    "credits.TrainingCycle",
    "auth.Permission",
    "auth.Group",
    "auth.Group_permissions",
    "contenttypes.ContentType",
}
#: Table that a page which is merely looked at may fill: addresses counted for an hour.
PASSING = {"common.RateCounter"}
TABLE = re.compile(r"tables/([A-Za-z_.]+)/[0-9]{6}\.jsonl")
#: A name of each part that means nothing to the file system: no dot in front, and no sign that leads elsewhere.
PART = re.compile(r"[^./\x00][^/\x00]*", re.DOTALL)
HELD_BACK = ".restore-"
#: Tables and migrations that a sentence names.
MOST_NAMED = 3

NOTHING = "什么也没有恢复，这里原来的内容没有动。"
FOREIGN = f"这不是本系统的备份文件。{NOTHING}请选 manage.py backup 做出来的文件。"
DAMAGED = f"备份文件不完整，或者损坏了。{NOTHING}请重新拷贝一次，或者换另一份备份。"
LOCKED = f"这份备份加了密，这里没有设 BACKUP_KEY，打不开。{NOTHING}请在设置里写上做备份时的 BACKUP_KEY，再恢复。"
WRONG_KEY = (
    f"这份备份是用另一个 BACKUP_KEY 加密的，打不开；也可能是文件的开头损坏了。{NOTHING}"
    "请写上做备份时的 BACKUP_KEY；确定没有写错的，请换另一份备份。"
)
NEWER = f"这份备份是另一个更新的版本做的，这一版读不了。{NOTHING}请先把程序更新到做备份时的版本，再恢复。"
OLDER = (
    f"这份备份是以前的版本做的，缺少后来的数据库变动（{{missing}}）。{NOTHING}"
    "请先装做备份时的那一版程序，运行 manage.py bootstrap，恢复以后再更新程序。"
)
NOT_SET_UP = f"数据库还没有建好，或者还没有更新。{NOTHING}请先运行 manage.py bootstrap。"
NOT_EMPTY = (
    f"这里不是空的系统：已经有{{found}}。恢复会盖掉这些内容。{NOTHING}"
    "请新建一个空的数据库（换一个 DATABASE_URL；用 SQLite 的把原来的文件移到别处），运行 manage.py bootstrap，再恢复。"
)
UNFIT = f"备份里有这个数据库放不下的内容（{{reason}}）。{NOTHING}请把这句话告诉维护程序的人。"
BUSY = f"已有一个恢复在做。{NOTHING}"
NO_SPACE = f"磁盘满了。{NOTHING}请腾出地方，再恢复一次。"
TAKEN = f"图片文件夹里已有同名而内容不同的文件：{{name}}。{NOTHING}请把 MEDIA_ROOT 换成空的文件夹，再恢复。"


class NotRestored(Exception):
    """Nothing was restored, for the reason that is said in Chinese."""


class OtherVersion(NotRestored):
    """The backup was made by another version, if its head can be believed."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was restored: when it was made, how many rows and files it has, whether it was encrypted."""

    made_at: str
    rows: int
    files: int
    encrypted: bool


def restore(source: Path) -> Restored:
    """Puts the backup into this system. Raises NotRestored, and then leaves everything as it was."""
    try:
        with source.open("rb") as file, only_one("restore") as is_ours:
            if not is_ours:
                raise NotRestored(BUSY)
            return _restore(Reader(file, settings.BACKUP_KEY))
    except OtherVersion as error:
        if is_whole(source):
            raise
        raise NotRestored(DAMAGED) from error
    except Foreign as error:
        raise NotRestored(FOREIGN) from error
    except Locked as error:
        raise NotRestored(LOCKED) from error
    except WrongKey as error:
        raise NotRestored(WRONG_KEY) from error
    except Damaged as error:
        raise NotRestored(DAMAGED) from error
    except (ValueError, TypeError, DataError, IntegrityError) as error:
        raise NotRestored(UNFIT.format(reason=_first_line(error)) if is_whole(source) else DAMAGED) from error
    except DatabaseError as error:
        raise NotRestored(f"数据库出错（{_first_line(error)}）。{NOTHING}") from error
    except OSError as error:
        if error.errno in NO_ROOM:
            raise NotRestored(NO_SPACE) from error
        raise NotRestored(f"文件读写不了（{error.strerror or error}）。{NOTHING}请检查路径和权限。") from error


def is_whole(source: Path) -> bool:
    """Returns whether all of a backup is as it was written, which is known only at its end."""
    try:
        with source.open("rb") as file:
            for _ in Reader(file, settings.BACKUP_KEY).members():
                pass
    except (Damaged, Foreign):
        return False
    return True


def _restore(reader: Reader) -> Restored:
    _check_version(reader.head)
    placed: list[Path] = []
    try:
        with _staging_folder() as staged, transaction.atomic(durable=True):
            _keep_others_out()
            _check_empty()
            tables.delete_all()
            rows, files = _take_in(reader, staged)
            connection.check_constraints()
            _move_into_place(staged, placed)
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        raise
    finally:
        ContentType.objects.clear_cache()
    return Restored(str(reader.head.get("made_at")), rows, files, reader.encrypted)


# --- may it be restored here? ------------------------------------------------------------------------------------


def _check_version(head: dict[str, Any]) -> None:
    """Raises NotRestored where the backup was made by another version, or the database here is not set up."""
    here = applied_migrations()
    if here is None:
        raise NotRestored(NOT_SET_UP)
    theirs = [str(name) for name in head.get("migrations", [])]
    if head.get("format") != FORMAT or set(theirs) - set(here):
        raise OtherVersion(NEWER)
    missing = [name for name in here if name not in theirs]
    if missing:
        named = "、".join(missing[:MOST_NAMED])
        raise OtherVersion(OLDER.format(missing=f"{named} 等 {len(missing)} 项"))
    if head.get("tables") != {label: tables.columns(model) for label, model in tables.kept().items()}:
        raise OtherVersion(NEWER)


def _keep_others_out() -> None:
    """Keeps others from writing until the end. On SQLite the transaction does that by itself."""
    if connection.vendor == "postgresql":
        names = [connection.ops.quote_name(model._meta.db_table) for model in tables.every_model()]
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE")


def _check_empty() -> None:
    """Raises NotRestored where people have done something here, naming it."""
    found = []
    for label, model in tables.kept().items():
        number = 0 if label in FILLED_BY_BOOTSTRAP | PASSING else model._base_manager.count()
        if number:
            found.append(f"{model._meta.verbose_name} {number} 条")
    if found:
        named = "、".join(found[:MOST_NAMED])
        raise NotRestored(NOT_EMPTY.format(found=f"{named}等" if len(found) > MOST_NAMED else named))


# --- rows and files ----------------------------------------------------------------------------------------------


def _take_in(reader: Reader, staged: Path) -> tuple[int, int]:
    """Inserts the rows and writes the files; returns how many. Raises Damaged, ValueError, OSError, django.db.Error."""
    kept = tables.kept()
    keys: dict[str, int] | None = None
    rows = files = 0
    for name, content in reader.members():
        table = TABLE.fullmatch(name)
        if name.startswith("media/"):
            _write_file(staged, name.removeprefix("media/"), content)
            files += 1
        elif name == "keys.json":
            keys = json.loads(content)
        elif table and table[1] in kept:
            rows += tables.insert(kept[table[1]], content)
        else:
            raise Damaged
    if keys is None:
        raise Damaged
    tables.raise_keys(keys)
    return rows, files


def _write_file(staged: Path, name: str, content: IO[bytes]) -> None:
    """Writes a file and puts it on disk. Raises Damaged for a name that leads out of the folder."""
    parts = name.split("/")
    if not all(PART.fullmatch(part) for part in parts):
        raise Damaged
    path = staged.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        shutil.copyfileobj(content, file, PIECE)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)


@contextmanager
def _staging_folder() -> Iterator[Path]:
    """Gives a folder on the disk of MEDIA_ROOT, and removes it, and those that killed processes left."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    for left in root.glob(f"{HELD_BACK}*"):
        shutil.rmtree(left)
    staged = Path(tempfile.mkdtemp(dir=root, prefix=HELD_BACK))
    try:
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _move_into_place(staged: Path, placed: list[Path]) -> None:
    """Moves the files below MEDIA_ROOT and notes each in `placed`. Raises NotRestored where another has its name."""
    for path in sorted(staged.rglob("*")):
        target = Path(settings.MEDIA_ROOT) / path.relative_to(staged)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        elif not target.exists():
            path.rename(target)
            placed.append(target)
        elif not filecmp.cmp(path, target, shallow=False):
            raise NotRestored(TAKEN.format(name=target))


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]

"""Checks of the machine: folders it may write to, room on the disks, files and libraries."""

from __future__ import annotations

import ctypes
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from faq.editing.booklet.pdf import LIBRARIES
from helpdesk.care import disks
from helpdesk.common.database_file import database_file
from helpdesk.variables import account

from .findings import Finding

#: Shared libraries that lay out the PDF.
SHARED_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")


def look_at_files() -> Iterator[Finding]:
    """Finds locks, folders and files of the index that this account cannot write to, as after a command run as root."""
    folders = [settings.VAR_DIR]
    if connection.vendor == "sqlite":
        folders.append(database_file().parent)
    locks = [path for folder in dict.fromkeys(folders) for path in sorted(folder.glob("*.lock"))]
    yield from unwritable([settings.VAR_DIR, *locks])
    for folder in (settings.SEARCH_INDEX_DIR, settings.FILE_UPLOAD_TEMP_DIR):
        if any(not _may_write(path) for path in (folder, *folder.rglob("*"))):
            yield _not_ours(folder, "chown -R")


def unwritable(paths: Iterable[Path]) -> Iterator[Finding]:
    """Finds those of these files and folders that are there and that this account cannot write to."""
    for path in paths:
        if not _may_write(path):
            yield _not_ours(path, "chown")


def _may_write(path: Path) -> bool:
    """True where this account may write, and where nothing is: a file may have been removed meanwhile."""
    return os.access(path, os.W_OK) or not os.path.exists(path)


def _not_ours(path: Path, command: str) -> Finding:
    return Finding(
        f"网站的账号 {account()} 写不了 {path}。",
        f"以 root 身份运行 {command} {account()}: {path}；还是写不了的，看它的权限（chmod u+w）和磁盘是不是只读。",
    )


def look_at_media() -> Iterator[Finding]:
    """Finds folders of pictures that this account cannot write to; those that are not there yet it does not make."""
    root = Path(settings.MEDIA_ROOT)
    for folder in {disks.nearest(root / name): None for name in ("pictures", "questions", "")}:
        try:
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
                file.write(b"x")
        except OSError as error:
            yield Finding(
                f"图片存不进 {folder}（{error.strerror}）。",
                f"以 root 身份运行 chown -R {account()}: {root}，让网站的账号能写这个文件夹。",
            )


def look_at_disks() -> Iterator[Finding]:
    """Finds disks of ours that are nearly full, each once."""
    different = {disk.folder.stat().st_dev: disk for disk in disks.disks()}
    for disk in different.values():
        if disk.is_nearly_full:
            yield Finding(
                f"{disk.folder} 所在的磁盘只剩 {disk.free // 1024**2} MB。",
                "清理不用的文件，或者换大一点的磁盘；至少留出 1 GB。",
            )


def look_at_static_files() -> Iterator[Finding]:
    """Finds styles and scripts that were not collected; in development they are served from where they stand."""
    if not settings.DEBUG and not (Path(settings.STATIC_ROOT) / "staticfiles.json").is_file():
        yield Finding(
            "样式和脚本还没有收集，页面会打不开。", "运行 manage.py collectstatic --noinput，再重新启动网站。"
        )


def look_at_libraries() -> Iterator[Finding]:
    """Finds that the libraries are missing which lay out the booklet."""
    missing = [name for name in SHARED_LIBRARIES if not _loads(name)]
    if missing:
        yield Finding(
            f"少了排版用的组件（{'、'.join(missing)}），问答手册的 PDF 做不了，别的不受影响。",
            f"要用的话安装：apt-get install {LIBRARIES} fonts-noto-cjk。",
            urgent=False,
        )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True

"""Pictures that editors send: written anew in a child process, stored under random names, served by our own view."""

from __future__ import annotations

import base64
import logging
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from . import child
from .models import StoredPicture
from .picture_names import MEDIA_TYPES, NAME, new_name
from .picture_recoding import LONGEST_SIDE, MOST_BYTES

logger = logging.getLogger(__name__)

MODULE = "helpdesk.common.picture_recoding"
#: Seconds that browsers keep a picture: its name never stands for another one.
KEPT = 365 * 24 * 3600

#: Reason of the child → sentence.
SENTENCES = {
    "too_large": f"这张图片太大了，最多 {MOST_BYTES // 1024 // 1024} MB。请先压缩，或者只截取需要的部分。",
    "too_many_points": f"这张图片的像素太多。请先缩小（长边 {LONGEST_SIDE} 像素就够清楚），再传一次。",
    "no_picture": "这个文件不是能用的图片，或者已经损坏。请用 JPG、PNG、WebP 或 GIF 图片。",
    "not_written": "服务器现在存不了图片，可能是磁盘满了。请告诉系统管理员；文字可以照常保存。",
    "busy": "现在传图片的人多，请过一会儿再传一次。",
}


def folder() -> Path:
    """Returns the folder of the pictures, which exists when this returns. It lies outside the static files."""
    path = Path(settings.MEDIA_ROOT) / "pictures"
    path.mkdir(parents=True, exist_ok=True)
    return path


def store(content: bytes, owner: Any) -> StoredPicture:
    """Stores a picture that `owner` sent, written anew. Raises ValidationError, in Chinese, where it is refused."""
    row = written(content, owner)
    try:
        row.save()
    except BaseException:
        remove(row)
        raise
    return row


def written(content: bytes, owner: Any) -> StoredPicture:
    """Writes the file of a picture and returns its row, to be saved, or to be given to `remove` where that fails.

    Raises ValidationError, in Chinese, where the picture is refused.
    """
    new = write_anew(content, folder)
    return StoredPicture(name=new.name, size=new.size, owner=owner, width=new.width, height=new.height)


@dataclass(frozen=True, slots=True)
class NewPicture:
    """A file that was written: its random name, its bytes, its points."""

    name: str
    size: int
    width: int
    height: int


def write_anew(content: bytes, place: Callable[[], Path]) -> NewPicture:
    """Writes a picture anew, under a random name in the folder that `place` makes and returns.

    Raises ValidationError, in Chinese, where the picture is refused.
    """
    told = _recoded(content)
    refused = told.get("refused")
    if refused:
        raise ValidationError(SENTENCES[refused], code=refused)
    data = base64.b64decode(told["bytes"])
    name = new_name(told["kind"])
    try:
        _write(place() / name, data)
    except OSError as error:
        logger.exception("a picture could not be written")
        raise ValidationError(SENTENCES["not_written"], code="not_written") from error
    return NewPicture(name, len(data), told["width"], told["height"])


def remove(row: StoredPicture) -> None:
    """Removes the file of a picture whose row was not saved after all."""
    (folder() / row.name).unlink(missing_ok=True)


def hold(text: str) -> None:
    """Keeps the stored pictures that a text names from being removed until the transaction ends; outside of one, no."""
    names = set(re.findall(NAME, text, re.ASCII))
    if names and connection.in_atomic_block:
        rows = StoredPicture.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
        list(rows.filter(name__in=names))


def _recoded(content: bytes) -> dict[str, Any]:
    if len(content) > MOST_BYTES:
        return {"refused": "too_large"}
    try:
        return child.run(child.command(MODULE), content)
    except child.Busy:
        return {"refused": "busy"}
    except child.TooMuch:
        return {"refused": "too_many_points"}
    except child.Failed:
        return {"refused": "no_picture"}


def _write(path: Path, data: bytes) -> None:
    """Writes a whole file or none, readable for the web server's group and others."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


@require_safe
def picture(request: HttpRequest, name: str) -> FileResponse:
    """Serves a stored picture, to be kept for a year; raises Http404 where there is none of this name."""
    path = Path(settings.MEDIA_ROOT) / "pictures" / name
    return serve(path, f"public, max-age={KEPT}, immutable")


def serve(path: Path, cache_control: str) -> FileResponse:
    """Serves the picture of this path; raises Http404 where there is none."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise Http404 from error
    kind = MEDIA_TYPES[path.suffix.removeprefix(".")]
    return FileResponse(file, content_type=kind, headers={"Cache-Control": cache_control})

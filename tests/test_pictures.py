"""Pictures that editors send: only their points are stored; what is no picture, or far too large, is refused."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import Client
from PIL import Image

from helpdesk.common import pictures
from helpdesk.common.models import StoredPicture
from helpdesk.common.picture_names import address_of, is_own_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path / "pictures"


def drawn(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new(mode, size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def stored(content: bytes) -> StoredPicture:
    return pictures.store(content, User.objects.create_user("wang"))


def opened(media: Path, row: StoredPicture) -> Image.Image:
    return Image.open(media / row.name)


# --- what is stored ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode", "ending"),
    [
        ("JPEG", "RGB", "jpg"),
        ("PNG", "RGB", "png"),
        ("WEBP", "RGB", "jpg"),
        ("GIF", "RGB", "png"),
        ("PNG", "RGBA", "png"),
    ],
)
def test_a_picture_is_stored_under_a_random_name(media: Path, kind: str, mode: str, ending: str) -> None:
    row = stored(drawn(kind, mode=mode))
    assert is_own_picture(address_of(row.name))
    assert row.name.endswith(ending)
    assert (row.width, row.height) == opened(media, row).size == (40, 30)
    assert row.size == (media / row.name).stat().st_size
    assert [path.name for path in media.iterdir()] == [row.name]


def test_the_longest_side_becomes_1600(media: Path) -> None:
    row = stored(drawn("JPEG", (4000, 1000)))
    assert (row.width, row.height) == opened(media, row).size == (1600, 400)


def test_what_the_camera_noted_is_gone_and_the_picture_upright(media: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # held on its side
    exif[0x010F] = "secret-camera"
    row = stored(drawn("JPEG", (40, 30), exif=exif))
    picture = opened(media, row).convert("RGB")
    assert picture.size == (30, 40)
    top, bottom = picture.getpixel((15, 2)), picture.getpixel((15, 37))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > 100 > bottom[0]
    assert b"secret" not in (media / row.name).read_bytes()


def test_of_a_moving_picture_the_first_frame_stays(media: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    picture = opened(media, stored(written.getvalue()))
    assert not getattr(picture, "is_animated", False)
    assert picture.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF"])
def test_what_hides_behind_a_picture_is_not_stored(media: Path, kind: str) -> None:
    row = stored(drawn(kind) + b"<script>alert(1)</script>PK\x03\x04<?php")
    data = (media / row.name).read_bytes()
    assert b"script" not in data
    assert b"PK\x03\x04" not in data


# --- what is refused ---------------------------------------------------------------------------------------------


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that announces so many points and holds none."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


REFUSED = {
    "20,000 × 20,000": (png_header(20_000, 20_000), "像素太多"),
    "more than a column holds": (png_header(2**31 - 1, 2**31 - 1), "像素太多"),
    "points that are not there": (png_header(2_000, 2_000), "不是能用的图片"),
    "20 MB": (drawn("PNG") + b"\0" * 20 * 1024 * 1024, "最多 10 MB"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "不是能用的图片"),
    "GIF that is a script": (b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)", "不是能用的图片"),
    "HTML": (b"<!doctype html><p>", "不是能用的图片"),
    "TIFF": (drawn("TIFF"), "不是能用的图片"),
    "BMP": (drawn("BMP"), "不是能用的图片"),
    "cut off": (drawn("PNG", (400, 300))[:200], "不是能用的图片"),
    "empty": (b"", "不是能用的图片"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_picture_is_refused_in_chinese(media: Path, name: str) -> None:
    content, sentence = REFUSED[name]
    with pytest.raises(ValidationError, match=sentence):
        stored(content)
    assert not media.exists() or list(media.iterdir()) == []
    assert not StoredPicture.objects.exists()


def test_where_no_file_can_be_written_nothing_is_stored(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "file")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(ValidationError, match="可能是磁盘满了"):
        stored(drawn("PNG"))
    assert not StoredPicture.objects.exists()


# --- how it is served --------------------------------------------------------------------------------------------


def test_a_picture_is_served_to_be_kept_for_long(client: Client) -> None:
    row = stored(drawn("PNG"))
    answer: Any = client.get(address_of(row.name))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert Image.open(io.BytesIO(b"".join(answer.streaming_content))).size == (40, 30)


@pytest.mark.parametrize(
    "path",
    ["/media/", "/media/x.png", f"/media/{'a' * 32}.svg", f"/media/{'a' * 32}.png", f"/media/..%2f{'a' * 32}.png"],
)
def test_other_addresses_of_media_are_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404

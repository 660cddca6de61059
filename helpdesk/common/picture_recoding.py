"""The child process that reads a picture somebody sent and writes it anew; it knows no Django.

Only the points of the picture come out again: what hides behind them or says where they were taken (EXIF) does not. The
size that the header announces is judged before a point is decoded. The answer is JSON: `{"kind", "width", "height",
"bytes"}` with the bytes in base64, or `{"refused": reason}`.
"""

from __future__ import annotations

import base64
import io
from typing import Any

from PIL import Image

from . import child

MOST_BYTES = 10 * 1024 * 1024
#: Points, width × height, by kind. A JPEG is decoded at a fraction of what a phone makes; the others are decoded
#: whole, so that the memory of the child bounds them.
MOST_POINTS = {"JPEG": 50_000_000, "MPO": 50_000_000, "PNG": 16_000_000, "GIF": 8_000_000, "WEBP": 8_000_000}
#: So many points suffice for no decoder to run out of memory, which Pillow reports like a damaged picture.
ALWAYS_DECODED = 8_000_000
LONGEST_SIDE = 1_600
#: A larger picture without transparent parts is stored as a photograph.
MOST_BYTES_OF_PNG = 400 * 1024
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_READ = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 85

TOO_LARGE = {"refused": "too_large"}
TOO_MANY_POINTS = {"refused": "too_many_points"}
NO_PICTURE = {"refused": "no_picture"}


def recoded(content: bytes) -> dict[str, Any]:
    """Returns the picture written anew, or why it is refused. May raise whatever Pillow raises for damaged ones."""
    if len(content) > MOST_BYTES:
        return TOO_LARGE
    Image.MAX_IMAGE_PIXELS = None  # judged here, for all kinds alike
    with Image.open(io.BytesIO(content), formats=_READ) as sent:
        points = sent.width * sent.height
        if points > MOST_POINTS[sent.format or ""]:
            return TOO_MANY_POINTS
        is_photograph = sent.format in ("JPEG", "MPO", "WEBP")  # MPO: a JPEG as some phones write it
        sent.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded no larger than needed
        try:
            picture = _upright(sent)
        except OSError:
            if points > ALWAYS_DECODED:
                return TOO_MANY_POINTS
            raise
    return _written(picture, is_photograph=is_photograph)


def _upright(sent: Image.Image) -> Image.Image:
    """Returns the first frame, reduced, turned as the camera was held, in true colours."""
    turn = _TURNS.get(_orientation(sent))
    wanted = "RGBA" if sent.has_transparency_data else "RGB"
    if sent.mode in ("RGB", "RGBA", "L"):
        sent.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)  # no copy in full size
    true = sent.convert(wanted)
    true.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return true.transpose(turn) if turn is not None else true


def _orientation(sent: Image.Image) -> int:
    """Returns how the camera was held, as EXIF counts; 1, upright, where nothing readable says."""
    try:
        return int(sent.getexif().get(_ORIENTATION, 1))
    except Exception:
        return 1


def _written(picture: Image.Image, *, is_photograph: bool) -> dict[str, Any]:
    """Returns the points as PNG, or as JPEG where nothing is transparent and that is smaller by far."""
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)
    kind, content = "PNG", b""
    if bare.mode == "RGBA" or not is_photograph:
        content = _saved(bare, "PNG", optimize=True)
    if bare.mode == "RGB" and (is_photograph or len(content) > MOST_BYTES_OF_PNG):
        kind, content = "JPEG", _saved(bare, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    told = base64.b64encode(content).decode("ascii")
    return {"kind": kind, "width": bare.width, "height": bare.height, "bytes": told}


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


if __name__ == "__main__":
    child.serve(recoded, most_bytes=MOST_BYTES, too_much=TOO_MANY_POINTS, damaged=NO_PICTURE)

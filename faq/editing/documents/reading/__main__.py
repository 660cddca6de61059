"""The child process that reads one document: `python -m faq.editing.documents.reading`, the file on stdin."""

from __future__ import annotations

from typing import Any

from helpdesk.common import child

from ..lines import Document, to_json
from ..problems import MOST_BYTES, Refused

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
#: Names inside the old container that tell an encrypted new document from an old one, as UTF-16.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def main() -> None:
    child.serve(answer, most_bytes=MOST_BYTES, too_much={"problem": "too_much"}, damaged={"problem": "damaged"})


def answer(content: bytes) -> dict[str, Any]:
    """Returns the document as JSON, or the code of what is wrong with it."""
    try:
        return to_json(read(content))
    except Refused as refused:
        return {"problem": refused.code}


def read(content: bytes) -> Document:
    """Returns the document in a file of any kind. Raises Refused."""
    if not content.strip():
        raise Refused("empty")
    if len(content) > MOST_BYTES:
        raise Refused("too_large")
    if content.startswith(b"PK"):
        from . import word  # takes time that text does not need

        return word.read(content)
    _refuse_others(content)
    from . import text

    return text.read(content)


def _refuse_others(content: bytes) -> None:
    if content.startswith(_OLE):
        raise Refused("encrypted" if _ENCRYPTED in content else "old_word")
    if content.lstrip()[:5] == b"%PDF-":
        raise Refused("pdf")
    if content.startswith(_PICTURES) and b"\x00" in content[:200]:
        raise Refused("picture")
    if content.lstrip()[:5] == b"{\\rtf":
        raise Refused("rtf")
    if b"\x00" in content[:4000] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Refused("not_word")


if __name__ == "__main__":
    main()

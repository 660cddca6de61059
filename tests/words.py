"""`make words`: compiles the sentences in helpdesk/locale, which Django reads only in their compiled form."""

from __future__ import annotations

from pathlib import Path

import polib

SENTENCES = Path(__file__).parent.parent / "helpdesk" / "locale" / "zh_Hans" / "LC_MESSAGES"
SOURCES = sorted(SENTENCES.glob("*.po"))


def compiled(source: Path) -> bytes:
    return polib.pofile(str(source)).to_binary()


if __name__ == "__main__":
    for source in SOURCES:
        source.with_suffix(".mo").write_bytes(compiled(source))

"""The process that makes a PDF: `python -m faq.editing.booklet.rendering`, JSON on stdin, the PDF on stdout.

It is given the HTML, the style sheets, every file that the HTML may show, and the seconds that it may take; it fetches
nothing else, from no network and no disk. Where libraries of the system are missing it ends with the code NO_LIBRARIES.
"""

from __future__ import annotations

import base64
import json
import logging
import signal
import sys
from typing import Any

NO_LIBRARIES = 3
#: Base of relative addresses; a name that no network knows.
BASE = "https://booklet.invalid"


def main() -> None:
    logging.disable(logging.WARNING)
    given = json.load(sys.stdin.buffer)
    signal.alarm(given["seconds"])  # ends the process where its parent is gone
    files = {name: base64.b64decode(content) for name, content in given["files"].items()}
    try:
        pdf = rendered(given["html"], given["styles"], files)
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(NO_LIBRARIES)
    sys.stdout.buffer.write(pdf)


def rendered(html: str, styles: list[str], files: dict[str, bytes]) -> bytes:
    """Returns the PDF. `files` holds what may be shown: address below BASE → content. Raises OSError without Pango."""
    import weasyprint  # its libraries are loaded here, and may be missing
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        """Finds the files that were handed in, and nothing else."""

        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            address = url.removeprefix(BASE)
            if address not in files:
                raise ValueError(f"not handed in: {address}")
            return URLFetcherResponse(url, files[address])

    fetcher = OwnFiles()
    sheets = [weasyprint.CSS(string=style, url_fetcher=fetcher, base_url=BASE) for style in styles]
    document = weasyprint.HTML(string=html, base_url=BASE, url_fetcher=fetcher)
    return bytes(document.write_pdf(stylesheets=sheets))


if __name__ == "__main__":
    main()

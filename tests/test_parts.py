"""Third-party files we serve are the ones we looked at."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.contrib.staticfiles import finders

#: bootstrap.min.css 5.3.3 as npm has it.
BOOTSTRAP_CSS = "3c8f27e6009ccfd710a905e6dcf12d0ee3c6f2ac7da05b0572d3e0d12e736fc8"


def test_bootstraps_stylesheet_is_bootstraps_own() -> None:
    path = finders.find("js-lib-bootstrap5/css/bootstrap.min.css")
    assert isinstance(path, str)
    assert hashlib.sha256(Path(path).read_bytes()).hexdigest() == BOOTSTRAP_CSS

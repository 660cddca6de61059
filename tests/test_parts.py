"""Third-party files we serve are the ones we looked at."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.contrib.staticfiles import finders

#: bootstrap.min.css 5.3.3 as npm has it.
BOOTSTRAP_CSS = "3c8f27e6009ccfd710a905e6dcf12d0ee3c6f2ac7da05b0572d3e0d12e736fc8"

#: The build of ProseMirror in django-prose-editor 0.28.0, which the visual editor imports.
PROSE_MIRROR = "dfe143953e7e504247031aeaecf34b9f0eb10d9f832c9569b4c948423d39d608"


def test_bootstraps_stylesheet_is_bootstraps_own() -> None:
    assert digest("js-lib-bootstrap5/css/bootstrap.min.css") == BOOTSTRAP_CSS


def test_the_editor_runs_on_the_build_that_was_tried() -> None:
    assert digest("django_prose_editor/editor.js") == PROSE_MIRROR


def digest(name: str) -> str:
    path = finders.find(name)
    assert isinstance(path, str)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()

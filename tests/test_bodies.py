"""The most that an address takes, as Django's side of it sees it; the server's side is in test_server.py."""

from __future__ import annotations

import os
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory

from helpdesk import bodies, uploads

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/sign-in/", 16 * bodies.KB),
        ("/admin/login/", 16 * bodies.KB),
        ("/admin/faq/entry/add/", 4 * bodies.MB),
        ("/admin/faq/entry/picture/", 10 * bodies.MB + 64 * bodies.KB),
        ("/admin/faq/entry/paste/", 4 * bodies.MB),
        ("/faq/upgrade-01/feedback/", 512 * bodies.KB),
        ("/credits/import/", 5 * bodies.MB + 64 * bodies.KB),
        ("/credits/plans/new/", bodies.MB),
        ("/api/v1/credits/statement", 4 * bodies.MB),
        ("/", bodies.DEFAULT),
        ("/no-such-page/", bodies.DEFAULT),
    ],
)
def test_each_address_has_its_bound(path: str, most: int) -> None:
    assert bodies.most_bytes(path) == most


def test_every_name_with_a_bound_is_an_address() -> None:
    from django.urls import get_resolver

    resolver = get_resolver()
    spaces = set(resolver.namespace_dict)
    names = {str(name) for name in resolver.reverse_dict if isinstance(name, str)}
    for space in spaces:
        _, inner = resolver.namespace_dict[space]
        names |= {f"{space}:{name}" for name in inner.reverse_dict if isinstance(name, str)}
    assert {name for name in bodies.BOUNDS if not name.endswith(":*")} <= names
    assert {name.removesuffix(":*") for name in bodies.BOUNDS if name.endswith(":*")} <= spaces


@pytest.mark.parametrize("path", ["/sign-in/", "/credits/check/", "/credits/import/", "/no-such-page/"])
def test_a_body_one_byte_too_long_is_refused_unread(path: str) -> None:
    most = bodies.most_bytes(path)
    answer = Client().post(path, b"a" * (most + 1), content_type=FORM)
    assert answer.status_code == 413
    assert f"这里一次最多能提交 {bodies.in_words(most)}。" in answer.text


def test_json_is_refused_in_json() -> None:
    body = b" " * (4 * bodies.MB + 1)
    answer = Client().post("/api/v1/credits/statement", body, content_type="application/json")
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


@pytest.mark.parametrize("size", [10, 16 * bodies.KB, 16 * bodies.KB + 1])
def test_a_chunked_body_gets_its_length(size: int) -> None:
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ)
        return []

    environ = RequestFactory().post("/sign-in/").environ
    environ |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True, "wsgi.input": BytesIO(b"a" * size)}
    bodies.of_known_length(application)(environ, None)
    assert seen["CONTENT_LENGTH"] == str(size)
    assert seen["wsgi.input"].read() == b"a" * size


def test_what_dead_processes_left_is_swept_and_nothing_else(settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "uploads"
    left, fresh = uploads.folder() / "left.upload", uploads.folder() / "fresh.upload"
    for path in (left, fresh):
        path.write_bytes(b"a")
    long_ago = time.time() - 2 * uploads.LEFT_BEHIND
    os.utime(left, (long_ago, long_ago))
    assert uploads.sweep() == 1
    assert [path.name for path in uploads.folder().iterdir()] == ["fresh.upload"]

"""The end of a request is found, however it comes in pieces; the bytes themselves are gunicorn's to read."""

from __future__ import annotations

import pytest

from helpdesk.server import MOST_HEAD, Arrival, Chunks

HEAD = b"POST /credits/check/ HTTP/1.1\r\nHost: a\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def arrival(most: int = 1000) -> Arrival:
    return Arrival(lambda path: most, None)


def received(data: bytes, step: int, most: int = 1000) -> Arrival:
    """A request that came `step` bytes at a time, as far as it was wanted."""
    coming = arrival(most)
    for begin in range(0, len(data), step):
        if coming.whole or coming.refused:
            break
        coming.take(data[begin : begin + step])
    return coming


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        HEAD + b"Content-Length: 5\r\n\r\nhello",
        HEAD + b"Content-Length: 0\r\n\r\n",
    ],
)
def test_a_request_is_whole_with_its_last_byte(request_bytes: bytes, step: int) -> None:
    assert not received(request_bytes[:-1], step).whole
    coming = received(request_bytes, step)
    assert coming.whole
    assert coming.file.read() == request_bytes


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "body",
    [
        b"0\r\n\r\n",
        b"5\r\nhello\r\n0\r\n\r\n",
        b"5;a=b\r\n0\r\n\r\n\r\n0\r\nX: y\r\n\r\n",
        b"A\r\n0123456789\r\n00\r\n\r\n",
    ],
)
def test_a_chunked_request_is_whole_with_its_last_chunk(body: bytes, step: int) -> None:
    assert not received(CHUNKED + body[:-1], step).whole
    coming = received(CHUNKED + body, step)
    assert coming.whole
    assert coming.file.read().endswith(body)


@pytest.mark.parametrize(
    "body", [b"Content-Length: 2\r\n\r\nhi", b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"]
)
def test_what_follows_is_kept_for_the_next_request(body: bytes) -> None:
    coming = received(HEAD + body + b"GET / HTTP/1.1\r\n", 1000)
    assert coming.whole
    assert coming.surplus == b"GET / HTTP/1.1\r\n"


def test_a_body_that_is_announced_as_too_long_is_not_awaited() -> None:
    coming = received(HEAD + b"Connection: keep-alive\r\nContent-Length: 1001\r\n\r\n", 1000)
    assert coming.whole
    assert coming.file.read().endswith(b"Content-Length: 1001\r\nConnection: close\r\n\r\n")


def test_chunks_are_awaited_until_they_are_too_many() -> None:
    coming = received(CHUNKED + b"3E8\r\n" + b"a" * 1000 + b"\r\n2000\r\n" + b"a" * 8192, 100)
    assert coming.whole
    assert len(coming.file.read()) < 4000


def test_chunks_of_almost_nothing_are_refused() -> None:
    coming = received(CHUNKED + b"1;" + b"a" * 50_000 + b"\r\na\r\n1;" + b"b" * 50_000, 1000)
    assert coming.refused.startswith(b"HTTP/1.1 413 ")


def test_a_head_without_end_is_refused_and_a_line_without_end_left_to_the_parser() -> None:
    lines = received(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * MOST_HEAD, 1000)
    assert lines.refused.startswith(b"HTTP/1.1 431 ")
    assert received(b"GET /" + b"a" * 2 * MOST_HEAD, 1000).whole


@pytest.mark.parametrize("size", [b"x", b"", b"-1", b"1 2", b"0x10"])
def test_a_malformed_chunk_ends_the_waiting(size: bytes) -> None:
    chunks = Chunks()
    chunks.feed(size + b"\r\n")
    assert chunks.over


@pytest.mark.parametrize(
    ("line", "lane"),
    [
        (b"GET / HTTP/1.1\r\n", "readers"),
        (b"HEAD / HTTP/1.0\r\n", "readers"),
        (b"POST / HTTP/1.1\r\n", "writers"),
        (b"DELETE / HTTP/1.1\r\n", "writers"),
        (b"GET /healthz HTTP/1.1\r\n", "monitors"),
    ],
)
def test_readers_writers_and_monitors_have_their_lanes(line: bytes, lane: str) -> None:
    assert received(line + b"Host: a\r\n\r\n", 1000).lane == lane

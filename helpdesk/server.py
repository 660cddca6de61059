"""The gunicorn worker that bears stalled clients: a thread is taken only by a request that has come whole.

gunicorn's gthread worker gives a thread to every connection on which one byte has come, and reads head and body
in it; so a few dozen clients that stop half way silence it. Here its own event loop receives head and body, within
a time and within what `bodies.most_bytes` allows, and gunicorn's parser then reads them from memory or from a
nameless file. Only the end of a request is looked for here; what the bytes mean, and whether they are valid,
remains for the parser to say.

The master imports this module, so it imports nothing of Django at its head: a reload finds the new code of all else.
"""

from __future__ import annotations

import errno
import mmap
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from selectors import EVENT_READ
from tempfile import SpooledTemporaryFile
from typing import Any
from urllib.parse import unquote

from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

#: Seconds for a head to come, and for a body beside one second for each BYTES_A_SECOND announced.
HEAD_SECONDS = 10
BODY_SECONDS = 10
BYTES_A_SECOND = 16 * 1024
#: Seconds after which a client that takes nothing of its answer is cut, and those that a closing connection is
#: given to take the rest of it.
SEND_SECONDS = 20
LEAVE_SECONDS = 5
#: Seconds that half a request may still take once the worker has stopped to accept; how long a worker that was told
#: to stop goes on while the next one starts.
STOP_SECONDS = 5
START_SECONDS = 60
#: A head of ours stays far below this.
MOST_HEAD = 64 * 1024
#: A request up to this size waits in memory, a larger one in a file.
IN_MEMORY = 64 * 1024
READ = 64 * 1024
#: gunicorn asks its source for this much more than the application reads.
READ_AHEAD = 2048
#: An answer of this size is taken over by the system, so that a slow reader holds no thread.
SEND_BUFFER = 256 * 1024
#: Key under which the application finds for how many seconds a request waited for a thread.
WAITED = "helpdesk.waited"
#: Bytes that a client may still send while it is given its refusal.
MOST_DRAINED = 32 * 1024 * 1024

REQUEST_LINE = re.compile(rb"([A-Z]+) (\S+) HTTP/1\.[01]\r\n")
LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,18})[ \t]*\r$")
CHUNKED = re.compile(rb"(?im)^transfer-encoding:[^\r]*chunked")
CONTINUE = re.compile(rb"(?im)^expect:[ \t]*100-continue[ \t]*\r\n")
CONNECTION = re.compile(rb"(?im)^connection:[^\n]*\n")
HEX = re.compile(rb"[0-9a-fA-F]{1,16}")
SAFE = {b"GET", b"HEAD", b"OPTIONS"}
MONITORED = {b"/healthz", b"/readyz"}
#: The path of an address → how many bytes its body may have.
MostBytes = Callable[[str], int]


def refusal(status: str) -> bytes:
    """An answer without a body, for a request that never reaches the application."""
    return f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()


TOO_SLOW = refusal("408 Request Timeout")
TOO_LARGE = refusal("413 Content Too Large")
HEAD_TOO_LARGE = refusal("431 Request Header Fields Too Large")


class Chunks:
    """Finds the end of a chunked body; `size` counts the bytes in its chunks that have come."""

    def __init__(self) -> None:
        self.size = 0
        self.over = False
        self._left = 0  # of the present chunk, the line break after it included
        self._line = b""
        self._in_trailers = False

    def feed(self, data: bytes) -> bytes:
        """Takes what has come and returns what follows the body. What is malformed ends it: the parser refuses it."""
        while data and not self.over:
            if self._left:
                part, data = data[: self._left], data[self._left :]
                self._left -= len(part)
                self.size += len(part)
                continue
            line, newline, data = data.partition(b"\n")
            self._line += line
            if newline or len(self._line) > MOST_HEAD:
                self._take_line(self._line.strip())
                self._line = b""
        return data

    def _take_line(self, line: bytes) -> None:
        if self._in_trailers:
            self.over = not line
            return
        digits = line.partition(b";")[0].rstrip()
        if not HEX.fullmatch(digits):
            self.over = True
            return
        size = int(digits, 16)
        if size:
            self._left = size + len(b"\r\n")
        self._in_trailers = not size


class Arrival:
    """One request on its way: its bytes so far, and whether it is `whole`, or `refused` with an answer.

    Whole is also a request whose body is longer than its address allows: the application refuses it by its head,
    and nothing more of it is awaited.
    """

    def __init__(self, most_bytes: MostBytes, folder: str | None) -> None:
        self.deadline = time.monotonic() + HEAD_SECONDS
        self.file = SpooledTemporaryFile(max_size=IN_MEMORY, dir=folder)  # noqa: SIM115  closed with the connection
        self.lane = "readers"
        self.whole = False
        self.refused = b""
        self.asks_to_continue = False
        self.surplus = b""
        self._most_bytes = most_bytes
        self._most = 0
        self.head = b""
        self._awaited = 0
        self._received = 0
        self._is_chunked = False
        self._chunks = Chunks()
        self._take: Callable[[bytes], None] = self._take_head

    @property
    def is_begun(self) -> bool:
        return bool(self.head)

    def take(self, data: bytes) -> None:
        """Takes what was received next."""
        self._take(data)
        if self.whole:
            self.file.seek(0)

    def _take_head(self, data: bytes) -> None:
        searched = max(0, len(self.head) - 3)
        self.head += data
        end = self.head.find(b"\r\n\r\n", searched)
        if end < 0:
            self._bound_head()
            return
        head, body = self.head[: end + 4], self.head[end + 4 :]
        self._read_head(head)
        self._take(body)

    def _bound_head(self) -> None:
        """Leaves a line that is too long to the parser, which says so at once; refuses too many lines."""
        if len(self.head) <= MOST_HEAD:
            return
        if b"\r\n" in self.head[: MOST_HEAD // 2]:
            self.refused = HEAD_TOO_LARGE
        else:
            self._finish(self.head)

    def _read_head(self, head: bytes) -> None:
        """Learns from the head how the body ends and how long it may be."""
        line = REQUEST_LINE.match(head)
        lengths = LENGTH.findall(head)
        self._take = self._take_counted
        if line is None or len(lengths) > 1:
            self._finish(head)  # for the parser to refuse
            return
        if line[1] not in SAFE:
            self.lane = "writers"
        elif line[2] in MONITORED:
            self.lane = "monitors"
        if CHUNKED.search(head):
            self._is_chunked, self._take = True, self._take_chunked
        elif lengths:
            self._awaited = int(lengths[0])
        if not self._awaited and not self._is_chunked:
            self._finish(head)
            return
        self._expect_body(head, unquote(line[2].partition(b"?")[0].decode("latin-1")))

    def _expect_body(self, head: bytes, path: str) -> None:
        self._most = self._most_bytes(path)
        if self._awaited > self._most:
            self._awaited = 0
            self._finish(closing(head))
            return
        self.asks_to_continue = CONTINUE.search(head) is not None
        # A chunked body may be left in the middle, so that nothing could follow it.
        self._keep(closing(head) if self._is_chunked else CONTINUE.sub(b"", head))
        announced = self._awaited or self._most
        self.deadline = time.monotonic() + BODY_SECONDS + announced / BYTES_A_SECOND

    def _take_counted(self, data: bytes) -> None:
        body, self.surplus = data[: self._awaited], data[self._awaited :]
        self._awaited -= len(body)
        self._keep(body)
        self.whole = not self._awaited

    def _take_chunked(self, data: bytes) -> None:
        self.surplus = self._chunks.feed(data)
        self._keep(data[: len(data) - len(self.surplus)])
        self._received += len(data)
        self.whole = self._chunks.over or self._chunks.size > self._most + READ_AHEAD
        if not self.whole and self._received > 2 * self._most + MOST_HEAD:
            self.refused = TOO_LARGE  # one byte in each chunk, or lines without end

    def _finish(self, head: bytes) -> None:
        self._keep(head)
        self.whole = True

    def _keep(self, data: bytes) -> None:
        self.file.write(data)


def closing(head: bytes) -> bytes:
    """The head of a request whose body is not read: the connection ends with its answer."""
    kept = CONNECTION.sub(b"", CONTINUE.sub(b"", head))
    return kept[:-2] + b"Connection: close\r\n\r\n"


class Connection(TConn):
    """A connection, and the source from which gunicorn's parser reads what has arrived on it."""

    def __init__(self, worker: Worker, client_socket: socket.socket, client: Any, server: Any) -> None:
        super().__init__(worker.cfg, client_socket, client, server)
        self.worker = worker
        self.arrival = worker.new_arrival()
        self.ready_at = 0.0
        self.drained = 0
        self.parser = http.get_parser(worker.cfg, self, client)
        self.initialized = True

    def recv(self, size: int) -> bytes:
        """Reads what has arrived; what is still missing, within the deadline, where the parser wants more."""
        if arrived := self.arrival.file.read(size):
            return arrived
        self.worker.settle()  # others need not wait meanwhile
        self.sock.settimeout(max(0.01, self.arrival.deadline - time.monotonic()))
        try:
            return bytes(self.sock.recv(size))
        finally:
            self.sock.setblocking(True)

    def close(self, graceful: bool = False) -> None:
        """Closes the connection, at once or when the client has taken its answer; nobody waits for that."""
        self.arrival.file.close()
        if graceful:
            self.worker.let_leave(self)
        else:
            super().close()


class Generation:
    """Shared by a master and its workers: the newest worker that was started, and the newest that is ready."""

    def __init__(self) -> None:
        self._ages = mmap.mmap(-1, 16)

    def note_started(self, age: int) -> None:
        struct.pack_into("q", self._ages, 0, age)

    def note_ready(self, age: int) -> None:
        struct.pack_into("q", self._ages, 8, max(age, self._read()[1]))

    @property
    def is_starting(self) -> bool:
        started, ready = self._read()
        return started > ready

    def _read(self) -> tuple[int, int]:
        return struct.unpack("qq", self._ages[:16])


class Worker(ThreadWorker):
    """gthread whose threads take whole requests only, each in its lane.

    What may write has fewer threads than what only reads, and monitors have two of their own: a locked database, for
    which writers wait, leaves threads for readers, and a host full of waiting readers still says that it lives.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arriving: dict[Connection, None] = {}  # the oldest first
        self.leaving: set[Connection] = set()
        self.told_to_stop = 0.0
        self.stopped = 0.0  # when it accepted its last connection
        self.generation = Generation()  # the master's own stands here before the worker begins
        self._here = threading.local()

    def init_process(self) -> None:
        threads = {"readers": self.cfg.threads, "writers": max(1, self.cfg.threads // 2), "monitors": 2}
        self.lanes = {lane: ThreadPoolExecutor(number, lane) for lane, number in threads.items()}
        super().init_process()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        return self.lanes["readers"]

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self._application: Any = self.wsgi
        self.wsgi: Any = self._answer
        self._page_cache: Any = getattr(self._application, "page_cache", None)
        from .bodies import most_bytes
        from .uploads import folder

        self._most_bytes = most_bytes
        self._folder = str(folder())

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        environ[WAITED] = self._here.waited
        return self._application(environ, start_response)

    def new_arrival(self) -> Arrival:
        return Arrival(self._most_bytes, self._folder)

    # --- a request arrives --------------------------------------------------------------------------------------

    def accept(self, listener: Any) -> None:
        """Takes a connection; where there are too many, the one that has kept us waiting longest goes for it."""
        try:
            client_socket, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room()
            return
        client_socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        client_socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        self.nr_conns += 1
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        self.enqueue_req(Connection(self, client_socket, client, listener.getsockname()))

    def _make_room(self) -> None:
        if self.arriving:
            self._cut(next(iter(self.arriving)))

    def enqueue_req(self, conn: Connection) -> None:
        """Awaits the next request on a connection, beginning with what came behind the one before."""
        ahead = conn.parser.unreader.take_buffered()
        conn.arrival.file.close()
        conn.arrival = self.new_arrival()
        conn.sock.setblocking(False)
        self.arriving[conn] = None
        self.poller.register(conn.sock, EVENT_READ, partial(self._receive, conn))
        if ahead:
            self._take(conn, ahead)

    def _receive(self, conn: Connection, _: object) -> None:
        try:
            data = conn.sock.recv(READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._take(conn, data)
        else:
            self._cut(conn, b"")

    def _take(self, conn: Connection, data: bytes) -> None:
        arrival = conn.arrival
        try:
            arrival.take(data)
        except OSError:
            self.log.exception("A request could not be kept")  # the disk is full
            self._cut(conn, b"")
            return
        if arrival.refused:
            self._cut(conn, arrival.refused)
        elif arrival.whole:
            self._dispatch(conn)
        elif arrival.asks_to_continue:
            arrival.asks_to_continue = False
            send_without_waiting(conn.sock, b"HTTP/1.1 100 Continue\r\n\r\n")

    def _dispatch(self, conn: Connection) -> None:
        """Gives a whole request to a thread."""
        self._forget(conn)
        conn.ready_at = time.monotonic()
        done = self.lanes[conn.arrival.lane].submit(self.handle, conn)
        done.add_done_callback(lambda future: self.method_queue.defer(self.finish_request, conn, future))

    def handle(self, conn: Connection) -> Any:
        """Answers a request, in a thread."""
        self._here.waited = time.monotonic() - conn.ready_at
        if self._page_cache is not None and conn.arrival.lane == "readers":
            self._page_cache.expect(conn.arrival.head)
        try:
            goes_on = super().handle(conn)
        finally:
            self.settle()
        if goes_on and conn.arrival.surplus:
            conn.parser.unreader.unread(conn.arrival.surplus)
        return goes_on

    def settle(self) -> None:
        """Ends what the page cache began when it was told of a request, where that did not reach it."""
        if self._page_cache is not None:
            self._page_cache.settle()

    def _forget(self, conn: Connection) -> None:
        self.poller.unregister(conn.sock)
        del self.arriving[conn]

    def _cut(self, conn: Connection, answer: bytes = TOO_SLOW) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        if answer and conn.arrival.is_begun:
            send_without_waiting(conn.sock, answer)
            conn.close(graceful=True)
        else:
            conn.close()

    # --- a connection ends --------------------------------------------------------------------------------------

    def let_leave(self, conn: Connection) -> None:
        """Ends our half of a connection and drops what still comes, so that the answer is not lost by a reset."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            conn.close()
            return
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + LEAVE_SECONDS
        self.nr_conns += 1
        self.leaving.add(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))

    def _drain(self, conn: Connection, _: object) -> None:
        try:
            data = conn.sock.recv(READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        conn.drained += len(data)
        if not data or conn.drained > MOST_DRAINED:
            self._let_go(conn)

    def _let_go(self, conn: Connection) -> None:
        self.poller.unregister(conn.sock)
        self.leaving.remove(conn)
        self.nr_conns -= 1
        conn.close()

    # --- time passes --------------------------------------------------------------------------------------------

    def murder_pending(self) -> None:
        """Cuts what is too slow; gunicorn calls this whenever something has happened, and every second."""
        now = time.monotonic()
        if self.told_to_stop and self._may_stop(now):
            self.alive = False
        if not self.alive:
            self.stopped = self.stopped or now
        for conn in [conn for conn in self.arriving if now > self._deadline(conn)]:
            self._cut(conn)
        for conn in [conn for conn in self.leaving if now > conn.timeout]:
            self._let_go(conn)

    def _deadline(self, conn: Connection) -> float:
        if self.alive:
            return conn.arrival.deadline
        return min(conn.arrival.deadline, self.stopped + STOP_SECONDS)

    def _may_stop(self, now: float) -> bool:
        return not self.generation.is_starting or now > self.told_to_stop + START_SECONDS

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Is told to stop: goes on until the worker that follows is ready, so that nobody waits for its start."""
        self.told_to_stop = self.told_to_stop or time.monotonic()
        self.method_queue.defer(lambda: None)


def send_without_waiting(client_socket: socket.socket, data: bytes) -> None:
    """Sends a few bytes that fit into the socket's buffer; a client that is gone does not matter."""
    try:
        client_socket.send(data)
    except OSError:
        return

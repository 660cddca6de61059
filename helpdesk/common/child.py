"""A child process of bounded time and memory, in which a file that somebody sent is taken apart.

The parent calls `run` with a command, the child's main function calls `serve`. Neither knows what the file holds, and
neither needs Django: the child has no database, no settings, and may write no file.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

#: The directory from which the child can import the project.
ROOT = Path(__file__).resolve().parent.parent.parent

MOST_SECONDS = 9  # leaves the parent one of the ten seconds in which a page should answer
MOST_MEMORY = 256 * 1024 * 1024
#: Memory held back so that the child can still report `too_much` after a MemoryError.
LAST_MEMORY = 16 * 1024 * 1024
#: How a child ends that took too much: code in Rust or C aborts where it gets no memory.
ENDED_FOR_TOO_MUCH = (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGABRT)
#: Places for children of one process of the web server; a third file waits.
ROOM = threading.BoundedSemaphore(2)


class Busy(Exception):
    """No place for a child became free in time."""


class TooMuch(Exception):
    """The child took all the time or memory that it may."""


class Failed(Exception):
    """The child ended without an answer."""


# --- the parent's side ------------------------------------------------------------------------------------------


def surroundings(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """The whole environment of the child, together with `more`: no secret of the settings is in it."""
    own = {"PATH": os.defpath, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"}
    return own | dict(more or {})


def command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module's main function with our own interpreter."""
    return [sys.executable, "-m", module, *arguments]


def run(command: Sequence[str], content: bytes, more: Mapping[str, str] | None = None) -> Any:
    """The child's answer to `content`, from JSON; `more` is added to its environment.

    Raises Busy, TooMuch or Failed where there is no answer.
    """
    if not ROOM.acquire(timeout=MOST_SECONDS):
        raise Busy
    try:
        told = _told(command, content, surroundings(more))
    finally:
        ROOM.release()
    try:
        return json.loads(told)
    except ValueError as error:
        raise Failed from error


def _told(command: Sequence[str], content: bytes, environment: Mapping[str, str]) -> bytes:
    """The output of the child. Raises TooMuch where it was ended for what it took."""
    child = subprocess.Popen(  # noqa: S603  commands of our own modules
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment,
    )
    try:
        told, _ = child.communicate(content, timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired as error:
        child.kill()
        child.communicate()
        raise TooMuch from error
    if child.returncode in ENDED_FOR_TOO_MUCH:
        raise TooMuch
    return told


# --- the child's side -------------------------------------------------------------------------------------------


def serve(work: Callable[[bytes], Any], *, most_bytes: int, too_much: Any, damaged: Any) -> None:
    """Answers the parent: writes what `work` makes of the file, as JSON.

    `work` gets at most `most_bytes` + 1 bytes. `too_much` is the answer where memory does not suffice, `damaged` where
    `work` raises anything else: a file can be wrong in more ways than can be named.
    """
    limit_this_process()
    warnings.simplefilter("ignore")
    try:
        content = sys.stdin.buffer.read(most_bytes + 1)
        told = _as_json(work(content))
    except MemoryError:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        told = _as_json(too_much)
    except Exception:
        told = _as_json(damaged)
    sys.stdout.write(told)


def limit_this_process() -> None:
    """Bounds the memory, the time and the files of this process, for good."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY - LAST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(MOST_SECONDS + 1)  # ends the child where its parent is gone


def _as_json(answer: Any) -> str:
    return json.dumps(answer, ensure_ascii=False)

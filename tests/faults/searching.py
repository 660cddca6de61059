"""Searching and editing entries over HTTP while something goes wrong, and the state of the index on disk."""

from __future__ import annotations

import errno
import hashlib
import http.client
import json
import os
import random
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from tests.installation import DEMO_PASSWORD, Answer, Installation, Server

T = TypeVar("T")
#: Repaired within so many seconds, says the design for up to 1,000 entries.
REPAIRED = 30
QUERIES = ["密码不对", "xlcd", "签道", "學分", "食堂菜单", "看课没时长", "量子打印机", '()"*?~']
SEARCHES = tuple(f"/api/v1/search?q={quote(query)}" for query in QUERIES)


def search_for(server: Server, query: str) -> Answer:
    return server.visitor().get(f"/api/v1/search?q={quote(query)}")


def found(server: Server, query: str) -> list[str]:
    return [result["ref"] for result in search_for(server, query).json()["results"]]


def all_indexed(server: Server) -> bool:
    """Tells whether every worker has an index by now: without one, no answer is called sure. Thirty reach them all."""
    return all(search_for(server, "密码不对").json()["confident"] for _ in range(30))


def healthy(server: Server) -> bool:
    ready = server.visitor().get("/readyz").json()["search"]
    return bool(ready["healthy"])


def warning(server: Server) -> str:
    return str(server.visitor().get("/readyz").json()["search"].get("warning", ""))


# --- the index on disk -------------------------------------------------------------------------------------------

#: Checks every byte of the index on disk against its checksums, and every entry in it against the database.
COMPARE = """
import django; django.setup()
from faq.search import changes, content, generations
index = generations.load(generations.current())
assert index.version == content.current_version(), index.version
assert changes.unnoticed(index) is None
"""


def index_folder(installation: Installation) -> Path:
    return Path(installation.environment.get("SEARCH_INDEX_DIR", installation.home / "var" / "search"))


def whole(folder: Path) -> bool:
    """True where the generation that CURRENT names is there and matches the checksums of its manifest."""
    try:
        generation = folder / (folder / "CURRENT").read_text()
        files = json.loads((generation / "manifest.json").read_bytes())["files"]
        return all(
            hashlib.sha256((generation / name).read_bytes()).hexdigest() == files[name]["sha256"] for name in files
        )
    except (OSError, ValueError, KeyError):
        return False


def compare_index(installation: Installation) -> str:
    """Returns how the index on disk differs from the database, nothing where it holds the same."""
    return installation.run("-c", COMPARE, DJANGO_SETTINGS_MODULE="helpdesk.settings").stderr


def delete(folder: Path) -> None:
    """Deletes the folder of an index, though a keeper may be writing there."""
    gone = folder.with_name(f"{folder.name}.deleted")
    folder.rename(gone)
    while gone.exists():
        shutil.rmtree(gone, ignore_errors=True)


def every_file(change: Callable[[Path], None]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for path in folder.rglob("*"):
            if path.is_file():
                with suppress(FileNotFoundError):  # a keeper may have removed what is older
                    change(path)

    return damage


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes() or b" ")
    content[random.Random(len(content)).randrange(len(content))] ^= 0x10
    path.write_bytes(content)


#: Name → what it does to the folder of an index.
DAMAGES = {
    "deleted": delete,
    "truncated": every_file(lambda path: os.truncate(path, path.stat().st_size // 2)),
    "bits flipped": every_file(flip),
}


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own with room for a few generations; raises PermissionError where none may be mounted."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True)
    if done.returncode:
        raise PermissionError("needs the right to mount a file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Fills a file system to its last byte; returns the file that does."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError as error:
            assert error.errno == errno.ENOSPC
    return path


# --- editors -----------------------------------------------------------------------------------------------------


class Editor:
    """Edits one entry of its own through the admin; tries again, at most `tries` times, where a connection is cut."""

    def __init__(self, server: Server, ref: str, tries: int = 200) -> None:
        self.path = "/admin/faq/entry/add/"
        self._ref = ref
        self._entry = ""
        self._tries = tries
        self._visitor = server.visitor()
        self._sign_in()
        self._token = self._again(lambda: self._visitor.token(self.path))

    def _sign_in(self) -> None:
        """Again where a kill has cut the answer off before its cookies."""
        answers = []
        for _ in range(5):
            answers.append(self._again(lambda: self._visitor.sign_in("editor", DEMO_PASSWORD)).status)
            if self._again(lambda: self._visitor.get(self.path)).status == 200:
                return
        raise AssertionError(f"the editor cannot sign in: {answers}")

    def save(self, question: str) -> int:
        """Publishes the entry with this question; returns the status of the answer, 302 where it is saved."""
        form = {"csrfmiddlewaretoken": self._token, "question": question, "answer": "答", "category": "1"}
        form |= {"ref": self._ref}
        return self._again(lambda: self._visitor.post(self.path, form)).status

    def add(self, question: str) -> int:
        """Publishes a new entry, which is the one saved from then on; returns the status of the answer."""
        status = self.save(question)
        entry = re.search(r"/admin/faq/entry/(\d+)/change/", self.page(f"/admin/faq/entry/?q={self._ref}"))
        assert entry, f"{status}: {self._ref} is not on the list"
        self._entry = entry[1]
        self.path = entry[0]
        return status

    def withdraw(self) -> int:
        """Takes the entry back from readers; saving publishes it again."""
        form = {"csrfmiddlewaretoken": self._token, "action": "unpublish", "_selected_action": self._entry}
        return self._again(lambda: self._visitor.post("/admin/faq/entry/", form)).status

    def page(self, path: str) -> str:
        """The text of a page of the admin."""
        return self._again(lambda: self._visitor.get(path)).text

    def _again(self, act: Callable[[], T]) -> T:
        """Raises AssertionError where no try is answered."""
        for _ in range(self._tries):
            try:
                return act()
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        raise AssertionError("no worker answers any more")

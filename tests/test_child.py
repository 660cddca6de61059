"""The bounded child process: answers in JSON, or ends within its time and memory. Knows no Django."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpdesk.common import child
from helpdesk.common.names import normal_number

SERVING = "from helpdesk.common import child; child.serve({work}, most_bytes=4, too_much='much', damaged='damaged')"


def serving(work: str) -> list[str]:
    return [sys.executable, "-c", SERVING.format(work=work)]


@pytest.mark.parametrize(
    ("work", "answer"),
    [
        ("lambda content: [len(content), '张三']", [5, "张三"]),
        ("lambda content: 1 / 0", "damaged"),
        ("lambda content: object()", "damaged"),
        ("lambda content: bytearray(300_000_000)", "much"),
        ("lambda content: open('{file}', 'wb', 0).write(b'x')", "damaged"),
    ],
)
def test_a_child_answers_whatever_its_work_does(tmp_path: Path, work: str, answer: object) -> None:
    work = work.replace("{file}", str(tmp_path / "written"))
    assert child.run(serving(work), b"longer than four") == answer


def test_a_child_without_an_answer_has_failed() -> None:
    with pytest.raises(child.Failed):
        child.run([sys.executable, "-c", "raise SystemExit(3)"], b"")


def test_a_child_that_does_not_end_took_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "MOST_SECONDS", 0.5)
    begun = time.monotonic()
    with pytest.raises(child.TooMuch):
        child.run([sys.executable, "-c", "import time; time.sleep(60)"], b"")
    assert time.monotonic() - begun < 5


def test_where_all_places_are_taken_a_file_waits_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "MOST_SECONDS", 0.1)
    taken = [child.ROOM.acquire(blocking=False) for _ in range(2)]
    try:
        assert taken == [True, True]
        with pytest.raises(child.Busy):
            child.run(serving("len"), b"")
    finally:
        child.ROOM.release(taken.count(True))
    assert child.ROOM.acquire(blocking=False)
    child.ROOM.release()


def test_the_environment_of_a_child_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "unused")
    told = child.run([sys.executable, "-c", "import json, os; print(json.dumps(dict(os.environ)))"], b"", {"MORE": "1"})
    assert set(told) - {"LC_CTYPE"} == {"PATH", "PYTHONIOENCODING", "PYTHONDONTWRITEBYTECODE", "MORE"}


def test_the_child_process_needs_no_django() -> None:
    script = "import sys, json; import helpdesk.common.child; print(json.dumps('django' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=child.ROOT, capture_output=True, check=True)
    assert json.loads(done.stdout) is False


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("A-1", "A-1"),
        ("Ａ－１", "A-1"),
        (" 0012\t", "0012"),
        ("A 2", "A 2"),
        ("N‐1", "N-1"),
        ("N–1", "N-1"),
        ("N—1", "N-1"),
        ("N−1", "N-1"),
        ("张-1", "张-1"),
        ("", ""),
    ],
)
def test_a_number_is_taken_as_it_is_meant(typed: str, meant: str) -> None:
    assert normal_number(typed) == meant

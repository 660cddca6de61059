"""Large files of the index stand once in the memory of a host, where nobody can cut or change them."""

from __future__ import annotations

import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest

from faq import search
from faq.search import generations, memory
from faq.search.replica import Replica

from .helpers import committed, make_entry, new_process, refs

CONTENT = b"abc" * 1000


@pytest.fixture
def everything_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LARGE", 1)


def sealed(name: str = "search-1") -> memory.Sealed:
    content = memory.seal(name, [CONTENT])
    assert isinstance(content, memory.Sealed)
    return content


def test_sealed_memory_cannot_be_cut_or_written() -> None:
    content = sealed()
    assert content[:] == CONTENT
    with pytest.raises(OSError):
        os.ftruncate(content.descriptor, 0)
    with pytest.raises(OSError):
        os.pwrite(content.descriptor, b"x", 0)
    with pytest.raises(TypeError):
        content[0] = 1
    assert content[:] == CONTENT


def test_the_memory_is_freed_with_its_last_user() -> None:
    content = sealed()
    descriptor = content.descriptor
    del content
    with pytest.raises(OSError):
        os.fstat(descriptor)


def test_another_process_reads_the_same_memory(tmp_path: Path) -> None:
    content = sealed()
    memory.note(tmp_path, {"postings": content})
    script = (
        "import runpy, sys; from pathlib import Path; shared = runpy.run_path(sys.argv[1])['shared']; "
        "held = shared(Path(sys.argv[2]), 'postings', 'search-1', 3000); print(held and held[:6].decode())"
    )
    run = [sys.executable, "-c", script, str(memory.__file__), str(tmp_path)]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip() == "abcabc"


@pytest.mark.parametrize(
    ("file", "name", "size"),
    [("postings", "search-2", 3000), ("postings", "search-1", 2999), ("stored", "search-1", 3000)],
    ids=["another name", "another size", "another file"],
)
def test_other_memory_is_not_taken_for_it(tmp_path: Path, file: str, name: str, size: int) -> None:
    content = sealed()
    memory.note(tmp_path, {"postings": content})
    assert memory.shared(tmp_path, "postings", "search-1", 3000)
    assert memory.shared(tmp_path, file, name, size) is None


def test_memory_that_is_not_sealed_is_not_used(tmp_path: Path) -> None:
    content = sealed()
    descriptor = os.memfd_create("search-1")
    os.write(descriptor, CONTENT)
    content.descriptor, kept = descriptor, content.descriptor
    memory.note(tmp_path, {"postings": content})
    content.descriptor = kept
    assert memory.shared(tmp_path, "postings", "search-1", 3000) is None
    os.close(descriptor)


@pytest.mark.parametrize("note", [b"", b"[1]", b'{"process": 1}', b'{"process": "x", "files": 3}', b"\xff"])
def test_a_damaged_note_is_passed_over(tmp_path: Path, note: bytes) -> None:
    (tmp_path / "shared.json").write_bytes(note)
    assert memory.shared(tmp_path, "postings", "search-1", 3000) is None


@committed
def test_an_index_in_shared_memory_finds_and_changes(everything_large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry("量子打印机怎么用")
    for _ in range(2):
        held = new_process(monkeypatch).current()
        assert held is not None
        assert isinstance(held.parts[-1].segment.files[f"{held.parts[-1].segment.name}.terms"], mmap.mmap)
        assert refs("量子打印机") == [entry.ref]
    for path in generations.current().path.iterdir():
        os.truncate(path, 0)
    assert refs("量子打印机") == [entry.ref]
    newer = make_entry("海藻投影怎么用")
    assert refs("海藻投影") == [newer.ref]
    assert search.sync().healthy


@committed
def test_a_save_does_not_write_the_large_segment_again(replica: Replica) -> None:
    for number in range(30):
        make_entry(f"第 {number} 号打印机")
    search.sync(rebuild=True)
    base = f"{replica.current().parts[0].segment.name}.stored"  # type: ignore[union-attr]
    before = (generations.current().path / base).stat().st_ino
    make_entry("海藻投影怎么用")
    assert (generations.current().path / base).stat().st_ino == before
    (generations.current().path / base).write_bytes(b"damaged")
    assert search.sync().healthy
    assert (generations.current().path / base).stat().st_ino != before
    assert generations.is_whole(generations.current().version)

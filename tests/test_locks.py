"""The locks: every package has a version and hashes, as its source asks, and nothing else is ever installed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [ROOT / "requirements.in", ROOT / "requirements-dev.in", *sorted((ROOT / "tests" / "tools").glob("*.in"))]
LOCKS = [source.with_suffix(".txt") for source in SOURCES]
#: A package in a lock: its name, its version, where it is needed, its hashes.
LOCKED = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[\w.+!-]+)( ; [^#]*?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
#: A package in a source, which may ask for extras.
ASKED = re.compile(r"(?P<name>[\w.-]+)(\[[\w,-]+\])?==(?P<version>[\w.+!-]+)")
PLACES = ("--index-url", "--extra-index-url", "--find-links", "--trusted-host", "://", "file:")
INSTALLING = [
    ROOT / "Makefile",
    ROOT / ".ci" / "run",
    ROOT / "README.md",
    ROOT / "deploy" / "container" / "Containerfile",
    ROOT / "docs" / "部署指南.md",
]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def requirements(file: Path) -> list[str]:
    """One string a package, without comments and options."""
    joined = file.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in joined.splitlines()]
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def versions(file: Path, form: re.Pattern[str]) -> set[tuple[str, str]]:
    """Name, spelled in one way, and version of every package in a file."""
    found = [form.match(line) for line in requirements(file)]
    return {(re.sub(r"[-_.]+", "-", match["name"]).lower(), match["version"]) for match in found if match}


@pytest.mark.parametrize("lock", LOCKS, ids=relative)
def test_every_package_has_a_version_and_hashes(lock: Path) -> None:
    assert requirements(lock)
    assert [line for line in requirements(lock) if not LOCKED.fullmatch(line)] == []


@pytest.mark.parametrize("line", ["nh3==0.3.8", "nh3>=0.3 --hash=sha256:" + "0" * 64, "nh3==0.3.8 --hash=md5:0"])
def test_a_package_without_them_would_be_seen(line: str) -> None:
    assert not LOCKED.fullmatch(line)


@pytest.mark.parametrize("source", SOURCES, ids=relative)
def test_a_lock_holds_what_its_source_asks(source: Path) -> None:
    asked = versions(source, ASKED)
    assert len(asked) == len(requirements(source)) > 0
    assert asked - versions(source.with_suffix(".txt"), LOCKED) == set()


def test_tests_run_on_what_the_portal_runs_on() -> None:
    portal, tests = (versions(ROOT / name, LOCKED) for name in ("requirements.txt", "requirements-dev.txt"))
    assert portal - tests == set()


@pytest.mark.parametrize("file", SOURCES + LOCKS, ids=relative)
def test_no_place_to_install_from_is_named(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert [place for place in PLACES if place in text] == []


@pytest.mark.parametrize("file", INSTALLING, ids=relative)
def test_pip_installs_only_what_has_hashes(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    installing = [line for line in lines if "pip install" in line]
    assert [line for line in installing if "--require-hashes" not in line] == []


def test_make_is_seen_installing() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert makefile.count("pip install") == 1
    assert len(re.findall(r"\$\(INSTALL\).* -r ", makefile)) == 5

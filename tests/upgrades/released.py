"""Versions that were released, each with its commit, and installations of earlier code beside today's."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from tests.installation import PARTS, ROOT, Installation

#: Version → its commit, oldest first. CHANGELOG.md has a heading for each.
VERSIONS = {
    "1.0.0": "283173c19b0f364d8d8f1cea6408d3eb34c7381e",
    "1.1.0": "da74c2047499db078b2cfb46f3c1dc394791641a",
}
#: Files with which an old version makes rows of its own; nothing else of its tests is needed.
MAKING_ROWS = ["tests/__init__.py", "tests/cast.py"]


def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)


def is_here(commit: str) -> bool:
    """True where the clone holds the commit; a shallow one, or a copy without .git, does not."""
    return git("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0


#: Versions that this clone does not reach back to.
MISSING = [version for version, commit in VERSIONS.items() if not is_here(commit)]


class OfCommit(Installation):
    """The code of a commit in `home`, run with the packages of today."""

    def __init__(self, home: Path, commit: str, **environment: str) -> None:
        self.commit = commit
        super().__init__(home, **environment)

    def copy_code(self) -> None:
        archive = git("archive", self.commit, *PARTS, *MAKING_ROWS)
        assert archive.returncode == 0, archive.stderr.decode()
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(self.home, filter="data")


class Released(OfCommit):
    """The code of a released version in `home`."""

    def __init__(self, home: Path, version: str, **environment: str) -> None:
        self.version = version
        super().__init__(home, VERSIONS[version], **environment)

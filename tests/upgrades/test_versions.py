"""CHANGELOG.md, pyproject.toml and the history agree on what was released."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.installation import ROOT
from tests.upgrades.released import MISSING, VERSIONS, git

HEADINGS = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
RELEASED = re.compile(r"(\d+\.\d+\.\d+) · 20\d\d-\d\d-\d\d")


def as_numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_every_version_has_a_heading_newest_first() -> None:
    first, *others = HEADINGS
    assert first == "Unreleased" or RELEASED.fullmatch(first)
    released = [match[1] for match in map(RELEASED.fullmatch, HEADINGS) if match]
    assert len(released) >= len(others)
    assert released == list(reversed(VERSIONS))
    assert sorted(VERSIONS, key=as_numbers) == list(VERSIONS)


def test_the_project_has_the_number_of_its_newest_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == list(VERSIONS)[-1]


@pytest.mark.skipif(bool(MISSING), reason=f"this clone does not reach back to {'、'.join(MISSING)}")
@pytest.mark.parametrize("version", VERSIONS)
def test_a_released_version_is_part_of_the_history(version: str) -> None:
    assert git("merge-base", "--is-ancestor", VERSIONS[version], "HEAD").returncode == 0

"""SECURITY.md and docs/等保自查.md name only tests, settings, commands, addresses and headings that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands
from django.urls import Resolver404, resolve

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
SETTINGS = (ROOT / "helpdesk" / "settings.py").read_text(encoding="utf-8")
CLAUSES = ROOT / "docs" / "等保自查.md"
PAPERS = [ROOT / "SECURITY.md", CLAUSES]
#: Tasks that neither a test nor a setting can show are somebody's to do: the server room's, or the rules'.
OTHERS = {"机房", "制度"}


def named(text: str) -> list[str]:
    """Returns what stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


def exists(name: str) -> bool:
    """True where a name in backticks leads to something of its kind."""
    if name.startswith("make "):
        return bool(re.search(rf"^{name.split()[1]}:", MAKEFILE, re.MULTILINE))
    if name.startswith("manage.py "):
        return name.split()[1] in get_commands()
    if name.startswith("/"):
        return leads_somewhere(name)
    if re.fullmatch(r"[A-Z_0-9]+", name):
        return hasattr(settings, name) or f'("{name}"' in SETTINGS
    return name == "main" or (ROOT / name).exists()


def leads_somewhere(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_everything_named_exists(paper: Path) -> None:
    names = named(paper.read_text(encoding="utf-8"))
    assert len(names) > 20
    assert [name for name in names if not exists(name)] == []


@pytest.mark.parametrize(
    "name", ["make nothing", "manage.py nothing", "/nothing/", "NO_SUCH_SETTING", "tests/nothing.py"]
)
def test_a_name_of_nothing_would_be_seen(name: str) -> None:
    assert not exists(name)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.name)
def test_every_heading_of_readme_named_is_there(paper: Path) -> None:
    headings = re.findall(r"`README\.md`“([^”]+)”", paper.read_text(encoding="utf-8"))
    assert headings
    assert [heading for heading in headings if not re.search(rf"^#+ {heading}$", README, re.MULTILINE)] == []


def rows() -> list[list[str]]:
    """The cells of every row below the heads of the tables of clauses."""
    lines = CLAUSES.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [row for row in cells if row[0] not in ("条款", "---")]


def test_every_clause_says_what_it_rests_on() -> None:
    assert len(rows()) > 50
    assert [row for row in rows() if len(row) != 4 or not rests_on_something(row[3])] == []


def rests_on_something(cell: str) -> bool:
    left = re.sub(r"`[^`]+`(“[^”]+”)?", "", cell).split()
    return cell != "" and set(left) <= OTHERS


@pytest.mark.parametrize("chapter", [f"7.1.{number}" for number in range(1, 11)])
def test_every_chapter_is_answered(chapter: str) -> None:
    headings = re.findall(r"^### (.+)", CLAUSES.read_text(encoding="utf-8"), re.MULTILINE)
    assert any(re.search(rf"{re.escape(chapter)}\b", text) for text in [*headings, *(row[0] for row in rows())])

"""README and the code say the same: paths, commands, settings and addresses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from helpdesk import bodies

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
#: File → heading of its map.
MAPS = {"README.md": "Where things are", "faq/README.md": "What lives where"}
APPS = {"helpdesk", "helpdesk.common", "faq", "credits"}
#: Placeholder in an address for a value that differs.
SAMPLES = {"<slug>": "study", "<ref>": "credits-05", "<token>": "aaaaaaaaaaaaaaaaaaaaaa", "<random id>": "Zk3_x-9"}


def section(text: str, title: str) -> str:
    """The text below a heading, up to the next heading of any level."""
    return re.split(r"^#+ ", text.partition(f"# {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(table: str) -> list[str]:
    """The first cell of each row below the head of a table."""
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    return [row.split(" | ")[0].removeprefix("| ") for row in rows]


def quoted(text: str) -> list[str]:
    """Returns what stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


def paths_of_maps() -> Iterator[tuple[str, str]]:
    """File of a map → path from the root, for every path in the first column of the map."""
    for file, title in MAPS.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        for cell in first_cells(section(text, title)):
            for path in quoted(cell):
                yield file, f"{Path(file).parent}/{path}"


@pytest.mark.parametrize(("file", "path"), list(paths_of_maps()))
def test_a_path_on_a_map_exists(file: str, path: str) -> None:
    found = ROOT / path
    assert found.is_dir() if path.endswith("/") else found.is_file()


@pytest.mark.parametrize("file", MAPS)
def test_a_link_to_a_file_leads_somewhere(file: str) -> None:
    folder = (ROOT / file).parent
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / file).read_text(encoding="utf-8"))
    local = [target for target in targets if "://" not in target]
    assert local
    assert [target for target in local if not (folder / target).is_file()] == []


def commands_in_readme() -> dict[str, list[str]]:
    """Command → its options, as the table of commands has them."""
    usages = [quoted(cell)[0] for cell in first_cells(section(README, "Commands"))]
    return {usage.split()[0]: re.findall(r"--[a-z-]+", usage) for usage in usages if not usage.startswith("python")}


def test_every_command_of_ours_is_named() -> None:
    ours = {name for name, app in get_commands().items() if app in APPS}
    assert set(commands_in_readme()) == ours


@pytest.mark.parametrize(("name", "options"), commands_in_readme().items())
def test_a_command_takes_the_options_named(name: str, options: list[str]) -> None:
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    taken = {option for action in parser._actions for option in action.option_strings}
    assert set(options) <= taken


def test_a_command_called_in_passing_exists() -> None:
    called = set(re.findall(r"manage\.py ([a-z_]+)", README))
    assert called - set(get_commands()) == set()


def test_every_make_target_named_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"(?:`|time |=… |8080 |postgres |    )make ([a-z-]+)", README))
    assert {"run", "test", "lint"} <= named
    assert named - targets == set()


def modules_called() -> set[str]:
    """The modules of the tests that a make target or a document calls by `python -m`."""
    documents = [ROOT / "Makefile", *ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("*/search/README.md")]
    texts = [path.read_text(encoding="utf-8") for path in documents]
    return {name for text in texts for name in re.findall(r"-m (tests(?:\.\w+)+)", text)}


@pytest.mark.parametrize("module", sorted(modules_called()))
def test_a_module_called_by_its_name_begins(module: str) -> None:
    """Nobody has set Django up for it; a test would not notice, which pytest has."""
    name = f"{module}.__main__" if (ROOT / module.replace(".", "/")).is_dir() and module.count(".") == 1 else module
    bare = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run([sys.executable, "-c", f"import {name}"], cwd=ROOT, env=bare, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_setting_of_the_environment_is_named() -> None:
    settings = (ROOT / "helpdesk" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings))
    named = {name for cell in first_cells(section(README, "Into production")) for name in quoted(cell)}
    assert named == read


def test_the_largest_upload_is_named() -> None:
    largest = max(bodies.BOUNDS.values()) // bodies.MB
    named = re.search(r"at most (\d+) MB: a document", README)
    proxy = re.search(r"client_max_body_size (\d+)m", README)
    assert named is not None
    assert proxy is not None
    assert int(named[1]) == largest < int(proxy[1])


def addresses_in_readme() -> list[str]:
    """The addresses of the section, with a value in each place that differs, and without a query."""
    found = []
    for text in quoted(section(README, "Addresses")):
        address = text.removeprefix("POST ").partition("?")[0]
        for place, value in SAMPLES.items():
            address = address.replace(place, value)
        found.append(address)
    return found


@pytest.mark.parametrize("address", addresses_in_readme())
def test_an_address_named_leads_to_a_view(address: str) -> None:
    assert address.startswith("/")
    assert resolve(address).view_name


def test_the_readers_of_readme_find_something() -> None:
    assert len(list(paths_of_maps())) > 25
    assert len(commands_in_readme()) > 5
    assert len(addresses_in_readme()) > 25

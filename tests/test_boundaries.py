"""Who may import whom, held by reading every import of every module, relative ones too."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("helpdesk", "faq", "credits")
SEARCH_PARTS = {"whoosh", "rjieba", "opencc", "pypinyin"}


def modules() -> dict[str, Path]:
    """Dotted name → file, for every module of the portal."""
    found = {}
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(source: str, module: str, *, is_package: bool = False) -> Iterator[str]:
    """What `source`, being `module`, imports: absolute dotted names, `from a import b` as a.b.

    Imports inside functions and `if TYPE_CHECKING` count as well, and so does `import_module("a.b")`.
    """
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{prefix}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield node.args[0].value


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def allowed(importer: str, name: str) -> bool:
    """Whether module `importer` may import `name`, as “Who may import whom” has it."""
    top = name.partition(".")[0]
    if within(importer, "credits.rules"):
        return within(name, "credits.rules") or top in sys.stdlib_module_names
    if top == "pypinyin" and within(importer, "credits.names"):
        return True
    if top in SEARCH_PARTS:
        return within(importer, "faq.search")
    if within(importer, "faq"):
        return top not in ("credits", "helpdesk")
    if within(importer, "credits"):
        return top != "helpdesk" and (top != "faq" or within(name, "faq.models"))
    return True


def offences(importer: str, source: str, *, is_package: bool = False) -> list[str]:
    return [name for name in imported(source, importer, is_package=is_package) if not allowed(importer, name)]


@pytest.mark.parametrize("module", sorted(modules()))
def test_a_module_imports_only_what_it_may(module: str) -> None:
    path = modules()[module]
    source = path.read_text(encoding="utf-8")
    assert offences(module, source, is_package=path.name == "__init__.py") == []


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("faq.views", "from credits.models import TrainingCycle"),
        ("faq.views", "def late():\n    import helpdesk.middleware"),
        ("faq.admin", "import importlib\nimportlib.import_module('credits.rules')"),
        ("faq.views", "from whoosh import index"),
        ("helpdesk.views", "import pypinyin"),
        ("credits.models.people", "import pypinyin"),
        ("credits.views", "from faq import models, search"),
        ("credits.views", "from faq import *"),
        ("credits.models", "from helpdesk import ratelimit"),
        ("credits.rules.evaluate", "from django.db import models"),
        ("credits.rules.evaluate", "from ..models import TrainingCycle"),
        ("credits.rules.evaluate", "from .. import ledger"),
        ("credits.rules.evaluate", "import faq.models"),
    ],
)
def test_an_import_across_a_boundary_is_seen(importer: str, source: str) -> None:
    assert len(offences(importer, source)) == 1


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("credits.management.commands.check_citations", "from faq.models import Entry"),
        ("credits.rules.plan", "from decimal import Decimal\nfrom . import types\nfrom .clauses import CLAUSES"),
        ("faq.search.index", "from whoosh.fields import TEXT"),
        ("helpdesk.urls", "import credits.api\nfrom faq.sitemaps import SITEMAPS"),
    ],
)
def test_an_import_within_the_rules_passes(importer: str, source: str) -> None:
    assert offences(importer, source) == []


def test_a_package_counts_its_relative_imports_from_itself() -> None:
    assert list(imported("from . import text", "faq.search", is_package=True)) == ["faq.search.text"]
    assert list(imported("from .. import html", "faq.search", is_package=True)) == ["faq.html"]


def test_every_app_was_read() -> None:
    assert {"helpdesk.settings", "faq.search", "credits.rules.evaluate"} <= set(modules())


WITHOUT_DJANGO = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "django":
            raise ImportError("Django is not to be had")
sys.meta_path.insert(0, Refuse())
import credits.rules.evaluate
{also}
"""


@pytest.mark.parametrize(("also", "code"), [("", 0), ("import django", 1)])
def test_the_rules_run_where_there_is_no_django(also: str, code: int) -> None:
    script = WITHOUT_DJANGO.format(also=also)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code, done.stderr

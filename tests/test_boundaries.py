"""The rules on who may import whom, held by reading every import of every module, relative ones too."""

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
    """Yields what `source`, being `module`, imports: absolute dotted names, `from a import b` as a.b.

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
    """True where module `importer` may import `name`, as “Who may import whom” has it."""
    top = name.partition(".")[0]
    if within(importer, "credits.rules"):
        return within(name, "credits.rules") or top in sys.stdlib_module_names
    if within(importer, "credits.upgrade"):
        return within(name, "credits.upgrade") or within(name, "credits.rules") or top in sys.stdlib_module_names
    if within(importer, "credits.decisions"):
        return within(name, "credits.decisions") or within(name, "credits.rules") or top in sys.stdlib_module_names
    if within(importer, "helpdesk.common") and not within(importer, "helpdesk.common.migrations"):
        if top == "pypinyin":
            return True
        return top not in SEARCH_PARTS and (top not in APPS or within(name, "helpdesk.common"))
    if top in SEARCH_PARTS:
        return within(importer, "faq.search")
    if within(name, "helpdesk.common"):
        return True
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
        ("credits.models", "from helpdesk import middleware"),
        ("helpdesk.common.jobs", "from credits.models import Teacher"),
        ("helpdesk.common.jobs", "def late():\n    from faq import models"),
        ("helpdesk.common.typed", "from ..middleware import api_error"),
        ("helpdesk.common.jobs", "from whoosh import index"),
        ("credits.decisions.activities", "from ..models import Teacher"),
        ("credits.decisions.activities", "from django.db import models"),
        ("credits.upgrade.points", "from django.db import models"),
        ("credits.upgrade.points", "from ..statements import calendar"),
        ("credits.rules.clauses", "from ..upgrade import points"),
        ("credits.rules.evaluate", "from django.db import models"),
        ("credits.rules.evaluate", "from ..models import TrainingCycle"),
        ("credits.rules.evaluate", "from .. import statements"),
        ("credits.rules.evaluate", "import faq.models"),
    ],
)
def test_an_import_across_a_boundary_is_seen(importer: str, source: str) -> None:
    assert len(offences(importer, source)) == 1


@pytest.mark.parametrize(
    ("importer", "source"),
    [
        ("credits.management.commands.check_citations", "from faq.models import Entry"),
        ("credits.rules.closing", "from decimal import Decimal\nfrom . import types\nfrom .clauses import CLAUSES"),
        ("credits.upgrade.check", "from ..rules.wording import amount_text"),
        ("faq.search.index", "from whoosh.fields import TEXT"),
        ("helpdesk.urls", "import credits.api\nfrom faq.sitemaps import SITEMAPS"),
        ("faq.feedback", "from helpdesk.common.same_origin import sent_by_our_page"),
        ("credits.steps.people", "from helpdesk.common import decisions"),
    ],
)
def test_an_import_within_the_rules_passes(importer: str, source: str) -> None:
    assert offences(importer, source) == []


def test_a_package_counts_its_relative_imports_from_itself() -> None:
    assert list(imported("from . import text", "faq.search", is_package=True)) == ["faq.search.text"]
    assert list(imported("from .. import html", "faq.search", is_package=True)) == ["faq.html"]


def test_every_app_was_read() -> None:
    assert {"helpdesk.settings", "helpdesk.common.jobs", "faq.search", "credits.rules.evaluate"} <= set(modules())


# --- no two modules import each other --------------------------------------------------------------------------


def arrows(sources: dict[str, tuple[str, bool]]) -> dict[str, set[str]]:
    """Module → the modules of ours it imports, from {module: (source, whether it is a package)}.

    `from a import b` leads to a.b where that is a module, else to a.
    """
    found: dict[str, set[str]] = {}
    for module, (source, is_package) in sources.items():
        names = imported(source, module, is_package=is_package)
        targets = {name if name in sources else name.rpartition(".")[0] for name in names}
        found[module] = (targets & set(sources)) - {module}
    return found


def circles(imports: dict[str, set[str]]) -> list[set[str]]:
    """Groups of modules each of which can be reached from every other of the group."""
    reached = {module: reachable(module, imports) for module in imports}
    groups: list[set[str]] = []
    for module, others in reached.items():
        group = {other for other in others if module in reached[other]}
        if group and group not in groups:
            groups.append(group)
    return groups


def reachable(module: str, imports: dict[str, set[str]]) -> set[str]:
    """Every module that `module` imports, directly or through others; itself only where a way leads back."""
    found: set[str] = set()
    waiting = list(imports[module])
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(imports[current])
    return found


def test_no_two_modules_import_each_other() -> None:
    sources = {
        module: (path.read_text(encoding="utf-8"), path.name == "__init__.py") for module, path in modules().items()
    }
    assert circles(arrows(sources)) == []


@pytest.mark.parametrize(
    "late", ["from ..b import g", "def f():\n    from ..b import g", "def f():\n    import faq.b", "from .. import b"]
)
def test_a_circle_is_seen_lazy_or_not(late: str) -> None:
    sources = {"faq.b": ("from .c import d", False), "faq.c": ("", True), "faq.c.d": (late, False)}
    assert circles(arrows(sources)) == [{"faq.b", "faq.c.d"}]


def test_a_package_that_gathers_its_modules_is_no_circle() -> None:
    sources = {
        "faq.c": ("from .d import x\nfrom .e import y", True),
        "faq.c.d": ("from .e import y", False),
        "faq.c.e": ("", False),
    }
    assert circles(arrows(sources)) == []


WITHOUT_DJANGO = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "django":
            raise ImportError("Django is not to be had")
sys.meta_path.insert(0, Refuse())
import credits.rules.evaluate
import credits.upgrade.serialize
{also}
"""


@pytest.mark.parametrize(("also", "code"), [("", 0), ("import django", 1)])
def test_the_rules_run_where_there_is_no_django(also: str, code: int) -> None:
    script = WITHOUT_DJANGO.format(also=also)
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == code, done.stderr

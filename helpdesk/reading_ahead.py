"""Reading all of the code's files when a worker starts, since an update replaces them while it goes on serving.

Django reads addresses and templates at the first request that needs them. A worker that had not been asked for a page
would fail then, with its own old code and the new file.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.urls import get_resolver

PACKAGES = ("helpdesk", "faq", "credits")
#: Modules that other processes need: commands, and those that read the files people send.
OF_OTHERS = {"management", "migrations", "reading", "__main__"}
KINDS = ("*.html", "*.txt", "*.xml")


def read_all() -> None:
    """Reads every module and address of ours, and every template."""
    for name in PACKAGES:
        _import_all(importlib.import_module(name))
    get_resolver().check()
    engine: Any = engines["django"]
    engine.engine.template_context_processors  # noqa: B018  reads their modules
    for name in sorted(set(_names(engine.engine.template_loaders))):
        with suppress(TemplateSyntaxError, TemplateDoesNotExist, UnicodeDecodeError):  # said when it is asked for
            engine.get_template(name)


def _import_all(package: ModuleType) -> None:
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if found.name.rpartition(".")[2] not in OF_OTHERS:
            module = importlib.import_module(found.name)
            if found.ispkg:
                _import_all(module)


def _names(loaders: Iterable[Any]) -> Iterator[str]:
    """Yields the name of each template below the folders of these loaders, as it is asked for."""
    for loader in loaders:
        yield from _names(getattr(loader, "loaders", []))
        for folder in map(Path, loader.get_dirs()):
            for kind in KINDS:
                yield from (path.relative_to(folder).as_posix() for path in folder.rglob(kind))

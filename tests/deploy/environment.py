"""Variables of the environment that the portal reads."""

from __future__ import annotations

import re

from tests.installation import ROOT

#: Variables that are read before the settings are: how many workers serve, and whether one does long work beside them.
BEFORE_SETTINGS = {"WEB_CONCURRENCY", "JOBS"}


def variables() -> set[str]:
    """Names of all of them."""
    settings = (ROOT / "helpdesk" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', settings)) | BEFORE_SETTINGS


def assigned(text: str) -> set[str]:
    """Names to which a file of settings gives a value, commented out or not."""
    return set(re.findall(r"^(?:# )?([A-Z_]+)=", text, re.MULTILINE))

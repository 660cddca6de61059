"""The systemd units in deploy/systemd/, read as systemd reads them."""

from __future__ import annotations

from pathlib import Path

from tests.installation import ROOT

FOLDER = ROOT / "deploy" / "systemd"
#: Folder in which the units and 部署指南 have the portal.
HOME = "/srv/peixun"
UNITS = sorted(FOLDER.iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
TIMERS = [unit for unit in UNITS if unit.suffix == ".timer"]


class Unit:
    """A unit's sections, each a key → its values in order, since a key may stand several times."""

    def __init__(self, path: Path) -> None:
        self.sections: dict[str, dict[str, list[str]]] = {}
        section = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("["):
                section = line.strip("[]")
                self.sections[section] = {}
            elif line and not line.startswith("#"):
                key, _, value = line.partition("=")
                self.sections[section].setdefault(key, []).append(value)

    def get(self, section: str, key: str) -> str:
        """The only value of a key; raises where it stands more than once or not at all."""
        (value,) = self.sections[section][key]
        return value

    @property
    def command(self) -> list[str]:
        return self.get("Service", "ExecStart").split()

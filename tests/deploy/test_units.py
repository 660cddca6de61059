"""systemd units: systemd itself finds nothing wrong, and what they start exists and may do no more than it needs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.commands import known_commands
from tests.deploy.units import FOLDER, HOME, SERVICES, TIMERS, UNITS, Unit
from tests.installation import ROOT

ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
SECTIONS = {".service": "Service", ".socket": "Socket", ".timer": "Timer"}
#: Highest exposure that `systemd-analyze security` may report, in tenths; 10.0 is a service without any bounds.
EXPOSURE = 20


def name(path: Path) -> str:
    return path.name


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, with this checkout in the place where they have the portal."""
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace(HOME, str(ROOT))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    return tmp_path


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(ANALYZE), *arguments], capture_output=True, text=True, check=False)


@needs_systemd
def test_systemd_finds_nothing_wrong(installed: Path) -> None:
    found = analyze("verify", "--man=no", *sorted(installed.iterdir()))
    about_ours = [line for line in found.stderr.splitlines() if "peixun" in line]
    assert (found.returncode, about_ours) == (0, [])


@needs_systemd
@pytest.mark.parametrize(("right", "wrong"), [("ProtectHome=", "ProtectHom="), ("/bin/gunicorn", "/bin/gunicor")])
def test_systemd_would_see_a_mistake(installed: Path, right: str, wrong: str) -> None:
    unit = installed / "peixun.service"
    unit.write_text(unit.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    found = analyze("verify", "--man=no", *sorted(installed.iterdir()))
    assert wrong.strip("=") in found.stderr


@needs_systemd
@pytest.mark.parametrize("service", SERVICES, ids=name)
def test_systemd_finds_a_service_well_bounded(installed: Path, service: Path) -> None:
    options = ["--offline=true", "--no-pager", f"--threshold={EXPOSURE}"]
    found = analyze("security", *options, installed / service.name)
    if "unrecognized option" in found.stderr:
        pytest.skip("this systemd-analyze is too old to judge units that are not loaded")
    assert found.returncode == 0, found.stdout[-200:]


@pytest.mark.parametrize("path", UNITS, ids=name)
def test_a_unit_has_the_section_of_its_kind(path: Path) -> None:
    assert set(Unit(path).sections) - {"Install"} == {"Unit", SECTIONS[path.suffix]}


@pytest.mark.parametrize("service", SERVICES, ids=name)
def test_what_a_service_starts_exists(service: Path) -> None:
    program, *arguments = Unit(service).command
    assert os.access(program.replace(HOME, str(ROOT)), os.X_OK)
    if arguments[:1] == ["manage.py"]:
        assert arguments[1] in known_commands()


@pytest.mark.parametrize("service", SERVICES, ids=name)
def test_a_service_writes_only_where_data_stands(service: Path) -> None:
    unit = Unit(service)
    allowed = [f"{HOME}/var", "/var/backups/peixun"] if "backup" in service.name else [f"{HOME}/var"]
    assert unit.get("Service", "ReadWritePaths").split() == allowed
    assert unit.get("Service", "ReadOnlyPaths") == unit.get("Service", "EnvironmentFile") == f"{HOME}/var/env"
    assert unit.get("Service", "User") == "peixun"


@pytest.mark.parametrize("service", SERVICES, ids=name)
def test_all_services_are_bounded_alike(service: Path) -> None:
    bounds = [unit.read_text(encoding="utf-8").partition("NoNewPrivileges")[2] for unit in (SERVICES[0], service)]
    lines = [{line for line in text.splitlines() if "=" in line} for text in bounds]
    own = ("ReadWritePaths", "UMask", "WantedBy")
    assert [line for line in lines[0] ^ lines[1] if not line.startswith(own)] == []


@pytest.mark.parametrize("timer", TIMERS, ids=name)
def test_a_timer_has_a_service_that_ends(timer: Path) -> None:
    assert Unit(timer.with_suffix(".service")).get("Service", "Type") == "oneshot"
    assert Unit(timer).get("Timer", "Persistent") == "yes"


def test_only_one_service_does_long_work() -> None:
    web = Unit(FOLDER / "peixun.service")
    assert web.get("Service", "Environment") == "JOBS=off"
    assert Unit(FOLDER / "peixun-jobs.service").command[-1] == "jobs"

"""Files for containers, read by parsers: no container engine runs here, so none of them was started."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

import pytest
import yaml

from tests.deploy.commands import known_commands
from tests.deploy.environment import BEFORE_SETTINGS, variables
from tests.installation import PARTS, ROOT

FOLDER = ROOT / "deploy" / "container"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
#: Services that run the portal's own image.
PORTAL = [name for name, service in SERVICES.items() if service["image"] == "peixun"]
#: Folders that whoever runs the portal fills.
FILLED_THERE = {"./certificate"}


def instructions() -> list[tuple[str, str]]:
    """Instruction and arguments of each step of the Containerfile, in order."""
    text = (FOLDER / "Containerfile").read_text(encoding="utf-8")
    lines = [line for line in text.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    return [(kind, rest) for kind, _, rest in (line.partition(" ") for line in lines)]


def of_kind(kind: str) -> list[str]:
    return [rest for found, rest in instructions() if found == kind]


# --- the image ---------------------------------------------------------------------------------------------------


def test_the_image_holds_what_an_installation_needs() -> None:
    copied = [rest.split()[:-1] for rest in of_kind("COPY") if not rest.startswith("--from")]
    assert {name for names in copied for name in names} == {*PARTS, "requirements.txt"}


def test_nothing_else_reaches_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == {*PARTS, "requirements.txt"}


def test_the_image_does_not_serve_as_root() -> None:
    kinds = [kind for kind, _ in instructions()]
    assert of_kind("USER") == ["peixun"]
    assert kinds.index("USER") < kinds.index("CMD")


def test_building_fetches_only_packages() -> None:
    steps = of_kind("RUN")
    installing = [step for step in steps if "pip install" in step]
    assert len(installing) == 1
    assert "--require-hashes -r requirements.txt" in installing[0]
    assert of_kind("ADD") == []
    assert [step for step in steps if re.search(r"curl|wget|git |https?:", step)] == []


def test_the_image_has_what_lays_out_the_pdf() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.search(r"apt-get install --no-install-recommends ([\w .-]+)`", readme)
    assert named is not None
    (installing,) = [step for step in of_kind("RUN") if "apt-get" in step]
    assert set(named[1].split()) <= set(installing.split())


def test_images_are_named_by_version() -> None:
    bases = [rest.split()[0] for rest in of_kind("FROM")]
    images = [service["image"] for name, service in SERVICES.items() if name not in PORTAL]
    assert [image for image in bases + images if not re.fullmatch(r"docker\.io/library/\w+:\d[\w.-]+", image)] == []


# --- what runs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PORTAL)
def test_a_service_is_set_up_by_settings_that_exist(name: str) -> None:
    assert set(SERVICES[name]["environment"]) - variables() == set()
    assert set(SERVICES[name]["environment"]) & BEFORE_SETTINGS == {"JOBS"}


@pytest.mark.parametrize("name", [name for name in PORTAL if name != "web"])
def test_a_service_runs_a_command_that_exists(name: str) -> None:
    command = [*SERVICES[name].get("entrypoint", []), *SERVICES[name]["command"]]
    assert command[:2] == ["python", "manage.py"]
    assert command[2] in known_commands()


@pytest.mark.parametrize("name", PORTAL)
def test_a_service_may_do_no_more_than_it_needs(name: str) -> None:
    assert SERVICES[name]["cap_drop"] == ["ALL"]
    assert SERVICES[name]["security_opt"] == ["no-new-privileges:true"]
    assert "media:/srv/peixun/var/media" in SERVICES[name]["volumes"]


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert set(SERVICES) >= {"db", "redis", "web", "jobs", "proxy"}


def test_the_portal_believes_its_own_proxy_and_nobody_else() -> None:
    address = SERVICES["proxy"]["networks"]["inside"]["ipv4_address"]
    (network,) = COMPOSE["networks"]["inside"]["ipam"]["config"]
    assert SERVICES["web"]["environment"]["TRUSTED_PROXIES"] == address
    assert ipaddress.ip_address(address) in ipaddress.ip_network(network["subnet"])
    assert ipaddress.ip_address(address) not in ipaddress.ip_network(network["ip_range"])


def test_services_wait_for_services_that_exist() -> None:
    awaited = {other for service in SERVICES.values() for other in service.get("depends_on", {})}
    assert awaited - set(SERVICES) == set()


def test_what_is_mounted_exists() -> None:
    mounted = [volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])]
    files = {source for source in mounted if source.startswith(".")} - FILLED_THERE
    assert files
    assert [file for file in files if not (FOLDER / file).is_file()] == []
    assert {source for source in mounted if not source.startswith(".")} == set(COMPOSE["volumes"])


def test_the_proxy_passes_on_to_where_the_portal_listens() -> None:
    upstream = (FOLDER / "upstream.conf").read_text(encoding="utf-8")
    (place,) = re.findall(r"server ([\w:]+);", upstream)
    assert place == f"web:{of_kind('EXPOSE')[0]}"
    assert f"--bind=0.0.0.0:{of_kind('EXPOSE')[0]}" in of_kind("CMD")[0]

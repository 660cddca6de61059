"""docs/部署指南.md: its commands, in its order, on a machine of their own in a folder; and what it names exists."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.deploy.commands import known_commands
from tests.deploy.environment import variables
from tests.deploy.guide import TEXT, Block, Machine, Process, blocks, named_commands
from tests.deploy.units import FOLDER, HOME, UNITS, Unit
from tests.installation import ROOT, Installation, wait_until

PASSWORD = "xiangjiao-lanse-42"
TESTED = [block for block in blocks() if block.is_tested]
#: Collecting static files takes long, and every installation of the tests does it; this one takes over what is there.
COLLECTING = "peixun collectstatic --noinput\n"


def of_chapter(chapter: str) -> list[Block]:
    return [block for block in TESTED if block.chapter == chapter]


# --- what it names -----------------------------------------------------------------------------------------------


def test_every_command_named_exists() -> None:
    named = named_commands(TEXT)
    assert {"bootstrap", "backup", "restore", "doctor"} <= named
    assert named - known_commands() == set()


def test_every_file_of_ours_named_exists() -> None:
    named = re.findall(rf"(?:{HOME}/|`|\s)((?:deploy|docs|tests)/[\w./-]+)(?!\*)\b", TEXT)
    there = {path.rstrip(".") for path in named} - {"deploy/container/peixun.env", "deploy/container/.env"}
    assert len(there) > 5
    assert [path for path in there if not (ROOT / path).exists() and "certificate" not in path] == []


def test_every_unit_is_explained_and_switched_on() -> None:
    installing = "".join(block.commands for block in blocks() if block.chapter == "六")
    started = [unit.name for unit in UNITS if "Install" in Unit(unit).sections]
    assert [name for name in started if name not in installing or f"`{name}`" not in TEXT] == []
    assert set(re.findall(r"\bpeixun[\w-]*\.(?:service|socket|timer)", TEXT)) - {unit.name for unit in UNITS} == set()


def test_every_setting_named_exists() -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]+)`", TEXT))
    assert "TRUSTED_PROXIES" in named
    assert named - variables() == set()


def test_it_says_what_was_not_tried() -> None:
    last = TEXT.rpartition("\n## ")[2]
    assert "没有真的建过镜像" in last
    untested = {block.chapter for block in blocks()} - {block.chapter for block in TESTED}
    assert untested == {"二", "三", "十", "十二"}


# --- what it does ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def machine(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine on which the chapters up to the first account are done."""
    made = Machine(tmp_path_factory.mktemp("machine"))
    for block in of_chapter("四"):
        made.run(block.commands)
    installing, account = of_chapter("五")
    (made.home / "var" / "static").symlink_to(installation.home / "var" / "static")
    made.run(installing.commands.replace(COLLECTING, ""))
    shutil.copy(made.home / "var" / "db.sqlite3", made.folder / "empty.sqlite3")
    made.run_typing(account.commands, ["guanliyuan", "", PASSWORD, PASSWORD])
    return made


@pytest.mark.server
def test_a_key_of_its_own_is_written(machine: Machine) -> None:
    settings = (machine.home / "var" / "env").read_text(encoding="utf-8")
    assert re.search(r"^SECRET_KEY=[0-9a-f]{64}$", settings, re.MULTILINE)


@pytest.mark.server
def test_the_services_answer_by_their_commands(machine: Machine) -> None:
    (asking,) = of_chapter("六")
    with machine.serving() as server:
        assert '{"status": "ok"' in machine.run(asking.commands)
        visitor = server.visitor()
        login = {"username": "guanliyuan", "password": PASSWORD, "next": "/admin/"}
        names = {"Host": "peixun.example.cn", "Referer": "https://peixun.example.cn/"}
        page = visitor.get("/admin/login/", **names)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token is not None
        assert visitor.post("/admin/login/", login | {"csrfmiddlewaretoken": token[1]}, **names).status == 302
        assert visitor.get("/admin/", **names).status == 200


@pytest.mark.server
def test_long_work_is_begun_by_its_command(machine: Machine) -> None:
    with long_work(machine) as process:
        assert process.poll() is None


@contextmanager
def long_work(machine: Machine) -> Iterator[Process]:
    """Starts the worker by its unit, and waits until it gives a sign of life."""
    signs = machine.home / "var" / "db.jobs"
    with machine.service(Unit(FOLDER / "peixun-jobs.service"), machine.folder / "jobs.log") as process:
        assert wait_until(lambda: signs.is_dir() and any(signs.iterdir()), 60)
        yield process


@pytest.mark.server
def test_the_proxy_gets_the_name_of_the_site(machine: Machine) -> None:
    (installing,) = of_chapter("七")
    machine.run(installing.commands.replace("/peixun.example.cn/g", "/wenda.example.cn/g"))
    text = (machine.folder / "conf.d" / "peixun.conf").read_text(encoding="utf-8")
    assert text.count("server_name wenda.example.cn;") == 2
    assert "peixun.example.cn" not in text


def number_of_accounts(machine: Machine) -> int:
    with sqlite3.connect(machine.home / "var" / "db.sqlite3") as database:
        return int(database.execute("SELECT count(*) FROM auth_user").fetchone()[0])


@pytest.mark.server
def test_a_backup_is_restored_and_an_update_runs(machine: Machine) -> None:
    backing_up, putting_aside, restoring = of_chapter("八")
    machine.run(backing_up.commands)
    var = machine.home / "var"
    (var / "db.sqlite3.mark").write_text("the first")
    (var / "media").mkdir(exist_ok=True)
    for time in (1, 2):
        machine.run(putting_aside.commands)
        assert not (var / "db.sqlite3").exists()
        assert not (var / "media").exists()
        kept = sorted(var.glob("before-restore-*"))
        assert [folder.joinpath("db.sqlite3").is_file() for folder in kept] == [True] * time
        # The one that `bootstrap` made in chapter 五; made once more it would be the same, after as long a time.
        shutil.copy(machine.folder / "empty.sqlite3", var / "db.sqlite3")
        machine.run(restoring.commands)
        assert number_of_accounts(machine) == 1
    assert (kept[0] / "db.sqlite3.mark").read_text() == "the first"
    with long_work(machine):
        for block in of_chapter("九") + of_chapter("十一"):
            machine.run(block.commands.replace(COLLECTING, ""))


def test_nothing_is_put_aside_where_a_step_fails(tmp_path: Path) -> None:
    """Without a database the folder with pictures stays where it is."""
    _, putting_aside, _ = of_chapter("八")
    media = tmp_path / "var" / "media"
    media.mkdir(parents=True)
    commands = putting_aside.commands.replace(HOME, str(tmp_path))
    done = subprocess.run(["bash", "-c", commands], capture_output=True, check=False)
    assert done.returncode != 0
    assert media.exists()


@pytest.mark.server
def test_sentences_name_the_command_of_the_guide(machine: Machine) -> None:
    said = machine.run(f"peixun restore {HOME}/manage.py 2>&1 || true")
    assert "peixun backup" in said
    assert "manage.py backup" not in said


@pytest.mark.server
def test_a_backup_that_fails_deletes_nothing(machine: Machine, tmp_path: Path) -> None:
    old = tmp_path / "peixun-20200101-000000.backup"
    old.touch()
    with pytest.raises(AssertionError):
        machine.run(f"touch -d '90 days ago' {old}; chmod 644 {old}; {HOME}/deploy/backup {tmp_path / 'nothing'}")
    assert old.exists()


@pytest.mark.server
def test_what_a_killed_backup_left_half_goes(machine: Machine, tmp_path: Path) -> None:
    left, being_written = (tmp_path / f".peixun-{name}.backup.x.part" for name in ("20200101-000000", "now"))
    machine.run(
        f"touch -d '2 days ago' {left}; touch {being_written}; chown --reference={HOME}/var {tmp_path}/.p* {tmp_path};"
        f" {HOME}/deploy/backup {tmp_path}"
    )
    assert not left.exists()
    assert being_written.exists()
    assert len(list(tmp_path.glob("peixun-*.backup"))) == 1

"""The programs that write workbooks; each is found where it is installed."""

from __future__ import annotations

import csv
import datetime
import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.writers.contents import Content

WRITE = Path(__file__).with_name("write.js")
PACKAGES = ("xlsx@0.18.5", "exceljs@4.4.0")
#: LibreOffice's filter for text: commas, quotes, UTF-8, from the first line on, cells as they are shown.
AS_TEXT = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"


@dataclass
class Job:
    """A workbook that is to be written."""

    writer: str
    path: str
    title: str
    rows: list[list[Any]]


def write_by_openpyxl(job: Job) -> None:
    book = Workbook()
    page: Any = book.active
    page.title = job.title
    for row, cells in enumerate(job.rows, start=1):
        for column, cell in enumerate(cells, start=1):
            _put(page, row, column, cell)
    book.save(job.path)


def _put(page: Any, row: int, column: int, cell: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        put = page.cell(row, column, cell)
        put.data_type = "s"  # =1+1 is text here
        return
    value = datetime.date.fromisoformat(cell["day"]) if "day" in cell else cell["number"]
    put = page.cell(row, column, value)
    put.number_format = cell["format"]


def with_node(jobs: Sequence[Job], home: Path) -> bool:
    """Writes by SheetJS and exceljs, installed into `home`; false where there is no Node."""
    if not shutil.which("node") or not shutil.which("npm"):
        return False
    if not (home / "node_modules").exists():
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(home), *PACKAGES]
        subprocess.run(install, check=True, capture_output=True)
    script = home / WRITE.name
    script.write_bytes(WRITE.read_bytes())  # beside its packages
    listed = home / "jobs.json"
    listed.write_text(json.dumps([asdict(job) for job in jobs]), encoding="utf-8")
    subprocess.run(["node", str(script), str(listed)], check=True)
    return True


def libreoffice() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def convert(files: Sequence[Path], to: str, folder: Path) -> None:
    """Opens workbooks in LibreOffice and saves them as another kind."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [str(libreoffice()), profile, "--headless", "--convert-to", to, "--outdir", str(folder)]
    subprocess.run([*command, *map(str, files)], check=True, capture_output=True)


def as_libreoffice_shows(file: Path) -> list[list[str]]:
    """The cells of a workbook that `convert` turned into text."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.reader(opened))


def job_of(content: Content, writer: str, path: Path) -> Job:
    return Job(writer, str(path), content.title, content.cells)

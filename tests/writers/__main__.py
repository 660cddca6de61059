"""Makes the workbooks in `files/` anew: one of each program and kind. Needs Node and LibreOffice."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.writers.contents import invented
from tests.writers.programs import Job, convert, job_of, with_node, write_by_openpyxl

FILES = Path(__file__).with_name("files")
#: File → the seed of its content.
BY_NODE = {
    "sheetjs-1.xlsx": 1,
    "sheetjs-2.xls": 2,
    "sheetjs-3.xlsx": 3,
    "sheetjs-4.ods": 4,
    "exceljs-5.xlsx": 5,
    "exceljs-6.xlsx": 6,
}
ERRORS = [
    ["教师编号", "姓名", "学校", "现在任教学科"],
    ["0001", "张三", "桃源一小", "=NA()"],
    ["0002", "李四", "桃源一小", "=1/0"],
    ["0003", "王五", "桃源一小", "语文"],
]
BY_LIBREOFFICE = {"libreoffice-7.xlsx": 7, "libreoffice-8.xls": 8, "libreoffice-9.ods": 9}


def main() -> int:
    FILES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        jobs = [_job(name, seed) for name, seed in BY_NODE.items()]
        if not with_node(jobs, Path(folder)):
            return 1
        for name, seed in BY_LIBREOFFICE.items():
            _by_libreoffice(Path(folder), name, seed)
        _with_errors(Path(folder))
    return 0


def _with_errors(folder: Path) -> None:
    """Makes files with errors and a hidden row, and with stray cells, computed and saved by LibreOffice."""
    book = Workbook()
    page: Any = book.active
    page.title = "教师"
    for row in ERRORS:
        page.append(row)
    page.row_dimensions[len(ERRORS)].hidden = True
    book.save(folder / "errors.xlsx")
    for stray in ("IV9000", "IV65536"):
        page[stray] = "x"
    book.save(folder / "stray.xlsx")
    for ending in ("xls", "ods"):
        convert([folder / "errors.xlsx", folder / "stray.xlsx"], ending, FILES)
    shutil.rmtree(FILES / "profile")


def _job(name: str, seed: int) -> Job:
    writer = "SheetJS" if name.startswith("sheetjs") else "exceljs"
    return job_of(invented(seed), writer, FILES / name)


def _by_libreoffice(folder: Path, name: str, seed: int) -> None:
    begun = folder / "begun" / f"{Path(name).stem}.xlsx"
    begun.parent.mkdir(exist_ok=True)
    write_by_openpyxl(job_of(invented(seed), "openpyxl", begun))
    convert([begun], Path(name).suffix[1:], folder)
    shutil.move(folder / name, FILES / name)


if __name__ == "__main__":
    sys.exit(main())

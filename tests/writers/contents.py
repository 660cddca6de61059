"""Contents of workbooks: cells as a program is told to write them, and the rows that reading them must give."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from credits.spreadsheets.columns import SHEETS
from helpdesk.common.spreadsheets.sheets import Column, Holds

#: Kinds of sheets that are invented. A kind more would give other contents for the seeds in `files/`.
KINDS = ("teachers", "results", "activities", "degrees")
#: Ways to show a day: Chinese ones too, which have no code in a file where they are built in.
DAY_FORMATS = ["yyyy-mm-dd", "yyyy/m/d", 'yyyy"年"m"月"d"日"']
NAMES = ["张三", "李 梅", "欧阳·锋", "买买提·艾力", "Anna Li", "𠮷田", "单雄信"]
TEXTS = ["语文", "数学 A&B <1>", "“引号”与'撇号'", "x_000D_y", "体育\n美术", "=1+1"]
TITLES = ["桃源一小教师名册", "2019—2020 学年"]
FIRST_DAY = date(1980, 1, 1)
DAYS = 40 * 365


@dataclass
class Content:
    """The cells of one sheet, None where one is empty, and the rows that reading it as `kind` must give."""

    kind: str
    title: str
    cells: list[list[Any]]
    rows: list[tuple[int, dict[str, str]]]


def invented(seed: int) -> Content:
    """Some content, the same for the same seed."""
    chance = random.Random(seed)
    kind = chance.choice(KINDS)
    sheet = SHEETS[kind]
    columns = [column for column in sheet.columns if column.required or chance.random() < 0.7]
    chance.shuffle(columns)
    cells: list[list[Any]] = [[title] for title in TITLES[: chance.randrange(3)]]
    cells.append([column.header for column in columns])
    rows = []
    for _ in range(chance.randrange(1, 12)):
        if chance.random() < 0.1:
            cells.append([])
        drawn = [_cell(column, chance) for column in columns]
        cells.append([cell for cell, _ in drawn])
        texts = {column.field: text for column, (_, text) in zip(columns, drawn, strict=True) if text}
        rows.append((len(cells), texts))
    return Content(kind, sheet.title, cells, rows)


def _cell(column: Column, chance: random.Random) -> tuple[Any, str]:
    """A cell for a column, and the text that reading it must give."""
    if not column.required and chance.random() < 0.2:
        return None, ""
    match column.holds:
        case Holds.CODE:
            code = f"{chance.choice(['', 'A-', '00'])}{chance.randrange(10**6):06}"
            return code, code
        case Holds.DATE:
            return _day(chance)
        case Holds.AMOUNT:
            amount = chance.choice([1, 40, 2.5, 0.1, 12.25, 300])
            return {"number": amount, "format": "General"}, str(amount)
        case Holds.NAME:
            name = chance.choice(NAMES)
            return name, name
        case Holds.TEXT:
            text = chance.choice(TEXTS)
            return text, " ".join(text.split())
    word = chance.choice(column.choices)
    return word, word


def _day(chance: random.Random) -> tuple[Any, str]:
    day = (FIRST_DAY + timedelta(chance.randrange(DAYS))).isoformat()
    if chance.random() < 0.2:
        return day, day
    return {"day": day, "format": chance.choice(DAY_FORMATS)}, day

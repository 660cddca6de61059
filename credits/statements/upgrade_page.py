"""A check and points as the page of the 2021 project shows them: in words, kind by kind, with every cap that bit."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from faq.models import Document

from ..rules.wording import amount_text, date_in_words
from ..upgrade.check import PassCheck, PassVerdict
from ..upgrade.clauses import CLAUSE_OF_KIND
from ..upgrade.kinds import KIND_NAMES, RULES, Kind
from ..upgrade.points import Line, Points, Reason

DOCUMENT = "upgrade"
#: Verdict → its words and its tone.
VERDICTS = {
    PassVerdict.PASSED: ("按资料的要求，可以通过", "good"),
    PassVerdict.NOT_YET: ("还没达到要求", "short"),
    PassVerdict.UNKNOWN: ("还不能判断", "open"),
}


def document() -> Document | None:
    """Returns the document that the rules are taken from, for its name and age; None where it was deleted."""
    return Document.objects.filter(slug=DOCUMENT).first()


@dataclass(frozen=True, slots=True)
class CheckView:
    """A check with its heading and tone."""

    title: str
    tone: str
    because: Sequence[str]


def check_view(check: PassCheck) -> CheckView:
    title, tone = VERDICTS[check.verdict]
    return CheckView(title, tone, check.because)


@dataclass(frozen=True, slots=True)
class KindView:
    """One kind: how many deeds were given, the points by the table, and those that the platform itself listed."""

    name: str
    clause: str
    deeds: int
    points: int
    listed: str


@dataclass(frozen=True, slots=True)
class PointsView:
    """The points of a year as the page shows them; `listed` is the platform's own sum of what was pasted and read."""

    title: str
    total: int
    kinds: Sequence[KindView]
    without: str
    bites: Sequence[str]
    unread: Sequence[str]
    listed: str
    differs: bool


def points_view(
    year: int,
    as_of: datetime.date,
    points: Points,
    listed: Sequence[Decimal],
    problems: Iterable[tuple[int, str]],
) -> PointsView:
    """Returns the view of `points`; `listed` are the platform's amounts of the first deeds, those that were pasted."""
    last = min(as_of, datetime.date(year, 12, 31))
    by_kind = _listed_by_kind(points, listed)
    whole = sum(by_kind.values(), Decimal(0))
    deeds = Counter(line.kind for line in points.lines)
    kinds = [kind for kind in Kind if deeds[kind]]
    return PointsView(
        title=f"{year} 年，算到 {date_in_words(last)}" if last.year == year else f"{year} 年还没有到",
        total=points.total,
        kinds=[_kind_view(kind, deeds[kind], points, by_kind, bool(listed)) for kind in kinds],
        without="、".join(KIND_NAMES[kind] for kind in Kind if not deeds[kind]),
        bites=list(_bites(year, last, points)),
        unread=_grouped(problems),
        listed=amount_text(whole) if listed else "",
        differs=_differs(points, listed),
    )


def _kind_view(kind: Kind, deeds: int, points: Points, listed: Mapping[Kind, Decimal], pasted: bool) -> KindView:
    own = amount_text(listed.get(kind, Decimal(0))) if pasted else ""
    return KindView(KIND_NAMES[kind], CLAUSE_OF_KIND[kind], deeds, points.by_kind[kind], own)


def _counts_by_time(line: Line) -> bool:
    return line.reason not in (Reason.OUT_OF_YEAR, Reason.AFTER_AS_OF)


def _listed_by_kind(points: Points, listed: Sequence[Decimal]) -> dict[Kind, Decimal]:
    """Returns the platform's amounts in the time that is counted, by kind."""
    found: dict[Kind, Decimal] = defaultdict(Decimal)
    for line in points.lines:
        if line.place < len(listed) and _counts_by_time(line):
            found[line.kind] += listed[line.place]
    return found


def _differs(points: Points, listed: Sequence[Decimal]) -> bool:
    """Returns whether the platform gave another amount for any pasted deed than the table does."""
    return any(
        line.points != listed[line.place] for line in points.lines if line.place < len(listed) and _counts_by_time(line)
    )


# --- where something was kept out ---------------------------------------------------------------------------------


def _bites(year: int, last: datetime.date, points: Points) -> Iterable[str]:
    """Yields a sentence for each day and each year whose cap kept anything out, and for whatever else did not count."""
    refused = [line for line in points.lines if line.reason]
    lines = {reason: [line for line in refused if line.reason is reason] for reason in Reason}
    yield from _daily(lines[Reason.DAILY_CAP], points)
    yield from _yearly(lines[Reason.YEARLY_CAP])
    if lines[Reason.ONCE]:
        yield f"数据完善限 1 次，另外填的 {len(lines[Reason.ONCE])} 次不计。"
    if lines[Reason.DELETED]:
        yield f"资源报送：删除了的 {len(lines[Reason.DELETED])} 个不计，也不占一年的额度。"
    if lines[Reason.OUT_OF_YEAR]:
        yield f"不在 {year} 年的 {len(lines[Reason.OUT_OF_YEAR])} 次不计。"
    if lines[Reason.AFTER_AS_OF]:
        yield f"{date_in_words(last)}以后的 {len(lines[Reason.AFTER_AS_OF])} 次现在不计。"


def _daily(capped: Iterable[Line], points: Points) -> Iterable[str]:
    most = {(line.kind, line.on): line.points for line in points.lines if line.reason is not Reason.DAILY_CAP}
    times = Counter((line.kind, line.on) for line in capped)
    for (kind, on), more in times.items():
        cap = most[kind, on]
        yield f"{date_in_words(on)}，{KIND_NAMES[kind]}有 {more + 1} 次：每天只计 1 次（{cap} 分），{more} 次不计。"


def _yearly(capped: Iterable[Line]) -> Iterable[str]:
    rooms: dict[str, list[Line]] = defaultdict(list)
    for line in capped:
        room = RULES[line.kind].room
        if room:
            rooms[f"{room.name}一年最多 {room.most} 分"].append(line)
    for words, lines in rooms.items():
        part = f"其中 {lines[0].points} 分还计入了" if lines[0].points else "都不计"
        yield f"{words}：{date_in_words(lines[0].on)}起已满，之后的 {len(lines)} 次{part}。"


def _grouped(problems: Iterable[tuple[int, str]]) -> list[str]:
    """Returns a sentence for each thing that is wrong, with the lines that it stands in: 第 3、5—9 行：…"""
    numbers: dict[str, list[int]] = defaultdict(list)
    for number, sentence in problems:
        numbers[sentence].append(number)
    return [f"第 {_ranges(found)} 行：{sentence}" for sentence, found in numbers.items()]


def _ranges(numbers: Sequence[int]) -> str:
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return "、".join(str(first) if first == last else f"{first}—{last}" for first, last in spans)

"""Ways to cut a document into questions: the best chain 1, 2, 3 … of each style of numbering, and ways without numbers.

A chain may leave a number out, which costs it something, and begins anew after the title of a section.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..lines import Line
from .labels import ARABIC, ASKED, NUMBERED, UNNUMBERED, answer_inside
from .rows import Row, Rows, question_likeness
from .tables import TableWay, table_ways
from .titles import MOST_INTRODUCTION, is_strong, may_open_section, title_kind

#: Rows after a question within which the mark of its answer may stand.
MARK_WITHIN = 3
#: Longest line that is a question only because it is bold or ends in ？.
LONGEST_BARE = 150
#: Factor of what lies inside the answers of another way, and its greatest share of the score of that way.
INSIDE, BELOW_OUTER = 0.25, 0.5
#: Numbers that a chain may leave out in a row.
MOST_LEFT_OUT = 3

BY_HEADING, BY_BOLD, BY_SIGN, BY_ANSWER, WHOLE = "标题", "加粗", "问号", "答：", "整篇一条"
#: Styles that people mix up while they type.
_MIXED = ("1、", "1.", "1)", "1：", "1，", "1")


@dataclass(frozen=True, slots=True)
class Start:
    """A question begins: the row of its label, the row of its words and where in it they begin, its number."""

    at: int
    words_at: int
    begin: int
    number: int | None = None


@dataclass(slots=True)
class Way:
    """One way to cut the document, with what speaks for it."""

    name: str
    starts: list[Start]
    #: Style of NUMBERED whose lines are questions; empty for others.
    style: str = ""
    table: TableWay | None = None
    #: Share of questions followed by the mark of an answer, that end in ？, that are followed by anything at all.
    marked: float = 0.0
    asking: float = 0.0
    bodies: float = 0.0
    factor: float = 1.0
    #: Several styles of numbers follow one another; only offered where it is the best.
    mixed: bool = False
    #: Lengths of the runs without a new beginning, as places in `starts`.
    runs: list[tuple[int, int]] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.table.size if self.table else len(self.starts)

    @property
    def score(self) -> float:
        """Members, each worth more by the shares of marked answers, of questions that ask, and of answers at all."""
        if self.table:
            return self.factor * self.size * 4
        worth = 0.2 + 2 * self.marked + 1.5 * self.asking + self.bodies
        return self.factor * self.size * worth


def ways_of(rows: Rows) -> list[Way]:
    """Returns the ways to cut a document, the best first; the last is the whole as one entry."""
    ways = [*_numbered_ways(rows), *_unnumbered_ways(rows)]
    for way in ways:
        _measure(way, rows)
    ways += [Way(name, [], table=table) for name, table in table_ways(rows)]
    kept = _without_doubles([way for way in ways if way.size])
    _note_sub_lists(kept, rows)
    ranked = sorted(kept, key=lambda way: -way.score)
    worth_offering = [way for way in ranked if way is ranked[0] or not way.mixed]
    return [*worth_offering, _whole(rows)]


# --- chains of numbers --------------------------------------------------------------------------------------------


def _numbered_ways(rows: Rows) -> Iterator[Way]:
    for style in [name for base in NUMBERED for name in (base + ASKED, base)]:
        members = [
            _Member(row, label.number, label.end, style, _weight(rows, row, label.end))
            for row in rows.rows
            if (label := row.label(style)) is not None and label.number is not None
        ]
        chain = _best_chain(members, rows, style)
        if len(chain) > 1:
            yield _way(style, chain, rows)
    mixed = _mixed_members(rows)
    chain = _best_chain(mixed, rows, "")
    if len({member.style for member in chain}) > 1:
        names = [member.style for member in chain]
        way = _way(max(set(names), key=names.count), chain, rows, " 和 ".join(dict.fromkeys(names)))
        way.factor = 0.9
        way.mixed = True
        yield way


def _mixed_members(rows: Rows) -> list[_Member]:
    members = []
    for row in rows.rows:
        for style in _MIXED:
            label = row.label(style)
            if label is not None and label.number is not None:
                members.append(_Member(row, label.number, label.end, style, _weight(rows, row, label.end)))
                break
    return members


@dataclass(slots=True)
class _Member:
    row: Row
    number: int
    end: int
    style: str
    weight: float


def _weight(rows: Rows, row: Row, end: int) -> float:
    """Returns the worth of a line in a chain: more where it asks, and where an answer is marked soon after."""
    text = row.text[end:] or _next_text(rows, row.at)
    asks = 0.7 * question_likeness(text)
    marked = 0.8 if _mark_after(rows, row.at, len(rows)) else 0.0
    return 1 + asks + marked


def _next_text(rows: Rows, at: int) -> str:
    return rows[at + 1].text if at + 1 < len(rows) else ""


def _best_chain(members: Sequence[_Member], rows: Rows, style: str) -> list[_Member]:
    """Returns the chain of greatest weight, in time proportional to the members; without `style` none begins anew."""
    worth = [0.0] * len(members)
    before = [-1] * len(members)
    best_ending: dict[int, int] = {}  # number → the member with it that ends the best chain so far
    best = -1
    for at, member in enumerate(members):
        worth[at] = member.weight - 0.5 * min(member.number - 1, 3)
        for last, cost in _predecessors(member, best_ending, members):
            if worth[last] - cost + member.weight > worth[at]:
                worth[at], before[at] = worth[last] - cost + member.weight, last
        if member.number == 1 and best >= 0 and style:
            cost = _cost_of_new_beginning(rows, member, style)
            if worth[best] - cost + member.weight > worth[at]:
                worth[at], before[at] = worth[best] - cost + member.weight, best
        held = best_ending.get(member.number)
        if held is None or worth[at] >= worth[held]:
            best_ending[member.number] = at
        if best < 0 or worth[at] > worth[best]:
            best = at
    chain = []
    while best >= 0:
        chain.append(members[best])
        best = before[best]
    return chain[::-1]


def _predecessors(
    member: _Member, best_ending: dict[int, int], members: Sequence[_Member]
) -> Iterator[tuple[int, float]]:
    """Yields the members that may come before, with what the step costs: numbers left out, doubled, other styles."""
    for step in range(MOST_LEFT_OUT + 2):
        last = best_ending.get(member.number - step)
        if last is None:
            continue
        doubled = step == 0
        cost = 1.3 if doubled else 0.8 * (step - 1)
        if members[last].style != member.style:
            cost += 0.4 if member.weight > 1.3 else 1.0
        yield last, cost


def _cost_of_new_beginning(rows: Rows, member: _Member, style: str) -> float:
    """Returns what beginning anew at 1 costs: little after a title, and too much inside an answer."""
    asks = member.weight > 1.3
    for back in range(1, MOST_INTRODUCTION + 2):
        if back > member.row.at:
            break
        before = rows[member.row.at - back]
        kind = title_kind(before, style or member.style)
        if not kind or not may_open_section(before, kind, member.row, 1):
            continue
        if back > 1 and not is_strong(kind):
            continue
        of_steps = kind[0] == "label" and str(kind[1]) in (*ARABIC, "1")
        if asks or not of_steps:
            return 0.2 if asks else 0.6
    return 1.5 if member.weight > 1.7 else 99.0


def _way(style: str, chain: Sequence[_Member], rows: Rows, name: str = "") -> Way:
    starts = [_start(member, rows) for member in chain]
    way = Way(name or style, starts, style)
    way.runs = _runs(starts)
    return way


def _start(member: _Member, rows: Rows) -> Start:
    at = member.row.at
    alone = member.end >= len(member.row.text) and at + 1 < len(rows)
    return Start(at, at + 1 if alone else at, 0 if alone else member.end, member.number)


def _runs(starts: Sequence[Start]) -> list[tuple[int, int]]:
    """Returns the stretches within which numbers go up, as (first place, place after the last)."""
    runs = []
    first = 0
    for at in range(1, len(starts)):
        if (starts[at].number or 0) < (starts[at - 1].number or 0):
            runs.append((first, at))
            first = at
    return [*runs, (first, len(starts))] if starts else []


# --- questions without numbers ------------------------------------------------------------------------------------


def _unnumbered_ways(rows: Rows) -> Iterator[Way]:
    for style in UNNUMBERED:
        starts = [
            Start(row.at, row.at, label.end)
            for row in rows.rows
            if (label := row.label(style)) is not None and row.text[label.end :].strip()
        ]
        yield _plain_way(style, starts, style=style)
    levels = sorted({row.line.heading for row in rows.rows if row.line and row.line.heading})
    for level in levels:
        headings = [row for row in rows.rows if row.line and row.line.heading == level]
        yield _plain_way(f"{BY_HEADING} {level}", [_labelled_start(row) for row in headings], least=2)
    bold = [row for row in _bare(rows) if row.line and row.line.is_bold and not row.line.heading]
    yield _plain_way(BY_BOLD, _first_of_each(bold), factor=0.9, least=2)
    asking = [row for row in _bare(rows) if question_likeness(row.text) == 1]
    yield _plain_way(BY_SIGN, [_labelled_start(row) for row in asking], factor=0.6, least=2)
    answered = _before_answers(rows)
    yield _plain_way(BY_ANSWER, [_labelled_start(row) for row in answered], factor=0.8, least=2)


def _plain_way(name: str, starts: list[Start], *, style: str = "", factor: float = 1.0, least: int = 1) -> Way:
    kept = starts if len(starts) >= least else []
    way = Way(name, kept, style, factor=factor)
    way.runs = [(at, at + 1) for at in range(len(kept))]
    return way


def _labelled_start(row: Row) -> Start:
    """Returns the start of a question that is found by its look, without the number it may have."""
    numbered = [label for label in row.labels if label.number is not None and label.style != "1"]
    label = max(numbered, key=lambda label: label.end, default=None)
    if label is None or label.end >= len(row.text):
        return Start(row.at, row.at, 0)
    return Start(row.at, row.at, label.end, label.number)


def _bare(rows: Rows) -> Iterable[Row]:
    return (row for row in rows.rows if row.line and not row.marked and len(row.text) <= LONGEST_BARE)


def _first_of_each(bold: Sequence[Row]) -> list[Start]:
    """Returns a start for each bold line, the second of two neighbours left out: it goes on in the question."""
    return [_labelled_start(row) for row in bold if not row.tight]


def _before_answers(rows: Rows) -> list[Row]:
    """Returns the line before each mark of an answer."""
    found = []
    for row in rows.rows:
        before = rows[row.at - 1] if row.marked and row.at else None
        if before is not None and before.line is not None and not before.marked:
            found.append(before)
    return found


def _whole(rows: Rows) -> Way:
    """Returns the way that takes the first line for the question and all the rest for its answer."""
    first = next((row for row in rows.rows if isinstance(row.block, Line)), None)
    return Way(WHOLE, [_labelled_start(first)] if first else [], factor=0.01)


# --- what speaks for a way ----------------------------------------------------------------------------------------


def _measure(way: Way, rows: Rows) -> None:
    if not way.starts:
        return
    ends = [start.at for start in way.starts[1:]] + [len(rows)]
    marked = asking = bodies = 0.0
    for start, end in zip(way.starts, ends, strict=True):
        text = rows[start.words_at].text[start.begin :]
        inside = answer_inside(text)
        marked += bool(inside or _mark_after(rows, start.words_at, end))
        asking += question_likeness(text[: inside[0]] if inside else text)
        bodies += bool(inside) or end > start.words_at + 1
    size = len(way.starts)
    way.marked, way.asking, way.bodies = marked / size, asking / size, bodies / size


def _mark_after(rows: Rows, at: int, end: int) -> bool:
    after = range(at + 1, min(at + 1 + MARK_WITHIN, end))
    return any(rows[other].marked for other in after)


def _without_doubles(ways: Sequence[Way]) -> list[Way]:
    """Returns the ways without those that begin their questions in the same rows as an earlier one."""
    seen: set[tuple[int, ...]] = set()
    kept = []
    for way in ways:
        places = tuple(start.at for start in way.starts)
        if way.table or places not in seen:
            kept.append(way)
        seen.add(places)
    return kept


# --- sub-lists ----------------------------------------------------------------------------------------------------


def _note_sub_lists(ways: Sequence[Way], rows: Rows) -> None:
    """Lowers what lies wholly inside the answers of another way."""
    raw = {id(way): way.score for way in ways}
    for inner in ways:
        for outer in ways:
            if outer is inner or not outer.starts or not inner.starts:
                continue
            if _is_inside(inner, outer) and _has_answers(outer) and not _holds_sections(outer, inner, rows):
                below = BELOW_OUTER * raw[id(outer)] / raw[id(inner)]
                inner.factor *= min(1.0, INSIDE, below)
    for way in ways:
        if way.table and any(raw[id(other)] > way.score for other in ways if not other.table):
            way.factor = min(way.factor, 0.5)


def _has_answers(way: Way) -> bool:
    return way.size > 1 and (way.asking >= 0.5 or way.marked >= 0.5 or way.bodies >= 0.6)


def _is_inside(inner: Way, outer: Way) -> bool:
    """Tells whether each run of `inner` lies after a member of `outer` and before the next one of the same run."""
    bounds = [start.at for start in outer.starts]
    for first, after_last in inner.runs:
        begin, end = inner.starts[first].at, inner.starts[after_last - 1].at
        above = [at for at in bounds if at < begin]
        if not above or any(begin <= at <= end for at in bounds):
            return False
    return True


def _holds_sections(outer: Way, inner: Way, rows: Rows) -> bool:
    """Tells whether the members of `outer` are titles, right after which members of `inner` begin."""
    if outer.asking >= 0.4 or _answers_directly(outer, rows):
        return False
    if inner.marked >= 0.5:
        return True  # steps of an answer have no marked answers of their own
    places = {start.at for start in inner.starts}
    titles = direct = 0
    ends = [start.at for start in outer.starts[1:]] + [len(rows)]
    for start, end in zip(outer.starts, ends, strict=True):
        holds = any(start.at < at < end for at in places)
        if not holds:
            continue
        titles += 1
        direct += any(at in places for at in range(start.words_at + 1, start.words_at + 4))
    if not titles or direct < 0.7 * titles:
        return False
    mostly_short = sum(len(rows[start.words_at].text) <= 30 for start in outer.starts) >= 0.7 * outer.size
    return mostly_short and (inner.asking >= 0.3 or inner.marked >= 0.3 or inner.bodies >= 0.5)


def _answers_directly(way: Way, rows: Rows) -> bool:
    """Tells whether most members are followed at once by the mark of an answer."""
    marked = 0
    for start in way.starts:
        after = start.words_at + 1
        marked += after < len(rows) and bool(rows[after].marked)
    return marked >= 0.5 * way.size

"""Searches of readers, counted by day and tied to nobody, and what they add up to.

What was typed is struck of all that may name somebody before it comes here (`faq.insight.striking`). The sums of the
last 30 and 90 days stand ready in a row for each query, because a page that added up a million rows would take seconds.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection, models
from django.utils import timezone

#: Characters of a query that are kept.
LONGEST_QUERY = 100
#: Entries that are kept as the nearest to a query; a ref has at most 40 characters.
NEAREST = 3
#: Rows that one statement writes; each value is a parameter, of which SQLite takes a bounded number.
AT_ONCE = 100


class SearchCount(models.Model):
    """One query on one day: how often it was sought; or, with an `entry`, how often that was opened from its results.

    `entry` is the ref of an entry, which may be gone. `answered` are the searches that were sure of an answer.
    """

    query = models.CharField("搜的话", max_length=LONGEST_QUERY)
    day = models.DateField("日期")
    entry = models.CharField("打开的问答", max_length=40, blank=True)
    searches = models.PositiveIntegerField("搜索次数", default=0)
    answered = models.PositiveIntegerField("有把握的次数", default=0)
    opened = models.PositiveIntegerField("打开次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "每天的搜索"
        constraints = [models.UniqueConstraint(fields=["query", "day", "entry"], name="search_counted_once_a_day")]
        indexes = [
            models.Index(fields=["day"], name="searches_by_day"),
            models.Index(fields=["entry", "day"], name="searches_that_led_to_entry"),
        ]

    def __str__(self) -> str:
        return self.query

    @staticmethod
    def add(rows: Iterable[SearchCount]) -> None:
        """Adds the numbers of `rows` to those that stand, in few statements that no other process can come between."""
        fields = ("query", "day", "entry", "searches", "answered", "opened")
        values = [[getattr(row, name) for name in fields] for row in rows]
        _upsert(SearchCount, fields, ("query", "day", "entry"), ("searches", "answered", "opened"), values)


class SearchMonth(models.Model):
    """Sums of one month, which stay when its days are forgotten; `month` is its first day."""

    month = models.DateField("月份", primary_key=True)
    searches = models.PositiveIntegerField("搜索次数", default=0)
    answered = models.PositiveIntegerField("有把握的次数", default=0)
    opened = models.PositiveIntegerField("打开次数", default=0)

    class Meta:
        ordering = ["-month"]
        verbose_name = verbose_name_plural = "每月的搜索"

    def __str__(self) -> str:
        return f"{self.month.year} 年 {self.month.month} 月"

    @staticmethod
    def add(month: datetime.date, searches: int = 0, answered: int = 0, opened: int = 0) -> None:
        """Adds to the sums of a month. Its row is locked until the transaction ends: whoever counts does so alone."""
        numbers = ("searches", "answered", "opened")
        _upsert(SearchMonth, ("month", *numbers), ("month",), numbers, [[month, searches, answered, opened]])


class Seen(NamedTuple):
    """What became known of a query since it was last counted."""

    query: str
    searches: int = 0
    opened: int = 0
    answered: bool = True
    #: Refs of the nearest entries, the best first.
    nearest: tuple[str, ...] = ()


class SoughtQuery(models.Model):
    """A query that readers sent in the last 90 days, with its sums and what search last said to it.

    `nearest` holds the refs of the best entries at that time, with spaces between, so that the page of editors needs
    no search for each of its rows.
    """

    class State(models.TextChoices):
        MISSED = "missed", "没找到"
        FOUND = "found", "找到了"
        #: An editor did something about it; it is MISSED again when a reader searches in vain once more.
        MENDED = "mended", "处理过"
        #: Stands for all queries that held the name of a person, which are stored nowhere.
        NAMED = "named", "含姓名"

    PERIODS = (30, 90)

    query = models.CharField("搜的话", max_length=LONGEST_QUERY, unique=True)
    state = models.CharField("状态", max_length=6, choices=State.choices)
    answered = models.BooleanField("上次有把握", default=True)
    nearest = models.CharField("最近的问答", max_length=130, blank=True)
    searches_30 = models.PositiveIntegerField("30 天内搜索次数", default=0)
    opened_30 = models.PositiveIntegerField("30 天内打开次数", default=0)
    searches_90 = models.PositiveIntegerField("90 天内搜索次数", default=0)
    opened_90 = models.PositiveIntegerField("90 天内打开次数", default=0)
    #: The day for which the sums hold; the sums of an earlier day still hold days that have gone out of the period.
    summed_on = models.DateField("计数日期")

    class Meta:
        verbose_name = verbose_name_plural = "老师搜的话"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["missed", "found", "mended", "named"]), name="sought_state_is_known"
            )
        ]
        indexes = [
            models.Index(fields=["summed_on"], name="sought_by_summing"),
            models.Index(fields=["state", "-searches_30", "id"], name="sought_by_state_30"),
            models.Index(fields=["state", "-searches_90", "id"], name="sought_by_state_90"),
            models.Index(fields=["state", "opened_30", "-searches_30", "id"], name="sought_unopened_30"),
            models.Index(fields=["state", "opened_90", "-searches_90", "id"], name="sought_unopened_90"),
            models.Index(fields=["-searches_30", "id"], name="sought_most_30"),
            models.Index(fields=["-searches_90", "id"], name="sought_most_90"),
        ]

    def __str__(self) -> str:
        return self.query

    @property
    def refs(self) -> list[str]:
        """The refs of the nearest entries, the best first."""
        return self.nearest.split()

    @classmethod
    def add(cls, seen: Sequence[Seen], named: str) -> None:
        """Adds to the sums of queries; `named` is the one that stands for all that held a name.

        A search also says what search thinks now. An opening alone does not, and may be counted before its search,
        which another process has.
        """
        searched = [one for one in seen if one.searches]
        only_opened = [one for one in seen if not one.searches]
        sums = ("searches_30", "opened_30", "searches_90", "opened_90")
        fields = ("query", "state", "answered", "nearest", *sums, "summed_on")
        _upsert(cls, fields, ("query",), sums, [cls._values(one, named) for one in searched], _LATEST)
        _upsert(cls, fields, ("query",), sums, [cls._values(one, named) for one in only_opened])

    @classmethod
    def _values(cls, one: Seen, named: str) -> list[Any]:
        found = cls.State.FOUND if one.answered else cls.State.MISSED
        state = cls.State.NAMED if one.query == named else found
        nearest = " ".join(one.nearest[:NEAREST])
        numbers = [one.searches, one.opened, one.searches, one.opened]
        return [one.query, state.value, one.answered, nearest, *numbers, timezone.localdate()]


#: What a further search changes in the row of a query, beside its sums.
_LATEST = {
    "state": "CASE WHEN excluded.state = 'found' AND {table}.state = 'mended' THEN 'mended' ELSE excluded.state END",
    "answered": "excluded.answered",
    "nearest": "excluded.nearest",
}


def _upsert(
    model: type[models.Model],
    fields: Sequence[str],
    key: Sequence[str],
    added: Sequence[str],
    rows: Sequence[Sequence[Any]],
    latest: dict[str, str] | None = None,
) -> None:
    """Inserts `rows` of `fields`; where one with that key stands, adds the columns `added` and sets `latest`.

    Rows are written in the order of their keys, so that two processes never wait for each other in a circle.
    """
    table = model._meta.db_table
    sums = [f"{name} = {table}.{name} + excluded.{name}" for name in added]
    sets = sums + [f"{name} = {value.format(table=table)}" for name, value in (latest or {}).items()]
    one = f"({', '.join(['%s'] * len(fields))})"
    in_order = sorted(rows, key=lambda row: [str(row[fields.index(name)]) for name in key])
    with connection.cursor() as cursor:
        for start in range(0, len(in_order), AT_ONCE):
            batch = in_order[start : start + AT_ONCE]
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(fields)}) VALUES {', '.join([one] * len(batch))} "  # noqa: S608  ours
                f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(sets)}",
                [value for row in batch for value in row],
            )

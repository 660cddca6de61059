"""Measures of the portal: what the database and this host say, the same in every worker process."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.contrib.auth.models import AnonymousUser
from django.db import Error as DatabaseError

from faq import search
from faq.asking.queue import overdue_before
from faq.models import Entry, Question
from helpdesk.care import disks, replica, waiting
from helpdesk.common.models import Job
from helpdesk.outages import outage

from .exposition import Gauge, gauge, labelled

logger = logging.getLogger(__name__)


def measured() -> list[Gauge]:
    """Returns all gauges. Where database or disks cannot be asked, theirs are left out instead of being wrong."""
    return [*_of_database(), *_of_replica(), *_of_disks(), _of_outage()]


def _of_database() -> list[Gauge]:
    try:
        found = [*_of_index(), *_of_work(), *_of_questions(), _of_entries()]
    except DatabaseError as error:
        logger.warning("metrics: the database could not be asked: %s", error)
        found = []
    return [gauge("helpdesk_database_up", "数据库答不答（1 答，0 不答）", int(bool(found))), *found]


def _of_index() -> Iterator[Gauge]:
    index = search.status()
    yield gauge("helpdesk_search_index_lag", "磁盘上的搜索索引比数据库少几次改动", index.lag)
    yield gauge("helpdesk_search_index_healthy", "磁盘上的搜索索引和数据库一致（1 是，0 不是）", int(index.healthy))


def _of_work() -> Iterator[Gauge]:
    work = waiting.work()
    jobs = {
        "waiting": work.waiting,
        "running": Job.objects.in_hand().count(),
        "failed": Job.objects.kept().filter(state=Job.State.FAILED).count(),
    }
    yield gauge("helpdesk_job_workers", "在运行的办理进程", work.workers)
    yield labelled("helpdesk_jobs", "批量办理的事：等着的、在办的、一天里没办成的", "state", jobs)
    yield gauge("helpdesk_job_oldest_waiting_seconds", "等着办的事里最早的一件提出以后过了几秒", work.oldest_seconds)


def _of_questions() -> Iterator[Gauge]:
    waiting_ones = Question.objects.filter(state__in=Question.WAITING)
    overdue = waiting_ones.filter(waiting_since__lt=overdue_before())
    yield gauge("helpdesk_questions_waiting", "等着答复的提问", waiting_ones.count())
    yield gauge("helpdesk_questions_overdue", "等着答复的提问里超时的", overdue.count())


def _of_entries() -> Gauge:
    return gauge("helpdesk_entries", "已经发布的问答", Entry.objects.visible_to(AnonymousUser()).count())


def _of_replica() -> Iterator[Gauge]:
    found = replica.look()
    if found is None:
        return
    yield gauge("helpdesk_replica_up", "只读副本答不答（1 答，0 不答）", int(found.answers))
    if found.behind is not None:
        yield gauge("helpdesk_replica_lag_bytes", "只读副本比主数据库少几个字节的改动", found.behind)


def _of_disks() -> list[Gauge]:
    try:
        free = {disk.name: disk.free for disk in disks.disks()}
    except OSError as error:
        logger.warning("metrics: the disks could not be looked at: %s", error)
        return []
    least = gauge("helpdesk_disk_least_free_bytes", "少于这么多字节，算磁盘快满了", disks.LEAST_FREE)
    return [labelled("helpdesk_disk_free_bytes", "磁盘还有多少字节", "folder", free), least]


def _of_outage() -> Gauge:
    goes_on = int(outage.quiet_for() is not None)
    return gauge("helpdesk_database_outage", "这台机器记着数据库中断，还没有恢复（1 是，0 不是）", goes_on)

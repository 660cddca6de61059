"""JSON addresses for monitors: liveness and readiness.

A load balancer takes a host out when `/readyz` answers 503, so only what every page needs does that: the database. An
index that is behind, a dead worker of long work and a full disk are warnings, because pages are served all the same.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from faq import search
from helpdesk import waits
from helpdesk.care import disks, replica, waiting

logger = logging.getLogger(__name__)

#: Seconds of silence after which the database does not answer, and after which long work is left out.
PATIENCE_WITH_DATABASE, PATIENCE = 2.0, 1.0
#: The disks that `/readyz` tells of.
TOLD = ("var", "media")


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Says that this process answers (liveness). Touches neither database nor index."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Says how database, search index, long work and disks stand (readiness); 503 without the database alone.

    While a replica stands in for the database this host stays in, since it goes on serving public pages.
    """
    try:
        with waits.at_most(PATIENCE_WITH_DATABASE), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _without_primary()
    try:
        index = search.status()
    except DatabaseError:
        return _unavailable()
    told = {"search": _of_index(index), "jobs": _of_work(), "disk": _of_disks()}
    if found := replica.look():
        told["replica"] = _of_replica(found)
    return JsonResponse({"status": "ok", "database": "ok", **told})


def _unavailable() -> JsonResponse:
    return JsonResponse({"status": "unavailable", "database": "unavailable"}, status=503)


def _without_primary() -> JsonResponse:
    found = replica.look(compared=False)
    if found is None or not found.answers:
        return _unavailable()
    stands_in = _warning("主数据库连不上，公开的页面由只读副本提供（副本落后太久的除外），别的都办不了。")
    return JsonResponse({"status": "ok", "database": "unavailable", "replica": {"answers": True, **stands_in}})


def _of_replica(found: replica.Replica) -> dict[str, Any]:
    return {"answers": found.answers, "lag_bytes": found.behind, **_warning(found.warning)}


def _of_index(index: search.IndexStatus) -> dict[str, Any]:
    return {
        "database_version": index.database_version,
        "indexed_version": index.indexed_version,
        "lag": index.lag,
        "healthy": index.healthy,
        **_warning("" if index.healthy else index.message),
    }


def _of_work() -> dict[str, Any]:
    """Tells of long work. That its table cannot be read takes no host out: pages do not need it."""
    try:
        with waits.at_most(PATIENCE):
            work = waiting.work()
    except DatabaseError as error:
        logger.warning("readyz: long work could not be looked at: %s", error)
        return _warning("没有查成批量办理，原因写在运行日志里。")
    return {
        "worker": work.workers > 0,
        "waiting": work.waiting,
        "oldest_waiting_seconds": work.oldest_seconds,
        **_warning(work.warning),
    }


def _of_disks() -> dict[str, Any]:
    """Tells of the disks in whole GB, and nothing of where they are: everybody may ask."""
    try:
        found = [disk for disk in disks.disks() if disk.name in TOLD]
    except OSError as error:
        logger.warning("readyz: the disks could not be looked at: %s", error)
        return _warning("没有查成磁盘，原因写在运行日志里。")
    full = "、".join(disk.name for disk in found if disk.is_nearly_full)
    free: dict[str, Any] = {f"{disk.name}_free_gb": disk.free // 1024**3 for disk in found}
    return free | _warning(f"磁盘快满了：{full}。" if full else "")


def _warning(words: str) -> dict[str, str]:
    return {"warning": words} if words else {}

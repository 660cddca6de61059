"""The page of long work: how far it is, how it ended, and the file it made. Its owner alone sees it."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from ..jobs import KEPT
from ..models import Job
from ..spreadsheets.sheets import MEDIA_TYPE
from .common import for_staff, staff_page, user_of

#: How often the page of work that goes on asks itself again.
SECONDS = 2


@for_staff
@require_safe
def job(request: HttpRequest, public_id: str) -> HttpResponse:
    """Asks itself again every two seconds while the work goes on, unless `still` is asked for.

    By a header, which needs no script either: a page that moves by a tag of its own is told off by checkers, even
    where it can be stopped.
    """
    row = _own(request, Job.objects.defer("file"), public_id)
    goes_on = not row.is_over and not row.has_died
    left = in_words(row.seconds_left) if goes_on else ""
    refreshes = SECONDS if goes_on and "still" not in request.GET else 0
    answer = staff_page(request, "job.html", "", job=row, goes_on=goes_on, refreshes=refreshes, left=left)
    if refreshes:
        answer.headers["Refresh"] = str(refreshes)
    return answer


@for_staff
@require_safe
def job_file(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the work made, to download; that teachers in it were looked at was recorded when it was made."""
    row = _own(request, Job.objects.all(), public_id)
    if not row.file:
        raise Http404
    return download(bytes(row.file), row.file_name, MEDIA_TYPE)


def _own(request: HttpRequest, rows: QuerySet[Job], public_id: str) -> Job:
    if "\x00" in public_id:
        raise Http404
    kept = rows.filter(created_at__gte=timezone.now() - KEPT)
    return get_object_or_404(kept, owner=user_of(request), public_id=public_id)


def follow(request: HttpRequest, job: Job) -> HttpResponse:
    """Leads to the page of a job; back at once where it is over and there is nothing more to read."""
    if job.state == Job.State.DONE and not job.details and not job.file_name:
        messages.success(request, job.message)
        return redirect(job.back)
    return redirect("credits:job", job.public_id)


def download(content: bytes, name: str, media_type: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=media_type, headers=headers)


def in_words(seconds: int | None) -> str:
    """How long still, as one says it: not to the second where it is long."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"大约还要 {seconds} 秒"
    return f"大约还要 {round(seconds / 60)} 分钟"

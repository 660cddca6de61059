"""The page of long work: how far it is, how it ended, and the file it made. Its owner alone sees it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from helpdesk.common import jobs
from helpdesk.common.decisions import Refusal
from helpdesk.common.models import Job
from helpdesk.common.spreadsheets.writing import MEDIA_TYPE

from .common import for_staff, staff_page, user_of

#: How often the page of work that goes on asks itself again.
SECONDS = 2


@for_staff
@require_safe
def job(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of a job; it asks itself again every two seconds until the job is over, unless `still` is asked for.

    By a header, which needs no script either: a page that moves by a tag of its own is told off by checkers, even
    where it can be stopped.
    """
    row = _own(request, public_id)
    standing = jobs.standing(row)
    left = in_words(standing.seconds_left)
    refreshes = 0 if row.is_over or "still" in request.GET else SECONDS
    answer = staff_page(request, "job.html", "", job=row, standing=standing, refreshes=refreshes, left=left)
    if refreshes:
        answer.headers["Refresh"] = str(refreshes)
    return answer


@for_staff
@require_safe
def job_file(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """The file that the work made, to download; the looks at the teachers in it were recorded when it was made."""
    row = _own(request, public_id)
    size = row.file_size
    if not size:
        raise Http404
    headers = _as_attachment(row.file_name) | {"Content-Length": str(size)}
    return StreamingHttpResponse(row.file_parts(), content_type=MEDIA_TYPE, headers=headers)


def _own(request: HttpRequest, public_id: str) -> Job:
    return get_object_or_404(Job.objects.kept(), owner=user_of(request), public_id=public_id)


def begin(request: HttpRequest, kind: str, title: str, *, key: str, back: str, **facts: Any) -> HttpResponse:
    """Begins a job for the user and leads to its page; back, with the reason, where it cannot be begun now."""
    try:
        job = jobs.start(kind, title, user_of(request), key=key, back=back, **facts)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect(back)
    return follow(request, job)


def follow(request: HttpRequest, job: Job) -> HttpResponse:
    """Leads to the page of a job; back at once where it is over and there is nothing more to read."""
    if job.state == Job.State.DONE and not job.details and not job.file_name:
        messages.success(request, job.message)
        return redirect(job.back)
    return redirect("credits:job", job.public_id)


def download(content: bytes, name: str, media_type: str) -> HttpResponse:
    """A file that is small enough to be held as a whole, to be saved."""
    return HttpResponse(content, content_type=media_type, headers=_as_attachment(name))


def _as_attachment(name: str) -> dict[str, str]:
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}


def in_words(seconds: int | None) -> str:
    """How long still, as one says it: not to the second where it is long."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"大约还要 {seconds} 秒"
    return f"大约还要 {round(seconds / 60)} 分钟"

"""The review of several projects in one go, as long work: each project's results as a review of it alone takes them.

Which results, and on which versions, was settled when it was asked for; rights are asked anew, project by project. What
cannot be done of one project is told with its name and keeps no other project from being reviewed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied

from helpdesk.common.decisions import Refusal
from helpdesk.common.jobs import NOT_ALLOWED, Work, runner

from ..models import TrainingProject
from . import projects
from .jobs import MOST_REFUSALS_SHOWN, PROJECT_GONE, REVIEWED, batches_behind, in_charge_of
from .projects import ReviewReport

#: The results of one project that are to be reviewed: `project`, `title`, `results` and `seen`.
Part = dict[str, Any]


@dataclass
class Progress:
    """How far the work is: the outcomes of projects that are over, and that of the project under way."""

    over: list[ReviewReport] = field(default_factory=list)
    now: ReviewReport = field(default_factory=lambda: ReviewReport(REVIEWED))
    #: A sentence for each project whose review ended before all its results were tried.
    stopped: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Progress:
        """Returns the progress that an earlier attempt has left in its job."""
        over = [ReviewReport(REVIEWED, **one) for one in kept.get("over", [])]
        return cls(over, ReviewReport(REVIEWED, **kept.get("now", {})), kept.get("stopped", []))

    @property
    def kept(self) -> dict[str, Any]:
        return {"over": [one.kept for one in self.over], "now": self.now.kept, "stopped": self.stopped}

    @property
    def handled(self) -> int:
        return sum(one.handled for one in [*self.over, self.now])


@runner("review-projects")
def review_projects(work: Work) -> None:
    """Reviews the chosen results of one project after the other; an attempt goes on where the last one ended."""
    job = work.job
    parts: list[Part] = job.parameters["projects"]
    progress = Progress.of(job.outcome or {})
    for part in parts[len(progress.over) :]:
        project = TrainingProject.objects.filter(pk=part["project"]).select_related("organizer").first()
        try:
            _review(work, project, part, progress)
        except (Refusal, PermissionDenied) as error:
            why = error.sentence if isinstance(error, Refusal) else NOT_ALLOWED
            left = len(part["results"]) - progress.now.handled
            progress.stopped.append(f"{part['title']}：{left} 条没有办。{why}")
        _finish(work, project, progress)
    with work.ending():
        _report(work, parts, progress)


def _review(work: Work, project: TrainingProject | None, part: Part, progress: Progress) -> None:
    """Reviews what is left of one project's results, batch by batch."""
    if project is None:
        raise Refusal(PROJECT_GONE)
    job, outcome = work.job, progress.now
    for batch in list(projects.batches(part["results"]))[batches_behind(outcome) :]:
        with work.batch():
            in_charge = in_charge_of(batch, job.owner)
            projects.review_batch(project, in_charge, job.owner, outcome, part["seen"])
            outcome.gone += len(batch) - len(in_charge)
            _note(work, progress)
        work(job.done)


def _finish(work: Work, project: TrainingProject | None, progress: Progress) -> None:
    """Writes the project's history, and begins with the next project."""
    with work.batch():
        if project is not None:
            projects.record_outcome(project, progress.now, work.job.owner)
        progress.over.append(progress.now)
        progress.now = ReviewReport(REVIEWED)
        _note(work, progress)
    work(work.job.done)


def _note(work: Work, progress: Progress) -> None:
    work.job.done = progress.handled
    work.job.outcome = progress.kept


def _report(work: Work, parts: list[Part], progress: Progress) -> None:
    """Says how many results were reviewed, and of each project what was not done in it, and why."""
    job, whole, details = work.job, ReviewReport(REVIEWED), list(progress.stopped)
    for part, outcome in zip(parts, progress.over, strict=True):
        whole.done += outcome.done
        whole.gone += outcome.gone
        whole.refused += [f"{part['title']}，{sentence}" for sentence in outcome.refused]
        if outcome.gone:
            gone = f"{outcome.gone} 条成绩已经删除、已由别人办理，或者教师不再归您管理。"
            details.append(f"{part['title']}：{gone}")
    failed = f"有 {len(progress.stopped)} 个项目没有办完。" if progress.stopped else ""
    job.message = f"{len(parts)} 个项目{whole.sentence}{failed}"
    job.details = [*details, *whole.refused[:MOST_REFUSALS_SHOWN]]

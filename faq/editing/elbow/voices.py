"""What the readers of an entry said of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from ...models import Entry, Feedback

MOST_COMMENTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Numbers of readers, their reasons with how many gave each, and the latest opinions that have words."""

    helped: int
    failed: int
    reasons: tuple[tuple[str, int], ...] = ()
    latest: tuple[Feedback, ...] = ()

    @property
    def any(self) -> bool:
        """True if anybody said anything."""
        return bool(self.helped or self.failed)


def voices_on(entry: Entry) -> Voices:
    """Returns what readers said of an entry. Raises django.db.Error if the database fails."""
    said = Feedback.objects.filter(entry=entry)
    counted = said.order_by().values_list("helpful", "reason").annotate(number=Count("pk"))
    helped, failed = 0, 0
    reasons: list[tuple[str, int]] = []
    for helpful, reason, number in counted:
        if helpful:
            helped += number
            continue
        failed += number
        if reason:
            reasons.append((str(Feedback.Complaint(reason).label), number))
    reasons.sort(key=lambda found: -found[1])
    latest = said.exclude(comment="")[:MOST_COMMENTS]
    return Voices(helped=helped, failed=failed, reasons=tuple(reasons), latest=tuple(latest))

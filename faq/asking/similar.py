"""Waiting questions that ask nearly the same as another one, so that they are answered together."""

from __future__ import annotations

from django.contrib.auth.models import User

from ..editing.likeness import pairs_of, question_key
from ..models import Question
from .rights import visible_to

#: Waiting questions that are compared, those that wait longest.
MOST_COMPARED = 300
MOST_SHOWN = 5
#: Share of the pairs of letters, from 0 to 1, that two questions have in common at least.
SIMILAR = 0.35


def similar_to(question: Question, user: User) -> list[Question]:
    """Returns the most similar of the other waiting questions that `user` may answer."""
    waiting = visible_to(user).filter(state__in=Question.WAITING).exclude(pk=question.pk).exclude(asker=user)
    oldest = waiting.order_by("waiting_since", "id").values_list("pk", "text")[:MOST_COMPARED]
    wanted = pairs_of(question_key(question.text))
    scores = {pk: _share(wanted, pairs_of(question_key(text))) for pk, text in oldest}
    best = sorted((pk for pk in scores if scores[pk] >= SIMILAR), key=lambda pk: -scores[pk])[:MOST_SHOWN]
    found = Question.objects.in_bulk(best)
    return [found[pk] for pk in best if pk in found]


def _share(one: set[str], other: set[str]) -> float:
    """Returns the share of the pairs of both that both have."""
    whole = len(one) + len(other)
    return 2 * len(one & other) / whole if whole else 0.0

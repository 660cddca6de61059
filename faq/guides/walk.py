"""A reader's way through a guide: the answers given so far, and the question or ending they lead to.

The way is a text of answers' names with `/` between them, such as `unit/unknown`; it stands in the page's address.
"""

from __future__ import annotations

from dataclasses import dataclass

from .flows import Answer, Ending, Guide, Question


class UnknownAnswer(LookupError):
    """Raised where a way holds a name that is no answer to the question it stands at."""


@dataclass(frozen=True)
class Given:
    """Answer given to a question; `way` led to the question, so it is where the answer can be changed."""

    question: Question
    answer: Answer
    way: str


@dataclass(frozen=True)
class Place:
    """Place that a way leads to: either a `question`, with the most questions this way can have, or an `ending`."""

    way: str
    given: tuple[Given, ...]
    question: Question | None
    ending: Ending | None
    most_questions: int

    @property
    def number(self) -> int:
        """Number of the question here, counted from 1."""
        return len(self.given) + 1


def walk(guide: Guide, way: str) -> Place:
    """Returns the place that `way` leads to; an empty way leads to the first question. Raises UnknownAnswer."""
    given: list[Given] = []
    here, walked = guide.first, ""
    for name in way.split("/") if way else []:
        question = guide.questions.get(here)
        answer = question.answer(name) if question else None
        if question is None or answer is None:
            raise UnknownAnswer(name)
        given.append(Given(question, answer, walked))
        here, walked = answer.leads_to, joined(walked, answer)
    most = len(given) + most_questions_from(guide, here)
    return Place(walked, tuple(given), guide.questions.get(here), guide.endings.get(here), most)


def joined(way: str, answer: Answer) -> str:
    """Returns the way that goes on with `answer`."""
    return f"{way}/{answer.name}" if way else answer.name


def most_questions_from(guide: Guide, name: str) -> int:
    """Returns how many questions the longest way has from the question of that name on; 0 from an ending."""
    question = guide.questions.get(name)
    if question is None:
        return 0
    return 1 + max(most_questions_from(guide, answer.leads_to) for answer in question.answers)

"""Deeds on the page of a question: which step a button takes, with what of the form, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import QueryDict

from helpdesk.common.decisions import Refusal
from helpdesk.common.offices import offices

from ..models import Question
from . import steps, suggesting
from .answer_form import DESK, SCHOOL, UP, AnswerForm
from .people import name_of, office_above
from .rights import visible_to
from .similar import MOST_SHOWN
from .wording import normal

NOBODY = "请选择一位同事。"
NOWHERE = "请选择转交到哪里。"
NO_SCHOOL = "请填写学校的全称。"
UNKNOWN_SCHOOL = "没有找到叫这个名字的学校（或者不止一所），请写全称。"
NOT_SENT = "这段话还没有发送。请先发送，或者清空，再{deed}。"


@dataclass(frozen=True, slots=True)
class Given:
    """Material of a deed: the question as it was opened, the form, and the user who does it."""

    question: Question
    form: AnswerForm
    by: User
    #: Version of the question that the page showed.
    seen: str


@dataclass(frozen=True, slots=True)
class Done:
    """What is said of a deed at the top of the next page, and what of it was refused."""

    said: str
    not_done: str = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """One button of the page."""

    act: Callable[[Given], Done]
    #: Field of the form whose text the deed uses up.
    uses: tuple[str, ...] = ()
    #: Field of the step's refusals → field of the form.
    places: Mapping[str, str] = field(default_factory=dict)

    def refuse(self, form: AnswerForm, refusal: ValidationError) -> None:
        """Adds the refusal to the form, at the field it is about or at the head."""
        by_field = refusal.message_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.messages}
        for name, sentences in by_field.items():
            place = self.places.get(name, name)
            form.add_error(place if place in form.fields else None, sentences)


def _take(given: Given) -> Done:
    steps.take(given.question, given.by, seen=given.seen)
    return Done("现在由您办理这个提问。")


def _release(given: Given) -> Done:
    steps.release(given.question, given.by, seen=given.seen)
    return Done("已经放回，等别的同事来办。")


def _assign(given: Given) -> Done:
    chosen = given.form.typed("to")
    to = User.objects.filter(pk=chosen, is_active=True).first() if chosen.isdecimal() and len(chosen) < 19 else None
    if to is None:
        raise Refusal({"to": NOBODY})
    steps.assign(given.question, to, given.by, seen=given.seen)
    return Done(f"已经交给{name_of(to)}。")


def _note(given: Given) -> Done:
    steps.note(given.question, given.form.typed("note"), given.by)
    return Done("内部备注已经记下。")


def _suggest(given: Given) -> Done:
    suggesting.suggest(given.question, given.by, seen=given.seen)
    return Done("已经推荐给本站编辑。提问人填的姓名、学校和联系方式不给他们看；问题和答复里写到的，能认出来的会换掉。")


def _answer(given: Given) -> Done:
    text = given.form.typed("answer")
    steps.answer(given.question, text, given.by, seen=given.seen)
    sent, changed = _answer_similar(given, text)
    said = f"答复已经发出，另外 {sent} 位提问人也收到了同样的答复。" if sent else "答复已经发出，提问人现在就能看到。"
    return Done(said, _not_sent(changed))


def _answer_similar(given: Given, text: str) -> tuple[int, list[str]]:
    """Answers the similar questions that were ticked, each by itself; returns how many, and those that were refused."""
    sent, changed = 0, []
    for ticked in _ticked(given.form.data):
        public_id, _, seen = ticked.partition(":")
        other = visible_to(given.by).filter(public_id=public_id).first()
        if other is None:
            continue
        try:
            steps.answer(other, text, given.by, seen=seen or "none")
        except (Refusal, PermissionDenied):
            changed.append(str(other))
        else:
            sent += 1
    return sent, changed


def _ticked(data: object) -> list[str]:
    values = data.getlist("also")[:MOST_SHOWN] if isinstance(data, QueryDict) else []
    return [normal(value) for value in values]


def _not_sent(questions: list[str]) -> str:
    named = "、".join(f"“{text}”" for text in questions)
    return f"这些提问刚才有了新的变化，没有发给它们，请分别打开看看：{named}。" if questions else ""


def _hand_on(given: Given) -> Done:
    _demand_nothing_unsent(given, ("answer", "note"), "转交")
    office = _office(given)
    steps.hand_on(given.question, office, given.form.typed("hand_reason"), given.by, seen=given.seen)
    return Done("已经转交，以前的往来也一起转过去了。")


def _office(given: Given) -> str:
    """Returns the path of the office that was chosen; raises Refusal where it was none."""
    where = given.form.typed("where")
    if where == DESK:
        return ""
    if where == UP:
        return office_above(given.question) or given.question.office
    if where != SCHOOL:
        raise Refusal({"where": NOWHERE})
    name = given.form.typed("school")
    if not name:
        raise Refusal({"school": NO_SCHOOL})
    path = offices().called(name)
    if not path:
        raise Refusal({"school": UNKNOWN_SCHOOL})
    return path


def _close(given: Given) -> Done:
    _demand_nothing_unsent(given, ("answer",), "关闭")
    steps.close(given.question, given.form.typed("close_reason"), given.by, seen=given.seen)
    return Done("已经关闭。提问人补充以后会重新打开。")


def _demand_nothing_unsent(given: Given, names: tuple[str, ...], deed: str) -> None:
    """Raises Refusal where words were typed that the page could not keep after this deed."""
    unsent = {name: NOT_SENT.format(deed=deed) for name in names if given.form.typed(name)}
    if unsent:
        raise Refusal(unsent)


#: What the button sends → the deed.
DEEDS = {
    "take": Deed(_take),
    "release": Deed(_release),
    "assign": Deed(_assign, uses=("to",)),
    "note": Deed(_note, uses=("note",), places={"text": "note"}),
    "suggest": Deed(_suggest),
    "answer": Deed(_answer, uses=("answer", "also"), places={"text": "answer"}),
    "hand_on": Deed(
        _hand_on, uses=("where", "school", "hand_reason"), places={"office": "where", "reason": "hand_reason"}
    ),
    "close": Deed(_close, uses=("close_reason",), places={"reason": "close_reason"}),
}

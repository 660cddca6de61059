"""Steps of whoever asks: ask, add a word, say that it helped or did not. The token of the address is their right."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.utils import timezone

from helpdesk.common.decisions import Refusal, step
from helpdesk.common.ids import new_public_id

from ...models import Entry, Question, QuestionMessage, QuestionPicture
from ..rights import office_for
from ..wording import demand_words, normal
from .ground import Kind, State, demanded_text, locked_question, open_again, say

LONGEST_WORD = 1_000
#: Words that an asker may add before an answer came: more would only bury the question.
MOST_ADDED = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to send, checked by the form."""

    text: str
    form_key: str
    school: str = ""
    name: str = ""
    contact: str = ""
    entry: Entry | None = None
    #: The site as the asker sees it: `https://host`.
    origin: str = ""
    #: The signed-in reader, for whom it goes to their own school.
    asker: User | AnonymousUser = field(default_factory=AnonymousUser)


def ask(asked: Asked) -> Question:
    """Saves a question with the pictures of its form; returns it, or the one that the same form made before.

    Raises ValidationError where the text says nothing.
    """
    demand_words(asked.text)
    with transaction.atomic():
        question = _saved(asked)
        if question.text != asked.text:  # the same page was sent before, and gone back to for another question
            question = _saved(replace(asked, form_key=new_public_id()))
        if question.forgotten_at is None:
            _complete(question, asked)
    return question


def _complete(question: Question, asked: Asked) -> None:
    """Adds what the form says of its asker now, where it was gone back to, and the pictures that came with it."""
    given = {"school": asked.school, "name": asked.name, "contact": asked.contact}
    told = {name: value for name, value in given.items() if value and value != getattr(question, name)}
    if "school" in told and not question.messages.exists():  # nobody has begun
        told["office"] = office_for(asked.asker, asked.school)
    if told:
        Question.objects.filter(pk=question.pk).update(**told)
        question.refresh_from_db()
    room = max(0, Question.MOST_PICTURES - question.pictures.count())
    pictures = QuestionPicture.objects.filter(form_key=asked.form_key, question=None).order_by("id")
    kept = list(pictures.values_list("pk", flat=True)[:room])
    QuestionPicture.objects.filter(pk__in=kept).update(question=question)


def _saved(asked: Asked) -> Question:
    """Saves the question unless one of its form is there; returns the one that is, locked.

    It is one statement, so that of two equal requests at once neither fails and one question stays.
    """
    Question.objects.bulk_create([_question_of(asked)], ignore_conflicts=True)
    return Question.objects.select_for_update().get(form_key=asked.form_key)


def _question_of(asked: Asked) -> Question:
    return Question(
        form_key=asked.form_key,
        text=asked.text,
        school=asked.school,
        name=asked.name,
        contact=asked.contact,
        entry=asked.entry,
        origin=asked.origin,
        asker=asked.asker if isinstance(asked.asker, User) else None,
        office=office_for(asked.asker, asked.school),
    )


@step
def add(question: Question, text: str) -> QuestionMessage:
    """Adds the asker's further words. After an answer, or once closed, the question is open again by that.

    The same words sent twice are added once.
    """
    row = locked_question(question)
    text = demanded_text("text", text, "请写上要补充的话。", LONGEST_WORD)
    last = row.messages.order_by("-id").first()
    if last is not None and (last.kind, last.text) == (Kind.ADDED, text):
        return last
    _demand_not_too_many(row)
    said = say(row, Kind.ADDED, text=text)
    if not row.waits:
        open_again(row)
    return said


@step
def not_helped(question: Question, text: str = "") -> QuestionMessage:
    """An answer that did not help: the question is open again. A second press changes nothing more.

    Further words that come with it, as from a page that was open elsewhere, are added.
    """
    row = locked_question(question)
    if row.waits:
        last = row.messages.filter(kind=Kind.NOT_HELPED).order_by("-id").first()
        if last is None:
            raise Refusal("这个提问还没有答复，我们正在处理。想补充什么，可以写在下面。")
        return add(question, text) if normal(text) not in ("", last.text) else last
    _demand_not_too_many(row)
    text = demanded_text("text", text, "", LONGEST_WORD) if text.strip() else ""
    said = say(row, Kind.NOT_HELPED, text=text)
    open_again(row)
    return said


@step
def solved(question: Question) -> Question:
    """The asker's word that it is solved closes the question."""
    row = locked_question(question)
    if not row.is_closed:
        say(row, Kind.SOLVED)
        row.state, row.closed_at = State.CLOSED, timezone.now()
        row.save(update_fields=["state", "closed_at"])
    return row


def _demand_not_too_many(question: Question) -> None:
    since = question.messages.filter(kind=Kind.ANSWER).order_by("-id").values_list("id", flat=True).first() or 0
    added = question.messages.filter(id__gt=since, kind__in=(Kind.ADDED, Kind.NOT_HELPED)).count()
    if added >= MOST_ADDED:
        raise Refusal(f"已经补充了 {MOST_ADDED} 次，请等我们答复以后再写。急事请直接打电话联系。")

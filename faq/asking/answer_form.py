"""The form of a question's page: all that its staff may type there, in one form, so that no step loses the rest."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User

from helpdesk.common.form_fields import use_bootstrap
from helpdesk.common.words import use_our_words

from ..models import Question
from .people import EDITORS, colleagues, name_of, office_above, office_names
from .similar import similar_to
from .wording import normal

#: Places that a question is handed on to.
UP, DESK, SCHOOL = "up", "desk", "school"
#: Fields that hold somebody's own words.
WORDS = ("answer", "note", "hand_reason", "close_reason")


class Words(forms.CharField):
    """Words of several lines in their normal form; signs that no table takes are left out instead of refused."""

    def __init__(self, *, label: str, rows: int, help_text: str = "") -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(label=label, required=False, strip=False, widget=widget, help_text=help_text)

    def to_python(self, value: Any) -> str:
        return normal(super().to_python(value) or "")


class AnswerForm(forms.Form):
    """Everything that may be typed or chosen on the page of a question. What a step needs, the step demands."""

    answer = Words(label="写给提问人", rows=8, help_text="提问人马上看到。请写清楚怎么办、找谁、依据是什么。")
    note = Words(label="内部备注", rows=3, help_text="只有办理的同事看得到，提问人看不到。")
    to = forms.ChoiceField(label="交给哪位同事", required=False)
    where = forms.ChoiceField(label="转交到哪里", required=False)
    school = forms.CharField(label="学校全称", required=False, max_length=200, help_text="转交另一所学校时填写。")
    hand_reason = Words(
        label="为什么转交", rows=2, help_text="请写一句，接手的人才知道怎么办。提问人只看到转交了，看不到这一句。"
    )
    close_reason = Words(label="关闭的原因", rows=2, help_text="提问人会看到。已经答复过的可以不写。")
    also = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, question: Question, user: User) -> None:
        super().__init__(data)
        self.similar = similar_to(question, user)
        people = [(str(person.pk), name_of(person)) for person in colleagues(question, user)]
        self._offer("to", people)
        self._offer("where", _places(question))
        use_our_words(self)
        use_bootstrap(self)

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", "请选择"), *choices]

    @property
    def holds_words(self) -> bool:
        """True where something typed would be lost with the form."""
        return any(self.typed(name) for name in WORDS)

    def typed(self, name: str) -> str:
        """Returns what was sent in a field, in its normal form; an empty text for what was not sent."""
        return normal(str(self.data.get(name, "")))


def _places(question: Question) -> list[tuple[str, str]]:
    """Returns where the question may be handed on to, with the names of the places."""
    above = office_above(question)
    places = [(UP, f"上级：{office_names([above])[above]}")] if above else []
    if question.office:
        places.append((DESK, EDITORS))
    return [*places, (SCHOOL, "另一所学校")]

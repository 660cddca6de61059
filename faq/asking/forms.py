"""Forms of whoever asks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ..models import Entry, Question
from . import wording
from .form_key import FormKey, new_key, read_key
from .steps import Asked

#: Seconds that somebody needs at least to write a question.
QUICKEST = 3
TOO_QUICK = "提交得太快了，请再按一次。"
NOT_EMPTY = "最后一栏是留给程序的，请把它清空再提交。"


class WordsField(forms.CharField):
    """Text in the normal form of `wording`. A NUL is an error; the form shown again has a sign in its place."""

    default_validators = []  # Django's own check of NUL would leave the character in the form shown again

    def __init__(self, *, longest: int, lines: bool = False, **kwargs: Any) -> None:
        self.longest = longest
        self.lines = lines
        widget = forms.Textarea(attrs={"rows": 6}) if lines else forms.TextInput()
        widget.attrs["class"] = "form-control"
        super().__init__(widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        """Returns the text; raises ValidationError for NUL, for none where some is required, and for too much."""
        if "\x00" in (value or ""):
            raise ValidationError(wording.NUL)
        text = wording.normal(super().clean(value))
        if not self.lines:
            text = " ".join(text.split())
        if self.required and not text:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(text) > self.longest:
            raise ValidationError(f"最多 {self.longest:,} 个字，现在有 {len(text):,} 个。")
        return text

    def bound_data(self, data: Any, initial: Any) -> Any:
        return (data or "").replace("\x00", "\ufffd")


class AskForm(forms.Form):
    """A question, and whom to answer. What helps to answer it is optional, and says why it helps."""

    text = WordsField(
        label="您的问题", longest=Question.LONGEST, lines=True, error_messages={"required": wording.NO_WORDS}
    )
    school = WordsField(label="学校", longest=Question.LONGEST_SCHOOL, required=False)
    name = WordsField(label="姓名", longest=Question.LONGEST_NAME, required=False)
    contact = WordsField(label="手机、邮箱或微信", longest=Question.LONGEST_CONTACT, required=False)
    #: Hidden from people, so that only programs fill it.
    website = forms.CharField(label="这一栏请留空", required=False, strip=True)
    form_key = forms.CharField(required=False, widget=forms.HiddenInput)
    entry = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["website"].widget.attrs |= {"class": "form-control", "tabindex": "-1", "autocomplete": "off"}
        self.fields["school"].widget.attrs["autocomplete"] = "organization"
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        #: A key of our own making; a form that brought none, or a forged one, gets a new one.
        self.key = read_key(self["form_key"].value() or "") if self.is_bound else None
        self.is_of_ours = self.key is not None
        self.key_to_send = self.data["form_key"] if self.key else new_key()
        if self.key is None:
            self.key = read_key(self.key_to_send) or FormKey("", 0)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        wording.demand_words(text)
        return text

    def clean_entry(self) -> Entry | None:
        ref = self.cleaned_data["entry"].replace("\x00", "")
        return Entry.objects.filter(ref=ref, status=Entry.Status.PUBLISHED).first() if ref else None

    def clean(self) -> dict[str, Any]:
        """Refuses what no person sends: the hidden field filled, or a form sent at once."""
        data = super().clean() or {}
        if data.get("website"):
            self.add_error("website", NOT_EMPTY)
        if not self.is_of_ours or self.key is None or self.key.age < QUICKEST:
            self.add_error(None, TOO_QUICK)
        return data

    def asked(self, asker: Any, origin: str) -> Asked:
        """Returns what the valid form wants to send, for whoever is signed in."""
        data = self.cleaned_data
        if self.key is None:
            raise ValueError("the form is not bound")
        return Asked(
            text=data["text"],
            form_key=self.key.key,
            school=data["school"],
            name=data["name"],
            contact=data["contact"],
            entry=data["entry"],
            origin=origin,
            asker=asker,
        )


class CodeForm(forms.Form):
    """The code that an asker noted down, however it is typed: with spaces, in small letters."""

    code = forms.CharField(label="查询码", error_messages={"required": "请填提问以后看到的 8 位查询码。"})

    def clean_code(self) -> str:
        """Returns the code as it is stored; nothing typed can be longer."""
        typed = self.cleaned_data["code"].replace("\x00", "")
        return "".join(sign for sign in typed.upper() if sign.isalnum())[:12]

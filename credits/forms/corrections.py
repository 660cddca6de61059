"""Forms of a correction request: the teacher's words, and the answer to them."""

from __future__ import annotations

from django import forms

from .staff import StaffForm


class CorrectionForm(StaffForm):
    """The teacher says what is wrong."""

    text = forms.CharField(
        label="哪里不对",
        help_text="请写清楚应该是多少、以什么材料为准，学校核对起来更快。",
        widget=forms.Textarea(attrs={"rows": 5}),
        required=False,  # the step says what is missing
    )


class ReplyForm(StaffForm):
    """Answer of those who decide: a word on the correction, or the reason why there is none or others must decide."""

    reply = forms.CharField(
        label="给老师的答复，或者交上级的原因",
        help_text="更正了的，写明改了什么；没有更正的，写明为什么。老师看得到答复。",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,  # the step says what is missing
    )

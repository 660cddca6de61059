"""The forms about what a school enters of a teacher: activities, degrees and other offsets."""

from __future__ import annotations

from typing import Any

from django import forms

from ..models import DegreeAward, OffsetAward, SelfDirectedActivity
from ..rules import wording
from ..rules.types import AMOUNT_OF_ACTIVITY
from .activities import ActivityAmountForm, activity_of
from .fields import ExactAmountField, ExactDateField
from .plans import FeedbackForm
from .staff import StaffForm, StaffModelForm


class ActivityForm(ActivityAmountForm, StaffForm):
    """One activity of a teacher."""

    amount = ExactAmountField(
        label="数量",
        help_text="校本培训、校本教研、工作坊填学分；其他校本研修填学时；听课、公开课填节数；讲座填次数。",
    )
    completed_on = ExactDateField(label="日期")
    in_plan = forms.BooleanField(label="列入了当学年的校本研修方案", required=False, initial=True)
    has_record = forms.BooleanField(label="有过程记录（工作坊、工作室以考核结论为准）", required=False)
    evidence = forms.CharField(
        label="证明材料", required=False, max_length=300, help_text="记录放在哪里，例如听课本、照片、评课表。"
    )

    @classmethod
    def initial_of(cls, activity: SelfDirectedActivity) -> dict[str, Any]:
        """Returns what the form begins with for an activity that is there already."""
        return {
            "activity": f"{activity.activity}:{activity.level}" if activity.level else activity.activity,
            "amount": wording.amount_text(activity.amount),
            "completed_on": activity.completed_on,
            "in_plan": activity.plan_id is not None,
            "has_record": activity.has_record,
            "evidence": activity.evidence,
        }

    def fill(self, row: SelfDirectedActivity) -> SelfDirectedActivity:
        """Returns `row` with what was typed, not saved."""
        data = self.cleaned_data
        activity, level = activity_of(data["activity"])
        row.activity = activity.value
        row.level = level
        row.completed_on = data["completed_on"]
        row.has_record = data["has_record"]
        row.evidence = data["evidence"]
        self._fill_amount(row, AMOUNT_OF_ACTIVITY[activity])
        return row

    def _fill_amount(self, row: SelfDirectedActivity, kind: str) -> None:
        """Sets the amount of that kind and clears the two others."""
        row.credits = row.hours = row.count = None
        amount = self.cleaned_data["amount"]
        setattr(row, kind, int(amount) if kind == "count" else amount)


class DegreeForm(StaffModelForm):
    """A degree as its certificate has it; a reviewer sets the credits afterwards."""

    awarded_on = ExactDateField(label="取得日期", help_text="证书上的日期。")

    class Meta:
        model = DegreeAward
        fields = ("level", "title", "awarded_on")


class OffsetForm(StaffModelForm):
    """An offset by a way other than a degree; a reviewer sets the credits afterwards."""

    awarded_on = ExactDateField(label="取得日期", help_text="证书或文件上的日期。")

    class Meta:
        model = OffsetAward
        fields = ("basis", "evidence", "awarded_on")


class CreditForm(FeedbackForm):
    """A reviewer's decision on an award: its credits, or what is to be changed."""

    credits = ExactAmountField(label="认定学分", kind="credits", required=False)
    field_order = ["credits", "feedback"]

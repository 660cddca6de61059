"""The Chinese words for the rules' terms and amounts, used by every sentence the engine writes."""

from __future__ import annotations

import datetime
from decimal import Decimal

from .types import Activity, Category, DegreeLevel, Level, Position, TrainingForm, Verdict

CATEGORY = {
    Category.NATIONAL: "国培",
    Category.PROVINCIAL: "省培",
    Category.MUNICIPAL: "市培",
    Category.COUNTY: "县培",
    Category.ALL_STAFF: "互联网+全员培训",
    Category.SAFETY_NET: "托底全员培训",
}
FORM = {
    TrainingForm.ONSITE: "集中",
    TrainingForm.ONLINE: "网络",
    TrainingForm.BLENDED: "混合",
}
ACTIVITY = {
    Activity.SCHOOL_TRAINING: "校本培训",
    Activity.SCHOOL_RESEARCH: "校本教研",
    Activity.WORKSHOP: "教师工作坊、名师工作室",
    Activity.OTHER: "其他校本研修",
    Activity.LESSON_OBSERVATION: "听课",
    Activity.OPEN_CLASS: "公开课",
    Activity.LECTURE: "讲座",
}
UNIT = {
    Activity.SCHOOL_TRAINING: "学分",
    Activity.SCHOOL_RESEARCH: "学分",
    Activity.WORKSHOP: "学分",
    Activity.OTHER: "学时",
    Activity.LESSON_OBSERVATION: "节",
    Activity.OPEN_CLASS: "节",
    Activity.LECTURE: "次",
}
LEVEL = {Level.COUNTY: "县级及以上", Level.SCHOOL: "校级"}
DEGREE = {
    DegreeLevel.ASSOCIATE: "专科",
    DegreeLevel.BACHELOR: "本科",
    DegreeLevel.MASTER: "硕士",
    DegreeLevel.DOCTOR: "博士",
}
OFFSET = "其他途径冲抵"
POSITION = {
    Position.TEACHING: "在校任教",
    Position.ADMINISTRATION: "教育行政部门持证在岗",
    Position.SECONDED: "借调到教育主管部门",
}
VERDICT = {
    Verdict.PENDING_POLICY: "暂不作要求",
    Verdict.CANNOT_DECIDE: "还不能判断",
    Verdict.MET: "已达到要求",
    Verdict.UNDECIDED: "等省厅意见",
    Verdict.SHORT: "还没达到要求",
}


def in_form(category: str, form: str) -> str:
    """Returns a category's name with the form of the training, where it has one: 国培（网络）."""
    return f"{category}（{FORM[TrainingForm(form)]}）" if form else category


def amount_text(value: Decimal) -> str:
    """Returns a decimal without trailing zeros or exponent: 1.50 → "1.5", 26.00 → "26", 0.00 → "0"."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def date_in_words(day: datetime.date) -> str:
    """Returns a day as it stands in running text: 2021 年 6 月 30 日."""
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def school_year_in_words(year: int) -> str:
    """Returns a school year by the two calendar years it touches: 2018 → 2018—2019 学年."""
    return f"{year}—{year + 1} 学年"

"""The columns of each kind of spreadsheet.

This module knows no Django and no openpyxl, since the child process that reads spreadsheets uses it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpdesk.common.spreadsheets.sheets import Column, Holds, Sheet

from ..rules import wording
from ..rules.types import Activity, DegreeLevel, Level, Position


def _words(usual: Mapping[Any, str], **short: str) -> dict[str, str]:
    return {label: word.value for word, label in usual.items()} | short


POSITION_WORDS = _words(wording.POSITION) | {
    "任教": Position.TEACHING.value,
    "持证在岗": Position.ADMINISTRATION.value,
    "借调": Position.SECONDED.value,
}
ACTIVITY_WORDS = _words(wording.ACTIVITY) | {
    "教师工作坊": Activity.WORKSHOP.value,
    "名师工作室": Activity.WORKSHOP.value,
    "工作坊": Activity.WORKSHOP.value,
    "工作室": Activity.WORKSHOP.value,
    "其他": Activity.OTHER.value,
    "其他研修": Activity.OTHER.value,
    "教研": Activity.SCHOOL_RESEARCH.value,
    "观课": Activity.LESSON_OBSERVATION.value,
    "听评课": Activity.LESSON_OBSERVATION.value,
    "开课": Activity.OPEN_CLASS.value,
    "专题讲座": Activity.LECTURE.value,
}
LEVEL_WORDS = _words(wording.LEVEL) | {
    "县级": Level.COUNTY.value,
    "市级": Level.COUNTY.value,
    "省级": Level.COUNTY.value,
    "校内": Level.SCHOOL.value,
}
DEGREE_WORDS = _words(wording.DEGREE) | {
    "大专": DegreeLevel.ASSOCIATE.value,
    "硕士研究生": DegreeLevel.MASTER.value,
    "博士研究生": DegreeLevel.DOCTOR.value,
}

_NUMBER = Column(
    "教师编号",
    "staff_number",
    Holds.CODE,
    "0100001",
    "学校或主管部门编的号，不是身份证号。这一列是文本，前面的 0 会保留。",
    required=True,
    also=("工号", "教师工号"),
)
_NAME_TO_CHECK = Column("姓名", "name", Holds.NAME, "张三", "可以不填；填了就要和编号对得上。", also=("教师姓名",))
_DAY_FORMS = "写成 2019-07-10、2019/7/10 或 2019年7月10日。"

SHEETS: dict[str, Sheet] = {
    "teachers": Sheet(
        "教师",
        (
            _NUMBER,
            Column("姓名", "name", Holds.NAME, "张三", "", required=True, also=("教师姓名",)),
            Column(
                "学校",
                "school",
                Holds.NAME,
                "桃源一小",
                "写学校全称。您只管理一所学校时可以不填。",
                also=("学校名称", "所在学校", "单位"),
            ),
            Column(
                "岗位",
                "position",
                Holds.CHOICE,
                wording.POSITION[Position.TEACHING],
                "不填就是在校任教。",
                words=POSITION_WORDS,
            ),
            Column(
                "正式任教日期",
                "formally_employed_on",
                Holds.DATE,
                "2010-09-01",
                f"不知道就留空。{_DAY_FORMS}",
                also=("任教日期",),
            ),
            Column("现在任教学科", "subject", Holds.TEXT, "语文", "按现在教的填。", also=("任教学科", "学科")),
            Column("现在任教学段", "stage", Holds.TEXT, "小学", "按现在教的填。", also=("任教学段", "学段")),
        ),
        (
            "系统里已经有这个编号的教师：填了的格子会更新，空着的格子保持原样。",
            "换学校不在这里办：请在教师页面办理调动。",
        ),
    ),
    "results": Sheet(
        "培训成绩",
        (
            Column(
                "项目编号",
                "project",
                Holds.CODE,
                "XM-2019-01",
                "培训项目页面上的编号，项目要已经发布。",
                required=True,
            ),
            _NUMBER,
            _NAME_TO_CHECK,
            Column("学时", "hours", Holds.AMOUNT, "40", "大于 0，最多两位小数。", required=True),
        ),
        ("导入的成绩是“已登记，待审核”，审核以后才计学分。", "已经审核的成绩不能在这里改：请先取消审核。"),
    ),
    "activities": Sheet(
        "自主培训活动",
        (
            _NUMBER,
            _NAME_TO_CHECK,
            Column(
                "活动", "activity", Holds.CHOICE, wording.ACTIVITY[Activity.OPEN_CLASS], "", True, words=ACTIVITY_WORDS
            ),
            Column(
                "级别",
                "level",
                Holds.CHOICE,
                wording.LEVEL[Level.SCHOOL],
                "公开课和讲座要填，其他活动不填。",
                words=LEVEL_WORDS,
            ),
            Column(
                "数量",
                "amount",
                Holds.AMOUNT,
                "2",
                "校本培训、校本教研、工作坊填学分，其他校本研修填学时，听课、公开课填节数，讲座填次数。",
                required=True,
                also=("学分、学时或节数",),
            ),
            Column("日期", "completed_on", Holds.DATE, "2019-10-12", _DAY_FORMS, required=True),
            Column(
                "列入方案",
                "in_plan",
                Holds.YES_NO,
                "是",
                "是否列入学校当学年的校本研修方案。填“是”时，学校要先建好那个学年的方案。",
                required=True,
            ),
            Column(
                "有过程记录",
                "has_record",
                Holds.YES_NO,
                "是",
                "工作坊看考核结论。",
                required=True,
                also=("过程记录", "有过程性记录", "过程性记录"),
            ),
            Column("证明材料", "evidence", Holds.TEXT, "听课本第 3 册", "记录放在哪里，可以不填。"),
        ),
        ("同一位教师、同一种活动、同一级别、同一天、同样的证明材料，算同一条活动。",),
    ),
    "degrees": Sheet(
        "学历",
        (
            _NUMBER,
            _NAME_TO_CHECK,
            Column("学历", "level", Holds.CHOICE, wording.DEGREE[DegreeLevel.MASTER], "", True, words=DEGREE_WORDS),
            Column("取得日期", "awarded_on", Holds.DATE, "2020-06-30", f"毕业证上的日期。{_DAY_FORMS}", required=True),
            Column("学校和专业", "title", Holds.TEXT, "某某师范大学 学科教学（语文）", "可以不填。"),
        ),
        ("导入的学历是“已登记，待认定”，学分由审核员认定。", "已经认定的学历不能在这里改：请审核员先退回。"),
    ),
    "offsets": Sheet(
        "其他冲抵",
        (
            _NUMBER,
            _NAME_TO_CHECK,
            Column(
                "途径",
                "basis",
                Holds.TEXT,
                "经认定的自学课程",
                "学历以外的途径，照实写，最多 64 个字。",
                required=True,
                also=("冲抵途径", "依据"),
            ),
            Column(
                "取得日期", "awarded_on", Holds.DATE, "2020-05-01", f"证书或文件上的日期。{_DAY_FORMS}", required=True
            ),
            Column("证明材料", "evidence", Holds.TEXT, "证书编号 2020-118", "材料放在哪里，可以不填。"),
        ),
        (
            "导入的是“已登记，待认定”，学分由审核员认定。",
            "已经认定的不能在这里改：请审核员先退回。",
            "学历请用“学历”表格导入。",
        ),
    ),
}

"""Says where words come from in installations that have both documents: platform, age, and who is meant by a name.

Only blank fields are filled, and a notice only where the answer still has the words that it explains. New installations
get the same from the fixtures.
"""

from django.db import migrations
from django.db.models import Q

PLATFORMS = {"upgrade": ("能力提升工程", None), "credits": ("学分管理办法", 2019)}
#: Ref → the words in its answer, and the notice that explains them.
NOTICES = {
    "upgrade-03": (
        "这边",
        "“这边”是 2021 年项目答疑人员的说法，不是本站。本站不知道现在怎样联系他们，"
        "请问学校的师训管理员。",
    ),
    "upgrade-12": (
        "这边",
        "“这边”是 2021 年项目答疑人员的说法，不是本站。本站不知道现在怎样联系他们，"
        "请问学校的师训管理员或项目的辅导老师。",
    ),
    "credits-03": (
        "章老师",
        "“章老师”“郑老师”和“学分管理群”是原资料里的称呼，没有全名，"
        "也没有联系方式，本站不知道是谁。请先问学校或县（区）的培训管理员。",
    ),
    "credits-04": (
        "梁海军",
        "“师资处”和“梁海军老师”是原资料里写的，没有写单位和联系方式，"
        "本站不知道现在由谁负责。请先问上级教育行政部门。",
    ),
    "credits-07": (
        "群共享",
        "这里说的是省里的学分管理系统，不是本站。“群共享的操作手册”在当时的工作群里，"
        "本站没有，请问学校或县（区）的培训管理员。",
    ),
    "credits-11": (
        "我个人建议",
        "“我个人建议”是当时答复人的话，原资料没有写是谁。“先试一年”说的也是实施初期。",
    ),
    "credits-18": (
        "省厅领导",
        "“省厅领导的意见”后来怎样，本站收到的资料里没有写。请问县（区）教育局。",
    ),
}


def fill(apps, schema_editor):
    documents = apps.get_model("faq", "Document").objects
    entries = apps.get_model("faq", "Entry").objects
    for slug, (platform, year_about) in PLATFORMS.items():
        documents.filter(slug=slug, platform="").update(platform=platform, year_about=year_about)
    for ref, (words, notice) in NOTICES.items():
        unsaid = Q(ref=ref, notice="", answer__contains=words)
        entries.filter(unsaid).update(notice=notice)


class Migration(migrations.Migration):
    dependencies = [("faq", "0006_portals_own_entries")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

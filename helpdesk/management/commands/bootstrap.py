"""`manage.py bootstrap`: makes the database, loads the content and builds the index; a second run changes nothing."""

from __future__ import annotations

import argparse
import fcntl
import secrets
from typing import Any

import environ
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import transaction

from credits.management.demo import COUNTY, make_demo
from credits.models import Membership, Organization, Teacher
from credits.statements.summaries import refresh
from faq import search
from helpdesk.common.database_file import is_damaged
from helpdesk.fixtures import first_time, improve, load_once

FIXTURES = ("documents", "portal", "phrasings", "synonyms", "cycles")
#: Setting → the fact about the portal that it gives the home page.
SAID_AT_HOME = {
    "RUN_BY": "谁主办",
    "RUN_FOR": "面向谁",
    "CURRENT_AS_OF": "内容核对到什么时候",
    "CONTACT_LINE": "有问题联系谁",
}
EDITORS = "问答编辑"
REVIEWERS = "问答审核"
ADMINISTRATORS = "问答管理员"
AUDITORS = "审计员"
_ALL = ("add", "change", "delete", "view")
#: Group → its rights on each model. Opinions are readers' own, so editors only read and delete them; questions that
#: no school was named for are theirs to answer. Reviewers also publish what others wrote, administrators keep the
#: documents too; auditors read the audit log and do nothing else.
RIGHTS: dict[str, dict[str, tuple[str, ...]]] = {
    EDITORS: {
        **dict.fromkeys(("faq.entry", "faq.category", "faq.synonymgroup", "faq.answerphrase"), _ALL),
        "faq.feedback": ("delete", "view"),
        "faq.question": ("answer",),
    },
    REVIEWERS: {
        "faq.entry": (*_ALL, "publish"),
        **dict.fromkeys(("faq.category", "faq.synonymgroup", "faq.answerphrase"), _ALL),
        "faq.feedback": ("delete", "view"),
        "faq.question": ("answer",),
    },
    ADMINISTRATORS: {
        "faq.entry": (*_ALL, "publish"),
        **dict.fromkeys(("faq.category", "faq.synonymgroup", "faq.document", "faq.answerphrase"), _ALL),
        "faq.feedback": ("delete", "view"),
        "faq.question": ("answer",),
    },
    AUDITORS: {"common.auditrow": ("view",)},
}
DEMO_ACCOUNTS = {
    "admin": "超级管理员，全部",
    "editor": "问答编辑，在 /admin/ 里改问答",
    "reviewer": "问答审核，在 /admin/ 里审核、发布问答",
    "auditor": "审计员，在 /admin/ 里看审计记录",
    "county": "县审核员，看全县教师的学分",
    "school": "学校学分管理员，看第一小学教师的学分",
    "school2": "学校学分管理员，看第二小学教师的学分",
    "teacher": "第一小学的一位教师，看自己的学分",
}
#: Demo account → its group; those and the superuser work in the admin.
GROUPS = {"editor": EDITORS, "reviewer": REVIEWERS, "auditor": AUDITORS}
IN_THE_ADMIN = {"admin", *GROUPS}


class Command(BaseCommand):
    help = "建库，装入两份资料、相似问法、同义词和培训周期，建立搜索索引；重复运行不会覆盖任何已改动的内容。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="另建演示数据和每种身份的演示账号（只在 DEBUG=on 时可用）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Sets the portal up; raises CommandError for demo accounts with DEBUG off."""
        if options["demo"] and not settings.DEBUG:
            raise CommandError("演示账号只能在 DEBUG=on 时建立；正式环境请用 manage.py createsuperuser。")
        if settings.SQLITE_PATH and not settings.SQLITE_PATH.exists():
            settings.SQLITE_PATH.parent.mkdir(parents=True, exist_ok=True)
            settings.SQLITE_PATH.touch(mode=0o600)
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with (settings.VAR_DIR / "bootstrap.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # a second bootstrap on this host waits, then has nothing to do
            self._migrate()
            for name in FIXTURES:
                self._load(name)
            for name in RIGHTS:
                if first_time("auth.group", name) or Group.objects.filter(name=name).exists():
                    group(name)
            search.sync()
            self._warn_of_what_is_unsaid()
            refresh(Teacher.objects.filter(summaries=None).values_list("pk", flat=True))
            if options["demo"]:
                self._demo()

    def _migrate(self) -> None:
        try:
            call_command("migrate", verbosity=0)
        except DatabaseError as error:
            if is_damaged(error):
                raise CommandError("数据库文件损坏了。停下网站，留一份现在的文件，再用最近的备份恢复。") from error
            raise

    def _load(self, name: str) -> None:
        """Loads the new rows of a fixture, improves those that nobody edited, and says so."""
        self.stdout.write(f"{name}：新装入 {load_once(name)} 条")
        done = improve(name)
        if done.rewritten:
            self.stdout.write(f"{name}：没有改过的 {done.rewritten} 条换成了新的写法")
        if done.kept:
            self.stdout.write(f"{name}：{len(done.kept)} 条有新的写法，但已改过，保持原样：{'、'.join(done.kept)}")

    def _warn_of_what_is_unsaid(self) -> None:
        """Names the settings without which the home page does not say whose portal it is."""
        unsaid = [f"{words}（{name}）" for name, words in SAID_AT_HOME.items() if not getattr(settings, name)]
        if unsaid:
            self.stderr.write(
                f"提醒：首页还没有写明{'、'.join(unsaid)}。请在设置里填好，老师才知道这是谁的网站、该找谁。"
            )

    def _demo(self) -> None:
        """Makes the demo county once, and an account for each role; prints their one password where any is new."""
        if first_time("demo", COUNTY):
            self.stdout.write("正在生成演示数据：一个示例县、12 所学校、300 位教师……")
            make_demo()
        password = environ.Env().str("DEMO_PASSWORD", default="") or secrets.token_urlsafe(9)
        created = [name for name in DEMO_ACCOUNTS if self._account(name, password)]
        if created:
            self.stdout.write(f"演示账号 {'、'.join(created)}，密码 {password}（只显示这一次）")
            for name in created:
                self.stdout.write(f"  {name}：{DEMO_ACCOUNTS[name]}")
        else:
            self.stdout.write(
                "演示账号 " + "、".join(DEMO_ACCOUNTS) + " 已在；忘了密码请用 manage.py changepassword admin"
            )

    @transaction.atomic
    def _account(self, name: str, password: str) -> bool:
        """Makes a demo account with its role; returns whether it is new."""
        user, created = User.objects.get_or_create(
            username=name, defaults={"is_staff": name in IN_THE_ADMIN, "is_superuser": name == "admin"}
        )
        if created:
            user.set_password(password)
            user.save()
            if name in GROUPS:
                user.groups.add(group(GROUPS[name]))
            self._belongs(user)
        return created

    def _belongs(self, user: User) -> None:
        """Ties a demo account to its organisation or teacher, as far as the demo county is still there."""
        schools = list(Organization.objects.filter(parent__name=COUNTY).order_by("pk")[:2])
        if user.username == "teacher":
            _be_a_teacher_of(schools[:1], user)
            return
        places = {
            "county": Organization.objects.filter(name=COUNTY).first(),
            "school": schools[0] if schools else None,
            "school2": schools[1] if len(schools) > 1 else None,
        }
        organization = places.get(user.username)
        if organization:
            role = Membership.Role.REVIEWER if user.username == "county" else Membership.Role.STAFF
            Membership.objects.get_or_create(user=user, organization=organization, role=role)


def _be_a_teacher_of(schools: list[Organization], user: User) -> None:
    """Gives the account to the first active teacher of these schools who has none."""
    teacher = Teacher.objects.filter(school__in=schools, user=None, status="active").first()
    if teacher:
        teacher.user = user
        teacher.save()


def group(name: str) -> Group:
    """Returns one of our groups. Its rights are given once, so that one an administrator took away stays away."""
    found, _ = Group.objects.get_or_create(name=name)
    for label, verbs in RIGHTS[name].items():
        app, model = label.split(".")
        if first_time("auth.permission", f"{name}/{model}"):
            names = [f"{verb}_{model}" for verb in verbs]
            found.permissions.add(*Permission.objects.filter(content_type__app_label=app, codename__in=names))
    return found


def editors() -> Group:
    return group(EDITORS)


def reviewers() -> Group:
    return group(REVIEWERS)


def auditors() -> Group:
    return group(AUDITORS)

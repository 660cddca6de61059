"""`manage.py bootstrap`: from nothing to a portal with its content; again, it changes nothing that is there."""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import secrets
from typing import Any

import environ
from django.conf import settings
from django.contrib.auth.models import Group, Permission, User
from django.core import serializers
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from credits.demo import COUNTY, make_demo
from credits.models import Membership, Organization, Teacher
from credits.summaries import refresh
from faq import search
from helpdesk.models import LoadedFixture

FIXTURES = ("documents", "phrasings", "synonyms", "cycles")
# What the editors' group may do with each model; what readers say it reads, and deletes where it is none.
RIGHTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("entry", "category", "synonymgroup"), ("add", "change", "delete", "view")),
    "feedback": ("delete", "view"),
}
EDITORS = "问答编辑"
DEMO_ACCOUNTS = {
    "admin": "超级管理员，全部",
    "editor": "问答编辑，在 /admin/ 里改问答",
    "county": "县审核员，看全县教师的学分",
    "school": "学校学分管理员，看第一小学教师的学分",
    "school2": "学校学分管理员，看第二小学教师的学分",
    "teacher": "第一小学的一位教师，看自己的学分",
}


class Command(BaseCommand):
    help = "建库，装入两份资料、相似问法、同义词和培训周期，建立搜索索引；重复运行不会覆盖任何已改动的内容。"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="另建演示数据和每种身份的演示账号（只在 DEBUG=on 时可用）"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["demo"] and not settings.DEBUG:
            raise CommandError("演示账号只能在 DEBUG=on 时建立；正式环境请用 manage.py createsuperuser。")
        if settings.SQLITE_PATH and not settings.SQLITE_PATH.exists():
            settings.SQLITE_PATH.parent.mkdir(parents=True, exist_ok=True)
            settings.SQLITE_PATH.touch(mode=0o600)
        settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
        with (settings.VAR_DIR / "bootstrap.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # a second bootstrap on this host waits, then finds everything done
            call_command("migrate", verbosity=0)
            for name in FIXTURES:
                self.stdout.write(f"{name}：新装入 {load_once(name)} 条")
            if first_time("auth.group", EDITORS) or Group.objects.filter(name=EDITORS).exists():
                editors()
            search.sync()
            refresh(Teacher.objects.filter(summaries=None).values_list("pk", flat=True))
            if options["demo"]:
                self._demo()

    def _demo(self) -> None:
        """The demo county, once, and an account for each role with one password, printed when they are made."""
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
        user, created = User.objects.get_or_create(
            username=name, defaults={"is_staff": name in ("admin", "editor"), "is_superuser": name == "admin"}
        )
        if created:
            user.set_password(password)
            user.save()
            if name == "editor":
                user.groups.add(editors())
            self._belongs(user)
        return created

    def _belongs(self, user: User) -> None:
        """Ties a demo account to what it stands for, as far as that is still there."""
        schools = Organization.objects.filter(parent__name=COUNTY).order_by("pk")
        role = Membership.Role.STAFF
        match user.username:
            case "county":
                organization, role = Organization.objects.filter(name=COUNTY).first(), Membership.Role.REVIEWER
            case "school":
                organization = schools.first()
            case "school2":
                organization = schools[1:2].first()
            case "teacher":
                teacher = Teacher.objects.filter(school=schools.first(), user=None, status="active").first()
                if teacher:
                    teacher.user = user
                    teacher.save()
                return
            case _:
                return
        if organization:
            Membership.objects.get_or_create(user=user, organization=organization, role=role)


@transaction.atomic
def load_once(name: str) -> int:
    """Loads the rows of one fixture that were never loaded before; returns how many are new.

    A row is known by its natural key. What is in the database already, or was deleted since, stays so; a phrasing
    whose entry was deleted goes with it.
    """
    content = (settings.BASE_DIR / "fixtures" / f"{name}.json").read_text(encoding="utf-8")
    if not first_time("fixture", f"{name} {hashlib.sha256(content.encode()).hexdigest()}"):
        return 0
    new = 0
    known = set(LoadedFixture.objects.values_list("model", "natural_key"))
    first: list[LoadedFixture] = []
    for deserialized in serializers.deserialize("json", content, handle_forward_references=True):
        row: Any = deserialized.object
        if deserialized.deferred_fields:
            continue  # it belongs to a row that was deleted
        label, key = row._meta.label_lower, "/".join(str(part) for part in row.natural_key())
        if (label, key) in known:
            continue
        first.append(LoadedFixture(model=label, natural_key=key))
        if row.pk is None:
            row.full_clean()
            row.save()  # not deserialized.save(): the model's own cleaning applies to fixtures too
            new += 1
    LoadedFixture.objects.bulk_create(first)
    return new


def first_time(model: str, natural_key: str) -> bool:
    """Whether this row was never loaded before; from now on it was."""
    return LoadedFixture.objects.get_or_create(model=model, natural_key=natural_key)[1]


def editors() -> Group:
    """The group that edits questions and answers. Each right is given once: one taken away stays away."""
    group, _ = Group.objects.get_or_create(name=EDITORS)
    for model, verbs in RIGHTS.items():
        if first_time("auth.permission", f"{EDITORS}/{model}"):
            names = [f"{verb}_{model}" for verb in verbs]
            group.permissions.add(*Permission.objects.filter(content_type__app_label="faq", codename__in=names))
    return group

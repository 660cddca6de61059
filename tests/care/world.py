"""A portal with something in every kind of column, emptied and looked at again."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from faq.models import Category, Entry, EntryImport, Phrasing, Question, QuestionPicture
from helpdesk.care import tables
from helpdesk.common import audit
from helpdesk.common.audit import Kind
from helpdesk.common.models import Job, JobFilePart
from helpdesk.fixtures import load_once
from helpdesk.management.commands.bootstrap import editors
from tests.cast import Place, make_activity, make_degree, make_offset, make_result

PICTURE = b"\xff\xd8 not looked into \x00" * 200
Facts = dict[str, Any]


def make_world() -> None:
    """Makes rows with decimals, dates, bytes, JSON and Chinese, files, a chained audit log, and an account deleted."""
    _as_bootstrapped()
    place = Place()
    for make in (make_result, make_activity, make_degree, make_offset):
        make(place.teacher)
    _make_question()
    _make_bytes(place.staff)
    audit.note(Kind.EXPORT, place.staff, place.teacher, rows=3, share=0.1, words=["学分", None])
    audit.note(Kind.SIGN_IN, place.reviewer)
    audit.seal()
    audit.note(Kind.SIGN_OUT, place.reviewer)
    User.objects.create_user("deleted").delete()


def _as_bootstrapped() -> None:
    """Makes a little of what `bootstrap` makes."""
    load_once("cycles")
    editors()
    category = Category.objects.create(name="学习问题", slug="study")
    entry = Entry.objects.create(question="怎么学？", answer="<p>慢慢学。</p>", status="published", category=category)
    Phrasing.objects.create(entry=entry, text="怎么学")


def _make_question() -> None:
    question = Question.objects.create(text="“学分”少了？\n\t😀 \\ 第二行", name="张三")
    picture = QuestionPicture.objects.create(question=question, form_key="k", name="a.jpg", width=1, height=2)
    for name in (f"questions/{picture.name}", "pictures/b.png"):
        path = Path(settings.MEDIA_ROOT) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode() + PICTURE)


def _make_bytes(owner: User) -> None:
    every_byte = bytes(range(256))
    job = Job.objects.create(kind="export", title="名单", owner=owner, back="/", outcome={"批": [1, {"a": 0.25}]})
    JobFilePart.objects.create(job=job, number=0, content=every_byte)
    EntryImport.objects.create(owner_name="staff", file_name="问答.docx", content=every_byte[::-1])


def empty() -> None:
    """Makes the database as `bootstrap` leaves it, and MEDIA_ROOT a folder that is not there yet."""
    call_command("flush", interactive=False, verbosity=0)
    ContentType.objects.clear_cache()
    _as_bootstrapped()
    settings.MEDIA_ROOT = str(Path(settings.MEDIA_ROOT).with_suffix(".new"))


def everything() -> Facts:
    """Returns every row that a backup keeps, in Python's values, and every stored file."""
    found: Facts = {}
    for label, model in tables.kept().items():
        rows = list(model._base_manager.order_by("pk").values_list())
        found[label] = [tuple(map(_comparable, row)) for row in rows]
    root = Path(settings.MEDIA_ROOT)
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return found | {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def _comparable(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def tables_in(backup: Path) -> dict[str, bytes]:
    """Returns the members of a backup that hold rows and files, each with its content."""
    with tarfile.open(backup) as tar:
        members = [member for member in tar if member.name.startswith(("tables/", "media/"))]
        return {member.name: tar.extractfile(member).read() for member in members}  # type: ignore[union-attr]

"""Pictures sent with a question: kept with its form until it is sent, seen by its asker and by whoever answers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils import timezone

from helpdesk.common import pictures, ratelimit

from ..models import Question, QuestionPicture

#: A picture whose question was never sent is deleted after so long.
UNSENT = datetime.timedelta(days=1)
DAY = 24 * 3600
MOST = Question.MOST_PICTURES
TOO_MANY = f"最多放 {MOST} 张图片，多出来的没有放上。"
#: Pictures that one network sends in a day: a hundred questions of a school, and no full disk.
MOST_A_DAY = 3 * 100
TOO_MANY_TODAY = (
    "今天从您这个网络放的图片太多了，这几张没有放上。文字可以照常提交；图片请明天再补，或者用手机流量打开本页再放。"
)


def folder() -> Path:
    """Returns the folder of these pictures, which exists when this returns; nothing in it is public."""
    path = Path(settings.MEDIA_ROOT) / "questions"
    path.mkdir(parents=True, exist_ok=True)
    return path


def of_form(form_key: str) -> list[QuestionPicture]:
    """Returns the pictures that were sent with a form whose question is not sent yet."""
    return list(QuestionPicture.objects.filter(form_key=form_key, question=None)[:MOST])


def keep(files: Sequence[UploadedFile], form_key: str, network: str) -> list[str]:
    """Stores pictures that came from `network` with a form; returns a sentence in Chinese for each refusal.

    No more files are looked at than a form may hold: each starts a process, also for what is no picture.
    """
    room = MOST - len(of_form(form_key)) if files else 0
    refused: list[str] = [TOO_MANY] if len(files) > room else []
    for file in files[:room]:
        if ratelimit.counted(network, "faq.asking.pictures", MOST_A_DAY, DAY):
            return [*refused, TOO_MANY_TODAY]
        refused += _kept(file, form_key)
    return refused


def _kept(file: UploadedFile, form_key: str) -> list[str]:
    """Stores one picture; returns why not where it is refused."""
    try:
        new = pictures.write_anew(file.read(), folder)
    except ValidationError as error:
        return [f"“{file.name}”没有放上：{' '.join(error.messages)}"]
    QuestionPicture.objects.create(form_key=form_key, name=new.name, width=new.width, height=new.height)
    return []


def drop(form_key: str, names: Iterable[str]) -> None:
    """Deletes those of a form's pictures whose names were ticked."""
    delete(QuestionPicture.objects.filter(form_key=form_key, question=None, name__in=list(names)))


def delete(rows: Iterable[QuestionPicture]) -> None:
    """Deletes pictures, row and file."""
    for row in list(rows):
        row.delete()
        (folder() / row.name).unlink(missing_ok=True)


def sweep() -> None:
    """Deletes the pictures of forms that were never sent; safe to do twice."""
    delete(QuestionPicture.objects.filter(question=None, stored_at__lt=timezone.now() - UNSENT))


def serve(picture: QuestionPicture) -> FileResponse:
    """Serves a picture to somebody who may see it, to be kept nowhere. Raises Http404 where its file is gone."""
    return pictures.serve(folder() / picture.name, "private, no-store")

"""Pictures of a document on their way into answers: a sentence stands in their place until they are stored.

Their files are written before the transaction that saves the entries, as writing them anew takes time. Where that
fails they are removed again.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from helpdesk.common import pictures
from helpdesk.common.models import StoredPicture
from helpdesk.common.picture_names import address_of

from .splitting.answers import PICTURE, SENTENCE, picture_sentence

#: Seconds after which no further picture of an import is begun; the others leave their sentence.
MOST_SECONDS = 20
#: Sign that stands for a picture, or its sentence, where words are compared.
SIGN = "▣"
_OF_DOCUMENT = re.compile(rf'<img src="{PICTURE}([0-9]+)" alt="([^"]*)">')
_ANY = re.compile(rf"<img\b[^>]*>|{re.escape(SENTENCE)}(?:：[^<]*)?）(?=</p>)")
_STORED = re.compile(r'<img\b[^>]*?\balt="([^"]*)"[^>]*>')


def in_words(answer: str) -> str:
    """Returns an answer with a sentence in place of each picture, be it of the document or stored."""
    return _STORED.sub(lambda picture: picture_sentence(picture[1]), answer)


def as_signs(answer: str) -> str:
    """Returns an answer with one sign in place of each picture, however it is there: stored, named, or in words."""
    return _ANY.sub(SIGN, answer)


def longest(answer: str) -> str:
    """Returns an answer as long as it can become when its pictures are stored."""
    unknown = StoredPicture(name=f"{'0' * 32}.jpg", width=9999, height=9999)
    return _OF_DOCUMENT.sub(lambda picture: _image(unknown, picture[2]), answer)


class Pictures:
    """Pictures of one document that were written for the account which imports it."""

    def __init__(self, encoded: Sequence[str], owner: User) -> None:
        self._encoded = encoded
        self._owner = owner
        self._written: dict[int, StoredPicture] = {}

    def write(self, answers: Iterable[str], clock: Callable[[], float] = time.monotonic) -> None:
        """Writes the files of the pictures that answers name, as far as they can be read and time allows."""
        named = [int(picture[1]) for answer in answers for picture in _OF_DOCUMENT.finditer(answer)]
        ends = clock() + MOST_SECONDS
        for number in dict.fromkeys(named):
            if clock() > ends:
                return
            self._write(number)

    def _write(self, number: int) -> None:
        try:
            self._written[number] = pictures.written(base64.b64decode(self._encoded[number]), self._owner)
        except ValidationError:
            return  # its sentence stays

    def placed(self, answer: str) -> str:
        """Returns an answer with its pictures stored, and a sentence for each that could not be."""
        return _OF_DOCUMENT.sub(self._placed, answer)

    def lost(self, answer: str) -> int:
        """Returns how many pictures of an answer leave only a sentence."""
        return sum(int(picture[1]) not in self._written for picture in _OF_DOCUMENT.finditer(answer))

    def _placed(self, picture: re.Match[str]) -> str:
        row = self._written.get(int(picture[1]))
        if row is None:
            return picture_sentence(picture[2])
        if row.pk is None:
            row.save()
        return _image(row, picture[2])

    def remove(self, *, unused_only: bool) -> None:
        """Removes the written files: all of them, or those that no answer took."""
        for row in self._written.values():
            if row.pk is None or not unused_only:
                pictures.remove(row)


@contextmanager
def written(encoded: Sequence[str], answers: Iterable[str], owner: User) -> Iterator[Pictures]:
    """Gives the pictures that answers name, written; keeps those that were placed when what is done inside succeeds."""
    made = Pictures(encoded, owner)
    try:
        made.write(answers)
        yield made
    except BaseException:
        made.remove(unused_only=False)
        raise
    made.remove(unused_only=True)


def _image(row: StoredPicture, description: str) -> str:
    return f'<img src="{address_of(row.name)}" alt="{description}" width="{row.width}" height="{row.height}">'

"""An entry as an importer found it in somebody's file, before it is compared with the live ones or saved."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntry:
    """One question with its answer. Empty fields say nothing; they never take away what a live entry has."""

    question: str
    answer_html: str
    #: True where the file holds the HTML itself, as exports do, so that its layout counts too.
    is_exact: bool = False
    #: Number as the file has it; it may begin anew in each section.
    number: int | None = None
    section: str = ""
    ref: str = ""
    #: Category as written: its name or its slug.
    category: str = ""
    #: Slug of the source document.
    document: str = ""
    short_question: str = ""
    notice: str = ""
    #: None where the file says nothing of phrasings; an empty tuple where it says that there are none.
    phrasings: tuple[str, ...] | None = None
    #: First and last year that it holds for.
    valid_from: int | None = None
    valid_to: int | None = None
    checked_on: datetime.date | None = None
    #: `Entry.Status` that the file asks for.
    status: str = ""
    #: Place in the file for messages, in Chinese: 第 12 行, 第 3 段.
    place: str = ""
    #: Things to look at before it is saved, in Chinese.
    marks: tuple[str, ...] = ()

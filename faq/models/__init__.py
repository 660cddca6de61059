"""Entries with versions, phrasings and synonyms, the version that search compares, what readers said and sought."""

from .base import normal_words
from .entries import Category, Document, Entry, EntryManager, EntryQuerySet, is_own, new_ref, not_after_today
from .feedback import Feedback, number_of_voices, with_voices
from .imports import EntryImport
from .phrasings import Phrasing, SynonymGroup
from .questions import AnswerPhrase, Question, QuestionLook, QuestionMessage, QuestionPicture
from .revisions import EntryEvent, Revision
from .searches import SearchCount, SearchMonth, SoughtQuery
from .version import SearchChange, SearchState

__all__ = [
    "AnswerPhrase",
    "Category",
    "Document",
    "Entry",
    "EntryEvent",
    "EntryImport",
    "EntryManager",
    "EntryQuerySet",
    "Feedback",
    "Phrasing",
    "Question",
    "QuestionLook",
    "QuestionMessage",
    "QuestionPicture",
    "Revision",
    "SearchChange",
    "SearchCount",
    "SearchMonth",
    "SearchState",
    "SoughtQuery",
    "SynonymGroup",
    "is_own",
    "new_ref",
    "normal_words",
    "not_after_today",
    "number_of_voices",
    "with_voices",
]

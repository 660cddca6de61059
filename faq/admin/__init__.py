"""Admin pages of the questions and answers: entries, their categories and documents, synonyms, readers' opinions."""

from . import entries, feedback, phrases, sources, synonyms

__all__ = ["entries", "feedback", "phrases", "sources", "synonyms"]

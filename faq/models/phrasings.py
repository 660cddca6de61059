"""Similar phrasings of an entry (相似问法), and groups of synonyms (同义词)."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from .base import NaturalKeyManager, normal_words
from .entries import Entry
from .version import SearchState


class PhrasingManager(models.Manager["Phrasing"]):
    def get_by_natural_key(self, ref: str, text: str) -> Phrasing:
        return self.get(entry__ref=ref, text=text)


class Phrasing(models.Model):
    """Question in a teacher's words that the entry answers; search reads it like the entry's own question."""

    LONGEST = 60
    MOST_PER_ENTRY = 120  # about sixty are shipped for each entry; as many again may be added

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="phrasings", verbose_name="问答")
    text = models.CharField("相似问法", max_length=LONGEST)

    objects = PhrasingManager()

    class Meta:
        ordering = ["id"]
        verbose_name = verbose_name_plural = "相似问法"
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "text"],
                name="phrasing_once_per_entry",
                violation_error_message="这条问答已经有这个相似问法了。",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="phrasing_says_something"),
        ]

    def __str__(self) -> str:
        return self.text

    def natural_key(self) -> tuple[str, str]:
        # A fixture's phrasing of an entry that was deleted has none when it is read.
        return (self.entry.ref if self.entry_id else "", self.text)

    natural_key.dependencies = ["faq.entry"]  # type: ignore[attr-defined]

    def clean(self) -> None:
        self.text = normal_words(self.text)

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, and stamps as changed the entry it belongs to and the one it belonged to before."""
        self.text = normal_words(self.text)
        before = Phrasing.objects.filter(pk=self.pk).values_list("entry_id", flat=True)
        Entry.objects.filter(pk__in={self.entry_id, *before}).stamp_anew()
        super().save(*args, **kwargs)

    @classmethod
    def save_new(cls, rows: list[Phrasing]) -> None:
        """Saves many new phrasings by two statements, and stamps their entries; whoever calls it has checked them."""
        for row in rows:
            row.text = normal_words(row.text)
        with transaction.atomic():
            Entry.objects.filter(pk__in={row.entry_id for row in rows}).stamp_anew()
            cls.objects.bulk_create(rows)


class SynonymGroup(models.Model):
    """Words that mean the same to teachers: a search for one of them finds the others too."""

    LONGEST_WORD = 12

    natural_key_field = "words"

    words = models.CharField(
        "同义词",
        max_length=200,
        unique=True,
        help_text="至少两个词，用空格隔开，例如：回放 回看 重播。每个词最多 12 个字，一组最多 200 个字。",
        error_messages={"unique": "已经有这一组了。"},
    )

    objects = NaturalKeyManager()

    class Meta:
        ordering = ["words"]
        verbose_name = verbose_name_plural = "同义词"

    def __str__(self) -> str:
        return self.words

    def natural_key(self) -> tuple[str]:
        return (self.words,)

    def clean(self) -> None:
        """Splits the words at spaces, commas, semicolons and strokes; keeps each once, in the order written.

        Raises ValidationError for fewer than two words, a word that is too long, and a group that is there already,
        in whatever order. An empty field has an error of its own.
        """
        if not self.words.strip():
            return
        spaced = re.sub("[,，、;；/|]", " ", self.words)
        words = dict.fromkeys(spaced.split())
        if len(words) < 2:
            raise ValidationError({"words": "请至少写两个不同的词，用空格隔开。"})
        too_long = [word for word in words if len(word) > self.LONGEST_WORD]
        if too_long:
            raise ValidationError({"words": f"“{too_long[0]}”太长了，一个词最多 {self.LONGEST_WORD} 个字。"})
        for group in SynonymGroup.objects.exclude(pk=self.pk):
            if set(group.words.split()) == words.keys():
                raise ValidationError({"words": f"已经有这一组了：{group.words}"})
        self.words = " ".join(words)

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves, and raises the search version in the same transaction: after the row, as who deletes it does."""
        super().save(*args, **kwargs)
        SearchState.raise_version()

"""Admin of the words that answers often need."""

from __future__ import annotations

from django.contrib import admin

from ..models import AnswerPhrase


@admin.register(AnswerPhrase)
class AnswerPhraseAdmin(admin.ModelAdmin):
    list_display = ("title", "text")
    search_fields = ("title", "text")
    search_help_text = "按名称、内容查找"

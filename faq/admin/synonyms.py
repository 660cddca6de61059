"""Admin of the synonym groups."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from .. import search
from ..models import SynonymGroup
from .sought import led_back
from .trial import TRIAL_LIST


class SynonymGroupForm(forms.ModelForm):
    # No `maxlength`: a browser would cut a long pasted text without saying so.
    words = forms.CharField(
        label="同义词",
        max_length=200,
        widget=AdminTextareaWidget(attrs={"rows": 3, "maxlength": None}),
        help_text=SynonymGroup._meta.get_field("words").help_text,
        error_messages={"max_length": "一组最多 200 个字，这里有 %(show_value)d 个。"},
    )

    class Meta:
        model = SynonymGroup
        fields = ("words",)

    def clean_words(self) -> str:
        """Returns the words; raises ValidationError for one that search ignores: it would match all or nothing."""
        words = str(self.cleaned_data["words"])
        useless = search.useless_words(words)
        if useless:
            raise ValidationError(f"“{useless[0]}”不能作同义词：它没有可以搜索的字，或者太常见，搜索时不算数。")
        return words


@admin.register(SynonymGroup)
class SynonymGroupAdmin(admin.ModelAdmin):
    measure_word = "组"
    list_display = ("words",)
    list_per_page = 200
    search_fields = ("words",)
    search_help_text = "按词查找"
    change_list_template = TRIAL_LIST
    form = SynonymGroupForm

    def response_add(
        self, request: HttpRequest, obj: SynonymGroup, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Leads back to the query that the group was made for, where it was made for one."""
        usual = super().response_add(request, obj, post_url_continue)
        saved_once = not any(button in request.POST for button in ("_continue", "_addanother", "_popup"))
        return (led_back(request) if saved_once else None) or usual

"""Admin of the entries: their list and form. What the form's buttons do are steps of `faq.editing`."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from helpdesk.common.decisions import Refusal
from helpdesk.common.requests import user_of

from ..editing import content, rights, steps
from ..editing.quotes import lost_quotes
from ..models import Entry, EntryQuerySet, Revision, number_of_voices
from . import warnings
from .addresses import PageAdmin
from .bin import BinAdmin
from .editor import AnswerEditorAdmin
from .elbow import ElbowAdmin
from .entry_filters import CareFilter, StatusFilter, VersionFilter
from .entry_form import Asked, EntryForm, asked
from .entry_list import EntryList
from .exports import ExportAdmin
from .imports import ImportAdmin
from .order import EntryOrderAdmin
from .paging import A_PAGE, KeysFirst
from .sought import SoughtAdmin, led_back
from .trial import TrialAdmin
from .versions import VersionsAdmin

#: Fields of the form that are no content; they hold for every version.
CARED_FOR = tuple(steps.CARED_FOR)
#: Characters of a question that the list shows.
LONGEST_TITLE = 50
#: Django's own, which its widget writes by a template of its own.
CHECKBOX = f'<input type="checkbox" name="{ACTION_CHECKBOX_NAME}" value="{{}}" class="action-select" aria-label="{{}}">'


@admin.register(Entry)
class EntryAdmin(
    AnswerEditorAdmin,
    ElbowAdmin,
    ImportAdmin,
    VersionsAdmin,
    BinAdmin,
    SoughtAdmin,
    TrialAdmin,
    ExportAdmin,
    EntryOrderAdmin,
    PageAdmin,
):
    form = EntryForm
    address_field = "ref"
    change_form_template = "admin/faq/entry/change_form.html"
    change_list_template = "admin/faq/entry/change_list.html"
    list_display = (
        "listed_title",
        "category",
        "status",
        "version",
        "ref",
        "voices",
        "checked_on",
        "updated",
        "public_page",
    )
    list_filter = (("status", StatusFilter), VersionFilter, CareFilter, "category", "document")
    own_lookups = (VersionFilter.parameter_name, CareFilter.parameter_name, "by")
    list_select_related = ("category",)
    list_per_page = A_PAGE
    paginator = KeysFirst
    search_fields = ("question", "short_question", "answer", "ref", "phrasings__text")
    search_help_text = "按问题、答案、相似问法或编号里的字查找"
    empty_value_display = "—"
    actions = ("publish", "unpublish", "check_today", "delete_selected")
    save_on_top = True
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "question",
                    "short_question",
                    "answer",
                    "said",
                    "notice",
                    "page",
                    "not_stated",
                    "category",
                    "position",
                    "publish_at",
                    "seen",
                )
            },
        ),
        (
            "编号和来源",
            {
                "fields": ("ref", "document", "number", ("valid_from", "valid_to")),
                "description": "来源只填来自资料的问答。",
            },
        ),
        (
            "负责和核对",
            {
                "fields": ("owner", "checked_on", "check_by"),
                "description": "核对日期填最近一次对照文件的那天。这几项一存就生效，不用审核。",
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        return cast("EntryQuerySet", super().get_queryset(request)).not_binned()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[EntryList]:
        return EntryList

    # --- the form ------------------------------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Entry | None = None) -> Any:
        """Leaves the time of publication out where the user may not publish what they write."""
        found = super().get_fieldsets(request, obj)
        if rights.may_publish_own(user_of(request)):
            return found
        (name, options), *others = found
        fields = tuple(field for field in options["fields"] if field != "publish_at")
        return [(name, options | {"fields": fields}), *others]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        entry = kwargs.get("obj")
        draft = steps.open_revision(entry) if entry else None
        context["publishes"] = rights.may_publish_own(user_of(request))
        context["draft"] = draft
        context["may_decide"] = self._may_decide(request, draft)
        context["save_label"] = "发布" if context["publishes"] else "提交审核"
        return super().render_change_form(request, context, *args, **kwargs)

    def _may_decide(self, request: HttpRequest, draft: Revision | None) -> bool:
        waits = draft is not None and draft.state in (Revision.State.WAITING, Revision.State.SCHEDULED)
        return waits and self.has_publish_permission(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offers as owners only those who work in the admin."""
        if db_field.name == "owner":
            kwargs["queryset"] = User.objects.filter(is_active=True, is_staff=True)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Entry, form: Any, change: bool) -> None:
        """Takes the step that the pressed button stands for; only publishing changes what readers see."""
        new = form.content
        care = {name: getattr(obj, name) for name in CARED_FOR if name in form.cleaned_data}
        row = Entry.objects.get(pk=obj.pk) if change else obj
        lost = lost_quotes(row, new) if change else []
        button = asked(request.POST)
        draft = self._take_step(request, row, new, button, form)
        if change:
            steps.care(row, user_of(request), **care)
        obj.pk = row.pk
        obj.refresh_from_db()
        request.saved_version = draft  # type: ignore[attr-defined]
        said = [*warnings.shared_phrasings(obj, new.phrasings), *warnings.left_out(form.cleaned_data["answer"]), *lost]
        for sentence in said:
            self.message_user(request, sentence, messages.WARNING)

    def _take_step(self, request: HttpRequest, row: Entry, new: Any, button: Asked, form: EntryForm) -> Revision | None:
        """Saves the version as the button says; returns it, None where there is nothing new in it."""
        user = user_of(request)
        may_publish = rights.may_publish_own(user)
        if button == Asked.SAVE and may_publish:
            return steps.write_and_publish(row, new, user)
        going = steps.open_revision(row)
        written = content.from_json(going.content) if going else None
        is_new = written is None or not new.says_the_same(written)
        if row.pk and going is None and new.says_the_same(content.of_entry(row)) and button != Asked.SCHEDULE:
            return None
        if button == Asked.SAVE and is_new:
            return steps.write_and_submit(row, new, user)
        draft = steps.write(row, new, user) if is_new else going
        if button == Asked.SCHEDULE and may_publish:
            return steps.schedule(row, form.cleaned_data["publish_at"], user)
        if button == Asked.SAVE and draft and draft.state in (Revision.State.DRAFT, Revision.State.RETURNED):
            return steps.submit(row, user)
        return draft

    def response_add(self, request: HttpRequest, obj: Entry, post_url_continue: str | None = None) -> HttpResponse:
        return self._response(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Entry) -> HttpResponse:
        return self._response(request, obj) or super().response_change(request, obj)

    def _response(self, request: HttpRequest, entry: Entry) -> HttpResponse | None:
        """Says in a sentence what happened and where readers stand; a draft stays open to be written on."""
        button = asked(request.POST)
        draft: Revision | None = getattr(request, "saved_version", None)
        if "_continue" in request.POST or "_addanother" in request.POST or "_popup" in request.POST:
            return None
        self._tell(request, _sentence(draft, entry))
        here = reverse("admin:faq_entry_change", args=[entry.pk])
        if button == Asked.PREVIEW:
            shown = draft or steps.open_revision(entry) or steps.present_revision(entry)
            return HttpResponseRedirect(_preview(entry, shown) if shown else entry.get_absolute_url())
        if button == Asked.DRAFT:
            return HttpResponseRedirect(here)
        return led_back(request, live=entry.is_published) or HttpResponseRedirect(reverse("admin:faq_entry_changelist"))

    # --- the list ------------------------------------------------------------------------------------------------

    def action_checkbox(self, obj: Entry) -> SafeString:
        """Writes the box of a row without its widget, which takes a fifth of the list's time."""
        label = _("Select this object for an action - {}").format(obj)
        return format_html(CHECKBOX, obj.pk, label)

    @admin.display(description="问题", ordering="question")
    def listed_title(self, entry: Entry) -> str:
        title = entry.title
        return title if len(title) <= LONGEST_TITLE else truncatechars(title, LONGEST_TITLE)

    @admin.display(description="没发布的内容")
    def version(self, entry: Any) -> str | SafeString:
        if not entry.going:
            return ""
        number, state = entry.going
        address = reverse("admin:faq_entry_version", args=[entry.pk, number])
        return format_html('<a href="{}">{}</a>', address, Revision.State(state).label)

    @admin.display(description="有帮助 / 没帮助", ordering=number_of_voices(helpful=False).desc())
    def voices(self, entry: Any) -> str | SafeString:
        if not entry.helped and not entry.failed:
            return ""
        opinions = reverse("admin:faq_feedback_changelist", query={"entry__id__exact": entry.pk})
        return format_html('<a href="{}">{} / {}</a>', opinions, entry.helped, entry.failed)

    @admin.display(description="最近更新", ordering="updated_at")
    def updated(self, entry: Entry) -> str:
        """Says the moment as Django would, which looks up and reads a format for each row."""
        moment = timezone.localtime(entry.updated_at)
        return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"

    @admin.display(description="页面")
    def public_page(self, row: Any) -> SafeString:
        return format_html('<a href="{}">打开</a>', row.address)

    @admin.action(description="发布所选问答", permissions=["publish"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        going = set(Revision.objects.open().filter(entry__in=queryset).values_list("entry", flat=True))
        chosen = [entry for entry in queryset if not entry.is_published or entry.pk in going]
        self._each(request, chosen, steps.publish, "已发布")

    @admin.action(description="把所选问答改回草稿", permissions=["publish"])
    def unpublish(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        self._each(request, list(queryset.filter(status=Entry.Status.PUBLISHED)), steps.withdraw, "已改回草稿")

    @admin.action(description="标为今天核对过", permissions=["change"])
    def check_today(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        """Sets the date alone: 最近更新 stays, because readers read the same text; a form that is open is told."""
        today = timezone.localdate()
        done = "已标为今天核对过"
        number = 0
        for entry in queryset.exclude(checked_on=today):
            if steps.care(entry, user_of(request), note=done, checked_on=today):
                self.log_change(request, entry, done)
                number += 1
        self._tell(request, f"{done} {number} 条。")

    @admin.action(description="移到回收站", permissions=["delete"])
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Entry]) -> None:
        chosen = list(queryset)
        for entry in chosen:
            for sentence in lost_quotes(entry, None):
                self.message_user(request, f"“{truncatechars(entry.title, 30)}”：{sentence}", messages.WARNING)
        self._each(request, chosen, steps.throw_away, "已移到回收站")

    def _each(self, request: HttpRequest, chosen: list[Entry], step: Any, done: str) -> None:
        """Takes a step for each entry, so that search learns of each as of any other change; names the refused ones."""
        number = 0
        for entry in chosen:
            try:
                step(entry, user_of(request))
            except Refusal as refusal:
                self.message_user(request, f"“{truncatechars(entry.title, 30)}”：{refusal.sentence}", messages.ERROR)
                continue
            number += 1
            self.log_change(request, entry, done)
        if number or not chosen:
            self._tell(request, f"{done} {number} 条。")

    def _tell(self, request: HttpRequest, sentence: str) -> None:
        self.message_user(request, sentence, messages.SUCCESS)


def _preview(entry: Entry, revision: Revision) -> str:
    return reverse("admin:faq_entry_preview", args=[entry.pk, revision.number])


def _sentence(saved: Revision | None, entry: Entry) -> str:
    """Says what became of what was written."""
    if saved is None:
        return "内容没有变，其他几项存好了。"
    if saved.state == Revision.State.PUBLISHED:
        return "已经发布，老师现在就能看到、搜到。"
    if saved.state == Revision.State.WAITING:
        until = "老师看到的还是原来的。" if entry.is_published else "老师看不到。"
        return f"已提交审核。审核人发布以前，{until}"
    if saved.state == Revision.State.SCHEDULED and saved.publish_at:
        moment = timezone.localtime(saved.publish_at)
        return f"定好了：{moment.year} 年 {moment.month} 月 {moment.day} 日 {moment:%H:%M} 发布。"
    kept = "老师看到的还是原来的。" if entry.is_published else "发布以前，老师看不到。"
    return f"草稿存好了（第 {saved.number} 版）。{kept}"

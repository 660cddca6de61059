"""Readers' opinions, named at the portal's other inboxes."""

from __future__ import annotations

from django.contrib.auth.models import User

from helpdesk.common.inboxes import Inbox

from .models import Feedback
from .models.feedback import UNHEARD


def _unheard(user: User) -> int | None:
    if not (user.is_staff and user.has_perm("faq.view_feedback")):
        return None
    return Feedback.objects.filter(UNHEARD, helpful=False).count()


OPINIONS = Inbox("没帮助的意见", _unheard, "admin:faq_feedback_changelist", "?dealt=no&helpful__exact=0")

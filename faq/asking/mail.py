"""Mail to askers who left an address, sent by a worker: nobody waits for it, and everything works without."""

from __future__ import annotations

import logging
import re
import smtplib
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.urls import reverse

from ..models import Question

logger = logging.getLogger(__name__)

#: Tries before a mail is given up: an hour or so, since the worker comes by every minute at first.
MOST_FAILURES = 5
AT_ONCE = 50
#: A mail address as nearly everybody has one; Chinese words and marks may touch it.
_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
TEXT = """老师您好：

您在{site}的提问有答复了，请打开下面的网址看：
{address}

这个网址只给您一个人用，请不要转发。
"""


def address_in(contact: str) -> str:
    """Returns the first mail address in what somebody left, however it is written around; empty where none is."""
    for found in _ADDRESS.finditer(unicodedata.normalize("NFKC", contact)):
        try:
            validate_email(found[0])
        except ValidationError:
            continue
        return found[0]
    return ""


def send_due() -> int:
    """Tells those who are to be told; returns how many. Each mail is claimed first, so that two workers send one."""
    if not settings.MAIL:
        return 0
    due = Question.objects.filter(mail_due=True, mail_failures__lt=MOST_FAILURES).order_by("mail_failures", "id")
    return sum(map(_send, due[:AT_ONCE]))


def _send(question: Question) -> bool:
    if not Question.objects.filter(pk=question.pk, mail_due=True).update(mail_due=False):
        return False
    to = address_in(question.contact)
    if not to:
        return False
    address = question.origin + reverse("faq:ask-follow", args=[question.token])
    text = TEXT.format(site=settings.SITE_NAME, address=address)
    try:
        send_mail(f"{settings.SITE_NAME}：您的提问有答复了", text, None, [to])
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # Not the error's words: they name the address.
        logger.warning("question %s: the mail was not sent: %s", question.public_id, type(error).__name__)
        Question.objects.filter(pk=question.pk).update(mail_due=True, mail_failures=question.mail_failures + 1)
        return False
    return True

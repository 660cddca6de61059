"""How often a password or a code may be tried by somebody who is signed in already, or half way."""

from __future__ import annotations

import math

from django.contrib.auth.models import User

from helpdesk.common.ratelimit import counted

#: (tries, seconds) of one account, from whatever address: a code of six digits must not be guessed.
LIMITS = ((5, 5 * 60), (60, 24 * 3600))
WRONG_PASSWORD = "密码不对，请再看一遍。密码分大小写。"  # noqa: S105  a sentence


def seconds_to_wait(user: User) -> int:
    """Counts a try and returns the seconds to wait; 0 where the try may be made."""
    waits = [counted(f"user:{user.pk}", "account", limit, seconds) for limit, seconds in LIMITS]
    return max(waits)


def too_often(seconds: int) -> str:
    """Returns the sentence for somebody who has to wait so many seconds."""
    minutes = math.ceil(seconds / 60)
    when = f"{minutes} 分钟" if minutes < 90 else f"{math.ceil(minutes / 60)} 小时"
    return f"试的次数太多了，为了您的账号安全，请过 {when}再试。"

"""The decision that nobody enters or decides anything of their own."""

from __future__ import annotations

from .findings import Finding


def own_finding(account: int | None, user: int | None, deed: str, others: str = "管理员") -> Finding | None:
    """A problem where a teacher's `account` is that of the `user` who does the `deed`, like 登记自己的活动.

    Both are keys of accounts; a teacher without an account is nobody who signs in.
    """
    if account is None or account != user:
        return None
    return Finding("", f"不能{deed}，请别的{others}办理。")

"""Links of an answer that lead nowhere. Own addresses are resolved here; nothing is asked of another host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from django.contrib.auth.models import AnonymousUser
from django.urls import Resolver404, ResolverMatch, resolve

from ...guides.flows import guides
from ...models import Category, Entry
from .tags import Link, Tags

MOST_NAMED = 10
_LONGEST, _LONGEST_SHOWN = 2000, 60
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_][\w-]+|localhost|[\d.]+|[0-9a-f.]*:[0-9a-f:.]*", re.IGNORECASE)
_WITHOUT_SCHEME = re.compile(r"(?:www\.|[\w-]+(?:\.[\w-]+)*\.(?:com|cn|net|org|gov|edu)(?:[/:?#]|$))", re.IGNORECASE)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d() -]{3,}")


def problems(tags: Tags, hosts: frozenset[str]) -> list[str]:
    """Returns a sentence in Chinese for each of the first links that lead nowhere; `hosts` are this portal's names.

    Raises django.db.Error if the database fails.
    """
    found: dict[str, None] = {}
    for link in dict.fromkeys(tags.links):
        reason = _problem(link, hosts)
        if reason:
            found[f"{_name(link)}：{reason}"] = None
        if len(found) == MOST_NAMED:
            break
    return list(found)


def _name(link: Link) -> str:
    address = link.address if len(link.address) <= _LONGEST_SHOWN else f"{link.address[:_LONGEST_SHOWN]}…"
    words = link.words[:30]
    if not words or words == address:
        return f"链接 {address}" if address else "一个没有字的链接"
    return f"链接“{words}”（{address}）" if address else f"链接“{words}”"


def _problem(link: Link, hosts: frozenset[str]) -> str:
    """Returns what is wrong with a link; empty where nothing is known to be."""
    address = link.address.strip()
    if not address:
        return "没有写网址。"
    if len(address) > _LONGEST:
        return "网址太长了，打不开。"
    if _BLANK.search(address):
        # Browsers drop line breaks and tabs, and so would find the scheme that is hidden by them.
        hidden = _SCHEME.match(_BLANK.sub("", address))
        return _FORBIDDEN if hidden and hidden[1].lower() not in _CHECKS else "网址里有空格或换行，打不开。"
    scheme = _SCHEME.match(address)
    if scheme and not address[scheme.end() :].isdecimal():  # localhost:8000 has a port, not a scheme
        check = _CHECKS.get(scheme[1].lower())
        return check(address, hosts) if check else _FORBIDDEN
    return _relative(address, hosts)


_FORBIDDEN = "这种地址不安全，保存时会去掉。请写 https:// 开头的网址，或者本站的 / 开头的地址。"
_MALFORMED = "网址写得不完整，打不开。"


def _web(address: str, hosts: frozenset[str]) -> str:
    parts = _split(address)
    if parts is None or not parts.hostname:
        return _MALFORMED
    if parts.hostname.lower() in hosts or parts.netloc.lower() in hosts:
        return _own_page(parts.path or "/")
    return "" if _HOST.fullmatch(parts.hostname) else _MALFORMED


def _mail(address: str, hosts: frozenset[str]) -> str:
    person = unquote(address.partition(":")[2].partition("?")[0])
    return "" if _MAIL.fullmatch(person) else "邮箱地址写得不对。"


def _phone(address: str, hosts: frozenset[str]) -> str:
    return "" if _PHONE.fullmatch(unquote(address.partition(":")[2])) else "电话号码写得不对。"


_CHECKS: Mapping[str, Callable[[str, frozenset[str]], str]] = {
    "http": _web,
    "https": _web,
    "mailto": _mail,
    "tel": _phone,
}


def _relative(address: str, hosts: frozenset[str]) -> str:
    """Returns what is wrong with an address without a scheme."""
    if address.startswith("//"):
        return _web(f"https:{address}", hosts)
    if address.startswith("#"):
        return "只写了页内的位置，点了不会去别处。"
    if address.startswith("/"):
        parts = _split(address)
        return _own_page(parts.path) if parts else _MALFORMED
    if _WITHOUT_SCHEME.match(address):
        return "网址前面少了 https://，会当成本站的地址，打不开。"
    return "本站的地址要从 / 写起，比如 /faq/…/；别的网站要从 https:// 写起。"


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts


# --- own pages ---------------------------------------------------------------------------------------------------

_NO_PAGE = "本站没有这个页面。"


def _own_page(path: str) -> str:
    """Returns what is wrong with a path of this portal, as a reader who is not signed in would find it."""
    match = _match(unquote(path))
    if match is None:
        return _NO_PAGE
    check = _ROWS.get(match.view_name)
    return check(match.kwargs) if check else ""


def _match(path: str) -> ResolverMatch | None:
    """Returns the page at this path, also where only the slash at the end is missing; None for no page."""
    for tried in dict.fromkeys((path, path if path.endswith("/") else f"{path}/")):
        try:
            return resolve(tried)
        except Resolver404:
            continue
    return None


def _entry(named: Mapping[str, Any]) -> str:
    ref = named["ref"]
    if Entry.objects.visible_to(AnonymousUser()).filter(ref=ref).exists():
        return ""
    exists = Entry.objects.not_binned().filter(ref=ref).exists()
    return "这条问答还没有发布，老师打不开。" if exists else "没有这条问答，可能删掉了或者编号写错了。"


def _category(named: Mapping[str, Any]) -> str:
    return "" if Category.objects.filter(slug=named["slug"]).exists() else "没有这个分类。"


def _guide(named: Mapping[str, Any]) -> str:
    return "" if named["slug"] in guides() else "没有这份“回答几个问题”。"


_ROWS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "faq:entry": _entry,
    "faq:category": _category,
    "faq:guide": _guide,
    "faq:guide-step": _guide,
    "faq:guide-letter": _guide,
}


def hosts_of(names: Iterable[str]) -> frozenset[str]:
    """Returns names of this portal as links have them, without those that stand for many."""
    return frozenset(name.lower() for name in names if "*" not in name and not name.startswith("."))

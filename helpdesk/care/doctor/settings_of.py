"""Are the settings those of an installation in use?"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.conf import settings
from django.core import checks
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from helpdesk.care.encryption import LEAST_SIGNS
from helpdesk.management.commands.bootstrap import SAID_AT_HOME

from .findings import Finding

logger = logging.getLogger(__name__)

#: Warning of Django's → what it means here and what to do.
KNOWN = {
    "security.W009": ("SECRET_KEY 太短或者太简单。", "换成随机的长字符串，每个网站用自己的；换了以后大家要重新登录。"),
    "security.W018": (
        "DEBUG 开着，出错时会把内部信息给人看。",
        "在设置里去掉 DEBUG，或者写 DEBUG=off，再重新启动网站。",
    ),
    "security.W020": ("没有写 ALLOWED_HOSTS，谁也打不开网站。", "写上网站的域名，如 ALLOWED_HOSTS=peixun.example.cn。"),
}
#: Follow from HTTPS=off alone, which an intranet may have chosen.
OF_PLAIN_HTTP = {"security.W004", "security.W008", "security.W012", "security.W016"}


def look() -> Iterator[Finding]:
    """Finds what Django's check of a deployment warns of, and what one may want to know beside it."""
    for warning in checks.run_checks(include_deployment_checks=True):
        if warning.level >= checks.WARNING and not warning.is_silenced() and warning.id not in OF_PLAIN_HTTP:
            unknown = f"部署检查 {warning.id}：{warning.msg}"
            yield Finding(*KNOWN.get(str(warning.id), (unknown, "按 README 的设置表检查；看不明白请找维护人员。")))
    if "*" in settings.ALLOWED_HOSTS:
        yield Finding("ALLOWED_HOSTS 写的是 *，别人可以冒用网址。", "只写网站自己的域名。")
    if 0 < len(settings.BACKUP_KEY) < LEAST_SIGNS:
        yield Finding(
            f"BACKUP_KEY 不到 {LEAST_SIGNS} 个字符，备份做不成。", "换成随机的一串，如 openssl rand -hex 32 给出的。"
        )
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        yield Finding(
            "没有设 TRUSTED_PROXIES，网站不知道来访的人用的是 https，一直转到自己（浏览器说“重定向次数过多”）。",
            "写上 nginx 的地址，在同一台机器上的写 TRUSTED_PROXIES=127.0.0.1，再重新启动网站。",
        )
    yield from _worth_knowing()


def _worth_knowing() -> Iterator[Finding]:
    """Finds settings with which everything works, though not all of it as well as it could."""
    if not settings.HTTPS:
        yield Finding(
            "没有用 https。", "只有内网才可以这样；能从外面打开的网站请配证书，去掉 HTTPS=off。", urgent=False
        )
    if isinstance(caches["default"], LocMemCache):
        yield Finding(
            "缓存每个进程各用各的。", "一台服务器可以这样；几台一起用请设 CACHE_URL=redis://…。", urgent=False
        )
    if not _redis_answers():
        yield Finding(
            "CACHE_URL 写的 Redis 没有回答，次数改在数据库里数，网站照常能用，只是慢一点。",
            "运行 systemctl restart redis-server.service，检查 CACHE_URL 的地址和密码；不用 Redis 了就去掉这项设置。",
            urgent=False,
        )
    if not settings.MAIL:
        yield Finding("没有设邮件，提问有了答复不会发邮件。", "要发的话设 EMAIL_URL=smtp+tls://…。", urgent=False)
    unsaid = [f"{words}（{name}）" for name, words in SAID_AT_HOME.items() if not getattr(settings, name)]
    if unsaid:
        yield Finding(f"首页还没有写明{'、'.join(unsaid)}。", "在设置里填好，老师才知道该找谁。", urgent=False)


def _redis_answers() -> bool:
    """True where a Redis answers, and where CACHE_URL names none."""
    cache = caches["default"]
    if not isinstance(cache, RedisCache):
        return True
    try:
        cache.get("doctor")
    except Exception as error:
        logger.info("Redis does not answer: %s", error)
        return False
    return True

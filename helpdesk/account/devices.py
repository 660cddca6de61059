"""Devices and browsers as people call them, told from what the browser says of itself."""

from __future__ import annotations

UNKNOWN = "未知设备"
#: Text in the header → name; the first that is found counts, since many browsers also name those they resemble.
DEVICES = {
    "iPhone": "苹果手机",
    "iPad": "苹果平板",
    "HarmonyOS": "鸿蒙设备",
    "OpenHarmony": "鸿蒙设备",
    "Android": "安卓设备",
    "Windows": "Windows 电脑",
    "Macintosh": "苹果电脑",
    "Linux": "Linux 电脑",
}
BROWSERS = {
    "wxwork": "企业微信",
    "MicroMessenger": "微信",
    "DingTalk": "钉钉",
    "QQ/": "QQ",
    "Edg": "Edge",
    "360SE": "360 浏览器",
    "QQBrowser": "QQ 浏览器",
    "Firefox": "火狐",
    "HuaweiBrowser": "华为浏览器",
    "MiuiBrowser": "小米浏览器",
    "Chrome": "Chrome",
    "Safari": "Safari",
}


def device_name(agent: str) -> str:
    """Returns the device and browser of a User-Agent header: “安卓设备 · 微信”."""
    found = [_first(DEVICES, agent), _first(BROWSERS, agent)]
    return " · ".join(name for name in found if name) or UNKNOWN


def _first(names: dict[str, str], agent: str) -> str:
    return next((name for text, name in names.items() if text in agent), "")

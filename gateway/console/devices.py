"""Which device a sign-in came from, in words by which its holder knows his own; browsers say it at length."""

from __future__ import annotations

SYSTEMS = {
    "HarmonyOS": "鸿蒙", "OpenHarmony": "鸿蒙", "Android": "安卓", "iPhone": "iPhone", "iPad": "iPad",
    "Windows": "Windows", "Macintosh": "Mac", "Linux": "Linux",
}  # fmt: skip
PROGRAMS = {
    "MicroMessenger": "微信", "DingTalk": "钉钉", "QQBrowser": "QQ 浏览器", "Edg": "Edge", "Firefox": "Firefox",
    "Chrome": "Chrome", "Safari": "Safari",
}  # fmt: skip
"""Most of them name the later ones too: the first that is named is it."""


def device_words(described: str | None) -> str:
    """安卓 · 微信; what names no system we know is told as it described itself."""
    system = next((word for mark, word in SYSTEMS.items() if mark in (described or "")), None)
    program = next((word for mark, word in PROGRAMS.items() if mark in (described or "")), None)
    if described and system:
        return f"{system} · {program}" if program else system
    return described or "未知"

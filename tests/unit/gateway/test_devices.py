"""A sign-in's device in words by which its holder knows his own."""

from __future__ import annotations

import pytest

from gateway.console.devices import device_words

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("described", "told"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/120.0 Safari/537.36 Edg/120.0", "Windows · Edge"),
        (f"Mozilla/5.0 (Linux; Android 14; V2303A) {WEBKIT} Chrome/120.0 Safari/537.36", "安卓 · Chrome"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) MicroMessenger/8.0", "iPhone · 微信"),
        ("Mozilla/5.0 (X11; Linux aarch64; rv:115.0) Gecko/20100101 Firefox/115.0", "Linux · Firefox"),
        ("chengbao/0.1", "chengbao/0.1"), ("", "未知"), (None, "未知"),
    ],
)  # fmt: skip
def test_a_device_is_told_by_system_and_program(described: str | None, told: str) -> None:
    assert device_words(described) == told

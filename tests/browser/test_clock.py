"""R04: a countdown goes by the gateway's clock: right on a computer with a wrong one, and after it has slept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_road import typed
from tests.support.browser import Desks
from tests.support.city import Visitors

WRONG = "const real = Date.now; Date.now = () => real() + 3 * 3600000;"
"""A computer that is three hours ahead; a slept one finds its wall clock ahead of its monotonic one."""


@pytest.fixture
def console(browser: Browser, visitors: Visitors) -> Iterator[Desks]:
    opened = Desks(browser, visitors)
    yield opened
    opened.close()


def urgent_draft(console: Desks, title: str, ago: timedelta) -> Page:
    """An urgent draft whose three hours began so long ago; the page that counts down."""
    page = console.person("hexi.wang")
    page.goto(f"{console.address}/drafts/new?kind=urgent_first")
    page.get_by_label("事件等级").select_option(label="一般")
    page.get_by_label("发生时间（北京时间）").fill(typed(datetime.now(UTC) - ago))
    page.get_by_label("标题").fill(title)
    page.get_by_label("正文").fill("详情。")
    page.get_by_role("button", name="只保存").click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    return page


def minutes_left(page: Page) -> int:
    """What the countdown says now, in minutes."""
    words = page.locator(".due .countdown").inner_text()
    hours, minutes = (re.search(rf"(\d+){unit}", words) for unit in ("小时", "分"))
    return 60 * int(hours[1] if hours else 0) + int(minutes[1] if minutes else 0)


def test_R04_a_computer_three_hours_wrong_shows_the_right_time_left(console: Desks) -> None:
    page = urgent_draft(console, "钟错了的电脑", timedelta(hours=1))
    page.add_init_script(WRONG)
    page.reload()
    expect(page.locator(".due .countdown")).to_contain_text("秒")
    assert 117 <= minutes_left(page) <= 120
    assert "对时" not in page.locator(".due .countdown").inner_text()


def test_R04_after_sleep_the_gateway_is_asked_again(console: Desks) -> None:
    """Asleep, the monotonic clock stood still: until the gateway has answered the page says that it is not sure."""
    page = urgent_draft(console, "睡了一觉的电脑", timedelta(hours=1))
    expect(page.locator(".due .countdown")).to_contain_text("秒")
    page.context.set_offline(True)
    page.evaluate(f"() => {{ {WRONG} }}")
    expect(page.locator(".due .countdown")).to_contain_text("正在与网关对时")
    page.context.set_offline(False)
    expect(page.locator(".due .countdown")).not_to_contain_text("对时")
    assert 117 <= minutes_left(page) <= 120


def test_R04_past_due_is_said_plainly(console: Desks) -> None:
    page = urgent_draft(console, "已经超时的火情", timedelta(hours=4))
    expect(page.locator(".due .countdown")).to_contain_text(re.compile("已超时 (1小时|59分)"))
